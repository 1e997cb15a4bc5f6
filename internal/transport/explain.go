// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// Explanation says in plain words what a failed call met, and what a person can do about it.
type Explanation struct {
	Failure Failure
	// What is a clause about the host that was called: "its name does not exist". It may hold names from a certificate,
	// sanitised.
	What string
	// Seen is what the network itself said, sanitised; "" where What says it all.
	Seen string
	// Do is one or more sentences; "" where there is nothing to say.
	Do string
	// ByURL tells that another URL could mend it.
	ByURL bool
}

// Reason is What with Seen.
func (e Explanation) Reason() string {
	if e.Seen == "" {
		return e.What
	}
	return e.What + " (" + e.Seen + ")"
}

// Explain explains the error of a call.
func Explain(err error) Explanation {
	failure := Classify(err)
	known := explanations[failure]
	made := Explanation{Failure: failure, What: known.what, Do: known.do, ByURL: known.byURL}
	if known.details != nil {
		known.details(err, &made)
	}
	made.Do = strings.ReplaceAll(made.Do, "{proxy}", cmp.Or(Sanitize(proxyOf(err)), "the proxy's address"))
	if !known.itself {
		made.Seen = seen(err)
	} else if made.What == "" {
		made.What = ownWords(err)
	}
	return made
}

// explanation is a row of the table below.
type explanation struct {
	what string
	do   string
	// details add what the error alone knows.
	details func(error, *Explanation)
	// itself tells that the error's own words add nothing, or say it all.
	itself bool
	byURL  bool
	// lasts tells that the same call will not fare better in a moment.
	lasts bool
}

const (
	trustCA      = "name the file in http.ca_certificate_file in the provider block, or add it to the system's trust."
	checkProxies = "HTTPS_PROXY and NO_PROXY"
)

