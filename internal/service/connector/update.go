// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// updating is one call of Update. What was done goes from the plan into the
// state step by step, so that a failure leaves in the next plan what is still to do.
type updating struct {
	*Resource
	power
	proof
	plan    model
	state   model // becomes the new state
	changes change
	private private
	writer  privateWriter
	// alone tells that nobody else uses the account; known after readUsage.
	alone bool
}

// Update does what changed, with one restart for all that asks for one.
func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	u := updating{Resource: r, writer: resp.Private}

	var (
		config model
		diags  diag.Diagnostics
	)

	resp.Diagnostics.Append(req.Plan.Get(ctx, &u.plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &u.state)...)
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, u.state.ID)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)

	u.private, diags = readPrivate(ctx, req.Private)
	resp.Diagnostics.Append(diags...)

	u.client, diags = r.clients.Sekoia()
	resp.Diagnostics.Append(diags...)

	timeout, diags := u.plan.Timeouts.Update(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)

	if resp.Diagnostics.HasError() {
		return
	}

	u.id = u.state.ID.ValueString()
	u.proof = r.proof(&config, &u.plan)

	if u.given {
		// An account that the configuration gives is nobody's to change, even one that this resource made.
		u.private.accountID = ""
		resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privateAccount, "")...)
	}

	resp.Diagnostics.Append(setPrivate(ctx, resp.Private, privateGiven, u.given)...)
	u.changes = changeBetween(&u.state, &u.plan)

	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	resp.Diagnostics.Append(u.run(ctx, r.clients.Mode(config.testMode()))...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &u.state)...)
}

// run goes through the steps, and stops at the first that fails.
func (u *updating) run(ctx context.Context, mode terraform.Mode) diag.Diagnostics {
	var diags diag.Diagnostics

	prove := func(ctx context.Context) diag.Diagnostics { return u.prove(ctx, mode) }

	for _, step := range []func(context.Context) diag.Diagnostics{prove, u.readUsage, u.rename, u.store, u.switchPower} {
		diags.Append(step(ctx)...)

		if diags.HasError() {
			break
		}
	}

	return diags
}

// prove makes the test where the change depends on the connection.
func (u *updating) prove(ctx context.Context, mode terraform.Mode) diag.Diagnostics {
	var diags diag.Diagnostics

	seen := types.StringNull()

	if u.changes.tested() || u.private.restartOwed || mode == terraform.ModeAlways {
		if u.changes.settings() && u.token.missing() {
			diags.Append(u.noToken("A new token or base URL", beforeWrite))

			return diags
		}

		seen, diags = u.beforeWrite(ctx, mode, u.stores())
	}

	if u.plan.OktaOrganizationID.IsUnknown() {
		u.plan.OktaOrganizationID = u.state.OktaOrganizationID
		if u.plan.OktaOrganizationID.IsNull() {
			u.plan.OktaOrganizationID = seen
		}
	}

	return diags
}

// stores tells that the account is to be written. It is also where a restart is
// owed: an earlier apply may have stored what the configuration asks for no more.
func (u *updating) stores() bool {
	return u.changes.settings() || (u.private.restartOwed && !u.token.missing())
}

// own tells that this resource made the account, or took it over.
func (u *updating) own() bool {
	return u.private.accountID != "" && u.private.accountID == u.state.AccountID.ValueString()
}

// readUsage asks who else uses the account before it is changed.
func (u *updating) readUsage(ctx context.Context) diag.Diagnostics {
	var diags diag.Diagnostics

	renamesAccount := u.changes.rename && u.own()
	if !u.stores() && !renamesAccount {
		return diags
	}

	account := u.state.AccountID.ValueString()

	usage, err := u.client.AccountUsage(ctx, account)

	switch {
	case err == nil && u.stores():
		diags.Append(sharedAccount(account, usage)...)
	case err != nil:
		terraform.AddSekoiaError(&diags, path.Empty(), "The usage of the connector's account "+account+" could not be read", err)
	}

	u.alone = err == nil && usedByConnectorAlone(usage)

	if u.stores() && u.private.accountID == "" && !u.private.given && !u.given && u.alone && u.madeByCreate(ctx, account) {
		u.private.accountID = account
	}

	return diags
}

