// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// connectorClass is what the connector calls itself in its log.
const connectorClass = "OktaDeviceAssetConnector"

// batchSize is how many assets the connector pushes at once.
const batchSize = 100

// leastCycle is how long a cycle takes at least that yielded something, posted nothing, and is followed by the next one
// at once. It is not scaled: Sekoia's connector needs a tenth of a second for it, and a simulator must leave a test its
// CPU.
const leastCycle = 20 * time.Millisecond

// Engine runs the connectors: each started one fetches from its account's Okta over HTTP, maps, and pushes to Sekoia
// over HTTP, as Sekoia's does.
type Engine struct {
	ctx       context.Context // the simulator's life: it ends every run
	tempo     wire.Tempo
	now       wire.Clock
	interval  time.Duration // of sleep, before the tempo divides it
	okta      *http.Client
	sekoia    *http.Client
	sekoiaURL string
	sekoiaKey string // the connectors' own
	runs      sync.WaitGroup
}

// New makes an engine whose runs end with ctx. It reaches nothing before Connect.
func New(ctx context.Context, now wire.Clock, at wire.Tempo, interval time.Duration) *Engine {
	return &Engine{ctx: ctx, now: now, tempo: at, interval: interval}
}

// run is one of the store's, with what a cycle needs to know.
type run struct {
	*sekoia.Run
	ctx            context.Context // ended by the stop
	baseURL, token string          // of the account, for the cycle under way

	// passed is the created of the last device that the listing got past. The next push writes it as the checkpoint, so
	// that a full batch leaves the checkpoint at its last device but one.
	passed string
	// blind is set once in a cycle that a push task could not be followed: the cycle's other tasks are not looked at.
	blind bool
	// posted is set once something was posted in a cycle.
	posted bool
}

// Begin runs cycles until the run is stopped.
func (e *Engine) Begin(begun *sekoia.Run) context.CancelFunc {
	ctx, stop := context.WithCancel(e.ctx)
	e.runs.Go(func() {
		defer stop()
		e.follow(&run{Run: begun, ctx: ctx})
	})
	return stop
}

// follow runs cycles until the connector is stopped. One that yielded something is followed by the next at once, posted
// or not: a cycle whose pushes are all refused never writes "Next run".
func (e *Engine) follow(r *run) {
	if !wire.Pause(r.ctx, e.tempo.Scaled(sekoia.StartingTime)) {
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
			r.Warning("Rate limit hit, pausing connector for " + limited.text + " seconds")
			wire.Pause(r.ctx, limited.wait)
		case err != nil:
			r.Error("Error while running asset connector " + connectorClass + "\n" + err.Error())
		case yielded == 0 && took < e.interval:
			// The time of HTTP calls is not divided by the tempo, so it is not multiplied by it either.
			rest := e.interval - took
			r.Info("Next run in the future. Waiting " + pythonFloat(rest.Seconds()) + " seconds")
			wire.Pause(r.ctx, e.tempo.Scaled(rest))
		case !r.posted:
			wire.Pause(r.ctx, leastCycle-took)
		}
	}
}

// cycle lists, maps and pushes once. It returns how many devices it yielded, and what ended it early.
func (e *Engine) cycle(r *run) (yielded int, err error) {
	r.baseURL, r.token = r.BeginCycle()
	r.Info("Starting a new asset fetch cycle for connector " + connectorClass)
	r.blind, r.posted = false, false
	r.Info("Starting Okta device assets generator")
	r.Info("Data path: /symphony")
	batch := make([]ocsfItem, 0, batchSize)
	for next := e.firstPage(r); next != "" && r.ctx.Err() == nil; {
		var found []oktaRecord
		found, next = e.fetch(r, next)
		for i := range found {
			item, mapErr := mapDevice(&found[i])
			if mapErr != nil {
				r.Error(fmt.Sprintf("Error while mapping device %s: %v", *found[i].ID, mapErr))
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
