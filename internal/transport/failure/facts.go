// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package failure

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
)

// facts are what an error says about the failure, for the table to match.
type facts struct {
	reached
	err  error
	text string

	refusal *ProxyError
	op      *net.OpError
	dns     *net.DNSError
	invalid *x509.CertificateInvalidError
	chain   []*x509.Certificate // that the server showed, as far as the error has it

	timeout, refused, unreachable, dropped bool
}

func factsOf(err error) *facts {
	f := &facts{reached: reachedBy(err), err: err, text: err.Error(), chain: presented(err), timeout: IsTimeout(err)}
	f.refusal, _ = errors.AsType[*ProxyError](err)
	f.op, _ = errors.AsType[*net.OpError](err)
	f.dns, _ = errors.AsType[*net.DNSError](err)
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		f.invalid = &invalid
	}
	if f.refusal != nil && f.refusal.Proxy != "" {
		f.proxy = f.refusal.Proxy
	}
	f.refused = isAny(err, syscall.ECONNREFUSED, errWindowsRefused)
	f.unreachable = isAny(err, syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.ENETDOWN, syscall.EADDRNOTAVAIL, errWindowsNetwork, errWindowsHost)
	f.dropped = is[textproto.ProtocolError](err) || isAny(err, syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE,
		errWindowsReset, errWindowsAborted, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed)
	return f
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

// status is what a proxy answered to CONNECT; 0 if that is not what failed.
func (f *facts) status() int {
	if f.refusal == nil {
		return 0
	}
	return f.refusal.Status
}

// operation reports whether the outermost network operation that failed is this one.
func (f *facts) operation(name string) bool { return f.op != nil && f.op.Op == name }

// socks reports whether a SOCKS proxy failed with any of these texts, which net/http has no types for.
func (f *facts) socks(texts ...string) bool {
	return f.op != nil && strings.HasPrefix(f.op.Op, "socks ") && containsAny(f.op.Error(), texts...)
}

// brokenByProxy reports whether a connection through a proxy broke in a way that the proxy may be to blame for.
func (f *facts) brokenByProxy() bool {
	return f.proxy != "" && (f.timeout || f.refused || f.unreachable || f.dropped || is[*malformedError](f.err))
}

func (f *facts) unknownIssuer() bool { return is[x509.UnknownAuthorityError](f.err) }

func (f *facts) isSelfSigned() bool {
	return len(f.chain) > 0 && bytes.Equal(f.chain[0].RawIssuer, f.chain[0].RawSubject)
}

// lacksIntermediate reports whether a certificate came alone, though it says where the one that signed it can be found,
// as those of public authorities do (RFC 5280, 4.2.2.1).
func (f *facts) lacksIntermediate() bool {
	return len(f.chain) == 1 && len(f.chain[0].IssuingCertificateURL) > 0
}

func hasNoRoots() bool {
	system, err := x509.SystemCertPool()
	return err != nil || system.Equal(x509.NewCertPool())
}

func presented(err error) []*x509.Certificate {
	if refused, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return refused.UnverifiedCertificates
	}
	if unknown, ok := errors.AsType[x509.UnknownAuthorityError](err); ok && unknown.Cert != nil {
		return []*x509.Certificate{unknown.Cert}
	}
	return nil
}

// isTLS reports whether TLS failed. What a handshake fails with has no type in common, only this beginning.
func isTLS(err error) bool {
	return is[*tls.CertificateVerificationError](err) || is[tls.RecordHeaderError](err) || is[x509.SystemRootsError](err) ||
		strings.Contains(err.Error(), "tls: ") && !IsTimeout(err)
}

// IsTimeout reports whether err is, or wraps, the end of a time: of an attempt, of a context, or of package net.
func IsTimeout(err error) bool {
	timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	// url.Error is asked first, and looks no deeper than one layer.
	return errors.Is(err, context.DeadlineExceeded) || is[*TimeoutError](err) || ok && timeout.Timeout()
}

// IsUnavailable reports whether a status is that of a gateway which could not reach its service.
func IsUnavailable(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// is reports whether err is, or wraps, an error of type T.
func is[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

func isAny(err error, targets ...error) bool {
	return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
}
