// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Failure is a kind of network failure: what a hint is chosen by.
type Failure int

// The kinds of failure. What each means and what to do about it is in explanations.
const (
	// FailureNone is no error at all.
	FailureNone Failure = iota
	// FailureOther is none of the kinds below.
	FailureOther
	// FailureDNS is a name that does not exist.
	FailureDNS
	// FailureDNSServer is a name server that gave no answer, or could not find one.
	FailureDNSServer
	// FailureTLSAuthority is a certificate of an authority that is not trusted here.
	FailureTLSAuthority
	// FailureTLSInspected is one that came through a proxy, which probably made it.
	FailureTLSInspected
	// FailureTLSSelfSigned is a certificate that no authority signed.
	FailureTLSSelfSigned
	// FailureTLSIncomplete is a certificate that came without the intermediate one that signed it.
	FailureTLSIncomplete
	// FailureTLSNoRoots is a machine that trusts no authority at all, such as a container image without certificates.
	FailureTLSNoRoots
	// FailureTLSHostname is a certificate of another host.
	FailureTLSHostname
	// FailureTLSExpired is a certificate that is not valid any more.
	FailureTLSExpired
	// FailureTLSNotYetValid is a certificate that is not valid yet: the clock of this machine is the first suspect.
	FailureTLSNotYetValid
	// FailureTLSVersion is a server that speaks TLS 1.1 or older only.
	FailureTLSVersion
	// FailureTLSPlain is a server that does not speak TLS.
	FailureTLSPlain
	// FailureTLSClientCertificate is a server that demands a certificate of the client's.
	FailureTLSClientCertificate
	// FailureTLSTimeout is a handshake that did not end.
	FailureTLSTimeout
	// FailureTLSReset is a handshake that was cut.
	FailureTLSReset
	// FailureTLSOther is any other failure of TLS.
	FailureTLSOther
	// FailureProxy is any failure of a proxy that is none of the kinds below.
	FailureProxy
	// FailureProxyUnreachable is a proxy that can't be connected to.
	FailureProxyUnreachable
	// FailureProxyTLS is a proxy with which no TLS came about.
	FailureProxyTLS
	// FailureProxySilent is a proxy that took the connection, and did not answer as one.
	FailureProxySilent
	// FailureProxyLogin is a proxy that wants a login, or another one.
	FailureProxyLogin
	// FailureProxyRefused is a proxy that does not let the call through.
	FailureProxyRefused
	// FailureProxyUpstream is a proxy that could not reach the host.
	FailureProxyUpstream
	// FailureConnectTimeout is a host that could not be connected to in time.
	FailureConnectTimeout
	// FailureTimeout is no answer in time.
	FailureTimeout
	// FailureBodyTimeout is an answer that began and did not end in time.
	FailureBodyTimeout
	// FailureRefused is a connection that was refused: nothing listens there.
	FailureRefused
	// FailureUnreachable is an address that no route leads to.
	FailureUnreachable
	// FailureReset is a connection that broke.
	FailureReset
	// FailureHTTP2 is a server that broke HTTP/2.
	FailureHTTP2
	// FailureNotHTTP is an answer that is not HTTP.
	FailureNotHTTP
	// FailureRedirect is a redirect that is not followed.
	FailureRedirect
	// FailureBodyTooLarge is an answer that is larger than what is read of one.
	FailureBodyTooLarge
	// FailureRateLimit is a call that was not made: the service's rate limit is used up for longer than there is time.
	FailureRateLimit
	// FailureCanceled is a call that its caller ended.
	FailureCanceled
)

var failureNames = map[Failure]string{
	FailureNone: "none", FailureOther: "other", FailureDNS: "name resolution", FailureDNSServer: "name server",
	FailureTLSAuthority: "TLS: unknown authority", FailureTLSInspected: "TLS: unknown authority behind a proxy",
	FailureTLSSelfSigned: "TLS: self-signed", FailureTLSIncomplete: "TLS: incomplete chain", FailureTLSNoRoots: "TLS: no authorities",
	FailureTLSHostname: "TLS: wrong host", FailureTLSExpired: "TLS: expired", FailureTLSNotYetValid: "TLS: not valid yet",
	FailureTLSVersion: "TLS: old version", FailureTLSPlain: "TLS: none spoken", FailureTLSClientCertificate: "TLS: client certificate",
	FailureTLSTimeout: "TLS: timeout", FailureTLSReset: "TLS: reset", FailureTLSOther: "TLS",
	FailureProxy: "proxy", FailureProxyUnreachable: "proxy: unreachable", FailureProxyTLS: "proxy: TLS", FailureProxySilent: "proxy: no answer",
	FailureProxyLogin: "proxy: login", FailureProxyRefused: "proxy: refused", FailureProxyUpstream: "proxy: host not reached",
	FailureConnectTimeout: "connection timeout", FailureTimeout: "timeout", FailureBodyTimeout: "timeout in the body",
	FailureRefused: "connection refused", FailureUnreachable: "network unreachable", FailureReset: "connection reset",
	FailureHTTP2: "HTTP/2", FailureNotHTTP: "not HTTP", FailureRedirect: "redirect", FailureBodyTooLarge: "body too large",
	FailureRateLimit: "rate limit", FailureCanceled: "canceled",
}

