// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import "context"

// Runner makes connectors sync; the engine is one.
type Runner interface {
	// Begin makes a connector sync until stop is called. It must not wait: the store is locked.
	Begin(r *Run) (stop context.CancelFunc)
}

// Run is one connector between a start and a stop. It keeps the account's settings of its start: that a change of the
// account reaches a running connector is not known, so a client must restart it.
type Run struct {
	store     *Store
	connector *connector
	id        string  // of the connector configuration
	source    source  // of the cycle under way
	next      *source // of the next cycle, if the connector was put on another account
	log       *logSession
	stop      context.CancelFunc
}

// source is what a run reads Okta with.
type source struct {
	accountID string
	baseURL   string
	token     string
}

func sourceOf(on *account) source {
	from := source{accountID: on.text("uuid")}
	from.baseURL, _ = on.settings()["base_url"].(string)
	from.token, _ = on.settings()["apikey"].(string)
	return from
}

// start begins a run. The caller holds the lock.
func (s *Store) start(c *connector) {
	if c.run != nil {
		c.run.stop()
	}
	from := source{accountID: c.text("module_configuration_uuid"), baseURL: c.baseURL}
	if on := s.usableAccount(from.accountID); on != nil {
		from = sourceOf(on)
	}
	c.baseURL = from.baseURL
	c.life.started(s.now())
	c.run = &Run{store: s, connector: c, id: c.text("uuid"), source: from, log: c.log.begin(), stop: func() {}}
	if !s.closed {
		c.run.stop = s.runner.Begin(c.run)
	}
}

// moveRun makes a running connector's next cycle use another account. The caller holds the lock.
func (c *connector) moveRun(on *account) {
	from := sourceOf(on)
	c.baseURL = from.baseURL
	if c.run != nil {
		c.run.next = &from
	}
}

// ConnectorID is the UUID of the connector configuration.
func (r *Run) ConnectorID() string { return r.id }

// Info writes a line of the log that says what the connector does.
func (r *Run) Info(message string) { r.log.add(levelInfo, message) }

// Warning writes a line about what is unusual.
func (r *Run) Warning(message string) { r.log.add(levelWarning, message) }

// Error writes a line about what failed.
func (r *Run) Error(message string) { r.log.add(levelError, message) }

// BeginCycle returns what the cycle reads Okta with: the settings of the account that the connector was put on
// meanwhile, or those of before.
func (r *Run) BeginCycle() (baseURL, token string) {
	r.store.mu.Lock()
	defer r.store.mu.Unlock()
	if r.next != nil {
		r.source, r.next = *r.next, nil
	}
	return r.source.baseURL, r.source.token
}

// Position is the checkpoint, and whether the run's account is still there.
func (r *Run) Position() (checkpoint string, usable bool) {
	r.store.mu.Lock()
	defer r.store.mu.Unlock()
	return r.connector.checkpoint, r.store.usableAccount(r.source.accountID) != nil
}

// MoveCheckpoint sets the connector's checkpoint.
func (r *Run) MoveCheckpoint(to string) {
	r.store.mu.Lock()
	defer r.store.mu.Unlock()
	if to != "" {
		r.connector.checkpoint = to
	}
}

// usableAccount finds an account that was not deleted, in whatever community. The caller holds the lock.
func (s *Store) usableAccount(id string) *account {
	for _, found := range s.accounts {
		if found.text("uuid") == id && !found.deleted() {
			return found
		}
	}
	return nil
}
