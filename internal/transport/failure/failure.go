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
	"io"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"syscall"
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
	return Explain(err).lasting || errors.Is(err, ErrSigning) || is[*credential.OriginError](err)
}

// facts are what an error says about the failure, for the table to match.
type facts struct {
	reached
	err  error
	text string

	status  int // what a proxy answered to CONNECT; 0 if that is not what failed
	op      *net.OpError
	dns     *net.DNSError
	invalid x509.CertificateInvalidError
	last    *x509.Certificate // that the server showed; nil if the error does not say

	unknownIssuer, timeout, refused, unreachable, dropped bool
}

func factsOf(err error) *facts {
	f := &facts{err: err, text: err.Error(), timeout: IsTimeout(err), unknownIssuer: is[x509.UnknownAuthorityError](err)}
	if attempt, ok := errors.AsType[*attemptError](err); ok {
		f.reached = attempt.reached
	}
	if refusal, ok := errors.AsType[*ProxyError](err); ok {
		f.status, f.proxy, f.login = refusal.Status, cmp.Or(refusal.Proxy, f.proxy), refusal.Login || f.login
	}
	f.op, _ = errors.AsType[*net.OpError](err)
	f.dns, _ = errors.AsType[*net.DNSError](err)
	f.invalid, _ = errors.AsType[x509.CertificateInvalidError](err)
	if refused, ok := errors.AsType[*tls.CertificateVerificationError](err); ok && len(refused.UnverifiedCertificates) > 0 {
		f.last = refused.UnverifiedCertificates[len(refused.UnverifiedCertificates)-1]
	}
	isAny := func(targets ...error) bool {
		return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
	}
	f.refused = isAny(syscall.ECONNREFUSED, errWindowsRefused)
	f.unreachable = isAny(syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.ENETDOWN, syscall.EADDRNOTAVAIL, errWindowsNetwork, errWindowsHost)
	f.dropped = is[textproto.ProtocolError](err) || isAny(syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE,
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

// operation reports whether the outermost network operation that failed is this one.
func (f *facts) operation(name string) bool { return f.op != nil && f.op.Op == name }

// socks reports whether a SOCKS proxy failed with any of these texts, which net/http has no types for.
func (f *facts) socks(texts ...string) bool {
	return f.op != nil && strings.HasPrefix(f.op.Op, "socks ") && containsAny(f.op.Error(), texts...)
}

// brokenByProxy reports whether a connection through a proxy broke in a way that the proxy may be to blame for.
func (f *facts) brokenByProxy() bool {
	return f.proxy != "" && (f.timeout || f.refused || f.unreachable || f.dropped || errors.Is(f.err, errNotHTTP))
}

// isTLS reports whether TLS failed. What a handshake fails with has no type in common, only this beginning.
func isTLS(err error) bool {
	return is[*tls.CertificateVerificationError](err) || is[tls.RecordHeaderError](err) || is[x509.SystemRootsError](err) ||
		strings.Contains(err.Error(), "tls: ") && !IsTimeout(err)
}

func hasNoRoots() bool {
	system, err := x509.SystemCertPool()
	return err != nil || system.Equal(x509.NewCertPool())
}

var (
	// ErrBodyTooLarge is an answer whose body is larger than what is read of one.
	ErrBodyTooLarge = errors.New("the answer is larger than expected")
	// ErrSigning is a request that could not be completed before it was to be sent. Nothing of it was sent.
	ErrSigning = errors.New("signing the request")
)

// CallError is a request that got no answer which could be used.
type CallError struct {
	Method string
	URL    string // without userinfo, query and fragment
	Err    error  // may hold text from the network: Error sanitizes it
}

// Error returns one line that is fit for a diagnostic: GET https://acme.okta.com/api/v1/devices: <why>.
func (e *CallError) Error() string { return e.Method + " " + e.URL + ": " + Explain(e.Err).Reason() }

func (e *CallError) Unwrap() error { return e.Err }

// TimeoutError is an attempt that took too long, or whose body was not read in time.
type TimeoutError struct {
	After time.Duration
	// Deadline means that the caller's time ended, not the attempt's: http.request_timeout has no say in it.
	Deadline bool
}

func (e *TimeoutError) Error() string { return "no complete answer within " + e.After.String() }

// Timeout returns true, as package net's errors do.
func (e *TimeoutError) Timeout() bool { return true }

func (e *TimeoutError) Unwrap() error {
	if e.Deadline {
		return context.DeadlineExceeded
	}
	return nil
}

// RateLimitError is a call that was not made, because the service would have refused it: its rate limit is used up for
// longer than the caller has time.
type RateLimitError struct {
	Wait  time.Duration // until calls may be made again
	Cause error         // the end of a context; nil: the wait was not begun
}

// Error says for how long the limit is used up. Explain says what to do.
func (e *RateLimitError) Error() string {
	return fmt.Sprintf("not sent: the rate limit is used up for %s more, which is longer than this operation may take", e.Wait.Round(time.Second))
}

func (e *RateLimitError) Unwrap() error { return e.Cause }

// RedirectError is an answer that sends the client somewhere it does not follow.
type RedirectError struct {
	From   credential.Origin
	To     credential.Origin // zero if the answer's Location is not a URL
	Reason string
}

func (e *RedirectError) Error() string {
	text := credential.Sanitize(e.From.String()) + " answered with a redirect"
	if !e.To.IsZero() {
		text += " to " + credential.Sanitize(e.To.String())
	}
	return text + ", which is not followed: " + e.Reason
}

// ProxyError is a proxy that refused to open a tunnel.
type ProxyError struct {
	Status int    // of the answer to CONNECT
	Proxy  string // its host and port
	Login  bool   // whether it was given a user name
}

func (e *ProxyError) Error() string {
	return fmt.Sprintf("the proxy refused the connection: it answered %d (%s) to CONNECT", e.Status, http.StatusText(e.Status))
}

// IsTimeout reports whether err is, or wraps, the end of a time: of an attempt, of a context, or of package net.
func IsTimeout(err error) bool {
	timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
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
