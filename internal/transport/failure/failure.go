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

// Explanation says in plain words why a call failed, and what a person can do about it.
type Explanation struct {
	// What is a phrase to be read after Lead and a colon: "connection refused". It may hold names from a certificate,
	// sanitized.
	What string
	// Seen is what the network itself said, sanitized; "" if What says it all.
	Seen string
	// Do is one or more sentences, a line each or several; "" if there is nothing to say.
	Do string
	// ByURL reports whether another URL could help.
	ByURL bool
	// Known is false for an error that is no network failure, and for one that the table lacks. What is then its text.
	Known bool

	connected, lasting bool
}

// Reason is What with Seen.
func (e Explanation) Reason() string {
	if e.Seen == "" {
		return e.What
	}
	return e.What + " (" + e.Seen + ")"
}

// Lead begins the sentence that What ends: "Could not connect to Okta", or "The call to Okta failed" if there was a
// connection.
func (e Explanation) Lead(who string) string {
	if e.connected || !e.Known {
		return "The call to " + who + " failed"
	}
	return "Could not connect to " + who
}

// Explain explains the error of a call; nil has nothing to explain.
func Explain(err error) Explanation {
	if err == nil {
		return Explanation{}
	}
	if call, ok := errors.AsType[*CallError](err); ok {
		err = call.Err // what is wrapped around it may have other words than the network's
	}
	f := factsOf(err)
	for _, k := range kinds {
		if k.matches(f) {
			return k.explain(f)
		}
	}
	return Explanation{What: credential.Sanitize(err.Error())}
}

// IsLasting reports whether the same call will not fare better in a moment: a name that does not exist, a certificate
// that does not fit. A person who mistyped a host should not wait for retries.
func IsLasting(err error) bool {
	if lookup, ok := errors.AsType[*net.DNSError](err); ok && lookup.IsNotFound {
		return true // the proxy's name, too
	}
	return Explain(err).lasting || is[*SigningError](err) || is[*credential.OriginError](err)
}

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
	e.Do = strings.ReplaceAll(e.Do, "{proxy}", cmp.Or(credential.Sanitize(f.proxy), "the proxy's address"))
	return e
}

// kinds are all kinds of failure; the first that matches is it. A hint says what no other does, so that a person can
// search for it.
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
		matches: func(f *facts) bool { return is[*BodyTooLargeError](f.err) }, connected: true, lasting: true,
		do: "No real answer is that large. Check the URL, and whether something in between answers instead of the service.",
	},

	// The proxy.
	{
		matches: func(f *facts) bool { return f.status() == http.StatusProxyAuthRequired || f.socks("authentication") },
		what:    "the proxy requires a login", details: tellLogin, quiet: true, lasting: true,
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
		matches: func(f *facts) bool { return IsUnavailable(f.status()) || f.socks("unreachable", "refused") },
		what:    "the proxy could not reach the host", details: tellStatus, quiet: true,
		do: "The proxy {proxy} works, but can't connect to the host. Check the host's spelling, because the proxy resolves it.\n" +
			"Try again, then ask whoever runs the proxy.",
	},
	{
		matches: func(f *facts) bool { return f.status() != 0 || f.socks("not allowed by ruleset") },
		what:    "the proxy does not allow this host", details: tellStatus, quiet: true, lasting: true,
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
		matches: func(f *facts) bool { return f.invalid != nil && f.invalid.Reason == x509.Expired },
		what:    "certificate expired", details: tellDates, quiet: true, lasting: true,
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
			return is[x509.SystemRootsError](f.err) || f.unknownIssuer() && f.proxy == "" && hasNoRoots()
		},
		what: "this machine trusts no certificate authority", lasting: true,
		do: "Install the system's CA certificates (package ca-certificates in a container image), or set SSL_CERT_FILE to a PEM file with them.",
	},
	{
		matches: func(f *facts) bool { return f.unknownIssuer() && f.proxy == "" && f.isSelfSigned() },
		what:    "self-signed certificate", lasting: true,
		do: "If the server is yours, set http.ca_certificate_file in the provider block to its certificate (PEM).\n" +
			"If not, find out who answers instead of the service. No credential was sent.",
	},
	{
		matches: func(f *facts) bool { return f.unknownIssuer() && f.proxy == "" && f.lacksIntermediate() },
		what:    "certificate chain is incomplete", details: nameIssuer("certificate chain is incomplete: the certificate of %s is missing"), lasting: true,
		do: "Whoever runs the host must send the whole chain.\n" +
			"Until then, put the missing intermediate certificate (PEM) into a file, and set http.ca_certificate_file in the provider block to it.",
	},
	{
		matches: func(f *facts) bool { return f.unknownIssuer() },
		what:    "certificate signed by an unknown authority", details: nameIssuer("certificate signed by %s, which this machine does not trust"), lasting: true,
		do: "If this is a private CA, or that of a proxy or firewall that inspects TLS, get its certificate as a PEM file.\n" +
			"Set http.ca_certificate_file in the provider block to it, or add it to the system's trust store.",
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
		// A server's alert about the client's certificate: there was none, or another one is wanted.
		matches: func(f *facts) bool {
			return isTLS(f.err) && strings.Contains(f.text, "remote error: ") && strings.Contains(f.text, "certificate")
		},
		what: "a client certificate is required", lasting: true,
		do: "Neither Okta nor Sekoia asks for one: a gateway with mutual TLS is in between. Have it let this machine through, or go around it.",
	},
	{
		matches: func(f *facts) bool { return isTLS(f.err) },
		what:    "TLS handshake failed", lasting: true,
		do: "Check the certificate that the server shows, and any proxy or firewall in between.",
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
		matches: func(f *facts) bool { return f.timeout && f.stage == stageBody },
		what:    "the answer stopped before its end", connected: true,
		do: "Something in between stalls the answer: a proxy that scans content, or a VPN whose MTU is too large. Try again first.",
	},
	{
		matches: func(f *facts) bool { return f.timeout },
		what:    "no answer in time", details: tellDeadline, connected: true,
		do: "Try again. If it happens again, a proxy holds the answer back or the service is slow.",
	},
	{
		matches: func(f *facts) bool { return is[*http2Error](f.err) },
		what:    "HTTP/2 protocol error", connected: true,
		do: "A proxy or load balancer in between handles HTTP/2 badly. To use HTTP/1.1, set GODEBUG=http2client=0 in Terraform's environment.",
	},
	{
		// An answer that was cut off within its headers looks like a malformed one.
		matches: func(f *facts) bool { return is[*malformedError](f.err) && !is[textproto.ProtocolError](f.err) },
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
		what:    "network unreachable", details: tellIPv6,
		do: "Check this machine's network: its interface, its routes, its VPN.",
	},
	{
		matches: func(f *facts) bool { return f.dropped },
		what:    "connection lost before the answer was complete", connected: true,
		do: "Try again. If it happens again, find what cuts the connection: a firewall, a proxy, a load balancer.",
	},
}

