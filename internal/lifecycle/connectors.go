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
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// ErrOtherProduct means that a connector is not an Okta Device connector: its account holds another integration's
// settings.
var ErrOtherProduct = errors.New("the connector is of another type")

// Spec is a connector that somebody wants.
type Spec struct {
	Name        string // of the connector and of its account
	CommunityID string
	Target      string // the base URL of its account: what it reads
}

// Connectors are Sekoia's Okta Device connectors, as one process sees them. It is safe for concurrent use.
//
// What it remembers only words messages and keeps the operations of one process apart. What Sekoia holds decides.
type Connectors struct {
	client     *sekoia.Client
	sameTarget func(a, b string) bool
	// turn is held alone by what looks for an object and then creates it, and shared by what removes one.
	turn *semaphore.Weighted
	// lists holds the shared lists, and readers counts who asked for what is on them.
	lists   *memo.Memo
	readers atomic.Int64
	events  sync.Map // holds the events of this process, see note
}

// New returns the connectors that a client sees. sameTarget reports whether two base URLs mean the same.
func New(client *sekoia.Client, sameTarget func(a, b string) bool) *Connectors {
	return &Connectors{client: client, sameTarget: sameTarget, turn: semaphore.NewWeighted(alone), lists: memo.New()}
}

// How an operation holds the turn: any number can share it.
const (
	alone  = 1 << 30
	shared = 1
)

// takeTurn waits until nothing else in this process creates a connector and, to be alone, until nothing removes one.
func (c *Connectors) takeTurn(ctx context.Context, weight int64) (release func(), err error) {
	if err = c.turn.Acquire(ctx, weight); err != nil {
		return nil, fmt.Errorf("waiting for another operation of this run: %w", err)
	}
	return func() { c.turn.Release(weight) }, nil
}

// What happens to a connector or an account in this process.
const (
	wasRead    = "read" // for somebody who manages it
	wasCreated = "created"
	wasRemoved = "removed"
)

func (c *Connectors) note(what, id string) { c.events.Store(what+" "+strings.ToLower(id), true) }

func (c *Connectors) noted(what, id string) bool {
	_, ok := c.events.Load(what + " " + strings.ToLower(id))
	return ok
}

// targets reports whether an account is known to have this target. An account whose target Sekoia does not return
// matches nothing, because it must never be overwritten.
func (c *Connectors) targets(account *sekoia.Account, target string) bool {
	return account.BaseURL != nil && c.sameTarget(*account.BaseURL, target)
}

func (c *Connectors) isOther(connector *sekoia.Connector) bool {
	return connector.ConnectorID != "" && !strings.EqualFold(connector.ConnectorID, sekoia.OktaDeviceConnectorID)
}

// unusedAccount finds an account with the wanted target that nobody uses: an operation that was cut off leaves one
// behind. It returns "" if there is no account like that.
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
	accountID string
	usage     sekoia.Usage // with the connector itself
}

// Error names the account and counts who uses it.
func (e *SharedError) Error() string {
	var users []string
	for _, kind := range []struct {
		count int
		noun  string
	}{{e.usage.Connectors, "connector"}, {e.usage.Playbooks, "playbook"}, {e.usage.Triggers, "trigger"}, {e.usage.Actions, "action"}} {
		if kind.count > 0 {
			users = append(users, counted(kind.count, kind.noun))
		}
	}
	return fmt.Sprintf("the account %s is used by %s", credential.Sanitize(e.accountID), strings.Join(users, " and "))
}

func isShared(err error) bool { return errors.As(err, new(*SharedError)) }

func counted(count int, noun string) string {
	if count != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", count, noun)
}

// CheckUsers returns a *SharedError if an account is used by anything but so many connectors.
func (c *Connectors) CheckUsers(ctx context.Context, accountID string, connectors int) error {
	usage, err := c.client.AccountUsage(ctx, accountID)
	if err != nil {
		return err
	}
	others := usage
	others.Connectors = max(0, usage.Connectors-connectors)
	if !others.Unused() {
		return &SharedError{accountID, usage}
	}
	return nil
}

// isFree reports whether an account is there, and nothing but so many connectors uses it.
func (c *Connectors) isFree(ctx context.Context, accountID string, connectors int) (bool, error) {
	err := c.CheckUsers(ctx, accountID, connectors)
	if isShared(err) || sekoia.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

// StepError is what stopped an operation. As a remark, it is what an operation continued after.
type StepError struct {
	Step string // what did not work, as a sentence without its end: "The connector could not be stopped"
	Err  error  // why; nil in a remark whose Left says it all
	Left string // what is left behind, and what to do about it; may be ""
}

// Error is the step, its cause, and what is left behind.
func (e *StepError) Error() string {
	return strings.TrimSpace(e.Step + ": " + e.Err.Error() + "\n" + e.Left)
}

// Unwrap returns the cause.
func (e *StepError) Unwrap() error { return e.Err }

// failed is the error of a step; nil if err is.
func failed(step string, err error) error {
	if err == nil {
		return nil
	}
	return &StepError{Step: step, Err: err}
}
