// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Versions of the connector.
const (
	versionNewest = "newest"
	version29     = "2.9"
)

// batchSize is how many assets the connector pushes at once.
const batchSize = 100

// engine runs the connectors: each started one fetches from its account's Okta over HTTP, maps, and pushes to Sekoia
// over HTTP, as Sekoia's does.
type engine struct {
	ctx       context.Context // the simulator's life: it ends every run
	store     *store
	tempo     tempo
	now       clock
	interval  time.Duration // of sleep, before the tempo divides it
	old       bool          // version 2.9
	okta      *http.Client
	sekoia    *http.Client
	sekoiaURL string
	runs      sync.WaitGroup
}

// run is one connector between a start and a stop. It keeps the account's settings of its start: that a change of the
// account reaches a running connector is not known, so a client must restart it.
type run struct {
	ctx       context.Context // ended by the stop
	stop      context.CancelFunc
	connector *connector
	id        string  // of the connector configuration
	source            // of the cycle under way
	next      *source // of the next cycle, if the connector was put on another account. The store's lock guards it
	log       *logSession
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

// moveRun makes a running connector's next cycle use another account. The caller holds the store's lock.
func (c *connector) moveRun(on *account) {
	from := sourceOf(on)
	c.baseURL = from.baseURL
	if c.run != nil {
		c.run.next = &from
	}
}

// beginCycle takes over the account that the connector was put on meanwhile.
func (s *store) beginCycle(r *run) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.next != nil {
		r.source, r.next = *r.next, nil
	}
}

// start begins a run. The caller holds the store's lock.
func (e *engine) start(c *connector) {
	if c.run != nil {
		c.run.stop()
	}
	from := source{accountID: c.text("module_configuration_uuid"), baseURL: c.baseURL}
	if on := e.store.usableAccount(from.accountID); on != nil {
		from = sourceOf(on)
	}
	c.baseURL = from.baseURL
	ctx, stop := context.WithCancel(e.ctx)
	c.life.started(e.now())
	c.run = &run{
		ctx: ctx, stop: stop, connector: c, id: c.text("uuid"), source: from,
		log: c.log.begin(),
	}
	if e.store.closed {
		stop()
		return
	}
	begun := c.run
	e.runs.Go(func() { e.follow(begun) })
}

// usableAccount finds an account that was not deleted, in whatever community. The caller holds the lock.
func (s *store) usableAccount(id string) *account {
	for _, found := range s.accounts {
		if found.text("uuid") == id && !found.deleted() {
			return found
		}
	}
	return nil
}

// follow runs cycles until the connector is stopped. One that found something is followed by the next at once.
func (e *engine) follow(r *run) {
	defer r.stop()
	if !pause(r.ctx, e.tempo.scaled(startingTime)) {
		return
	}
	for r.ctx.Err() == nil {
		began := e.now()
		posted, limited := e.cycle(r)
		switch {
		case r.ctx.Err() != nil:
			return
		case limited > 0:
			pause(r.ctx, limited)
		case posted == 0:
			// What HTTP took is not divided by the tempo, so it is not multiplied by it either.
			rest := max(e.interval-e.now().Sub(began), 0)
			r.log.add(levelInfo, "Next run in the future. Waiting "+strconv.FormatFloat(rest.Seconds(), 'f', -1, 64)+" seconds")
			pause(r.ctx, e.tempo.scaled(rest))
		}
	}
}

// cycle lists, maps and pushes once. It returns how many assets were posted, and how long Sekoia asked to wait where it
// had too many calls.
func (e *engine) cycle(r *run) (posted int, limited time.Duration) {
	e.store.beginCycle(r)
	r.log.add(levelInfo, "Starting a new asset fetch cycle for connector OktaDeviceAssetConnector")
	var batch []oktaRecord
	for next := e.firstPage(r); next != "" && r.ctx.Err() == nil; {
		found, following := e.fetch(r, next)
		for _, device := range found {
			batch = append(batch, device)
			if len(batch) < batchSize {
				continue
			}
			if limited = e.push(r, batch, &posted); limited > 0 || r.ctx.Err() != nil {
				return posted, limited
			}
			batch = batch[:0]
		}
		next = e.nextPage(r, following)
	}
	if len(batch) > 0 && r.ctx.Err() == nil {
		limited = e.push(r, batch, &posted)
	}
	return posted, limited
}

// push sends a batch and moves the checkpoint to the last device of it. A push that was begun is ended although the
// connector is stopped meanwhile; a failed one costs its batch.
func (e *engine) push(r *run, batch []oktaRecord, posted *int) (limited time.Duration) {
	items := make([]ocsfItem, len(batch))
	for i := range batch {
		items[i] = mapDevice(&batch[i], e.old)
	}
	outcome := e.post(r, items)
	switch {
	case outcome.limited > 0:
		r.log.add(levelWarning, fmt.Sprintf("Asset connector push rate limited (HTTP 429). Waiting %v seconds before refetching.",
			outcome.limited.Seconds()))
	case outcome.problem != "":
		r.log.add(levelError, "Error while pushing assets to Sekoia.io - "+outcome.problem)
	default:
		*posted += len(batch)
		e.store.moveCheckpoint(r.connector, batch[len(batch)-1].created())
		r.log.add(levelInfo, fmt.Sprintf("Successfully posted %d assets to Sekoia.io asset connector API", len(batch)))
	}
	return outcome.limited
}

func (s *store) moveCheckpoint(c *connector, to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if to != "" {
		c.checkpoint = to
	}
}

// position is the checkpoint, and whether the run's account is still there.
func (s *store) position(r *run) (checkpoint string, usable bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return r.connector.checkpoint, s.usableAccount(r.accountID) != nil
}
