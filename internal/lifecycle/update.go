// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"context"
	"errors"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// Change is what an update asks for.
type Change struct {
	Record
	// Spec is the connector as it should be.
	Spec
	// Settings are what its account should hold; nil if the credential is not known, so that nothing can be stored.
	Settings sekoia.AccountSettings
	Rename   bool
	Store    bool  // other settings, or other credentials, than the account has
	Drift    Drift // that Read found
	Restart  bool  // a restart is asked for, whatever else changes
	Runs     bool  // as it is known
	Enable   bool  // as it should be
	Wait     Wait
}

// UpdateResult is how far an update came. What a caller keeps of a connector follows it, also if the update failed.
type UpdateResult struct {
	Renamed     bool
	Stopped     bool // it was told to stop, and not started again
	Stored      bool // the account has the new settings
	StoredMaybe bool // the account has the old settings or the new ones, because a reply was lost
	Repaired    bool
	Started     bool
	Done        bool   // everything but the wait
	Account     string // the account that belongs to it now, if that is another one; else ""
	ID          string // of the connector that was created in the place of one that is gone; else ""
	Remarks     []*StepError
}

// Update makes the change, with one restart for all that needs one: stop, PATCH, start. Every start writes the settings
// again if they are known and nobody else uses the account. So an update that is cut off leaves a stopped connector,
// and the next start repairs the rest, whatever was stored before. Update ends at the first step that fails, with a
// *StepError.
func (c *Connectors) Update(ctx context.Context, change Change) (UpdateResult, error) {
	u := &updateRun{runner: &runner{Connectors: c, id: change.ID}, Change: change, present: change.AccountID}
	u.starts = u.Enable && (!u.Runs || u.Store || u.Drift != "" || u.Restart)
	u.writes = u.Store || (u.Settings != nil && u.starts)
	var err error
	for _, step := range []func(context.Context) error{u.look, u.rename, u.halt, u.store, u.place, u.launch} {
		if err = step(ctx); err != nil {
			break
		}
	}
	u.result.Remarks = u.remarks
	return u.result, err
}

type updateRun struct {
	*runner
	Change

	starts bool // the connector is to be started
	writes bool // the account is to be written
	shared bool // others use the account, which then keeps its name
	// present is the account that the connector is on; another one than AccountID if somebody moved it.
	present string
	deleted bool // the connector is gone
	result  UpdateResult
}

// look reads what the update depends on. It returns an error if the update would change something that others use.
func (u *updateRun) look(ctx context.Context) error {
	if u.Drift != "" || (u.starts && !u.Runs) {
		if err := u.lookAgain(ctx); err != nil {
			return err
		}
	}
	const step = "The connector's account is not changed"
	switch {
	case u.Settings == nil && (u.writes || u.AccountID == ""):
		return failed(step, errors.New("its credential is not known"))
	case u.AccountID == "", !u.writes && !u.Rename && u.Drift == "":
		return nil
	}
	own := 1
	if u.deleted || !strings.EqualFold(u.present, u.AccountID) {
		own = 0
	}
	err := u.CheckUsers(ctx, u.AccountID, own)
	u.shared = isShared(err)
	switch {
	case err == nil, u.shared && u.Drift == "" && (!u.writes || !u.Store && !u.Restart):
		u.writes = u.writes && !u.shared // a start alone needs no settings that others would get
		return nil
	case sekoia.IsNotFound(err):
		return &StepError{
			Step: "Its account was deleted since the plan", Err: errors.New("Sekoia has no account " + u.AccountID),
			Left: "Nothing was changed. Plan again: the new plan does without it.",
		}
	default:
		return failed(step, err)
	}
}

// lookAgain reads the connector once more. A repair depends on which account it is on now. A start has no effect on a
// connector that runs, and a lost reply may have left it running with its old settings.
func (u *updateRun) lookAgain(ctx context.Context) error {
	connector, err := u.client.Connector(ctx, u.id)
	if u.Drift == DriftDeleted && sekoia.IsNotFound(err) { // else no plan has said that its id changes
		u.deleted, u.present = true, ""
		return nil
	}
	if err != nil {
		return failed("The connector could not be read", err)
	}
	u.Runs = u.Runs || (connector.Status != nil && connector.Status.Enabled())
	if u.Drift == "" {
		return nil
	}
	u.present = connector.AccountID
	if u.AccountID != "" {
		return nil
	}
	account, err := u.ownAccount(ctx, &listing{}, u.Record, u.present)
	if err != nil {
		return failed("The connector's account could not be read", err)
	}
	if account != nil {
		u.AccountID, u.result.Account = account.ID, account.ID
	}
	return nil
}