// String names the kind, for logs and tests.
func (f Failure) String() string {
	if name, ok := failureNames[f]; ok {
		return name
	}
	return failureNames[FailureOther]
}

// Classify tells network failures apart. The more telling kind wins: a lookup that timed out is FailureDNSServer, a
// proxy that can't be resolved is FailureProxyUnreachable.
func Classify(err error) Failure {
	if err == nil {
		return FailureNone
	}
	if call, ok := errors.AsType[*CallError](err); ok {
		err = call.Err // what is wrapped around it may have other words than the network's
	}
	for _, kind := range []func(error) Failure{
		classifyOwn, classifyProxy, classifyLookup, classifyTLS, classifyTimeout, classifyHTTP, classifyConnection,
	} {
		if f := kind(err); f != FailureNone {
			return f
		}
	}
	return FailureOther
}

// when returns f where the condition holds.
func (f Failure) when(condition bool) Failure {
	if condition {
		return f
	}
	return FailureNone
}

// is reports whether err is, or wraps, an error of type T.
func is[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

// classifyOwn knows this package's errors and the end of a context.
func classifyOwn(err error) Failure {
	switch {
	case errors.Is(err, context.Canceled):
		return FailureCanceled
	case is[*RateLimitError](err):
		return FailureRateLimit
	case is[*RedirectError](err):
		return FailureRedirect
	default:
		return FailureBodyTooLarge.when(is[*BodyTooLargeError](err))
	}
}

func classifyProxy(err error) Failure {
	if refusal, ok := errors.AsType[*ProxyError](err); ok {
		switch {
		case refusal.Status == http.StatusProxyAuthRequired:
			return FailureProxyLogin
		case isUnavailable(refusal.Status):
			return FailureProxyUpstream
		default:
			return FailureProxyRefused
		}
	}
	how := stageOf(err)
	operation, ok := errors.AsType[*net.OpError](err)
	switch {
	case ok && operation.Op == "proxyconnect" && classifyTLS(operation.Err) != FailureNone:
		return FailureProxyTLS
	case ok && operation.Op == "proxyconnect":
		return FailureProxyUnreachable
	case ok && strings.HasPrefix(operation.Op, "socks "):
		return classifySOCKS(operation)
	case how.proxy == "" || !isTimeout(err) && classifyConnection(err) == FailureNone && !is[*MalformedAnswerError](err):
		return FailureNone
	case how.stage == StageTunnel:
		return FailureProxySilent
	default:
		return FailureProxyUnreachable.when(how.stage == StageLookup || how.stage == StageConnect)
	}
}

// classifySOCKS tells a SOCKS proxy that is not there from one that said no, which net/http has a text for and no type.
func classifySOCKS(operation *net.OpError) Failure {
	switch {
	case is[*net.OpError](operation.Err), is[*net.DNSError](operation.Err):
		return FailureProxyUnreachable
	case strings.Contains(operation.Error(), "authentication"):
		return FailureProxyLogin
	case isTimeout(operation.Err), errors.Is(operation.Err, io.EOF), errors.Is(operation.Err, io.ErrUnexpectedEOF):
		return FailureProxySilent
	case strings.Contains(operation.Error(), "not allowed by ruleset"):
		return FailureProxyRefused
	case strings.Contains(operation.Error(), "unreachable"), strings.Contains(operation.Error(), "refused"):
		return FailureProxyUpstream
	default:
		return FailureProxy
	}
}

func classifyLookup(err error) Failure {
	lookup, ok := errors.AsType[*net.DNSError](err)
	switch {
	case !ok:
		return FailureNone
	case lookup.IsNotFound:
		return FailureDNS
	default:
		return FailureDNSServer
	}
}

func classifyTLS(err error) Failure {
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		if invalid.Cert != nil && time.Now().Before(invalid.Cert.NotBefore) {
			return FailureTLSNotYetValid
		}
		return FailureTLSExpired
	}
	mismatch := errors.Is(err, http.ErrSchemeMismatch)
	switch {
	case is[x509.HostnameError](err):
		return FailureTLSHostname
	case is[x509.SystemRootsError](err):
		return FailureTLSNoRoots
	case is[x509.UnknownAuthorityError](err):
		return classifyAuthority(err)
	case mismatch, is[tls.RecordHeaderError](err):
		return FailureTLSPlain
	case is[*tls.CertificateVerificationError](err):
		return FailureTLSOther
	case !strings.Contains(err.Error(), "tls: ") || isTimeout(err):
		return FailureNone
	default:
		// What a handshake fails with has no type in common, only this beginning.
		return classifyHandshake(err)
	}
}

