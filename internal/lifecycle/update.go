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
	Known
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

// Stored says whether the account has the new settings.
type Stored int

// An account's settings were left alone, were written, or may have been: the reply was lost.
const (
	StoredNothing Stored = iota
	StoredAll
	StoredMaybe
)

// Reached is how far an update came. What a caller keeps of a connector follows it, also if the update failed.
type Reached struct {
	Renamed  bool
	Stopped  bool // it was told to stop, and not started again
	Stored   Stored
	Repaired bool
	Started  bool
	Done     bool   // everything but the wait
	Account  string // the account that belongs to it now, if that is another one; else ""
	ID       string // of the connector that was made in the place of one that is gone; else ""
	Remarks  []Remark
}

// ErrNoSettings means that an account has to be written, and that the credential is not known.
var ErrNoSettings = errors.New("the account's credential is not known")

// ErrAccountGone means that the account that was there at the last Read is gone.
var ErrAccountGone = errors.New("the connector's account was deleted a moment ago")

// Update does what changed, with one restart for all that asks for one: stop, PATCH, start. Every start writes the
// settings again if they are known. So an update that is cut off leaves a connector that is stopped, and whoever starts
// it repairs the rest, whatever was stored before. It stops at the first step that fails; the error is a *StepError.
func (c *Connectors) Update(ctx context.Context, change Change) (Reached, error) {
	u := &update{Connectors: c, Change: change, present: change.AccountID, run: c.runner(change.ID, nil)}
	u.starts = u.Enable && (!u.Runs || u.Store || u.Repair || u.Restart)
	u.writes = u.Store || (u.Settings != nil && u.starts)
	var err error
	for _, step := range []func(context.Context) error{u.look, u.rename, u.stop, u.store, u.place, u.start} {
		if err = step(ctx); err != nil {
			break
		}
	}
	return u.reached, err
}

// update is one update under way.
type update struct {
	*Connectors
	Change
	run     *runner
	starts  bool // the connector is to be started
	writes  bool // the account is to be written
	renames bool // the account is to be renamed, and not written
	// present is the account that the connector is on; another one than AccountID if somebody moved it.
	present string
	deleted bool
	reached Reached
}

// look reads what the update builds on, and stops it before its first write if others would be hit.
func (u *update) look(ctx context.Context) error {
	if u.Repair || (u.starts && !u.Runs) {
		if err := u.lookAgain(ctx); err != nil {
			return err
		}
	}
	switch {
	case u.AccountID == "" && u.Settings == nil:
		return failed("The connector needs a new account", ErrNoSettings)
	case u.writes && u.Settings == nil:
		return failed("The connector's account is not changed", ErrNoSettings)
	case u.AccountID == "", !u.writes && !u.Rename && !u.Repair:
		return nil
	}
	own := 1
	if u.deleted || !strings.EqualFold(u.present, u.AccountID) {
		own = 0
	}
	err := u.checkUsers(ctx, u.AccountID, own)
	_, shared := errors.AsType[*SharedError](err)
	switch {
	case err == nil:
		u.renames = u.Rename && !u.writes
		return nil
	case shared && !u.writes && !u.Repair:
		return nil // the connector is renamed, the account keeps its name
	case sekoia.IsNotFound(err):
		return failed("The connector's account is gone", ErrAccountGone)
	default:
		return failed("The connector's account is not changed", err)
	}
}

// lookAgain reads a connector once more. One with drift: the repair depends on where it is now. One that is to be
// started: a stop or a start whose reply was lost may have left it running, with the settings of before, and starting
// what runs changes nothing.
func (u *update) lookAgain(ctx context.Context) error {
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
	account, err := u.ownAccount(ctx, u.Known, u.present, func(id string) (*sekoia.Account, error) { return u.account(ctx, id) })
	if err != nil {
		return failed("The connector's account could not be read", err)
	}
	if account != nil {
		u.AccountID, u.reached.Account = account.ID, account.ID
	}
	return nil
}

// rename renames the account first: if that fails, the connector's old name still shows in the next plan.
func (u *update) rename(ctx context.Context) error {
	if !u.Rename {
		return nil
	}
	if u.renames {
		err := u.client.UpdateAccount(ctx, u.AccountID, sekoia.AccountChange{Name: &u.Name})
		refused, ok := errors.AsType[*sekoia.APIError](err)
		switch {
		case ok && refused.Status == http.StatusForbidden:
			u.reached.Remarks = append(u.reached.Remarks, Remark{Summary: "The connector's account keeps its old name", Err: err})
		case err != nil:
			return failed("The connector's account could not be renamed", err)
		}
	}
	if u.deleted {
		return nil // it is made with its new name
	}
	if err := u.client.UpdateConnector(ctx, u.ID, sekoia.ConnectorChange{Name: &u.Name}); err != nil {
		return failed("The connector could not be renamed", err)
	}
	u.reached.Renamed = true
	return nil
}

