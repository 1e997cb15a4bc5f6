// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package failure_test

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
	"strings"
	"syscall"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

func TestEachKindOfFailure(t *testing.T) {
	t.Parallel()
	attempt := &failure.Attempt{}
	malformed := attempt.Error(errors.New(`malformed HTTP response "canary"`))
	brokenHTTP2 := attempt.Error(errors.New("http2: server sent GOAWAY with canary, PROTOCOL_ERROR"))
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	cases := map[string]struct {
		err  error
		want string // what Explain calls it; "": it is not known
	}{
		"no error":                                {nil, ""},
		"something else":                          {errors.New("x"), ""},
		"a name that does not exist":              {dial(&net.DNSError{IsNotFound: true}), "no such host"},
		"a name whose lookup took too long":       {dial(&net.DNSError{IsTimeout: true}), "DNS lookup failed"},
		"a proxy's name that does not exist":      {&net.OpError{Op: "proxyconnect", Err: &net.DNSError{IsNotFound: true}}, "the proxy is not reachable"},
		"a proxy that refuses connections":        {&net.OpError{Op: "proxyconnect", Err: syscall.ECONNREFUSED}, "the proxy is not reachable"},
		"a proxy of which no TLS comes":           {&net.OpError{Op: "proxyconnect", Err: tls.RecordHeaderError{Msg: "x"}}, "TLS handshake with the proxy failed"},
		"a SOCKS proxy that is not there":         {&net.OpError{Op: "socks connect", Err: dial(syscall.ECONNREFUSED)}, "the proxy is not reachable"},
		"a SOCKS proxy that wants a login":        {&net.OpError{Op: "socks connect", Err: errors.New("username/password authentication failed")}, "the proxy requires a login"},
		"a SOCKS proxy that forbids":              {&net.OpError{Op: "socks connect", Err: errors.New("unknown error connection not allowed by ruleset")}, "the proxy does not allow this host"},
		"a SOCKS proxy without a way":             {&net.OpError{Op: "socks connect", Err: errors.New("unknown error network unreachable")}, "the proxy could not reach the host"},
		"a SOCKS proxy that hangs up":             {&net.OpError{Op: "socks connect", Err: io.EOF}, "the proxy did not answer as a proxy"},
		"a SOCKS proxy of another kind":           {&net.OpError{Op: "socks connect", Err: errors.New("unexpected protocol version 4")}, "the proxy did not answer as a proxy"},
		"a proxy that answers":                    {&failure.ProxyError{Status: 407}, "the proxy requires a login"},
		"a proxy that forbids":                    {&failure.ProxyError{Status: 403}, "the proxy does not allow this host"},
		"a proxy that finds no way":               {&failure.ProxyError{Status: 503}, "the proxy could not reach the host"},
		"tinyproxy, which finds no way":           {&failure.ProxyError{Status: 500}, "the proxy could not reach the host"},
		"an unknown authority":                    {&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, "certificate signed by"},
		"no system roots":                         {x509.SystemRootsError{}, "this machine trusts no certificate authority"},
		"another host's certificate":              {&tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"}}, "certificate is for another host"},
		"an expired certificate":                  {&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}, "certificate expired"},
		"a certificate that may not sign":         {&tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}}, "TLS handshake failed"},
		"another failed verification":             {&tls.CertificateVerificationError{Err: errors.New("x")}, "TLS handshake failed"},
		"an alert":                                {&net.OpError{Op: "remote error", Err: tls.AlertError(40)}, "TLS handshake failed"},
		"an alert about the version":              {&net.OpError{Op: "remote error", Err: tls.AlertError(70)}, "the server's TLS version is too old"},
		"a version that is too old":               {errors.New("tls: server selected unsupported protocol version 302"), "the server's TLS version is too old"},
		"a demand for a certificate":              {&net.OpError{Op: "remote error", Err: tls.AlertError(116)}, "TLS handshake failed"},
		"an alert about the client's certificate": {&net.OpError{Op: "remote error", Err: tls.AlertError(42)}, "TLS handshake failed"},
		"a handshake that failed":                 {errors.New("remote error: tls: handshake failure"), "TLS handshake failed"},
		"an answer that is not TLS":               {tls.RecordHeaderError{Msg: "x"}, "the server does not speak TLS on this port"},
		"HTTP to an HTTPS client":                 {http.ErrSchemeMismatch, "the server does not speak TLS on this port"},
		"the attempt's timeout":                   {&failure.TimeoutError{}, "no answer in time"},
		"the caller's deadline":                   {context.DeadlineExceeded, "no answer in time"},
		"a dial's timeout":                        {dial(os.ErrDeadlineExceeded), "connection timed out"},
		"a refused connection":                    {dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), "connection refused"},
		"a refused connection on Windows":         {dial(syscall.Errno(10061)), "connection refused"},
		"no route to the network":                 {dial(os.NewSyscallError("connect", syscall.ENETUNREACH)), "network unreachable"},
		"no route on Windows":                     {dial(syscall.Errno(10051)), "network unreachable"},
		"a reset":                                 {dial(syscall.ECONNRESET), "connection lost before the answer was complete"},
		"a reset on Windows":                      {dial(syscall.Errno(10054)), "connection lost before the answer was complete"},
		"an aborted connection on Windows":        {dial(syscall.Errno(10053)), "connection lost before the answer was complete"},
		"a broken pipe":                           {dial(syscall.EPIPE), "connection lost before the answer was complete"},
		"an end in the middle":                    {io.ErrUnexpectedEOF, "connection lost before the answer was complete"},
		"an end before the answer":                {io.EOF, "connection lost before the answer was complete"},
		"a redirect":                              {&failure.RedirectError{}, "own"},
		"a body that is too large":                {failure.ErrBodyTooLarge, "own"},
		"a call that its caller ended":            {context.Canceled, "canceled"},
		"a lookup that the caller ended":          {dial(fmt.Errorf("lookup: %w", context.Canceled)), "canceled"},
		"a credential at the wrong origin":        {&credential.OriginError{}, ""},
		"what is not HTTP":                        {malformed, "the answer is not HTTP"},
		"HTTP/2 that is broken":                   {brokenHTTP2, "HTTP/2 protocol error"},
		"a credential that can't be a header":     {credential.ErrCredentialCharacters, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, failure.Explain(c.err), c.want)
			if c.err == nil {
				return
			}
			wrapped := fmt.Errorf("reading devices: %w", &failure.CallError{Method: http.MethodGet, URL: "https://acme.okta.com", Err: c.err})
			check(t, failure.Explain(wrapped), c.want)
		})
	}
}

func check(t *testing.T, e failure.Explanation, want string) {
	t.Helper()
	switch {
	case e.Known != (want != ""):
		t.Errorf("known: %t, %+v", e.Known, e)
	case want == "own":
		if e.What == "" || e.Do == "" || e.Seen != "" {
			t.Errorf("%+v does not speak for itself", e)
		}
	case e.Known && !strings.HasPrefix(e.What, want):
		t.Errorf("it is %s, want %s", e.What, want)
	}
	if strings.Contains(e.Reason(), "canary") {
		t.Errorf("it quotes the answer: %s", e.Reason())
	}
}
