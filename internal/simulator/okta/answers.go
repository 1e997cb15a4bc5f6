// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// Okta's error codes (developer.okta.com, "Okta error codes").
const (
	codeInvalid              = "E0000001"
	codeAuthenticationFailed = "E0000004"
	codeAccessDenied         = "E0000006"
	codeNotFound             = "E0000007"
	codePathNotFound         = "E0000008"
	codeInvalidToken         = "E0000011"
	codeFeatureDisabled      = "E0000015"
	codeMethodNotAllowed     = "E0000022"
	codeInvalidSearch        = "E0000031"
	codeTooManyRequests      = "E0000047"

	summaryTooManyRequests = "API call exceeded rate limit due to too many requests."
)

// writeOktaError answers with Okta's error object. No text of it repeats a header or a token.
func writeOktaError(w http.ResponseWriter, status int, code, summary string, causes ...string) {
	listed := make([]any, len(causes))
	for i, cause := range causes {
		listed[i] = fields{{"errorSummary", cause}}
	}
	wire.WriteJSON(w, status, fields{
		{"errorCode", code}, {"errorSummary", summary}, {"errorLink", code}, {"errorId", randomID("oae")}, {"errorCauses", listed},
	})
}

// writeInvalid answers 400 to a parameter.
func writeInvalid(w http.ResponseWriter, parameter, reason string) {
	writeOktaError(w, http.StatusBadRequest, codeInvalid, "Api validation failed: "+parameter, parameter+": "+reason)
}

// randomID is an id for an error or a call, which nobody looks up.
func randomID(prefix string) string { return prefix + rand.Text()[:20] }

// Calls a minute that the headers name if nothing is limited.
const usualRateLimit = 600

// rateLimit counts the calls to one endpoint in windows (of a minute, but for some tests), which begin with the first
// call.
type rateLimit struct {
	limit  int // calls in a window; 0: none
	window time.Duration

	mu    sync.Mutex
	used  int
	reset time.Time
}

func newRateLimit(cfg *Options) *rateLimit {
	return &rateLimit{limit: cfg.RateLimit, window: cmp.Or(cfg.RateLimitWindow, time.Minute)}
}

// take counts a call, writes Okta's headers about it, and reports whether it may be answered. Without a limit the
// headers never run low, or long test runs would meet the provider's warnings.
func (l *rateLimit) take(header http.Header, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !now.Before(l.reset) {
		// The header gives whole seconds, so the window ends on one.
		l.used, l.reset = 0, now.Truncate(time.Second).Add(l.window)
	}
	limit, remaining, allowed := usualRateLimit, usualRateLimit-1, true
	if l.limit > 0 {
		allowed = l.used < l.limit
		if allowed {
			l.used++
		}
		limit, remaining = l.limit, l.limit-l.used
	}
	header.Set("X-Rate-Limit-Limit", strconv.Itoa(limit))
	header.Set("X-Rate-Limit-Remaining", strconv.Itoa(remaining))
	header.Set("X-Rate-Limit-Reset", strconv.FormatInt(l.reset.Unix(), 10))
	return allowed
}

// FaultBody is an error in Okta's form, with the code for the status in Okta's list.
func FaultBody(status int) []byte {
	codes := map[int]string{401: "E0000011", 403: "E0000006", 404: "E0000007", 429: "E0000047", 400: "E0000001"}
	code, ok := codes[status]
	if !ok {
		code = "E0000009"
	}
	return wire.MustJSON(map[string]any{
		"errorCode": code, "errorSummary": http.StatusText(status), "errorLink": code,
		"errorId": "oaefault", "errorCauses": []any{},
	})
}
