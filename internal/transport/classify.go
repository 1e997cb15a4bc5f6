// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// Failure is a kind of network failure: what a hint is chosen by.
type Failure int

// The kinds of failure.
const (
	// FailureNone is no error at all.
	FailureNone Failure = iota
	// FailureOther is none of the kinds below.
	FailureOther
	// FailureDNS is a name that could not be resolved.
	FailureDNS
	// FailureTLSAuthority is a certificate of an authority that is not trusted here.
	FailureTLSAuthority
	// FailureTLSHostname is a certificate of another host.
	FailureTLSHostname
	// FailureTLSExpired is a certificate that is not valid now.
	FailureTLSExpired
	// FailureTLSOther is any other failure of TLS, a server that does not speak it among them.
	FailureTLSOther
	// FailureProxy is a proxy that can't be reached or that refuses.
	FailureProxy
	// FailureTimeout is no answer in time.
	FailureTimeout
	// FailureRefused is a connection that was refused: nothing listens there.
	FailureRefused
	// FailureReset is a connection that broke.
	FailureReset
	// FailureRedirect is a redirect that is not followed.
	FailureRedirect
	// FailureBodyTooLarge is an answer that is larger than what is read of one.
	FailureBodyTooLarge
	// FailureCanceled is a call that its caller ended.
	FailureCanceled
)

var failureNames = map[Failure]string{
	FailureNone: "none", FailureOther: "other", FailureDNS: "name resolution", FailureTLSAuthority: "TLS: unknown authority",
	FailureTLSHostname: "TLS: wrong host", FailureTLSExpired: "TLS: expired", FailureTLSOther: "TLS", FailureProxy: "proxy",
	FailureTimeout: "timeout", FailureRefused: "connection refused", FailureReset: "connection reset", FailureRedirect: "redirect",
	FailureBodyTooLarge: "body too large", FailureCanceled: "canceled",
}

// String names the kind, for logs and tests.
func (f Failure) String() string {
	if name, ok := failureNames[f]; ok {
		return name
	}
	return failureNames[FailureOther]
}

// Classify tells network failures apart. The more telling kind wins: a lookup that timed out is FailureDNS, a proxy that can't be
// resolved is FailureProxy.
func Classify(err error) Failure {
	if err == nil {
		return FailureNone
	}
	for _, kind := range []func(error) Failure{classifyOwn, classifyProxy, classifyLookup, classifyTLS, classifyTimeout, classifyConnection} {
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
	case is[*RedirectError](err):
		return FailureRedirect
	default:
		return FailureBodyTooLarge.when(is[*BodyTooLargeError](err))
	}
}

func classifyProxy(err error) Failure {
	operation, ok := errors.AsType[*net.OpError](err)
	dialled := ok && (operation.Op == "proxyconnect" || strings.HasPrefix(operation.Op, "socks "))
	return FailureProxy.when(dialled || is[*ProxyError](err))
}

func classifyLookup(err error) Failure {
	return FailureDNS.when(is[*net.DNSError](err))
}

func classifyTLS(err error) Failure {
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return FailureTLSExpired
	}
	switch {
	case is[x509.HostnameError](err):
		return FailureTLSHostname
	case is[x509.UnknownAuthorityError](err), is[x509.SystemRootsError](err):
		return FailureTLSAuthority
	case is[*tls.CertificateVerificationError](err), is[tls.RecordHeaderError](err), errors.Is(err, http.ErrSchemeMismatch):
		return FailureTLSOther
	default:
		// Alerts and failed handshakes have no type in common, only this beginning.
		return FailureTLSOther.when(strings.Contains(err.Error(), "tls: ") && !isTimeout(err))
	}
}

func classifyTimeout(err error) Failure {
	return FailureTimeout.when(isTimeout(err))
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	return errors.Is(err, context.DeadlineExceeded) || ok && timeout.Timeout()
}

// Windows has numbers of its own for these (WinSock's WSAECONNREFUSED, WSAECONNABORTED and WSAECONNRESET), which syscall.Errno
// does not translate. No other system uses them.
const (
	errWindowsAborted = syscall.Errno(10053)
	errWindowsReset   = syscall.Errno(10054)
	errWindowsRefused = syscall.Errno(10061)
)

func classifyConnection(err error) Failure {
	for _, refused := range []error{syscall.ECONNREFUSED, errWindowsRefused} {
		if errors.Is(err, refused) {
			return FailureRefused
		}
	}
	broken := []error{
		syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE, errWindowsReset, errWindowsAborted,
		io.EOF, io.ErrUnexpectedEOF, net.ErrClosed,
	}
	for _, reset := range broken {
		if errors.Is(err, reset) {
			return FailureReset
		}
	}
	return FailureNone
}
