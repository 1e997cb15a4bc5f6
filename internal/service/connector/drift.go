// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"slices"
	"sync"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform"
)

// drift remembers, for the life of a configured provider, what Read found
// changed by hand. A plan that only puts it back was asked for by nobody, so
// that its connection test may not stop a terraform destroy, which plans first.
type drift struct {
	mu sync.Mutex
	// gone holds the connectors that are not there any more: their plan is a create, which has no id.
	gone []goneConnector
	// changed holds what differs, by the connector's UUID.
	changed map[string]drifted
}

type goneConnector struct{ name, baseURL string }

// drifted is what Read found to differ from the state before it.
type drifted struct {
	name, stopped bool
	// url is the base URL before; empty where it did not change.
	url string
}

// drift returns the memory that all resources of a configured provider share.
func (r *Resource) drift() *drift {
	shared, _ := terraform.Remember(context.Background(), r.clients.Shared(), "connector drift", func(context.Context) (*drift, error) {
		return &drift{changed: map[string]drifted{}}, nil
	})

	return shared
}

func (d *drift) noteGone(before *model) {
	d.mu.Lock()
	defer d.mu.Unlock()

	d.gone = append(d.gone, goneConnector{before.Name.ValueString(), before.BaseURL.ValueString()})
}

func (d *drift) wasGone(plan *model) bool {
	d.mu.Lock()
	defer d.mu.Unlock()

	return slices.ContainsFunc(d.gone, func(g goneConnector) bool {
		return g.name == plan.Name.ValueString() && terraform.SameBaseURL(g.baseURL, plan.BaseURL.ValueString())
	})
}

// note compares a state before and after Read.
func (d *drift) note(before, after *model) {
	found := drifted{
		name:    !before.Name.IsNull() && !before.Name.Equal(after.Name),
		stopped: before.Enabled.ValueBool() && !after.Enabled.ValueBool(),
	}

	if !terraform.SameBaseURL(before.BaseURL.ValueString(), after.BaseURL.ValueString()) {
		found.url = before.BaseURL.ValueString()
	}

	d.mu.Lock()
	defer d.mu.Unlock()

	d.changed[after.ID.ValueString()] = found
}

// explains tells that a change of the connector does nothing but put back what Read found changed.
func (d *drift) explains(id string, c change) bool {
	d.mu.Lock()
	defer d.mu.Unlock()

	found := d.changed[id]

	return !c.token && !c.triggers && !c.stop &&
		(!c.rename || found.name) && (!c.url || found.url != "") && (!c.start || found.stopped)
}

// putsBack tells that a planned base URL is the one that the connector had before somebody changed it.
func (d *drift) putsBack(plan *model) bool {
	d.mu.Lock()
	defer d.mu.Unlock()

	before := d.changed[plan.ID.ValueString()].url

	return before != "" && terraform.SameBaseURL(before, plan.BaseURL.ValueString())
}
