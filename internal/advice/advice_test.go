// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package advice

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

func TestNetworkHint(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		err  error
		says string
	}{
		"a name that does not resolve":  {&net.DNSError{Name: "x"}, "resolv.conf"},
		"an unknown authority":          {x509.UnknownAuthorityError{}, "http.ca_certificate_file"},
		"another host's certificate":    {x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"}, "hosts file"},
		"a certificate that is expired": {x509.CertificateInvalidError{Cert: &x509.Certificate{}, Reason: x509.Expired}, "clock"},
		"a proxy that refuses":          {&failure.ProxyError{Status: 407}, "HTTPS_PROXY"},
		"no answer in time":             {&failure.TimeoutError{}, "http.request_timeout"},
		"a refused connection":          {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, "nothing listens"},
		"a broken connection":           {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, "what cuts the connection"},
		"a redirect elsewhere":          {&failure.RedirectError{}, "one origin"},
		"an answer that is too large":   {failure.ErrBodyTooLarge, "No real answer"},
		"a cancelled call":              {context.Canceled, ""},
		"something else":                {errors.New("something"), ""},
		"no error":                      {nil, ""},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := failure.Explain(test.err).Do
			if test.says == "" && got != "" || !strings.Contains(got, test.says) {
				t.Errorf("the hint is %q, want one that says %q", got, test.says)
			}
		})
	}
}

func TestAHintBreaksNoSentence(t *testing.T) {
	t.Parallel()
	for _, err := range []error{x509.UnknownAuthorityError{}, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, &failure.ProxyError{Status: 407}} {
		for line := range strings.Lines(Network("Okta", "base_url", err).Do) {
			if text := strings.TrimSpace(line); !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "@the proxy's address") {
				t.Errorf("a line of the hint for %v is %q", err, text)
			}
		}
	}
}

func TestSentence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"it broke": "It broke.", "acme.example is gone": "acme.example is gone.", "base_url is empty": "base_url is empty.", "It is whole.": "It is whole.", "": "",
		"it broke: was it whole?": "It broke: was it whole?", "and more …": "And more …",
	} {
		if got := Sentence(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}
