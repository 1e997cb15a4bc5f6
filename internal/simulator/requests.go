// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net/http"
	"sync"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// request is one call to either cloud, as the admin call shows it. Status is 0 until the answer begins, and if none was
// given.
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
	now    wire.Clock
	hidden *wire.Redactor

	mu      sync.Mutex
	entries []*request
}

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
		Path:      l.hidden.Clean(r.URL.Path),
		Query:     l.hidden.Clean(r.URL.RawQuery),
		UserAgent: l.hidden.Clean(r.UserAgent()),
		At:        l.now().UTC(),
	}
	l.mu.Lock()
	l.entries = append(l.entries, entry)
	l.mu.Unlock()
	call := &loggedCall{log: l, entry: entry}
	return wire.WithEntry(r, call), call
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

// Authorize notes that the call's credential was accepted.
func (c *loggedCall) Authorize() {
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	c.entry.Authorized = true
}

// Hide keeps a secret out of the request log from now on.
func (c *loggedCall) Hide(secret string) { c.log.hidden.Hide(secret) }
