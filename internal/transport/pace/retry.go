// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package pace

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

// maxTimeouts is how many attempts of a call may time out: the second is for bad luck, and a person waits for the plan
// meanwhile: a minute with the default timeout.
const maxTimeouts = 2

// drained is how much of an answer that is not used is read, in bytes.
const drained = 4096

type (
	repeatableKey struct{}
	maxRetriesKey struct{}
	againKey      struct{}
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

// IsRepeatable reports whether a request may be sent again when it is not known whether it had its effect.
func IsRepeatable(req *http.Request) bool {
	if req.Method == http.MethodGet || req.Method == http.MethodHead {
		return true
	}
	declared, _ := req.Context().Value(repeatableKey{}).(bool)
	return declared
}

// retries sends a request again after an answer or an error that may be better next time.
//
// It is a loop of its own, because go-retryablehttp can't say what this one has to: its hooks don't know the request if
// there was no answer, its wait is blind to a deadline that comes first, and it sleeps through a rate limit that the
// gate below makes everybody wait for.
type retries struct {
	next http.RoundTripper
	max  int
	log  Log
}

// RoundTrip returns the last attempt's answer or error, whatever it is.
func (r *retries) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := bodyOf(req)
	if err != nil {
		return nil, err
	}
	most, timeouts := maxRetries(req.Context(), r.max), 0
	for done := 0; ; done++ {
		attempt := req.Clone(context.WithValue(req.Context(), againKey{}, done > 0))
		if body != nil {
			attempt.Body, attempt.GetBody = body(), func() (io.ReadCloser, error) { return body(), nil }
		}
		resp, err := r.next.RoundTrip(attempt)
		if failure.IsTimeout(err) {
			timeouts++
		}
		reason := reasonToRetry(req, resp, err)
		if reason == "" || done == most || timeouts == maxTimeouts || req.Context().Err() != nil {
			return resp, err
		}
		wait, source := waitBefore(resp, done, time.Now())
		fields := map[string]any{
			"method": req.Method, "url": credential.ShownURL(req.URL), "attempt": done + 1,
			"reason": reason, "wait": wait.String(), "wait_from": source,
		}
		if !r.worthWaiting(req.Context(), wait, source == sourceReset, fields) {
			return resp, err
		}
		if resp != nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, drained)) // so that the connection can be used again
			_ = resp.Body.Close()
		}
		if waitsAtGate(resp, source) {
			continue
		}
		if err := sleep(req.Context(), wait); err != nil {
			return nil, err
		}
	}
}

// bodyOf reads a request's body into memory, and returns what gives each attempt its own; nil if there is no body.
func bodyOf(req *http.Request) (func() io.ReadCloser, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, nil
	}
	data, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the request's body: %w", err)
	}
	return func() io.ReadCloser { return io.NopCloser(bytes.NewReader(data)) }, nil
}

// worthWaiting reports whether the wait before the next attempt is one that a person and the context have time for.
func (r *retries) worthWaiting(ctx context.Context, wait time.Duration, forReset bool, fields map[string]any) bool {
	if wait > maxWait {
		r.log(ctx, slog.LevelWarn, "HTTP call not repeated: the wait is longer than "+maxWait.String(), fields)
		return false
	}
	if left, bounded := timeLeft(ctx, forReset); bounded && left <= wait {
		r.log(ctx, slog.LevelWarn, "HTTP call not repeated: the wait is longer than the time that is left", fields)
		return false
	}
	r.log(ctx, slog.LevelInfo, "HTTP call is repeated after a wait", fields)
	return true
}

// sleep waits, or returns why the context ended before.
func sleep(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reasonToRetry says why the request should be sent again; "" where it should not. A 429 is repeated whatever the
// method, because a call that the rate limit refuses has had no effect.
func reasonToRetry(req *http.Request, resp *http.Response, err error) string {
	switch {
	case err != nil && IsRepeatable(req) && !failure.IsLasting(err):
		return credential.Sanitize(err.Error())
	case err != nil:
		return ""
	case resp.StatusCode == http.StatusTooManyRequests:
		return answered(resp)
	case failure.IsUnavailable(resp.StatusCode) && IsRepeatable(req):
		return answered(resp)
	default:
		return ""
	}
}

func answered(resp *http.Response) string {
	return fmt.Sprintf("answered %d", resp.StatusCode)
}
