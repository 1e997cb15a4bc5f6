// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// Interceptor replaces hosts of the internet. It is the proxy of this process, and answers for them with certificates
// of its own authority. Any other host is refused.
type Interceptor struct {
	// CAFile is the authority, for http.ca_certificate_file.
	CAFile string
	// ProxyURL is for HTTPS_PROXY.
	ProxyURL string

	mu   sync.Mutex
	seen []Intercepted
}

// Intercepted is a request that reached one of the hosts, or a host that was asked for and refused.
type Intercepted struct {
	Host, Method, Path, UserAgent string
	// Authorization is the header's value, "" if there was none.
	Authorization string
	// Refused is true if the interceptor has no such host.
	Refused bool
}

// Seen are the requests until now.
func (i *Interceptor) Seen() []Intercepted {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]Intercepted(nil), i.seen...)
}

// Credentials are the requests with an Authorization header that reached a host outside some, without the simulated
// connector's own.
func (i *Interceptor) Credentials(except ...string) []Intercepted {
	return slices.DeleteFunc(i.Seen(), func(request Intercepted) bool {
		return request.Authorization == "" || request.UserAgent == ConnectorUserAgent || slices.Contains(except, request.Host)
	})
}

// Transport reaches the hosts, for the simulated connector.
func (i *Interceptor) Transport(t testing.TB) http.RoundTripper {
	t.Helper()
	proxy, err := url.Parse(i.ProxyURL)
	if err != nil {
		t.Fatal(err)
	}
	authority, err := os.ReadFile(i.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	transport := &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

func seenIn(r *http.Request) Intercepted {
	return Intercepted{
		Host: r.Host, Method: r.Method, Path: r.URL.Path, UserAgent: r.UserAgent(), Authorization: r.Header.Get("Authorization"),
	}
}

func (i *Interceptor) note(request Intercepted) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.seen = append(i.seen, request)
}

// Intercept answers for these hosts on port 443. It does not set the proxy variables: see UseProxy.
func Intercept(t testing.TB, hosts map[string]http.Handler) *Interceptor {
	t.Helper()
	interceptor := &Interceptor{}
	names := make([]string, 0, len(hosts))
	for name := range hosts {
		names = append(names, name)
	}
	certificate, authority := certificateFor(t, names)
	interceptor.CAFile = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(interceptor.CAFile, authority, 0o600); err != nil {
		t.Fatal(err)
	}
	site := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		interceptor.note(seenIn(r))
		hosts[r.Host].ServeHTTP(w, r)
	}))
	site.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	site.StartTLS()
	t.Cleanup(site.Close)
	proxy := httptest.NewServer(&tunnel{interceptor: interceptor, hosts: hosts, site: site.Listener.Addr().String()})
	t.Cleanup(proxy.Close)
	interceptor.ProxyURL = proxy.URL
	return interceptor
}

// UseProxy makes the interceptor the proxy of this process until the test ends. Such a test can't be parallel.
func (i *Interceptor) UseProxy(t *testing.T) {
	t.Helper()
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		t.Setenv(name, i.ProxyURL)
	}
	for _, name := range []string{"NO_PROXY", "no_proxy"} {
		t.Setenv(name, "")
	}

	// Terraform's own check for updates is not part of the test.
	t.Setenv("CHECKPOINT_DISABLE", "1")
}

// ForwardTo answers with what a cloud at this URL answers, as a host of another name.
func ForwardTo(t testing.TB, target string) http.Handler {
	t.Helper()
	base, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{Rewrite: func(request *httputil.ProxyRequest) { request.SetURL(base) }}
}

// tunnel is the proxy: CONNECT to one of the hosts leads to the site.
type tunnel struct {
	interceptor *Interceptor
	hosts       map[string]http.Handler
	site        string
}

// ServeHTTP joins the caller with the site until one of them ends.
func (p *tunnel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, port, err := net.SplitHostPort(r.Host)
	if r.Method != http.MethodConnect || err != nil || port != "443" || p.hosts[host] == nil {
		refused := seenIn(r)
		refused.Refused = true
		p.interceptor.note(refused)
		http.Error(w, "the test does not have this host", http.StatusForbidden)
		return
	}
	site, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", p.site)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer closeQuietly(site)
	w.WriteHeader(http.StatusOK)
	caller, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer closeQuietly(caller)
	join(caller, buffered, site)
}

// join copies in both directions until either side has ended.
func join(caller net.Conn, buffered *bufio.ReadWriter, site net.Conn) {
	// Either side may hang up at any time: how a copy ended does not matter.
	ended := make(chan struct{}, 2)
	pass := func(to io.Writer, from io.Reader) {
		_, _ = io.Copy(to, from)
		ended <- struct{}{}
	}
	go pass(site, buffered)
	go pass(caller, site)
	<-ended
	closeQuietly(caller)
	closeQuietly(site)
	<-ended
}

// closeQuietly closes what may have been closed by the other side.
func closeQuietly(connection io.Closer) {
	_ = connection.Close()
}

// certificateFor makes a certificate for the hosts, and the authority that signed it.
func certificateFor(t testing.TB, hosts []string) (certificate tls.Certificate, authority []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}

	// One certificate that signs itself is authority and host at once.
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "intercepted by a test"}, DNSNames: hosts,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, IsCA: true,
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{signed}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})
}