// stop stops a connector that runs, if it is to be started again or to be stopped for good.
func (u *update) stop(ctx context.Context) error {
	if !u.Runs || u.deleted || (u.Enable && !u.starts) {
		return nil
	}
	remarks, err := u.run.stop(ctx)
	u.reached.Remarks = append(u.reached.Remarks, remarks...)
	_, told := errors.AsType[*toldError](err)
	u.reached.Stopped = err == nil || told
	if _, busy := errors.AsType[*busyError](err); busy {
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

// store writes the account, whole: whether a PATCH merges its settings is not known. It makes one if there is none.
func (u *update) store(ctx context.Context) error {
	switch {
	case u.AccountID == "":
		release, err := u.exclusive(ctx)
		if err != nil {
			return failed("The connector's account could not be made", err)
		}
		defer release()
		before, err := u.accountsNamed(ctx, u.Spec)
		var id string
		if err == nil {
			id, err = u.provideAccount(ctx, u.Spec, u.Settings, before)
		}
		if err != nil {
			return failed("The connector's account could not be made", u.startAgain(ctx, err))
		}
		u.AccountID, u.reached.Account = id, id
	case !u.writes:
		return nil
	default:
		err := u.client.UpdateAccount(ctx, u.AccountID, sekoia.AccountChange{Name: &u.Name, Settings: u.Settings})
		if sekoia.OutcomeUnknown(err) {
			u.reached.Stored = StoredMaybe
			return failed("The connector's account may not have been changed", err)
		}
		if err != nil {
			return failed("The connector's account could not be changed", u.startAgain(ctx, err))
		}
	}
	u.reached.Stored = StoredAll
	return nil
}

// startAgain starts a connector that this update stopped, and of which nothing was changed since: it goes on with what
// it ran with. It returns the cause, which says what came of it.
func (u *update) startAgain(ctx context.Context, cause error) error {
	if !u.reached.Stopped {
		return cause
	}
	err := finish(ctx, func(ctx context.Context) error {
		_, err := u.client.StartConnector(ctx, u.ID)
		return err
	})
	u.reached.Stopped = err != nil
	return cause
}

// place puts the connector onto its account: it moves one that is on another, and makes one that is gone.
func (u *update) place(ctx context.Context) error {
	switch {
	case !u.Repair:
		return nil
	case u.deleted:
		return u.recreate(ctx)
	case !strings.EqualFold(u.present, u.AccountID):
		if err := u.client.UpdateConnector(ctx, u.ID, sekoia.ConnectorChange{AccountID: &u.AccountID}); err != nil {
			return failed("The connector could not be put on its account", err)
		}
	}
	u.reached.Repaired = true
	return nil
}

// recreate makes a connector in the place of one that is gone.
func (u *update) recreate(ctx context.Context) error {
	const step = "The connector could not be created again"
	release, err := u.exclusive(ctx)
	if err != nil {
		return failed(step, err)
	}
	defer release()
	named, err := u.named(ctx, u.Spec)
	if err != nil {
		return failed(step, err)
	}
	id, _, err := u.provideConnector(ctx, u.Spec, u.AccountID, named)
	if err != nil {
		return failed(step, err)
	}
	u.reached.ID, u.reached.Repaired, u.reached.Renamed = id, true, true
	u.run = u.runner(id, nil)
	u.Runs = true // Sekoia starts what is created
	return nil
}

// start starts the connector, if it is to run, and waits.
func (u *update) start(ctx context.Context) error {
	from := mark{}
	switch {
	case u.reached.ID != "" && !u.Enable:
		if err := u.stopNew(ctx); err != nil {
			return err
		}
	case u.reached.ID != "":
		u.reached.Started = true
	case u.starts:
		var err error
		if from, err = u.run.start(ctx, u.run.mark(ctx)); err != nil {
			return &StepError{
				Step: "The connector could not be started", Err: err,
				Left: "What was changed is stored. The next plan shows the work that is left, and an apply does it.",
			}
		}
		u.reached.Started, u.reached.Stopped = true, false
	}
	u.reached.Done = true
	if !u.reached.Started {
		return nil
	}
	ended := u.run.wait(ctx, u.Wait, from)
	u.reached.Remarks = append(u.reached.Remarks, ended.remarks...)
	if ended.bad != nil {
		return &StepError{Step: "The change was made, but the sync failed", Err: ended.bad}
	}
	return nil
}

// stopNew stops a connector that was just made, and is not to run.
func (u *update) stopNew(ctx context.Context) error {
	remarks, err := u.run.stop(ctx)
	u.reached.Remarks = append(u.reached.Remarks, remarks...)
	if err != nil {
		u.reached.Started = true
		return failed("The connector could not be stopped", err)
	}
	u.reached.Stopped = true
	return nil
}
