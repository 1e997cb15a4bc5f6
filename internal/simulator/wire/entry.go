// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"context"
	"net/http"
)

// entry is a call's place in the request log, as the clouds see it.
type entry interface {
	// Authorize notes that the call's credential was accepted.
	Authorize()
	// Hide keeps a secret out of the request log from now on.
	Hide(secret string)
}

// entryKey is under which a call's entry travels in its context.
type entryKey struct{}

// WithEntry returns the request with its entry.
func WithEntry(r *http.Request, e entry) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), entryKey{}, e))
}

// MarkAuthorized notes in the request log that the call's credential was accepted. Each cloud calls it once its check
// has passed.
func MarkAuthorized(r *http.Request) {
	if e, ok := r.Context().Value(entryKey{}).(entry); ok {
		e.Authorize()
	}
}

// HideFrom keeps a secret out of the request log, should a client write it into a URL.
func HideFrom(r *http.Request, secret string) {
	if e, ok := r.Context().Value(entryKey{}).(entry); ok {
		e.Hide(secret)
	}
}