// classifyAuthority tells why nobody known signed a certificate. A proxy is the first suspect: it makes certificates of
// its own.
func classifyAuthority(err error) Failure {
	if stageOf(err).proxy != "" {
		return FailureTLSInspected
	}
	if system, problem := x509.SystemCertPool(); problem != nil || system.Equal(x509.NewCertPool()) {
		return FailureTLSNoRoots
	}
	chain := presented(err)
	switch {
	case len(chain) == 0:
		return FailureTLSAuthority
	case bytes.Equal(chain[0].RawIssuer, chain[0].RawSubject):
		return FailureTLSSelfSigned
	case len(chain) == 1 && len(chain[0].IssuingCertificateURL) > 0: // RFC 5280, 4.2.2.1: public authorities say where the missing one is
		return FailureTLSIncomplete
	default:
		return FailureTLSAuthority
	}
}

// presented is the chain that a server showed, as far as the error has it.
func presented(err error) []*x509.Certificate {
	if refused, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return refused.UnverifiedCertificates
	}
	if unknown, ok := errors.AsType[x509.UnknownAuthorityError](err); ok && unknown.Cert != nil {
		return []*x509.Certificate{unknown.Cert}
	}
	return nil
}

// The alerts by which a server turns the client's certificate down, or asks for one (RFC 8446, 6.2; bad_certificate is
// TLS 1.2's for none at all), and the one about versions.
const (
	badCertificate      = 42
	unknownCA           = 48
	protocolVersion     = 70
	certificateRequired = 116
)

func classifyHandshake(err error) Failure {
	alert, _ := errors.AsType[tls.AlertError](err)
	text := err.Error()
	switch {
	case alert == protocolVersion, strings.Contains(text, "tls: protocol version not supported"),
		strings.Contains(text, "tls: server selected unsupported protocol version"):
		return FailureTLSVersion
	case alert == certificateRequired, alert >= badCertificate && alert <= unknownCA,
		strings.Contains(text, "remote error: tls: certificate required"), strings.Contains(text, "remote error: tls: bad certificate"):
		return FailureTLSClientCertificate
	default:
		return FailureTLSOther
	}
}

func classifyTimeout(err error) Failure {
	if !isTimeout(err) {
		return FailureNone
	}
	late, _ := errors.AsType[*TimeoutError](err)
	stage := stageOf(err).stage
	if late != nil {
		stage = late.Stage
	}
	switch {
	case stage == StageLookup:
		return FailureDNSServer
	case stage == StageConnect:
		return FailureConnectTimeout
	case stage == StageHandshake:
		return FailureTLSTimeout
	case stage == StageBody:
		return FailureBodyTimeout
	case stage == StageUnknown && isDial(err):
		return FailureConnectTimeout
	default:
		return FailureTimeout
	}
}

func isDial(err error) bool {
	operation, ok := errors.AsType[*net.OpError](err)
	return ok && operation.Op == "dial"
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	// url.Error is asked first, and looks no deeper than one layer.
	return errors.Is(err, context.DeadlineExceeded) || is[*TimeoutError](err) || ok && timeout.Timeout()
}

// classifyHTTP knows servers that don't keep to the protocol. net/http's errors of HTTP/2 have no exported types.
func classifyHTTP(err error) Failure {
	if is[*HTTP2Error](err) {
		return FailureHTTP2
	}
	// An answer that was cut within its headers looks like a malformed one.
	return FailureNotHTTP.when(is[*MalformedAnswerError](err) && !is[textproto.ProtocolError](err))
}

// Windows has numbers of its own for these (WinSock's WSAENETUNREACH, WSAECONNABORTED, WSAECONNRESET, WSAECONNREFUSED
// and WSAEHOSTUNREACH), which syscall.Errno does not translate. No other system uses them.
const (
	errWindowsNetwork = syscall.Errno(10051)
	errWindowsAborted = syscall.Errno(10053)
	errWindowsReset   = syscall.Errno(10054)
	errWindowsRefused = syscall.Errno(10061)
	errWindowsHost    = syscall.Errno(10065)
)

// connectionErrors are what a system says of a connection.
var connectionErrors = []struct {
	kind   Failure
	errors []error
}{
	{FailureRefused, []error{syscall.ECONNREFUSED, errWindowsRefused}},
	{FailureUnreachable, []error{syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.ENETDOWN, syscall.EADDRNOTAVAIL, errWindowsNetwork, errWindowsHost}},
	{FailureReset, []error{
		syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE, errWindowsReset, errWindowsAborted, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed,
	}},
}

func classifyConnection(err error) Failure {
	for _, known := range connectionErrors {
		if !slices.ContainsFunc(known.errors, func(one error) bool { return errors.Is(err, one) }) {
			continue
		}
		if known.kind == FailureReset && stageOf(err).stage == StageHandshake {
			return FailureTLSReset
		}
		return known.kind
	}
	return FailureReset.when(is[textproto.ProtocolError](err))
}
