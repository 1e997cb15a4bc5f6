// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package network_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"golang.org/x/net/http2"
)

// trouble is what a host, or the way to it, can have.
type trouble struct {
	name string
	// says is a phrase of its hint that no other hint has.
	says string
	// what is a part of what it is called.
	what string
	// dial fails, serve takes the connection in the host's place, answer the request.
	dial   func(context.Context) error
	ip     net.IP // for dial's error; nil: none
	serve  func(*internet, net.Conn)
	answer func(http.ResponseWriter, *http.Request)
	// proxy is HTTPS_PROXY; status what the proxy answers to CONNECT, behind what is at the other end of the tunnel.
	proxy  string
	status string
	behind func(*internet, net.Conn)
	// lasts reports whether it must not be tried again.
	lasts bool
	// byURL reports whether the hint belongs to the URL's own attribute.
	byURL bool
	// whole reports whether the way there is like this from the beginning.
	whole bool
	// redials reports whether net/http connects again by itself within an attempt.
	redials bool
	// unsent reports whether a write was certainly not made.
	unsent bool
}

func (s *trouble) address() net.Addr {
	if s.ip == nil {
		return nil
	}
	return &net.TCPAddr{IP: s.ip, Port: 443}
}

func failing(err error) func(context.Context) error {
	return func(context.Context) error { return err }
}

// showing serves TLS with a certificate, or another setting.
func showing(settings func(*internet) *tls.Config) func(*internet, net.Conn) {
	return func(n *internet, conn net.Conn) {
		_ = tls.Server(conn, settings(n)).HandshakeContext(n.t.Context())
		_ = conn.Close()
	}
}

// certificate is one of this internet's authority, changed.
func certificate(change func(*x509.Certificate)) func(*internet, net.Conn) {
	return showing(func(n *internet) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{n.authority.issue(n.t, change)}, MinVersion: tls.VersionTLS12}
	})
}

// stranger is one of an authority that is not trusted.
func stranger(change func(*x509.Certificate)) func(*internet, net.Conn) {
	return showing(func(n *internet) *tls.Config {
		made := newAuthority(n.t, "Corp Inspection CA").issue(n.t, change)
		return &tls.Config{Certificates: []tls.Certificate{made}, MinVersion: tls.VersionTLS12}
	})
}

func selfSigned() func(*internet, net.Conn) {
	return showing(func(n *internet) *tls.Config {
		own := newAuthority(n.t, "Test server")
		own.certificate.DNSNames = []string{oktaHost, customHost, sekoiaHost}
		own.certificate = own.sign(n.t, own.certificate, own.key)
		return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{own.certificate.Raw}, PrivateKey: own.key}}}
	})
}

// speaking hands a TLS connection to talk, with the protocols offered.
func speaking(change func(*tls.Config), talk func(net.Conn)) func(*internet, net.Conn) {
	return func(n *internet, conn net.Conn) {
		settings := &tls.Config{Certificates: []tls.Certificate{n.authority.issue(n.t, nil)}, MinVersion: tls.VersionTLS12}
		if change != nil {
			change(settings)
		}
		secured := tls.Server(conn, settings)
		if secured.HandshakeContext(n.t.Context()) == nil {
			talk(secured)
		}
		_ = conn.Close()
	}
}

