// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package failure

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/textproto"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// kind is a kind of failure.
type kind struct {
	matches func(*facts) bool
	what    string // "": the error's own words
	do      string // {proxy} stands for the proxy's host and port
	// details add what the error alone knows.
	details func(*facts, *Explanation)
	// quiet means that the error's own words add nothing.
	quiet bool
	// connected means that there was a connection to the service.
	connected bool
	byURL     bool
	lasting   bool
}

func (k *kind) explain(f *facts) Explanation {
	e := Explanation{What: k.what, Do: k.do, ByURL: k.byURL, Known: true, connected: k.connected, lasting: k.lasting}
	switch text := strings.TrimPrefix(strings.TrimPrefix(f.text, "reading the answer: "), "tls: failed to verify certificate: "); {
	case k.what == "":
		e.What = credential.Sanitize(f.text)
	case !k.quiet:
		e.Seen = credential.Sanitize(text)
	}
	if k.details != nil {
		k.details(f, &e)
	}
	used := strings.NewReplacer("{proxy}", cmp.Or(credential.Sanitize(f.proxy), "the proxy's address"), "HTTPS_PROXY", cmp.Or(f.variable, "HTTPS_PROXY"))
	e.What, e.Do = used.Replace(e.What), used.Replace(e.Do)
	return e
}

