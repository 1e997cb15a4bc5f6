// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package network_test

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// loopback listens, and does the same with each connection.
func loopback(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // the test closes it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(conn)
		}
	}()
	return listener.Addr().String()
}

// TestAccWhatBelongsToAProcess is about variables of the process, and real sockets.
func TestAccWhatBelongsToAProcess(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.TLS, c.Devices = true, 3 })
	hangs := loopback(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
	none := t.TempDir()
	closed, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed at once
	if err != nil {
		t.Fatal(err)
	}
	gone := closed.Addr().String()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(none, "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	own := map[string]string{"SSL_CERT_FILE": clouds.Ready.CAFile}
	cases := map[string]struct {
		environment map[string]string
		http        string
		says        []string // none: it works
	}{
		"the system's trust has the CA":       {environment: own},
		"http.ca_certificate_file has it":     {http: `ca_certificate_file = "` + clouds.Ready.CAFile + `"`},
		"neither has it":                      {says: []string{"127.0.0.1", "http.ca_certificate_file"}},
		"the machine has no authority":        {environment: map[string]string{"SSL_CERT_FILE": empty, "SSL_CERT_DIR": none}, says: []string{"SSL_CERT_FILE", "ca-certificates"}},
		"the proxy is not there":              {environment: map[string]string{"OKTA_CLIENT_ORGURL": "https://acme.okta.com", "HTTPS_PROXY": "http://user:hunter2@" + gone}, http: "max_retries = 0", says: []string{"Check the host and port of the proxy (" + gone + ")", "acme.okta.com"}},
		"the proxy variable is of no kind":    {environment: map[string]string{"HTTPS_PROXY": "ftp://user:hunter2@" + gone}, says: []string{"Not a proxy in HTTPS_PROXY", "socks5"}},
		"the proxy variable is no URL":        {environment: map[string]string{"https_proxy": "http://user:hunter2@proxy.example:port"}, says: []string{"Not a proxy in https_proxy", "neither host:port nor a URL"}},
		"a handshake hangs":                   {environment: map[string]string{"OKTA_CLIENT_ORGURL": "https://" + hangs}, http: "request_timeout = \"1s\"\nmax_retries = 4", says: []string{hangs, "filters by host name", "within 1s"}},
		"the CA file does not exist":          {http: `ca_certificate_file = "none.pem"`, says: []string{`"none.pem" can't be used: no such file`, "path.module"}},
		"the CA file is a folder":             {http: `ca_certificate_file = "` + none + `"`, says: []string{"is a directory", "Name one PEM file"}},
		"the CA file is empty":                {http: `ca_certificate_file = "` + empty + `"`, says: []string{"no certificate", "BEGIN CERTIFICATE"}},
		"the CA file has a name out of ASCII": {http: `ca_certificate_file = "сертификат.pem"`, says: []string{"сертификат.pem", "no such file"}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cli := acctest.NewBinaryCLI(t, clouds, test.environment)
			cli.Write(t, "main.tf", "terraform {\n  required_providers {\n    sekoia = {\n      source = \"sekoia-io/sekoia\"\n    }\n  }\n}\n\n"+
				"provider \"sekoia\" {\n  http = {\n"+test.http+"\n  }\n}\n\ndata \"sekoia_okta_devices\" \"all\" {}\n")
			if len(test.says) == 0 {
				cli.Succeed(t, "plan", "-no-color")
				return
			}
			text := cli.Fail(t, "", "plan", "-no-color")
			for _, part := range test.says {
				if !strings.Contains(acctest.Flat(text), part) {
					t.Errorf("it does not say %q:\n%s", part, text)
				}
			}
			if strings.Contains(text, "hunter2") || strings.Count(text, "Error: ") != 1 {
				t.Errorf("it says too much:\n%s", text)
			}
		})
	}
}
