// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// connectorClass is what the connector calls itself in its log.
const connectorClass = "OktaDeviceAssetConnector"

// batchSize is how many assets the connector pushes at once.
const batchSize = 100

// leastCycle is how long a cycle takes at least that yielded something, posted nothing, and is followed by the next one
// at once. It is not scaled: Sekoia's connector needs a tenth of a second for it, and a simulator must leave a test its
// CPU.
const leastCycle = 20 * time.Millisecond

// engine runs the connectors: each started one fetches from its account's Okta over HTTP, maps, and pushes to Sekoia
// over HTTP, as Sekoia's does.
type engine struct {
	ctx       context.Context // the simulator's life: it ends every run
	store     *store
	tempo     tempo
	now       clock
	interval  time.Duration // of sleep, before the tempo divides it
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

	// passed is the created of the last device that the listing got past. The next push writes it as the checkpoint, so
	// that a full batch leaves the checkpoint at its last device but one.
	passed string
	// blind is set once in a cycle that a push task could not be followed: the cycle's other tasks are not looked at.
	blind bool
	// posted is set once something was posted in a cycle.
	posted bool
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

// follow runs cycles until the connector is stopped. One that yielded something is followed by the next at once, posted
// or not: a cycle whose pushes are all refused never writes "Next run".
func (e *engine) follow(r *run) {
	defer r.stop()
	if !pause(r.ctx, e.tempo.scaled(startingTime)) {
		return
	}
	for r.ctx.Err() == nil {
		began := e.now()
		yielded, err := e.cycle(r)
		if r.ctx.Err() != nil {
			return
		}
		took := e.now().Sub(began)
		limited, isLimited := errors.AsType[*rateLimitedError](err)
		switch {
		case isLimited:
			r.log.add(levelWarning, "Rate limit hit, pausing connector for "+limited.text+" seconds")
			pause(r.ctx, limited.wait)
		case err != nil:
			r.log.add(levelError, "Error while running asset connector "+connectorClass+"\n"+err.Error())
		case yielded == 0 && took < e.interval:
			// What HTTP took is not divided by the tempo, so it is not multiplied by it either.
			rest := e.interval - took
			r.log.add(levelInfo, "Next run in the future. Waiting "+pythonFloat(rest.Seconds())+" seconds")
			pause(r.ctx, e.tempo.scaled(rest))
		case !r.posted:
			pause(r.ctx, leastCycle-took)
		}
	}
}

// cycle lists, maps and pushes once. It returns how many devices it yielded, and what ended it early.
func (e *engine) cycle(r *run) (yielded int, err error) {
	e.store.beginCycle(r)
	r.log.add(levelInfo, "Starting a new asset fetch cycle for connector "+connectorClass)
	r.blind, r.posted = false, false
	r.log.add(levelInfo, "Starting Okta device assets generator")
	r.log.add(levelInfo, "Data path: /symphony")
	batch := make([]ocsfItem, 0, batchSize)
	for next := e.firstPage(r); next != "" && r.ctx.Err() == nil; {
		var found []oktaRecord
		found, next = e.fetch(r, next)
		for i := range found {
			item, mapErr := mapDevice(&found[i])
			if mapErr != nil {
				r.log.add(levelError, fmt.Sprintf("Error while mapping device %s: %v", *found[i].ID, mapErr))
				r.passed = found[i].created()
				continue
			}
			yielded++
			if batch = append(batch, item); len(batch) >= batchSize {
				if err = e.push(r, batch); err != nil || r.ctx.Err() != nil {
					return yielded, err
				}
				batch = batch[:0]
			}
			r.passed = found[i].created() // behind the push: this is why the checkpoint lags by one
		}
	}
	if len(batch) > 0 && r.ctx.Err() == nil {
		err = e.push(r, batch)
	}
	return yielded, err
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
