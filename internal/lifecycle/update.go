// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"context"
	"errors"
	"net/http"
	"strings"

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
	Store    bool // other settings, or other credentials, than the account has
	Repair   bool // Read found drift
	Restart  bool // a restart is asked for, whatever else changes
	Runs     bool // as it is known
	Enable   bool // as it should be
	Wait     Wait
}

// StoreOutcome says if the account has the new settings.
type StoreOutcome int

// An account's settings were left alone, were written, or may have been: the reply was lost.
const (
	StoredNothing StoreOutcome = iota
	StoredAll
	StoredMaybe
)

// UpdateResult is how far an update came. What a caller keeps of a connector follows it, also if the update failed.
type UpdateResult struct {
	Renamed  bool
	Stopped  bool // it was told to stop, and not started again
	Stored   StoreOutcome
	Repaired bool
	Started  bool
	Done     bool   // everything but the wait
	Account  string // the account that belongs to it now, if that is another one; else ""
	ID       string // of the connector that was created in the place of one that is gone; else ""
	Remarks  []Remark
}

var (
	// ErrAccountGone means that the account that was there at the last Read is gone.
	ErrAccountGone = errors.New("the connector's account was deleted a moment ago")

	errNoSettings = errors.New("the account's credential is not known")
)

// Update does what changed, with one restart for all that asks for one: stop, PATCH, start. Every start writes the
// settings again if they are known. So an update that is cut off leaves a connector that is stopped, and whoever starts
// it repairs the rest, whatever was stored before. It stops at the first step that fails; the error is a *StepError.
func (c *Connectors) Update(ctx context.Context, change Change) (UpdateResult, error) {
	u := &updateRun{Connectors: c, Change: change, present: change.AccountID, run: c.runner(change.ID, nil)}
	u.starts = u.Enable && (!u.Runs || u.Store || u.Repair || u.Restart)
	u.writes = u.Store || (u.Settings != nil && u.starts)
	var err error
	for _, step := range []func(context.Context) error{u.look, u.rename, u.stop, u.store, u.place, u.start} {
		if err = step(ctx); err != nil {
			break
		}
	}
	u.result.Remarks = append(u.result.Remarks, u.run.remarks...)
	return u.result, err
}

// updateRun is one update under way.
type updateRun struct {
	*Connectors
	Change
	run    *runner
	starts bool // the connector is to be started
	writes bool // the account is to be written
	shared bool // others use the account, which then keeps its name
	// present is the account that the connector is on; another one than AccountID if somebody moved it.
	present string
	deleted bool // the connector is gone
	result  UpdateResult
}

// look reads what the update builds on. It is an error if the update would reach others, before anything is written.
func (u *updateRun) look(ctx context.Context) error {
	if u.Repair || (u.starts && !u.Runs) {
		if err := u.lookAgain(ctx); err != nil {
			return err
		}
	}
	switch {
	case u.AccountID == "" && u.Settings == nil:
		return failed("The connector needs a new account", errNoSettings)
	case u.writes && u.Settings == nil:
		return failed("The connector's account is not changed", errNoSettings)
	case u.AccountID == "", !u.writes && !u.Rename && !u.Repair:
		return nil
	}
	own := 1
	if u.deleted || !strings.EqualFold(u.present, u.AccountID) {
		own = 0
	}
	err := u.checkUsers(ctx, u.AccountID, own)
	u.shared = isShared(err)
	switch {
	case err == nil, u.shared && !u.writes && !u.Repair:
		return nil
	case sekoia.IsNotFound(err):
		return failed("The connector's account is gone", ErrAccountGone)
	default:
		return failed("The connector's account is not changed", err)
	}
}

// lookAgain reads a connector once more. One with drift: the repair depends on where it is now. One that is to be
// started: a stop or a start whose reply was lost may have left it running, with the settings of before, and starting
// what runs changes nothing.
func (u *updateRun) lookAgain(ctx context.Context) error {
	connector, err := u.client.Connector(ctx, u.ID)
	if u.Repair && sekoia.IsNotFound(err) {
		u.deleted, u.present = true, ""
		return nil
	}
	if err != nil {
		return failed("The connector could not be read", err)
	}
	u.Runs = u.Runs || (connector.Status != nil && connector.Status.Enabled())
	if !u.Repair {
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
		refusal, ok := errors.AsType[*sekoia.APIError](err)
		switch {
		case ok && refusal.Status == http.StatusForbidden:
			u.result.Remarks = append(u.result.Remarks, Remark{Summary: "The connector's account keeps its old name", Err: err})
		case err != nil:
			return failed("The connector's account could not be renamed", err)
		}
	}
	if u.deleted {
		return nil // it is created with its new name
	}
	if err := u.client.UpdateConnector(ctx, u.ID, sekoia.ConnectorFields{Name: u.Name}); err != nil {
		return failed("The connector could not be renamed", err)
	}
	u.result.Renamed = true
	return nil
}

