// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"context"
	"net/http"
	"time"
)

// WithRepeatable says that sending the same request twice has the same result as sending it once.
func WithRepeatable(ctx context.Context) context.Context { return ctx }

// WithMaxRetries lowers the client's number of repeats to n for requests with this context; it never raises it.
func WithMaxRetries(ctx context.Context, n int) context.Context { return ctx }

// RateLimit is what Okta's headers say of the budget that a call belongs to.
type RateLimit struct {
	Limit     int       // calls in a window
	Remaining int       // calls left of it
	Reset     time.Time // when the window ends, by the local clock; zero where the answer does not say
	Known     bool      // whether Limit and Remaining were there
}

// RateLimitOf reads the headers.
func RateLimitOf(h http.Header, now time.Time) RateLimit { return RateLimit{} }