// kinds are all kinds of failure; the first that matches counts. No two say the same, so that a person can search for
// the text.
var kinds = []kind{
	{
		matches: func(f *facts) bool { return errors.Is(f.err, context.Canceled) },
		what:    "canceled", quiet: true, connected: true, lasting: true,
	},
	{
		matches: func(f *facts) bool { return is[*RateLimitError](f.err) }, connected: true, lasting: true,
		do: "Other clients use the same limit. Try again in a minute, raise the resource's timeouts, or lower -parallelism.",
	},
	{
		matches: func(f *facts) bool { return is[*RedirectError](f.err) }, connected: true, byURL: true, lasting: true,
		do: "A credential goes to one origin only. Use the service's own URL, and check for a login page in between.",
	},
	{
		matches: func(f *facts) bool { return errors.Is(f.err, ErrBodyTooLarge) }, connected: true, lasting: true,
		do: "No real answer is that large. Check the URL, and whether something in between answers instead of the service.",
	},

	// The proxy.
	{
		matches: func(f *facts) bool { return f.status == http.StatusProxyAuthRequired || f.socks("authentication") },
		what:    "the proxy requires a login", details: rejectedLogin, quiet: true, lasting: true,
		do: "Put user and password into HTTPS_PROXY: http://user:password@{proxy}\nPercent-encode characters such as @ : / %.",
	},
	{
		matches: func(f *facts) bool { return f.operation("proxyconnect") && isTLS(f.op.Err) },
		what:    "TLS handshake with the proxy failed", lasting: true,
		do: "Most proxies expect plain HTTP: write http:// instead of https:// in HTTPS_PROXY.\n" +
			"If this one uses TLS, add its CA to http.ca_certificate_file.",
	},
	{
		matches: func(f *facts) bool {
			return f.operation("proxyconnect") || f.socks("") && (is[*net.OpError](f.op.Err) || is[*net.DNSError](f.op.Err)) ||
				f.brokenByProxy() && (f.stage == stageLookup || f.stage == stageConnect)
		},
		what: "the proxy is not reachable",
		do: "Check the host and port of the proxy ({proxy}) in HTTPS_PROXY.\n" +
			"If the host is reachable without a proxy, unset HTTPS_PROXY or name the host in NO_PROXY.",
	},
	{
		matches: func(f *facts) bool { return f.status >= 500 || f.socks("unreachable", "refused") },
		what:    "the proxy could not reach the host", details: addStatus, quiet: true,
		do: "The proxy {proxy} works, but can't connect to the host. Check the host's spelling, because the proxy resolves it.\n" +
			"Try again, then ask whoever runs the proxy.",
	},
	{
		matches: func(f *facts) bool { return f.status != 0 || f.socks("not allowed by ruleset") },
		what:    "the proxy does not allow this host", details: addStatus, quiet: true, lasting: true,
		do: "Ask whoever runs the proxy {proxy} to allow this host on port 443.\nIf the host is reachable directly, name it in NO_PROXY.",
	},
	{
		matches: func(f *facts) bool { return f.socks("") || f.brokenByProxy() && f.stage == stageTunnel },
		what:    "the proxy did not answer as a proxy",
		do:      "Check that {proxy} (HTTPS_PROXY) is an HTTP proxy, and that it responds.\nWrite a SOCKS proxy as socks5://.",
	},

	// DNS.
	{
		matches: func(f *facts) bool { return f.dns != nil && f.dns.IsNotFound },
		what:    "no such host", byURL: true, lasting: true,
		do: "Check the spelling of the host. If it is right, this machine's DNS server does not know it: check VPN and DNS settings.\n" +
			"If only a proxy reaches the internet, set HTTPS_PROXY.",
	},
	{
		matches: func(f *facts) bool { return f.dns != nil || f.timeout && f.stage == stageLookup },
		what:    "DNS lookup failed",
		do:      "The host may well exist. Check that this machine reaches its DNS server (resolv.conf, VPN), and try again.",
	},

	// TLS.
	{
		matches: func(f *facts) bool { return f.invalid.Reason == x509.Expired },
		what:    "certificate expired", details: addDates, quiet: true, lasting: true,
		do: "If this machine's clock is wrong, set it (NTP).\n" +
			"If it is right, whoever runs the host, or the proxy that inspects TLS, must renew the certificate.",
	},
	{
		matches: func(f *facts) bool { return is[x509.HostnameError](f.err) },
		what:    "certificate is for another host", byURL: true, lasting: true,
		do: "Check the host in the URL. If it is right, another server answers for it: check DNS, the hosts file, HTTPS_PROXY and NO_PROXY.",
	},
	{
		matches: func(f *facts) bool {
			return is[x509.SystemRootsError](f.err) || f.unknownIssuer && f.proxy == "" && hasNoRoots()
		},
		what: "this machine trusts no certificate authority", lasting: true,
		do: "Install the system's CA certificates (package ca-certificates in a container image), or set SSL_CERT_FILE to a PEM file with them.",
	},
	{
		matches: func(f *facts) bool { return f.unknownIssuer },
		what:    "certificate signed by an unknown authority", details: nameIssuer, lasting: true,
		do: "If this is a private CA, or that of a proxy or firewall that inspects TLS, set http.ca_certificate_file to its certificate (PEM).\n" +
			"If not, find out who answers instead of the service. No credential was sent.",
	},
	{
		matches: func(f *facts) bool {
			return errors.Is(f.err, http.ErrSchemeMismatch) || is[tls.RecordHeaderError](f.err)
		},
		what: "the server does not speak TLS on this port", byURL: true, lasting: true,
		do: "Check the port in the URL. If it is right, something else answers: a captive portal (a network's login page), or a gateway that expects http.",
	},
	{
		matches: func(f *facts) bool { return isTLS(f.err) && strings.Contains(f.text, "protocol version") },
		what:    "the server's TLS version is too old", lasting: true,
		do: "TLS 1.2 is the oldest version accepted, and no setting lowers that.\n" +
			"Whoever runs the host, or a proxy in between, must offer TLS 1.2 or newer.",
	},
	{
		matches: func(f *facts) bool { return isTLS(f.err) },
		what:    "TLS handshake failed", lasting: true,
		do: "Check the certificate that the server shows, and any proxy or firewall in between.\n" +
			"A gateway that asks for a client certificate (mutual TLS) has to let this machine through without one.",
	},
	{
		matches: func(f *facts) bool { return (f.timeout || f.dropped) && f.stage == stageHandshake },
		what:    "TLS handshake was cut off",
		do: "A firewall that filters by host name does this: ask for this host to be allowed.\n" +
			"If the network has a proxy, set HTTPS_PROXY.",
	},

	// The connection, and what came over it.
	{
		matches: func(f *facts) bool {
			return f.timeout && (f.stage == stageConnect || f.stage == stageUnknown && f.operation("dial"))
		},
		what: "connection timed out",
		do: "Packets get lost, usually in a firewall: check that this machine may connect to the host on this port.\n" +
			"If the network has a proxy, set HTTPS_PROXY.",
	},
	{
		matches: func(f *facts) bool { return f.timeout },
		what:    "no answer in time", details: addDeadline, connected: true,
		do: "Try again. If it happens again, a proxy holds the answer back, a VPN's MTU is too large, or the service is slow.",
	},
	{
		matches: func(f *facts) bool { return errors.Is(f.err, errBrokenHTTP2) },
		what:    "HTTP/2 protocol error", connected: true,
		do: "A proxy or load balancer in between handles HTTP/2 badly. To use HTTP/1.1, set GODEBUG=http2client=0 in the environment.",
	},
	{
		// An answer that was cut off within its headers looks like a malformed one.
		matches: func(f *facts) bool { return errors.Is(f.err, errNotHTTP) && !is[textproto.ProtocolError](f.err) },
		what:    "the answer is not HTTP", quiet: true, connected: true, byURL: true, lasting: true,
		do: "Check the port in the URL, and what is in between.",
	},
	{
		matches: func(f *facts) bool { return f.refused },
		what:    "connection refused",
		do: "Check the host and port in the URL. If they are right, nothing listens there, or a firewall rejects the connection.\n" +
			"If the network has a proxy, set HTTPS_PROXY.",
	},
	{
		matches: func(f *facts) bool { return f.unreachable },
		what:    "network unreachable",
		do: "Check this machine's network: its interface, its routes, its VPN.\n" +
			"If the host has only IPv6 addresses, this machine needs IPv6, or a proxy (HTTPS_PROXY).",
	},
	{
		matches: func(f *facts) bool { return f.dropped },
		what:    "connection lost before the answer was complete", connected: true,
		do: "Try again. If it happens again, find what cuts the connection: a firewall, a proxy, a load balancer.",
	},
}