// explanations are what each kind of failure means, and what to do about it. A hint says what no other does, so that a
// person can search for it.
var explanations = map[Failure]explanation{
	FailureNone: {itself: true},
	FailureDNS: {
		what: "its name does not exist",
		do: "Check how the host's name is spelt. If it is right, this machine's name server does not know it: look at VPN and DNS settings.\n" +
			"Where only a proxy reaches the internet, set HTTPS_PROXY.",
		byURL: true, lasts: true,
	},
	FailureDNSServer: {
		what: "its name could not be looked up, because the name server gave no answer",
		do:   "This says nothing about the name itself. Check that this machine reaches its name server (resolv.conf, VPN), and try again.",
	},
	FailureTLSAuthority: {
		what:    "its certificate is issued by an authority that this machine does not trust",
		do:      "If that is a private CA, or one of a firewall that opens TLS: get its certificate as a PEM file, and\n" + trustCA,
		details: nameIssuer("its certificate is issued by %s, which this machine does not trust"), lasts: true,
	},
	FailureTLSInspected: {
		what:    "the certificate that came through the proxy is issued by an authority that this machine does not trust",
		do:      "The proxy {proxy} seems to inspect TLS. Get its CA certificate (PEM) from whoever runs it, and\n" + trustCA,
		details: nameIssuer("the certificate that came through the proxy is issued by %s, which this machine does not trust"), lasts: true,
	},
	FailureTLSSelfSigned: {
		what: "its certificate is signed by itself, and by no authority",
		do: "If the server is yours, name its certificate (PEM) in http.ca_certificate_file in the provider block.\n" +
			"If not, find out who answers in place of the service: no credential was sent.", lasts: true,
	},
	FailureTLSIncomplete: {
		what: "its certificate comes without the intermediate one that signed it",
		do: "Whoever runs the host has to have it send the whole chain. Until then, put the missing intermediate certificate (PEM)\n" +
			"into a file, and name that in http.ca_certificate_file in the provider block.",
		details: nameIssuer("its certificate comes without that of %s, which signed it"), lasts: true,
	},
	FailureTLSNoRoots: {
		what: "this machine trusts no certificate authority at all",
		do: "Install the system's certificates (the package ca-certificates in a container image), or name a PEM file with them in\n" +
			"the environment variable SSL_CERT_FILE.", lasts: true,
	},
	FailureTLSHostname: {
		what: "its certificate is for another name",
		do: "Check the host in the URL. If it is right, something else answers under this name: look at DNS, at the hosts file and\n" +
			"at " + checkProxies + ".", byURL: true, lasts: true,
	},
	FailureTLSExpired: {
		what: "its certificate has expired",
		do: "If this machine's clock is right, the certificate has to be renewed by whoever runs the host, or the proxy that\n" +
			"inspects TLS in between.",
		details: tellDates("its certificate expired at %s, and this machine's clock says %s", func(c *x509.Certificate) time.Time { return c.NotAfter }),
		itself:  true, lasts: true,
	},
	FailureTLSNotYetValid: {
		what:    "its certificate is not valid yet",
		do:      "This machine's clock is probably slow: set it (NTP). If it is right, the certificate was made for later, and whoever runs\nthe host has to change it.",
		details: tellDates("its certificate is valid from %s on, and this machine's clock says %s", func(c *x509.Certificate) time.Time { return c.NotBefore }),
		itself:  true, lasts: true,
	},
	FailureTLSVersion: {
		what: "it speaks only versions of TLS that are too old",
		do: "TLS 1.2 is the oldest that is accepted, and no setting lowers that. Whoever runs the host, or a proxy in between, has\n" +
			"to offer TLS 1.2 or newer.", lasts: true,
	},
	FailureTLSPlain: {
		what: "it does not speak TLS at this port",
		do: "Check the port in the URL. If it is right, something else answers for the host: a captive portal (a network's login\n" +
			"page), or a gateway that expects http.", byURL: true, lasts: true,
	},
	FailureTLSClientCertificate: {
		what: "it demands a client certificate",
		do: "Neither Okta's nor Sekoia's API does that, and there is none to show. A gateway with mutual TLS stands in between:\n" +
			"have it let this machine through, or go around it.", lasts: true,
	},
	FailureTLSTimeout: {
		what: "it took the connection, and the TLS handshake did not end in time",
		do: "A firewall that looks at host names can swallow a handshake: ask for this host to be allowed. Where the network has a\n" +
			"proxy, set HTTPS_PROXY.",
	},
	FailureTLSReset: {
		what: "the connection was cut in the TLS handshake",
		do: "Mostly a firewall does that to hosts that it does not allow: ask for this one to be allowed. Where the network has a\n" +
			"proxy, set HTTPS_PROXY.",
	},
	FailureTLSOther: {
		what: "no TLS connection with it came about",
		do:   "Look at what stands between this machine and the host, a proxy or a firewall, and at the certificate that it shows.", lasts: true,
	},
	FailureProxy: {
		what: "the proxy did not open a connection to it",
		do:   "Check " + checkProxies + ", and ask whoever runs the proxy {proxy}.",
	},
	FailureProxyUnreachable: {
		what: "the proxy can't be connected to",
		do: "Check host and port of the proxy ({proxy}) in HTTPS_PROXY. If the host can be reached without a proxy, unset that, or\n" +
			"name the host in NO_PROXY.",
	},
	FailureProxyTLS: {
		what: "no TLS connection with the proxy itself came about",
		do: "HTTPS_PROXY begins with https://, and most proxies are spoken to in plain HTTP: write http:// there. If this one speaks\n" +
			"TLS, its CA goes into http.ca_certificate_file.", lasts: true,
	},
	FailureProxySilent: {
		what: "the proxy took the connection, and did not answer as a proxy",
		do:   "Check that what listens at {proxy} (HTTPS_PROXY) is an HTTP proxy, and that it is not stuck; a SOCKS proxy is written socks5://.",
	},
	FailureProxyLogin: {
		what:    "the proxy asks for a login",
		do:      "Put user and password into HTTPS_PROXY: http://user:password@{proxy}",
		details: tellLogin, itself: true, lasts: true,
	},
	FailureProxyRefused: {
		what:    "the proxy does not let connections to it through",
		do:      "Ask whoever runs the proxy {proxy} to allow this host, port 443; where it can be reached directly, name it in NO_PROXY.",
		details: tellProxy, itself: true, lasts: true,
	},
	FailureProxyUpstream: {
		what: "the proxy could not reach it",
		do: "The proxy {proxy} works, and its own way to the host does not. Check the host's spelling (the proxy resolves it), try again,\n" +
			"then ask whoever runs the proxy.",
		details: tellProxy, itself: true,
	},
	FailureConnectTimeout: {
		what: "it could not be connected to in time",
		do: "What is sent to it gets lost, mostly in a firewall: check that this machine may connect to the host on this port. Where\n" +
			"the network has a proxy, set HTTPS_PROXY.",
	},
	FailureTimeout: {
		what:    "it sent no answer in time",
		do:      "Try again. If it stays so, a proxy holds the answer back, or the service is slow; http.request_timeout in the provider block gives\na call more time.",
		details: tellDeadline("Try again. If it stays so, a proxy holds the answer back, or the service is slow."),
	},
	FailureBodyTimeout: {
		what: "its answer began, and did not end in time",
		do: "Something in between lets an answer's beginning through and then stalls: a proxy that scans contents, or a VPN with\n" +
			"too large an MTU. Try again first.",
	},
	FailureRefused: {
		what: "it refused the connection",
		do: "Check host and port of the URL. If they are right, nothing listens there, or a firewall answers for it; where the network\n" +
			"has a proxy, set HTTPS_PROXY.",
	},
	FailureUnreachable: {
		what:    "no route leads to it from this machine",
		do:      "Check this machine's network: its interface, its routes, its VPN.",
		details: tellIPv6,
	},
	FailureReset: {
		what: "the connection was cut before the answer was complete",
		do:   "Try again. If it stays so, look for what cuts it: a firewall, a proxy, a load balancer.",
	},
	FailureHTTP2: {
		what: "it broke the rules of HTTP/2",
		do: "A proxy or load balancer in between handles HTTP/2 badly. To go on with HTTP/1.1, set GODEBUG=http2client=0 in the\n" +
			"environment of Terraform.", itself: true, details: tellSeen,
	},
	FailureNotHTTP: {
		what: "what it answers is not HTTP",
		do:   "Check the port in the URL, and what stands in between.", itself: true, byURL: true, lasts: true,
	},
	FailureRedirect: {
		do:     "A credential goes to one origin only. Write the URL of the service itself, and look for a login page in between.",
		itself: true, byURL: true, lasts: true,
	},
	FailureBodyTooLarge: {
		do:     "That is more than any real answer. Check the URL, and whether something in between answers in the host's place.",
		itself: true, lasts: true,
	},
	FailureRateLimit: {
		do:     "Others use the same limit, and so did this run. Run it again in a minute, raise the resource's timeouts, or lower -parallelism.",
		itself: true, lasts: true,
	},
	FailureCanceled: {what: "the call was cancelled", itself: true, lasts: true},
	FailureOther:    {itself: true},
}