// maxNameRunes is enough for any real authority's name.
const maxNameRunes = 80

// nameIssuer puts the name of who signed the certificate into a phrase: it tells a company's proxy from a stranger.
func nameIssuer(phrase string) func(*facts, *Explanation) {
	return func(f *facts, e *Explanation) {
		if len(f.chain) == 0 {
			return
		}
		issuer := f.chain[len(f.chain)-1].Issuer
		name := issuer.CommonName
		if name == "" && len(issuer.Organization) > 0 {
			name = issuer.Organization[0]
		}
		if name = strings.TrimSpace(name); name == "" {
			return
		}
		if runes := []rune(name); len(runes) > maxNameRunes {
			name = string(runes[:maxNameRunes]) + "…"
		}
		e.What = fmt.Sprintf(phrase, "\""+credential.Sanitize(name)+"\"")
	}
}

// tellDates puts the date that a certificate failed by next to the clock that it was compared with.
func tellDates(f *facts, e *Explanation) {
	if f.invalid.Cert == nil {
		return
	}
	now := time.Now()
	what, date := "certificate expired at", f.invalid.Cert.NotAfter
	if now.Before(f.invalid.Cert.NotBefore) {
		what, date = "certificate is not valid before", f.invalid.Cert.NotBefore
	}
	e.What = fmt.Sprintf("%s %s, and this machine's clock says %s", what, date.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339))
}

func tellStatus(f *facts, e *Explanation) {
	if status := f.status(); status != 0 {
		e.What += fmt.Sprintf(": %d %s", status, http.StatusText(status))
	}
}

func tellLogin(f *facts, e *Explanation) {
	if f.login || f.refusal != nil && f.refusal.Login {
		e.What = "the proxy rejected the login in HTTPS_PROXY"
		e.Do = "Check user and password in HTTPS_PROXY, and percent-encode characters such as @ : / %.\n" +
			"Only Basic authentication is supported, not NTLM or Kerberos."
	}
	tellStatus(f, e)
}

func tellDeadline(f *facts, e *Explanation) {
	if late, ok := errors.AsType[*TimeoutError](f.err); ok && !late.Deadline {
		e.Do += "\nhttp.request_timeout in the provider block gives each call more time."
	}
}

func tellIPv6(f *facts, e *Explanation) {
	if f.op == nil {
		return
	}
	if address, ok := f.op.Addr.(*net.TCPAddr); ok && address.IP.To4() == nil {
		e.What = "network unreachable over IPv6"
		e.Do = "No IPv4 address of the host was found, and this machine has no IPv6 connection: give it one, or set HTTPS_PROXY to a proxy that has one."
	}
}