// hang reads and says nothing.
func hang(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

// taken reads one piece, and hangs up.
func taken(conn net.Conn) { _, _ = conn.Read(make([]byte, 512)) }

const throughProxy = "http://" + proxyHost + ":3128"

// troubles are all of them.
func troubles() []trouble {
	dial := func(number syscall.Errno) func(context.Context) error {
		return failing(os.NewSyscallError("connect", number))
	}
	late := func(ctx context.Context) error {
		select {
		case <-time.After(30 * time.Second): // net.Dialer's, as go-cleanhttp sets it
			return os.ErrDeadlineExceeded
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	silent := func(_ *internet, conn net.Conn) { hang(conn) }
	plain := func(_ *internet, conn net.Conn) {
		_, _ = conn.Read(make([]byte, 1024))
		_, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
		_ = conn.Close()
	}
	return []trouble{
		{name: "a private CA", serve: stranger(nil), says: "who answers instead of the service", what: `"Corp Inspection CA"`, lasts: true, unsent: true},
		{name: "a missing intermediate", serve: stranger(func(c *x509.Certificate) { c.IssuingCertificateURL = []string{"http://ca.example/i.cer"} }),
			says: "who answers instead of the service", what: `"Corp Inspection CA"`, lasts: true, unsent: true},
		{name: "a self-signed certificate", serve: selfSigned(), says: "who answers instead of the service", what: "certificate signed by", lasts: true, unsent: true},
		{name: "a wrong host name", serve: certificate(func(c *x509.Certificate) { c.DNSNames = []string{"other.example"} }),
			says: "hosts file", what: "for another host", lasts: true, byURL: true, unsent: true},
		{name: "an expired certificate", serve: certificate(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }),
			says: "must renew the certificate", what: "certificate expired at", lasts: true, unsent: true},
		{name: "a certificate that is not valid yet", serve: certificate(func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }),
			says: "must renew the certificate", what: "is not valid before", lasts: true, unsent: true},
		{name: "a certificate that can't be read", serve: showing(func(n *internet) *tls.Config {
			broken := n.authority.issue(n.t, nil)
			broken.Certificate, broken.Leaf = [][]byte{[]byte("canary")}, nil
			return &tls.Config{Certificates: []tls.Certificate{broken}, MinVersion: tls.VersionTLS12}
		}), says: "Check the certificate that the server shows", what: "TLS handshake failed", lasts: true, unsent: true},
		{name: "a certificate for clients", serve: certificate(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }),
			says: "Check the certificate that the server shows", what: "TLS handshake failed", lasts: true, unsent: true},
		{name: "TLS 1.1", serve: showing(func(n *internet) *tls.Config {
			return &tls.Config{Certificates: []tls.Certificate{n.authority.issue(n.t, nil)}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11} //nolint:gosec // an old server
		}), says: "no setting lowers that", what: "too old", lasts: true, unsent: true},
		{name: "plain HTTP", serve: plain, says: "captive portal", what: "does not speak TLS", lasts: true, byURL: true, unsent: true},
		{name: "a client certificate is demanded", serve: speaking(func(c *tls.Config) {
			c.ClientAuth = tls.RequireAnyClientCert
		}, hang), says: "Check the certificate that the server shows", what: "TLS handshake failed", lasts: true},
		{name: "a handshake that hangs", serve: silent, says: "filters by host name", what: "handshake was cut off", unsent: true},
		{name: "a handshake that is cut", serve: func(_ *internet, conn net.Conn) { taken(conn); _ = conn.Close() }, says: "filters by host name", what: "handshake was cut off", unsent: true},
		{name: "no answer", serve: speaking(nil, hang), says: "holds the answer back", what: "no answer in time"},
		{name: "an answer that stops in its body", answer: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"id":`)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, says: "holds the answer back", what: "no answer in time"},
		{name: "a connection that is cut", serve: speaking(nil, taken), says: "find what cuts the connection", what: "connection lost before the answer"},
		{redials: true, name: "HTTP/2 that is broken", serve: speaking(func(c *tls.Config) { c.NextProtos = []string{"h2"} }, func(conn net.Conn) {
			framer := http2.NewFramer(conn, conn)
			_ = framer.WriteSettings()
			_ = framer.WriteGoAway(0, http2.ErrCodeProtocol, []byte("canary"))
			hang(conn)
		}), says: "http2client=0", what: "HTTP/2 protocol error"},
		{name: "what is not HTTP", serve: speaking(nil, func(conn net.Conn) {
			taken(conn)
			_, _ = io.WriteString(conn, "220 canary ESMTP\r\n")
		}), says: "Check the port in the URL, and what is in between", what: "is not HTTP", lasts: true, byURL: true},
		{name: "a name that does not exist", dial: failing(&net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}),
			says: "Check the spelling of the host. If", what: "no such host", lasts: true, byURL: true, unsent: true},
		{name: "a name server that fails", dial: failing(&net.DNSError{Err: "server misbehaving", Name: "x", IsTemporary: true}),
			says: "resolv.conf", what: "DNS lookup failed", unsent: true},
		{name: "a refused connection", dial: dial(syscall.ECONNREFUSED), says: "nothing listens there", what: "connection refused", unsent: true},
		{name: "no route", dial: dial(syscall.ENETUNREACH), says: "its interface, its routes", what: "network unreachable", unsent: true},
		{name: "an IPv6 address that can't be reached", dial: dial(syscall.ENETUNREACH), ip: net.ParseIP("2001:db8::1"), says: "its interface, its routes", what: "network unreachable", unsent: true},
		{name: "a connection that nobody answers", dial: late, says: "Packets get lost", what: "connection timed out", unsent: true},
		{name: "a proxy that forbids", proxy: throughProxy, status: "403 Forbidden", says: "to allow this host on port 443", what: "403", lasts: true, unsent: true},
		{name: "a proxy that wants a login", proxy: throughProxy, status: "407 Proxy Authentication Required",
			says: "Put user and password into HTTPS_PROXY", what: "requires a login", lasts: true, unsent: true},
		{name: "a proxy that wants another login", proxy: "http://user:hunter2@" + proxyHost + ":3128", status: "407 Proxy Authentication Required",
			says: "NTLM", what: "rejected the login", lasts: true, unsent: true},
		{name: "a proxy that finds no way: 502", proxy: throughProxy, status: "502 Bad Gateway", says: "the proxy resolves it", what: "502", unsent: true},
		{name: "a proxy that finds no way: 503", proxy: throughProxy, status: "503 Service Unavailable", says: "the proxy resolves it", what: "503", unsent: true},
		{name: "a proxy that is not there", proxy: throughProxy, dial: dial(syscall.ECONNREFUSED),
			says: "Check the host and port of the proxy (proxy.example:3128)", what: "proxy is not reachable", unsent: true},
		{name: "a proxy whose name does not exist", proxy: throughProxy, dial: failing(&net.DNSError{Err: "no such host", Name: proxyHost, IsNotFound: true}),
			says: "Check the host and port of the proxy (proxy.example:3128)", what: "proxy is not reachable", lasts: true, unsent: true},
		{name: "a proxy that says nothing", proxy: throughProxy, serve: silent, says: "is an HTTP proxy", what: "did not answer as a proxy", unsent: true},
		{whole: true, name: "an https proxy that speaks http", proxy: "https://" + proxyHost + ":3128", serve: plain, says: "write http:// instead of https://", what: "with the proxy failed", lasts: true, unsent: true},
		{name: "a proxy that signs anew", proxy: throughProxy, behind: stranger(nil), says: "who answers instead of the service", what: `"Corp Inspection CA"`, lasts: true, unsent: true},
		{whole: true, name: "an https proxy that says nothing", proxy: "https://" + proxyHost + ":3128", serve: speaking(nil, hang),
			says: "is an HTTP proxy", what: "did not answer as a proxy", unsent: true},
		{whole: true, name: "an https proxy that does not speak HTTP", proxy: "https://" + proxyHost + ":3128", serve: speaking(nil, func(conn net.Conn) {
			taken(conn)
			_, _ = io.WriteString(conn, "220 canary ESMTP\r\n")
		}), says: "is an HTTP proxy", what: "did not answer as a proxy", unsent: true},
		{whole: true, name: "a SOCKS proxy that is not there", proxy: "socks5://" + proxyHost + ":3128", dial: dial(syscall.ECONNREFUSED),
			says: "Check the host and port of the proxy (proxy.example:3128)", what: "proxy is not reachable", unsent: true},
		{whole: true, name: "a SOCKS proxy that wants a login", proxy: "socks5://" + proxyHost + ":3128", serve: func(_ *internet, conn net.Conn) {
			taken(conn)
			_, _ = conn.Write([]byte{5, 0xff})
		}, says: "Put user and password into HTTPS_PROXY", what: "requires a login", lasts: true, unsent: true},
	}
}