// nameIssuer names who signed the certificate: a company's proxy, or a stranger.
func nameIssuer(f *facts, e *Explanation) {
	if f.last == nil {
		return
	}
	issuer := f.last.Issuer
	if name := strings.TrimSpace(cmp.Or(issuer.CommonName, strings.Join(issuer.Organization, ", "))); name != "" {
		e.What = `certificate signed by "` + credential.Sanitize(name) + `", which this machine does not trust`
	}
}

// addDates puts the date that a certificate failed by next to the clock that it was compared with.
func addDates(f *facts, e *Explanation) {
	if f.invalid.Cert == nil {
		return
	}
	now := time.Now()
	what, date := "certificate expired at", f.invalid.Cert.NotAfter
	if now.Before(f.invalid.Cert.NotBefore) {
		what, date = "certificate is not valid before", f.invalid.Cert.NotBefore
	}
	e.What, e.Seen = what+" "+date.UTC().Format(time.RFC3339), "this machine's clock says "+now.UTC().Format(time.RFC3339)
}

func addStatus(f *facts, e *Explanation) {
	if f.status != 0 {
		e.What += fmt.Sprintf(": %d %s", f.status, http.StatusText(f.status))
	}
}

// rejectedLogin says so if a login was sent.
func rejectedLogin(f *facts, e *Explanation) {
	if f.login {
		e.What = "the proxy rejected the login in HTTPS_PROXY"
		e.Do = "Check user and password in HTTPS_PROXY, and percent-encode characters such as @ : / %.\n" +
			"Only Basic authentication is supported, not NTLM or Kerberos."
	}
	addStatus(f, e)
}

func addDeadline(f *facts, e *Explanation) {
	if late, ok := errors.AsType[*TimeoutError](f.err); ok && !late.Deadline {
		e.Do += "\nhttp.request_timeout in the provider block gives each call more time."
	}
}
