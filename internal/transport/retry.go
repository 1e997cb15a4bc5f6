// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// maxTimeouts is how many attempts of a call may time out: the second is for bad luck, and a person waits for the plan
// meanwhile: a minute with DefaultRequestTimeout.
const maxTimeouts = 2

type (
	repeatableKey struct{}
	maxRetriesKey struct{}
)

// WithRepeatable says of requests with this context that the same one twice has the same result as once. They are then
// repeated as a GET is, and their answers are read as a GET's are.
func WithRepeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatableKey{}, true)
}

// WithMaxRetries lowers the number of repeats to n for requests with this context. It never raises the client's number,
// nor one that the context has already; less than 0 counts as 0.
func WithMaxRetries(ctx context.Context, n int) context.Context {
	return context.WithValue(ctx, maxRetriesKey{}, maxRetries(ctx, n))
}

// maxRetries returns the lower of n and the context's number, and not less than 0.
func maxRetries(ctx context.Context, n int) int {
	if lower, ok := ctx.Value(maxRetriesKey{}).(int); ok {
		n = min(n, lower)
	}
	return max(n, 0)
}

// isRepeatable reports whether a request may be sent again when it is not known whether it had its effect.
func isRepeatable(req *http.Request) bool {
	if req.Method == http.MethodGet || req.Method == http.MethodHead {
		return true
	}
	declared, _ := req.Context().Value(repeatableKey{}).(bool)
	return declared
}

// repeats makes the attempts of a request.
type repeats struct {
	attempts *http.Client // one attempt each; follows no redirect
	max      int
	log      logFunc
	calls    counted
}

// send returns the last attempt's answer or error, whatever it is.
func (r *repeats) send(req *http.Request) (*http.Response, error) {
	c := &call{left: maxRetries(req.Context(), r.max), log: r.log, order: r.calls.Add(1)}
	req = req.WithContext(context.WithValue(req.Context(), callKey{}, c))
	c.req = req
	defer c.goOn()
	// A client for each call: go-retryablehttp's hooks are told neither of the request (where there is no answer) nor
	// of the wait that the policy weighed against the context's deadline.
	client := &retryablehttp.Client{
		HTTPClient:   r.attempts,
		RetryMax:     c.left,
		CheckRetry:   c.check,
		Backoff:      func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return c.wait },
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return (&retryablehttp.RoundTripper{Client: client}).RoundTrip(req)
}

// call is one request on its way through its attempts.
type call struct {
	req  *http.Request
	left int // repeats that may still be made
	done int // repeats that were made
	late int // attempts that timed out
	wait time.Duration
	log  logFunc

	// order is the call's place among those of its client.
	order uint64
	// startClocks ends a wait that no budget counts; nil: there is none.
	startClocks func()
}

type callKey struct{}

// callOf is the call that an attempt with this context belongs to; nil: none.
func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// goOn lets the clocks run that stood still during a wait.
func (c *call) goOn() {
	if c.startClocks != nil {
		c.startClocks()
		c.startClocks = nil
	}
}

// check is go-retryablehttp's policy: it decides whether the request is sent again, and sets the wait before that. It
// never returns an error, which would take the last answer's place.
func (c *call) check(ctx context.Context, resp *http.Response, err error) (bool, error) {
	reason := c.reason(resp, err)
	if isTimeout(err) {
		c.late++
	}
	if c.late >= maxTimeouts {
		reason = ""
	}
	if reason == "" || ctx.Err() != nil || c.left == 0 {
		return false, nil //nolint:nilerr // go-retryablehttp keeps the attempt's own error
	}
	now := time.Now()
	var source string
	c.wait, source = waitBefore(resp, c.done, now)
	fields := map[string]any{
		"method": c.req.Method, "url": withoutSecrets(c.req.URL), "attempt": c.done + 1,
		"reason": reason, "wait": c.wait.String(), "wait_from": source,
	}
	if c.wait > maxWait {
		c.log(ctx, LevelWarn, "HTTP call not repeated: the wait is longer than "+maxWait.String(), fields)
		return false, nil
	}
	if end := c.end(ctx, source, now); !end.IsZero() && end.Sub(now) <= c.wait {
		c.log(ctx, LevelWarn, "HTTP call not repeated: the wait is longer than the time that is left", fields)
		return false, nil
	}
	if source == sourceReset {
		c.startClocks = stopClocks(ctx)
	}
	c.log(ctx, LevelInfo, "HTTP call is repeated after a wait", fields)
	c.left--
	c.done++
	return true, nil
}

// end is when the time of the call is over; zero: never. A window's end is waited for at no budget's cost, as the
// governor does.
func (c *call) end(ctx context.Context, source string, now time.Time) time.Time {
	deadline, _ := ctx.Deadline()
	if source == sourceReset {
		return deadline
	}
	return earlier(deadline, budgetEnd(ctx, now))
}

// reason says why the request should be sent again; "" where it should not. A 429 is repeated whatever the method,
// because a call that the rate limit refuses has had no effect.
func (c *call) reason(resp *http.Response, err error) string {
	switch {
	case err != nil && isRepeatable(c.req) && isTransient(err):
		return Sanitize(withoutURL(err).Error())
	case err != nil:
		return ""
	case resp.StatusCode == http.StatusTooManyRequests:
		return answered(resp)
	case isUnavailable(resp.StatusCode) && isRepeatable(c.req):
		return answered(resp)
	default:
		return ""
	}
}

func answered(resp *http.Response) string {
	return fmt.Sprintf("answered %d", resp.StatusCode)
}

// isUnavailable reports whether a status is that of a gateway which could not reach its service.
func isUnavailable(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// isTransient reports whether the same request may fare better in a moment. A name that does not exist, a certificate
// that does not fit or a server that speaks no HTTP won't change within seconds, and a person who mistyped a host
// should not wait.
func isTransient(err error) bool {
	if lookup, ok := errors.AsType[*net.DNSError](err); ok && lookup.IsNotFound {
		return false // the proxy's name, too
	}
	return !explanations[Classify(err)].lasts && !is[*SigningError](err) && !is[*OriginError](err)
}
