// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

func TestClassify(t *testing.T) {
	t.Parallel()
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	cases := map[string]struct {
		err  error
		want transport.Failure
	}{
		"no error":                            {nil, transport.FailureNone},
		"something else":                      {errors.New("x"), transport.FailureOther},
		"a name that does not exist":          {dial(&net.DNSError{IsNotFound: true}), transport.FailureDNS},
		"a name whose lookup took too long":   {dial(&net.DNSError{IsTimeout: true}), transport.FailureDNS},
		"a proxy's name that does not exist":  {&net.OpError{Op: "proxyconnect", Err: &net.DNSError{IsNotFound: true}}, transport.FailureProxy},
		"a proxy that refuses connections":    {&net.OpError{Op: "proxyconnect", Err: syscall.ECONNREFUSED}, transport.FailureProxy},
		"a SOCKS proxy":                       {&net.OpError{Op: "socks connect", Err: syscall.ECONNREFUSED}, transport.FailureProxy},
		"a proxy that answers":                {&transport.ProxyError{Status: 407}, transport.FailureProxy},
		"an unknown authority":                {&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, transport.FailureTLSAuthority},
		"no system roots":                     {x509.SystemRootsError{}, transport.FailureTLSAuthority},
		"another host's certificate":          {&tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"}}, transport.FailureTLSHostname},
		"an expired certificate":              {&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}, transport.FailureTLSExpired},
		"a certificate that may not sign":     {&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}}, transport.FailureTLSOther},
		"another failed verification":         {&tls.CertificateVerificationError{Err: errors.New("x")}, transport.FailureTLSOther},
		"an alert":                            {&net.OpError{Op: "remote error", Err: tls.AlertError(40)}, transport.FailureTLSOther},
		"a handshake that failed":             {errors.New("remote error: tls: handshake failure"), transport.FailureTLSOther},
		"an answer that is not TLS":           {tls.RecordHeaderError{Msg: "x"}, transport.FailureTLSOther},
		"HTTP to an HTTPS client":             {http.ErrSchemeMismatch, transport.FailureTLSOther},
		"the attempt's timeout":               {&transport.TimeoutError{}, transport.FailureTimeout},
		"the caller's deadline":               {context.DeadlineExceeded, transport.FailureTimeout},
		"a dial's timeout":                    {dial(os.ErrDeadlineExceeded), transport.FailureTimeout},
		"a refused connection":                {dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), transport.FailureRefused},
		"a refused connection on Windows":     {dial(syscall.Errno(10061)), transport.FailureRefused},
		"a reset":                             {dial(syscall.ECONNRESET), transport.FailureReset},
		"a reset on Windows":                  {dial(syscall.Errno(10054)), transport.FailureReset},
		"an aborted connection on Windows":    {dial(syscall.Errno(10053)), transport.FailureReset},
		"a broken pipe":                       {dial(syscall.EPIPE), transport.FailureReset},
		"an end in the middle":                {io.ErrUnexpectedEOF, transport.FailureReset},
		"an end before the answer":            {io.EOF, transport.FailureReset},
		"a redirect":                          {&transport.RedirectError{}, transport.FailureRedirect},
		"a body that is too large":            {&transport.BodyTooLargeError{}, transport.FailureBodyTooLarge},
		"a call that its caller ended":        {context.Canceled, transport.FailureCanceled},
		"a lookup that the caller ended":      {dial(fmt.Errorf("lookup: %w", context.Canceled)), transport.FailureCanceled},
		"a credential at the wrong origin":    {&transport.OriginError{}, transport.FailureOther},
		"what is not HTTP":                    {&transport.MalformedAnswerError{}, transport.FailureOther},
		"a credential that can't be a header": {transport.ErrCredentialCharacters, transport.FailureOther},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := transport.Classify(c.err); got != c.want {
				t.Errorf("%v is %s, want %s", c.err, got, c.want)
			}
			if c.err == nil {
				return
			}
			wrapped := fmt.Errorf("reading devices: %w", &transport.CallError{Method: http.MethodGet, URL: acme, Err: c.err})
			if got := transport.Classify(wrapped); got != c.want {
				t.Errorf("wrapped, it is %s, want %s", got, c.want)
			}
		})
	}
}

func TestKindsHaveNames(t *testing.T) {
	t.Parallel()
	names := map[string]transport.Failure{}
	for f := transport.FailureNone; f <= transport.FailureCanceled; f++ {
		if other, taken := names[f.String()]; taken {
			t.Errorf("%d and %d are both called %s", f, other, f)
		}
		names[f.String()] = f
	}
	if got := transport.Failure(99).String(); got != "other" {
		t.Errorf("an unknown kind is called %s", got)
	}
	for trust, want := range map[transport.OktaTrust]string{
		transport.OktaRefused: "refused", transport.OktaUntrusted: "untrusted", transport.OktaOwn: "own",
		transport.OktaListed: "listed", transport.OktaLoopback: "loopback",
	} {
		if trust.String() != want {
			t.Errorf("%s, want %s", trust, want)
		}
	}
}
