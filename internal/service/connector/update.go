// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/lifecycle"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
)

// updateRun is one call of Update. The state follows each step, so that a failure leaves in the next plan what is still
// to do.
type updateRun struct {
	connectionProof
	state   model // what Update returns
	changes changes
}

// Update makes the changes, with one restart for all that need one.
func (r *connectorResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var (
		u            updateRun
		config, plan model
	)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &u.state)...)
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, u.state.ID)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	connectors, diags := deviceConnectors(ctx, r.clients)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	u.connectionProof = r.proof(&config, &plan)
	u.changes = changesBetween(&u.state, u.plan)
	ctx, cancel := context.WithTimeout(ctx, u.plan.timeout("update"))
	defer cancel()
	resp.Diagnostics.Append(u.do(ctx, connectors)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &u.state)...)
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, u.state.ID)...)
}

// do tests the connection if the change depends on it, and makes the change.
func (u *updateRun) do(ctx context.Context, connectors *lifecycle.Connectors) diag.Diagnostics {
	diags := u.test(ctx)
	if diags.HasError() {
		return diags
	}
	reached, err := connectors.Update(ctx, lifecycle.Change{
		Record:   u.state.known(),
		Spec:     u.plan.spec(u.state.CommunityID.Canonical()),
		Settings: u.settings(),
		Rename:   u.changes.rename,
		Store:    u.changes.needsToken(),
		Repair:   u.changes.drift != "",
		Restart:  u.changes.triggers,
		Runs:     u.state.Enabled.ValueBool(),
		Enable:   u.plan.Enabled.ValueBool(),
		Wait:     u.plan.waitFor(),
	})
	u.follow(reached)
	addRemarks(&diags, u.subject, reached.Remarks)
	if err != nil {
		addFailure(&diags, u.clients, u.subject, err)
	}
	return diags
}

// test makes the connection test before the first write, if the change depends on the connection.
func (u *updateRun) test(ctx context.Context) diag.Diagnostics {
	var diags diag.Diagnostics
	seen := types.StringNull()
	switch tested := u.changes.tested() || u.mode == access.ModeAlways; {
	case tested && u.changes.needsToken() && u.token.missing():
		diags.Append(u.noToken(atWrite))
	case tested:
		seen, diags = u.beforeWrite(ctx, u.settings() != nil)
	}
	if u.plan.OktaOrganizationID.IsUnknown() {
		u.plan.OktaOrganizationID = seen
	}
	return diags
}

// follow takes what an update reached into the state.
func (u *updateRun) follow(reached lifecycle.UpdateResult) {
	if reached.Renamed {
		u.state.Name = u.plan.Name
	}
	switch reached.Stored {
	case lifecycle.StoredAll:
		u.state.APIToken, u.state.APITokenWOVersion, u.state.BaseURL = u.plan.APIToken, u.plan.APITokenWOVersion, u.plan.BaseURL
	case lifecycle.StoredMaybe:
		// It is not known which token Sekoia has, so the next apply sends the configuration's.
		u.state.APIToken, u.state.APITokenWOVersion = types.StringNull(), types.StringNull()
	case lifecycle.StoredNothing:
	}
	if reached.Account != "" {
		u.state.AccountID = types.StringValue(reached.Account)
	}
	if reached.ID != "" {
		u.state.ID = types.StringValue(reached.ID)
	}
	if reached.Repaired {
		u.state.Drift = types.StringNull()
	}
	if reached.Stopped {
		u.state.Enabled = types.BoolValue(false)
	}
	if reached.Started {
		u.state.Enabled, u.state.Sync = types.BoolValue(true), u.plan.Sync
	}
	if reached.Done {
		u.plan.ID, u.plan.AccountID, u.plan.Drift = u.state.ID, u.state.AccountID, types.StringNull()
		u.state = *u.plan
	}
}