// rename renames the account first: if that fails, the connector's old name still shows in the next plan.
func (u *updateRun) rename(ctx context.Context) error {
	if !u.Rename {
		return nil
	}
	if u.AccountID != "" && !u.writes && !u.shared {
		err := u.client.UpdateAccount(ctx, u.AccountID, sekoia.AccountFields{Name: u.Name})
		switch {
		case sekoia.Advise(err).Kind == advice.Denied:
			u.remark("The connector's account keeps its old name", err, "")
		case err != nil:
			return failed("The connector's account could not be renamed", err)
		}
	}
	if u.deleted {
		return nil // it is created with its new name
	}
	if err := u.client.UpdateConnector(ctx, u.id, sekoia.ConnectorFields{Name: u.Name}); err != nil {
		return failed("The connector could not be renamed", err)
	}
	u.result.Renamed = true
	return nil
}

// halt stops a connector that runs, if it is to be started again or to be stopped for good.
func (u *updateRun) halt(ctx context.Context) error {
	if !u.Runs || u.deleted || (u.Enable && !u.starts) {
		return nil
	}
	err := u.stop(ctx)
	u.result.Stopped = u.stopped
	return u.unfinished("The connector could not be stopped", err)
}

// unfinished is the error of a step whose work shows in the next plan.
func (u *updateRun) unfinished(step string, err error) error {
	if err == nil {
		return nil
	}
	return &StepError{Step: step, Err: err, Left: "The next plan shows the work that is left, and an apply does it."}
}

// store writes the account, or creates it if it is gone. It writes all settings, because it is not known whether a
// PATCH merges them.
func (u *updateRun) store(ctx context.Context) error {
	var err error
	switch {
	case u.AccountID == "":
		u.AccountID, err = createAgain(ctx, u, "The connector's account could not be created", u.accountsNamed, (*creation).account)
		u.result.Account = u.AccountID
	case u.writes:
		err = u.client.UpdateAccount(ctx, u.AccountID, sekoia.AccountFields{Name: u.Name, Settings: u.Settings})
		if sekoia.OutcomeUnknown(err) {
			u.result.StoredMaybe = true
			return failed("The connector's account may not have been changed", err)
		}
		err = failed("The connector's account could not be changed", err)
	default:
		return nil
	}
	u.result.Stored = err == nil
	if err != nil && u.result.Stopped { // nothing was changed since: it continues with what it ran with
		u.result.Stopped = u.startAgain(ctx, finishTimeout) != nil
	}
	return err
}

// createAgain creates what is gone of the connector, as Create does. list finds what has its name already.
func createAgain[T any](
	ctx context.Context, u *updateRun, step string,
	list func(context.Context, Spec) ([]T, error), create func(*creation, context.Context, []T) (string, error),
) (string, error) {
	made := &creation{Connectors: u.Connectors, Spec: u.Spec, settings: u.Settings, accountID: u.AccountID}
	release, err := u.takeTurn(ctx, alone)
	if err != nil {
		return "", failed(step, err)
	}
	defer release()
	before, err := list(ctx, u.Spec)
	if err != nil {
		return "", failed(step, err)
	}
	id, err := create(made, ctx, before)
	return id, made.failed(step, err)
}

// place puts the connector onto its account: it moves one that is on another, and creates one that is gone.
func (u *updateRun) place(ctx context.Context) error {
	switch {
	case u.Drift == "":
		return nil
	case u.deleted: // Sekoia starts a new one
		id, err := createAgain(ctx, u, "The connector could not be created again", u.connectorsNamed, (*creation).connector)
		if err != nil {
			return err
		}
		u.id, u.result.ID, u.result.Renamed, u.result.Started = id, id, true, true
	case !strings.EqualFold(u.present, u.AccountID):
		if err := u.client.UpdateConnector(ctx, u.id, sekoia.ConnectorFields{AccountID: u.AccountID}); err != nil {
			return failed("The connector could not be put on its account", err)
		}
	}
	u.result.Repaired = true
	return nil
}

// launch starts the connector, if it is to run, and waits.
func (u *updateRun) launch(ctx context.Context) error {
	switch {
	case u.deleted && !u.Enable:
		if err := u.stop(ctx); err != nil {
			return failed("The connector could not be stopped", err)
		}
		u.result.Started, u.result.Stopped = false, true
	case u.starts && !u.deleted:
		if err := u.start(ctx); err != nil {
			return u.unfinished("The connector could not be started", err)
		}
		u.result.Started, u.result.Stopped = true, false
	}
	u.result.Done = true
	if !u.result.Started {
		return nil
	}
	return failed("The change was made, but the sync failed", u.wait(ctx, u.Wait))
}
