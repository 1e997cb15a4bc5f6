// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"cmp"
	"context"
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
	// Target returns the setting of an account that says what is read with it, such as a base URL; nil if Sekoia does
	// not return it.
	Target func(*sekoia.Account) *string
	// SameTarget reports whether two targets mean the same.
	SameTarget func(a, b string) bool
}

// Spec is a connector that somebody wants.
type Spec struct {
	Name        string // of the connector and of its account
	CommunityID string
	Target      string // see Product.Target
}

// Connectors are the connectors of one product, as one process sees them. It is safe for concurrent use.
//
// What it remembers of this process is only for the words of a message and for keeping operations of one process apart:
// every decision is made by what Sekoia holds.
type Connectors struct {
	client  *sekoia.Client
	product Product
	// turn is held whole by what looks for an account or a connector and then makes one, and in part by what removes
	// one.
	turn *semaphore.Weighted
	// shared holds the listing, and readers counts who asked for what is on it.
	shared  *memo.Memo
	readers atomic.Int64

	mu   sync.Mutex
	read map[string]bool // the connectors that were read for whoever manages them
	made map[string]bool // the connectors that were made, and their accounts
	gone map[string]bool // the connectors that were removed
}

// maxConcurrentRemovals is more than there are operations in one run.
const maxConcurrentRemovals = 1 << 30

// New returns the connectors of a product. It makes no call.
func New(client *sekoia.Client, product Product) *Connectors {
	return &Connectors{
		client: client, product: product, turn: semaphore.NewWeighted(maxConcurrentRemovals), shared: memo.New(),
		read: map[string]bool{}, made: map[string]bool{}, gone: map[string]bool{},
	}
}

// exclusive waits until nothing in this process makes or removes a connector; release must be called.
func (c *Connectors) exclusive(ctx context.Context) (release func(), err error) {
	return c.enter(ctx, maxConcurrentRemovals)
}

// besides waits until nothing in this process makes a connector; release must be called. Any number may hold it at the
// same time.
func (c *Connectors) besides(ctx context.Context) (release func(), err error) { return c.enter(ctx, 1) }

func (c *Connectors) enter(ctx context.Context, weight int64) (release func(), err error) {
	if err = ctx.Err(); err == nil {
		err = c.turn.Acquire(ctx, weight)
	}
	if err != nil {
		return nil, fmt.Errorf("waiting for another operation of this run: %w", err)
	}
	return func() { c.turn.Release(weight) }, nil
}

func (c *Connectors) note(in map[string]bool, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	in[strings.ToLower(id)] = true
}

func (c *Connectors) noted(in map[string]bool, id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return in[strings.ToLower(id)]
}

// targets reports whether an account is known to have this target. One that Sekoia does not return matches nothing: an
// account whose settings nobody can see is never written over.
func (c *Connectors) targets(account *sekoia.Account, target string) bool {
	held := c.product.Target(account)
	return held != nil && c.product.SameTarget(*held, target)
}

// Duplicate is a connector that reads the same target under the same name as the one that is wanted.
type Duplicate struct {
	Connector sekoia.Connector
	// Read and Made report whether this process has read it for somebody who manages it, or made it.
	Read, Made bool
}

// FindDuplicate looks for a connector with the name and the target of the one that is wanted; nil if there is none.
// Deleted ones do not count. It looks at what this process has listed already: Create looks afresh.
func (c *Connectors) FindDuplicate(ctx context.Context, wanted Spec) (*Duplicate, error) {
	c.readers.Add(1)
	listed, err := c.list(ctx)
	if err != nil {
		return nil, err
	}
	if listed.pages == 0 {
		return c.duplicate(ctx, wanted, listed.namesakes(wanted, func(id string) bool { return c.noted(c.gone, id) }))
	}
	there, err := c.look(ctx, wanted)
	if err != nil {
		return nil, err
	}
	return c.duplicate(ctx, wanted, there)
}

// namesakes are the connectors and the accounts with the name of the one that is wanted.
type namesakes struct {
	connectors []sekoia.Connector
	accounts   []sekoia.Account
}

// look lists the namesakes of the connector that is wanted, both kinds at the same time.
func (c *Connectors) look(ctx context.Context, wanted Spec) (namesakes, error) {
	var (
		there                      namesakes
		both                       sync.WaitGroup
		connectorsErr, accountsErr error
	)
	both.Go(func() { there.connectors, connectorsErr = c.named(ctx, wanted) })
	both.Go(func() { there.accounts, accountsErr = c.accountsNamed(ctx, wanted) })
	both.Wait()
	return there, cmp.Or(connectorsErr, accountsErr)
}

// duplicate finds the connector that reads the target of the one that is wanted. An account with another name than its
// connector is read by itself.
func (c *Connectors) duplicate(ctx context.Context, wanted Spec, there namesakes) (*Duplicate, error) {
	for _, candidate := range there.connectors {
		var account *sekoia.Account
		for index := range there.accounts {
			if strings.EqualFold(there.accounts[index].ID, candidate.AccountID) {
				account = &there.accounts[index]
			}
		}
		if account == nil || c.product.Target(account) == nil {
			read, err := c.account(ctx, candidate.AccountID)
			if err != nil {
				return nil, err
			}
			account = read
		}
		if account != nil && c.targets(account, wanted.Target) {
			return &Duplicate{Connector: candidate, Read: c.noted(c.read, candidate.ID), Made: c.noted(c.made, candidate.ID)}, nil
		}
	}
	return nil, nil
}

// named lists the connectors with the name of the one that is wanted.
func (c *Connectors) named(ctx context.Context, wanted Spec) ([]sekoia.Connector, error) {
	return c.client.Connectors(ctx, sekoia.Query{
		Kind: c.product.ConnectorID, CommunityID: wanted.CommunityID, Name: wanted.Name,
	})
}

// accountsNamed lists the accounts with the name of the connector that is wanted.
func (c *Connectors) accountsNamed(ctx context.Context, wanted Spec) ([]sekoia.Account, error) {
	return c.client.Accounts(ctx, sekoia.Query{
		Kind: c.product.ModuleID, CommunityID: wanted.CommunityID, Name: wanted.Name,
	})
}

// unusedAccount finds an account with the name and the target of the connector that is wanted, and that nobody uses:
// what an operation that was cut off leaves behind. It is "" if there is none.
func (c *Connectors) unusedAccount(ctx context.Context, wanted Spec, accounts []sekoia.Account) (string, error) {
	for index := range accounts {
		if !c.targets(&accounts[index], wanted.Target) {
			continue
		}
		usage, err := c.client.AccountUsage(ctx, accounts[index].ID)
		if sekoia.IsNotFound(err) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("the usage of the account %s could not be read: %w", accounts[index].ID, err)
		}
		if usage.Unused() {
			return accounts[index].ID, nil
		}
	}
	return "", nil
}

// SharedError means that others use the connector's account too: they would get its new settings without being asked.
type SharedError struct {
	AccountID string
	Usage     sekoia.Usage // with the connector itself
}

// Error names the account and counts who uses it.
func (e *SharedError) Error() string {
	return fmt.Sprintf("the account %s is used by %s", e.AccountID, Users(e.Usage))
}

// Users counts who uses an account, in words.
func Users(usage sekoia.Usage) string {
	return fmt.Sprintf("%d connectors, %d playbooks, %d triggers and %d actions", usage.Connectors, usage.Playbooks, usage.Triggers, usage.Actions)
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

// Error is the step and its cause.
func (e *StepError) Error() string { return e.Step + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *StepError) Unwrap() error { return e.Err }

func failed(step string, err error) error { return &StepError{Step: step, Err: err} }
