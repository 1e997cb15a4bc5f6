// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"fmt"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// A TokenError is a refusal of the token endpoint. Its [*APIError] has OAuth's error as Code and its description as
// Summary.
type TokenError struct {
	Refusal *APIError
	// clockAhead is how far this machine's clock was ahead of Okta's, by the answer's Date: an assertion of a clock
	// that is far off is refused.
	clockAhead time.Duration
}

// maxClockSkew is from when a clock is worth a word.
const maxClockSkew = time.Minute

// Error is the refusal's, and how far this machine's clock is off.
func (e *TokenError) Error() string {
	if off := e.clock(); off != "" {
		return e.Refusal.Error() + "; this machine's clock is " + off + " Okta's"
	}
	return e.Refusal.Error()
}

// clock says how this machine's clock stands to Okta's: "5h30m0s behind"; "" where they are about the same.
func (e *TokenError) clock() string {
	switch ahead := e.clockAhead.Round(time.Second); {
	case ahead > maxClockSkew:
		return fmt.Sprintf("%s ahead of", ahead)
	case ahead < -maxClockSkew:
		return fmt.Sprintf("%s behind", -ahead)
	default:
		return ""
	}
}

// Unwrap returns the refusal.
func (e *TokenError) Unwrap() error { return e.Refusal }

// A ScopeError is an access token that lacks a scope which a call needs. The call was not made.
type ScopeError struct {
	Missing string
	// granted are the token's scopes, asked those that it was asked for.
	granted, asked []string
}

// Error names the call that gave the token, for the one that needs the scope was not made.
func (e *ScopeError) Error() string {
	granted := "none"
	if len(e.granted) > 0 {
		granted = credential.Sanitize(strings.Join(e.granted, " "))
	}
	return fmt.Sprintf("Okta answered POST %s with an access token that lacks the scope %s; asked for: %s; granted: %s",
		tokenPath, e.Missing, credential.Sanitize(strings.Join(e.asked, " ")), granted)
}