// stop stops a connector that runs, if it is to be started again or to be stopped for good.
func (u *updateRun) stop(ctx context.Context) error {
	if !u.Runs || u.deleted || (u.Enable && !u.starts) {
		return nil
	}
	err := u.run.stop(ctx)
	u.result.Stopped = u.run.stopped
	if errors.Is(err, errBusy) {
		return &StepError{
			Step: "The connector could not be stopped yet", Err: err,
			Left: "Apply again later, or raise timeouts.update: the next plan shows the work that is left.",
		}
	}
	if err != nil {
		return failed("The connector could not be stopped", err)
	}
	return nil
}

// store writes the account, or creates one if there is none. Its settings are written whole, because it is not known if
// a PATCH merges them.
func (u *updateRun) store(ctx context.Context) error {
	switch {
	case u.AccountID == "":
		release, err := u.takeTurn(ctx, alone)
		if err != nil {
			return failed("The connector's account could not be created", err)
		}
		defer release()
		before, err := u.accountsNamed(ctx, u.Spec)
		if err == nil {
			u.AccountID, err = u.provideAccount(ctx, u.Spec, u.Settings, before)
		}
		if err != nil {
			u.startAgain(ctx)
			return failed("The connector's account could not be created", err)
		}
		u.result.Account = u.AccountID
	case u.writes:
		err := u.client.UpdateAccount(ctx, u.AccountID, sekoia.AccountFields{Name: u.Name, Settings: u.Settings})
		if sekoia.OutcomeUnknown(err) {
			u.result.Stored = StoredMaybe
			return failed("The connector's account may not have been changed", err)
		}
		if err != nil {
			u.startAgain(ctx)
			return failed("The connector's account could not be changed", err)
		}
	default:
		return nil
	}
	u.result.Stored = StoredAll
	return nil
}

// startAgain starts a connector that this update stopped, and of which nothing was changed since: it continues with
// what it ran with.
func (u *updateRun) startAgain(ctx context.Context) {
	if u.result.Stopped {
		err := finish(ctx, func(ctx context.Context) error {
			_, err := u.client.StartConnector(ctx, u.ID)
			return err
		})
		u.result.Stopped = err != nil
	}
}

// place puts the connector onto its account: it moves one that is on another, and creates one that is gone.
func (u *updateRun) place(ctx context.Context) error {
	switch {
	case !u.Repair:
		return nil
	case u.deleted:
		return u.recreate(ctx)
	case !strings.EqualFold(u.present, u.AccountID):
		if err := u.client.UpdateConnector(ctx, u.ID, sekoia.ConnectorFields{AccountID: u.AccountID}); err != nil {
			return failed("The connector could not be put on its account", err)
		}
	}
	u.result.Repaired = true
	return nil
}

// recreate creates a connector in the place of one that is gone. Sekoia starts it; if it is not to run, it is stopped.
func (u *updateRun) recreate(ctx context.Context) error {
	const step = "The connector could not be created again"
	release, err := u.takeTurn(ctx, alone)
	if err != nil {
		return failed(step, err)
	}
	defer release()
	before, err := u.connectorsNamed(ctx, u.Spec)
	var id string
	if err == nil {
		id, err = u.createConnector(ctx, u.Spec, u.AccountID, before)
	}
	if err != nil {
		return failed(step, err)
	}
	u.result.ID, u.result.Repaired, u.result.Renamed, u.result.Started = id, true, true, true
	u.run.id = id
	return nil
}

// start starts the connector, if it is to run, and waits.
func (u *updateRun) start(ctx context.Context) error {
	switch {
	case u.deleted && !u.Enable:
		if err := u.run.stop(ctx); err != nil {
			return failed("The connector could not be stopped", err)
		}
		u.result.Started, u.result.Stopped = false, true
	case u.starts && !u.deleted:
		if err := u.run.start(ctx); err != nil {
			return &StepError{
				Step: "The connector could not be started", Err: err,
				Left: "What was changed is stored. The next plan shows the work that is left, and an apply does it.",
			}
		}
		u.result.Started, u.result.Stopped = true, false
	}
	u.result.Done = true
	if !u.result.Started {
		return nil
	}
	if err := u.run.wait(ctx, u.Wait); err != nil {
		return failed("The change was made, but the sync failed", err)
	}
	return nil
}
