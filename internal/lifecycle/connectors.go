// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// Product is one of Sekoia's asset connectors.
type Product struct {
	ModuleID    string // of its accounts, in Sekoia's catalogue
	ConnectorID string // in Sekoia's catalogue
	// SameTarget reports whether two base URLs mean the same.
	SameTarget func(a, b string) bool
}

// ErrOtherProduct means that a connector is not one of the product's: its account holds another integration's settings.
var ErrOtherProduct = errors.New("the connector is of another type")

// Spec is a connector that somebody wants.
type Spec struct {
	Name        string // of the connector and of its account
	CommunityID string
	Target      string // the base URL of its account: what it reads
}

// Connectors are the connectors of one product, as one process sees them. It is safe for concurrent use.
//
// What it remembers of this process is only for the words of a message and for keeping operations of one process apart:
// every decision is made by what Sekoia holds.
type Connectors struct {
	client  *sekoia.Client
	product Product
	// turn is held alone by what looks for an account or a connector and then creates one, and shared by what removes
	// one.
	turn *semaphore.Weighted
	// listings holds the shared listing, and readers counts who asked for what is on it.
	listings *memo.Memo
	readers  atomic.Int64
	events   sync.Map // holds the events of this process, see note
}

// New returns the connectors of a product. It makes no call.
func New(client *sekoia.Client, product Product) *Connectors {
	return &Connectors{client: client, product: product, turn: semaphore.NewWeighted(alone), listings: memo.New()}
}

// How an operation holds the turn: any number can share it.
const (
	alone  = 1 << 30
	shared = 1
)

// takeTurn waits until nothing in this process creates a connector and, to be alone, until nothing removes one.
func (c *Connectors) takeTurn(ctx context.Context, weight int64) (release func(), err error) {
	if err = ctx.Err(); err == nil {
		err = c.turn.Acquire(ctx, weight)
	}
	if err != nil {
		return nil, fmt.Errorf("waiting for another operation of this run: %w", err)
	}
	return func() { c.turn.Release(weight) }, nil
}

// event is something that happened to a connector or an account in this process.
type event string

const (
	wasRead    event = "read" // for whoever manages it
	wasCreated event = "created"
	wasRemoved event = "removed"
)

func (c *Connectors) note(what event, id string) {
	c.events.Store(string(what)+" "+strings.ToLower(id), true)
}

func (c *Connectors) noted(what event, id string) bool {
	_, ok := c.events.Load(string(what) + " " + strings.ToLower(id))
	return ok
}

// targets reports whether an account is known to have this target. One that Sekoia does not return matches nothing: an
// account whose settings nobody can see is never written over.
func (c *Connectors) targets(account *sekoia.Account, target string) bool {
	return account.BaseURL != nil && c.product.SameTarget(*account.BaseURL, target)
}

// isOther reports whether a connector is known to be another product's.
func (c *Connectors) isOther(connector *sekoia.Connector) bool {
	return connector.ConnectorID != "" && !strings.EqualFold(connector.ConnectorID, c.product.ConnectorID)
}

// account reads an account; nil if it is gone.
func (c *Connectors) account(ctx context.Context, id string) (*sekoia.Account, error) {
	if id == "" {
		return nil, nil
	}
	account, err := c.client.Account(ctx, id)
	if sekoia.IsNotFound(err) {
		return nil, nil
	}
	return account, err
}

// unusedAccount finds, among these, an account with the target of the connector that is wanted, and that nobody uses:
// what an operation that was cut off leaves behind. It is "" if there is none.
func (c *Connectors) unusedAccount(ctx context.Context, wanted Spec, accounts []sekoia.Account) (string, error) {
	for _, account := range accounts {
		if !c.targets(&account, wanted.Target) {
			continue
		}
		free, err := c.isFree(ctx, account.ID, 0)
		if err != nil {
			return "", fmt.Errorf("the usage of the account %s could not be read: %w", account.ID, err)
		}
		if free {
			return account.ID, nil
		}
	}
	return "", nil
}

// SharedError means that others use the connector's account too. They would get its new settings.
type SharedError struct {
	AccountID string
	Usage     sekoia.Usage // with the connector itself
}

// Error names the account and counts who uses it.
func (e *SharedError) Error() string {
	return fmt.Sprintf("the account %s is used by %s", e.AccountID, Users(e.Usage))
}

func isShared(err error) bool { return errors.As(err, new(*SharedError)) }

// Users counts in words who uses an account.
func Users(usage sekoia.Usage) string {
	var users []string
	for _, kind := range []struct {
		count int
		noun  string
	}{{usage.Connectors, "connector"}, {usage.Playbooks, "playbook"}, {usage.Triggers, "trigger"}, {usage.Actions, "action"}} {
		if kind.count > 0 {
			users = append(users, counted(kind.count, kind.noun))
		}
	}
	if len(users) < 2 {
		return strings.Join(users, "")
	}
	last := len(users) - 1
	return strings.Join(users[:last], ", ") + " and " + users[last]
}

// counted is a number of things in words.
func counted(count int, noun string) string {
	if count != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", count, noun)
}

// CheckUnshared returns a *SharedError if anybody but its connector uses an account.
func (c *Connectors) CheckUnshared(ctx context.Context, accountID string) error {
	return c.checkUsers(ctx, accountID, 1)
}

// checkUsers returns a *SharedError if an account is used by anything but so many connectors.
func (c *Connectors) checkUsers(ctx context.Context, accountID string, connectors int) error {
	usage, err := c.client.AccountUsage(ctx, accountID)
	if err != nil {
		return err
	}
	others := usage
	others.Connectors = max(0, usage.Connectors-connectors)
	if !others.Unused() {
		return &SharedError{AccountID: accountID, Usage: usage}
	}
	return nil
}

// isFree reports whether an account is there, and nothing but so many connectors uses it.
func (c *Connectors) isFree(ctx context.Context, accountID string, connectors int) (bool, error) {
	err := c.checkUsers(ctx, accountID, connectors)
	if isShared(err) || sekoia.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

// Remark is worth a warning: the operation continued.
type Remark struct {
	Summary string
	Err     error // what happened; nil if Detail says it all
	Detail  string
}

// StepError is what stopped an operation.
type StepError struct {
	Step string // what did not work, as a sentence without its end: "The connector could not be stopped"
	Err  error
	Left string // what is left behind, and what to do about it; may be ""
}

// Error is the step, its cause, and what is left behind.
func (e *StepError) Error() string {
	return strings.TrimSpace(e.Step + ": " + e.Err.Error() + "\n" + e.Left)
}

// Unwrap returns the cause.
func (e *StepError) Unwrap() error { return e.Err }

func failed(step string, err error) error { return &StepError{Step: step, Err: err} }
