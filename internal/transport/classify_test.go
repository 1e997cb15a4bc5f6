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
		"no error":                                 {nil, transport.FailureNone},
		"something else":                           {errors.New("x"), transport.FailureOther},
		"a name that does not exist":               {dial(&net.DNSError{IsNotFound: true}), transport.FailureDNS},
		"a name whose lookup took too long":        {dial(&net.DNSError{IsTimeout: true}), transport.FailureDNSServer},
		"a proxy's name that does not exist":       {&net.OpError{Op: "proxyconnect", Err: &net.DNSError{IsNotFound: true}}, transport.FailureProxyUnreachable},
		"a proxy that refuses connections":         {&net.OpError{Op: "proxyconnect", Err: syscall.ECONNREFUSED}, transport.FailureProxyUnreachable},
		"a proxy of which no TLS comes":            {&net.OpError{Op: "proxyconnect", Err: tls.RecordHeaderError{Msg: "x"}}, transport.FailureProxyTLS},
		"a SOCKS proxy that is not there":          {&net.OpError{Op: "socks connect", Err: dial(syscall.ECONNREFUSED)}, transport.FailureProxyUnreachable},
		"a SOCKS proxy that wants a login":         {&net.OpError{Op: "socks connect", Err: errors.New("username/password authentication failed")}, transport.FailureProxyLogin},
		"a SOCKS proxy that forbids":               {&net.OpError{Op: "socks connect", Err: errors.New("unknown error connection not allowed by ruleset")}, transport.FailureProxyRefused},
		"a SOCKS proxy without a way":              {&net.OpError{Op: "socks connect", Err: errors.New("unknown error network unreachable")}, transport.FailureProxyUpstream},
		"a SOCKS proxy that hangs up":              {&net.OpError{Op: "socks connect", Err: io.EOF}, transport.FailureProxySilent},
		"a SOCKS proxy of another kind":            {&net.OpError{Op: "socks connect", Err: errors.New("unexpected protocol version 4")}, transport.FailureProxy},
		"a proxy that answers":                     {&transport.ProxyError{Status: 407}, transport.FailureProxyLogin},
		"a proxy that forbids":                     {&transport.ProxyError{Status: 403}, transport.FailureProxyRefused},
		"a proxy that finds no way":                {&transport.ProxyError{Status: 503}, transport.FailureProxyUpstream},
		"an unknown authority":                     {&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, transport.FailureTLSAuthority},
		"no system roots":                          {x509.SystemRootsError{}, transport.FailureTLSNoRoots},
		"another host's certificate":               {&tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"}}, transport.FailureTLSHostname},
		"an expired certificate":                   {&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}, transport.FailureTLSExpired},
		"a certificate that may not sign":          {&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}}, transport.FailureTLSOther},
		"another failed verification":              {&tls.CertificateVerificationError{Err: errors.New("x")}, transport.FailureTLSOther},
		"an alert":                                 {&net.OpError{Op: "remote error", Err: tls.AlertError(40)}, transport.FailureTLSOther},
		"an alert about the version":               {&net.OpError{Op: "remote error", Err: tls.AlertError(70)}, transport.FailureTLSVersion},
		"a version that is too old":                {errors.New("tls: server selected unsupported protocol version 302"), transport.FailureTLSVersion},
		"a demand for a certificate":               {&net.OpError{Op: "remote error", Err: tls.AlertError(116)}, transport.FailureTLSClientCertificate},
		"an alert about the client's certificate":  {&net.OpError{Op: "remote error", Err: tls.AlertError(42)}, transport.FailureTLSClientCertificate},
		"a handshake that failed":                  {errors.New("remote error: tls: handshake failure"), transport.FailureTLSOther},
		"an answer that is not TLS":                {tls.RecordHeaderError{Msg: "x"}, transport.FailureTLSPlain},
		"HTTP to an HTTPS client":                  {http.ErrSchemeMismatch, transport.FailureTLSPlain},
		"the attempt's timeout":                    {&transport.TimeoutError{}, transport.FailureTimeout},
		"the caller's deadline":                    {context.DeadlineExceeded, transport.FailureTimeout},
		"a dial's timeout":                         {dial(os.ErrDeadlineExceeded), transport.FailureConnectTimeout},
		"the attempt's timeout in the body":        {&transport.TimeoutError{Stage: transport.StageBody}, transport.FailureBodyTimeout},
		"the attempt's timeout in the handshake":   {&transport.TimeoutError{Stage: transport.StageHandshake}, transport.FailureTLSTimeout},
		"the attempt's timeout at the name server": {&transport.TimeoutError{Stage: transport.StageLookup}, transport.FailureDNSServer},
		"a refused connection":                     {dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), transport.FailureRefused},
		"a refused connection on Windows":          {dial(syscall.Errno(10061)), transport.FailureRefused},
		"no route to the network":                  {dial(os.NewSyscallError("connect", syscall.ENETUNREACH)), transport.FailureUnreachable},
		"no route on Windows":                      {dial(syscall.Errno(10051)), transport.FailureUnreachable},
		"a reset":                                  {dial(syscall.ECONNRESET), transport.FailureReset},
		"a reset on Windows":                       {dial(syscall.Errno(10054)), transport.FailureReset},
		"an aborted connection on Windows":         {dial(syscall.Errno(10053)), transport.FailureReset},
		"a broken pipe":                            {dial(syscall.EPIPE), transport.FailureReset},
		"an end in the middle":                     {io.ErrUnexpectedEOF, transport.FailureReset},
		"an end before the answer":                 {io.EOF, transport.FailureReset},
		"a redirect":                               {&transport.RedirectError{}, transport.FailureRedirect},
		"a body that is too large":                 {&transport.BodyTooLargeError{}, transport.FailureBodyTooLarge},
		"a call that its caller ended":             {context.Canceled, transport.FailureCanceled},
		"a lookup that the caller ended":           {dial(fmt.Errorf("lookup: %w", context.Canceled)), transport.FailureCanceled},
		"a credential at the wrong origin":         {&transport.OriginError{}, transport.FailureOther},
		"what is not HTTP":                         {&transport.MalformedAnswerError{}, transport.FailureNotHTTP},
		"HTTP/2 that is broken":                    {&transport.HTTP2Error{}, transport.FailureHTTP2},
		"a credential that can't be a header":      {transport.ErrCredentialCharacters, transport.FailureOther},
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
