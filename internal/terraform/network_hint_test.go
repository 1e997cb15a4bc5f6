// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package terraform

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

func TestNetworkHint(t *testing.T) {
	t.Parallel()

	cases := map[string]struct {
		err  error
		says string
	}{
		"a name that does not resolve":  {&net.DNSError{Name: "x"}, "name server"},
		"an unknown authority":          {x509.UnknownAuthorityError{}, "http.ca_certificate_file"},
		"another host's certificate":    {x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"}, "another host"},
		"a certificate that is expired": {x509.CertificateInvalidError{Cert: &x509.Certificate{}, Reason: x509.Expired}, "clock"},
		"a proxy that refuses":          {&transport.ProxyError{Status: 407}, "HTTPS_PROXY"},
		"no answer in time":             {os.ErrDeadlineExceeded, "http.request_timeout"},
		"a refused connection":          {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, "firewalls"},
		"a broken connection":           {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, "firewalls"},
		"a redirect elsewhere":          {&transport.RedirectError{}, "redirect"},
		"an answer that is too large":   {&transport.BodyTooLargeError{}, "larger"},
		"a cancelled call":              {context.Canceled, ""},
		"something else":                {errors.New("something"), ""},
		"no error":                      {nil, ""},
	}

	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := NetworkHint(test.err)
			if test.says == "" && got != "" || !strings.Contains(got, test.says) {
				t.Errorf("the hint is %q, want one that says %q", got, test.says)
			}
		})
	}
}