// rename renames the connector, and its account where that is this resource's own and nobody else's. The account comes
// first: what fails is then still in the next plan, which sees the connector's name alone.
func (u *updating) rename(ctx context.Context) diag.Diagnostics {
	var diags diag.Diagnostics

	if !u.changes.rename {
		return diags
	}

	name := u.plan.Name.ValueString()

	if u.own() && u.alone {
		diags.Append(u.renameAccount(ctx, name)...)
	}

	if diags.HasError() {
		return diags
	}

	if err := u.client.UpdateConnector(ctx, u.id, sekoia.ConnectorChange{Name: &name}); err != nil {
		terraform.AddSekoiaError(&diags, pathName, "The connector could not be renamed", err)

		return diags
	}

	u.state.Name = u.plan.Name

	return diags
}

// renameAccount is an error where it may work the next time, and a warning where the key may not do it.
func (u *updating) renameAccount(ctx context.Context, name string) diag.Diagnostics {
	var diags diag.Diagnostics

	err := u.client.UpdateAccount(ctx, u.private.accountID, sekoia.AccountChange{Name: &name})

	refused, ok := errors.AsType[*sekoia.APIError](err)

	switch {
	case ok && refused.Status == http.StatusForbidden:
		diags.AddAttributeWarning(pathName, "The connector's account keeps its old name", err.Error())
	case err != nil:
		terraform.AddSekoiaError(&diags, pathName, "The connector's account could not be renamed", err)
	}

	return diags
}

// store writes the token and the base URL into the account, whole: whether a
// PATCH merges is not known. From then on a restart is owed, until one succeeds.
func (u *updating) store(ctx context.Context) diag.Diagnostics {
	if !u.stores() {
		return nil
	}

	diags := setPrivate(ctx, u.writer, privateRestart, true)

	settings := sekoia.AccountSettings{
		sekoia.SettingBaseURL: transport.NewSecret(u.plan.BaseURL.ValueString()), sekoia.SettingAPIKey: u.token.secret,
	}
	if err := u.client.UpdateAccount(ctx, u.state.AccountID.ValueString(), sekoia.AccountChange{Settings: settings}); err != nil {
		terraform.AddSekoiaError(&diags, path.Empty(), "The connector's account could not be updated", err)

		return diags
	}

	return append(diags, setPrivate(ctx, u.writer, privateAccount, u.private.accountID)...)
}

// switchPower stops and starts the connector as far as the change asks for it, takes the plan into the state, and waits.
func (u *updating) switchPower(ctx context.Context) diag.Diagnostics {
	restart := u.changes.restart() || u.private.restartOwed
	enabled, runs := u.plan.Enabled.ValueBool(), u.state.Enabled.ValueBool()

	var diags diag.Diagnostics

	if runs && (restart || !enabled) {
		diags.Append(u.stopIt(ctx)...)
	}

	if diags.HasError() {
		return diags
	}

	starts := enabled && (restart || !runs)

	var from mark

	if starts {
		var err error
		if from, err = u.start(ctx, u.mark(ctx)); err != nil {
			terraform.AddSekoiaError(&diags, path.Empty(), "The connector could not be started",
				fmt.Errorf("%w\nWhat was changed is stored. The next plan shows the work that is left, and an apply does it", err))

			return diags
		}
	}

	u.state = u.plan
	diags.Append(setPrivate(ctx, u.writer, privateRestart, false)...)

	if starts {
		diags.Append(u.waitFor(ctx, from)...)
	}

	return diags
}

func (u *updating) stopIt(ctx context.Context) diag.Diagnostics {
	var diags diag.Diagnostics

	remark, err := u.stop(ctx)
	warn(&diags, "The connector was stopped within a fetch cycle", remark)

	switch _, busy := errors.AsType[*busyError](err); {
	case busy:
		terraform.AddError(&diags, path.Empty(), "The connector could not be stopped yet", err,
			"Apply again later, or raise timeouts.update: the next plan shows the work that is left.")
	case err != nil:
		terraform.AddSekoiaError(&diags, path.Empty(), "The connector could not be stopped", err)
	}

	return diags
}

// waitFor waits as sync.wait_for says. An update can't taint, so that a wait that ends badly is an error.
func (u *updating) waitFor(ctx context.Context, from mark) diag.Diagnostics {
	var diags diag.Diagnostics

	ended := u.wait(ctx, u.plan.waitFor(), from)
	warnOfSync(&diags, ended)

	if ended.bad != nil {
		diags.AddError("The change is made, but the connector's sync did not come to a good end", waitFailed(ended.bad))
	}

	return diags
}