// ownWords are an error's own, for one that explains itself.
func ownWords(err error) string {
	if err == nil {
		return ""
	}
	if call, ok := errors.AsType[*CallError](err); ok {
		err = call.Err
	}
	return Sanitize(err.Error())
}

// seen is the network's own word, without the words of Go around it.
func seen(err error) string {
	if call, ok := errors.AsType[*CallError](err); ok {
		err = call.Err
	}
	text := strings.TrimPrefix(err.Error(), "reading the answer: ")
	return Sanitize(strings.TrimPrefix(text, "tls: failed to verify certificate: "))
}

// proxyOf is the host and port of the proxy that the call went through.
func proxyOf(err error) string {
	if refusal, ok := errors.AsType[*ProxyError](err); ok && refusal.Proxy != "" {
		return refusal.Proxy
	}
	return stageOf(err).proxy
}

// maxNameRunes is enough for any real authority's name.
const maxNameRunes = 80

// nameIssuer puts the name of who signed the certificate into a clause: it is what tells a company's proxy from a
// stranger.
func nameIssuer(clause string) func(error, *Explanation) {
	return func(err error, made *Explanation) {
		chain := presented(err)
		if len(chain) == 0 {
			return
		}
		issuer := chain[len(chain)-1].Issuer
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
		made.What = fmt.Sprintf(clause, "\""+Sanitize(name)+"\"")
	}
}

// tellDates puts the date that a certificate failed by beside the clock that it was held against.
func tellDates(clause string, date func(*x509.Certificate) time.Time) func(error, *Explanation) {
	return func(err error, made *Explanation) {
		if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Cert != nil {
			made.What = fmt.Sprintf(clause, date(invalid.Cert).UTC().Format(time.RFC3339), time.Now().UTC().Format(time.RFC3339))
		}
	}
}

// tellProxy puts the proxy and its status into the clause.
func tellProxy(err error, made *Explanation) {
	if refusal, ok := errors.AsType[*ProxyError](err); ok {
		made.What += fmt.Sprintf(": %d %s", refusal.Status, http.StatusText(refusal.Status))
	}
}

func tellLogin(err error, made *Explanation) {
	refusal, _ := errors.AsType[*ProxyError](err)
	if stageOf(err).login || refusal != nil && refusal.Login {
		made.What = "the proxy does not accept the login in the proxy variable"
		made.Do = "Check user and password in HTTPS_PROXY; characters such as @ : / % are written percent-encoded. A proxy that takes NTLM or\n" +
			"Kerberos alone can't be used: Basic is what is sent."
	} else {
		made.Do += "\n(characters such as @ : / % are written percent-encoded)."
	}
	tellProxy(err, made)
}

func tellDeadline(do string) func(error, *Explanation) {
	return func(err error, made *Explanation) {
		if late, ok := errors.AsType[*TimeoutError](err); !ok || late.Deadline {
			made.Do = do
		}
	}
}

// tellIPv6 tells an address that a machine without IPv6 can't reach.
func tellIPv6(err error, made *Explanation) {
	operation, ok := errors.AsType[*net.OpError](err)
	if !ok {
		return
	}
	if address, ok := operation.Addr.(*net.TCPAddr); ok && address.IP.To4() == nil {
		made.What = "its address is an IPv6 one, and no route leads there from this machine"
		made.Do = "No IPv4 address of the host was found, and this machine has no IPv6 that leads out: give it IPv6, or a proxy that has it\n(HTTPS_PROXY)."
	}
}

// tellSeen adds the code of HTTP/2's that the other side gave.
func tellSeen(err error, made *Explanation) {
	if broken, ok := errors.AsType[*HTTP2Error](err); ok {
		made.Seen = Sanitize(broken.Error())
	}
}
