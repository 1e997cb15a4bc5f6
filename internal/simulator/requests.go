// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// request is one call to either cloud, as the admin call shows it. Status is 0 until the answer begins, and where none
// was given.
type request struct {
	Cloud      string    `json:"cloud"`
	Method     string    `json:"method"`
	Path       string    `json:"path"`
	Query      string    `json:"query"`
	Status     int       `json:"status"`
	Authorized bool      `json:"authorized"`
	UserAgent  string    `json:"user_agent"`
	At         time.Time `json:"at"`
}

// requestLog keeps every call from its arrival on, so that a test can wait for a call that is being held.
type requestLog struct {
	now    clock
	hidden *redactor

	mu      sync.Mutex
	entries []*request
}

// callKey is under which a call's log entry travels in its context.
type callKey struct{}

// loggedCall is a log entry with the log that guards it.
type loggedCall struct {
	log   *requestLog
	entry *request
}

// begin notes a call. The returned request carries its entry.
func (l *requestLog) begin(cloud string, r *http.Request) (*http.Request, *loggedCall) {
	entry := &request{
		Cloud:     cloud,
		Method:    r.Method,
		Path:      l.hidden.clean(r.URL.Path),
		Query:     l.hidden.clean(r.URL.RawQuery),
		UserAgent: l.hidden.clean(r.UserAgent()),
		At:        l.now().UTC(),
	}
	l.mu.Lock()
	l.entries = append(l.entries, entry)
	l.mu.Unlock()
	call := &loggedCall{log: l, entry: entry}
	return r.WithContext(context.WithValue(r.Context(), callKey{}, call)), call
}

// finish notes the status that the call was answered with; the first one counts.
func (c *loggedCall) finish(status int) {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	if c.entry.Status == 0 {
		c.entry.Status = status
	}
}

// list copies the entries, oldest first.
func (l *requestLog) list() []request {
	l.mu.Lock()
	defer l.mu.Unlock()
	entries := make([]request, len(l.entries))
	for i, entry := range l.entries {
		entries[i] = *entry
	}
	return entries
}

// clear forgets every call, also those that are under way.
func (l *requestLog) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = nil
}

// markAuthorized notes in the request log that the call's credential was accepted. Each cloud calls it once its check
// has passed.
func markAuthorized(r *http.Request) {
	call, ok := r.Context().Value(callKey{}).(*loggedCall)
	if !ok {
		return
	}
	call.log.mu.Lock()
	defer call.log.mu.Unlock()
	call.entry.Authorized = true
}

// redactor replaces credentials that the simulator knows in text that is shown.
type redactor struct {
	mu      sync.RWMutex
	secrets []string
}

// hide makes clean replace a secret from now on, also as it is written in a query or a path. Shorter than eight
// characters is not replaced: it would tear other text apart.
func (d *redactor) hide(secret string) {
	if len(secret) < 8 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
		if !slices.Contains(d.secrets, form) {
			d.secrets = append(d.secrets, form)
		}
	}
}

// clean replaces every secret in text.
func (d *redactor) clean(text string) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, secret := range d.secrets {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return text
}
