// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import "encoding/json"

// inventory is the Okta organisation's data. All methods are safe for concurrent use.
type inventory struct{}

// newInventory generates the organisation from cfg's seed; now dates what is added later.
func newInventory(cfg Config, now clock) *inventory { return &inventory{} }

// primaryToken is the token that the organisation starts with.
func (inv *inventory) primaryToken() string { return "" }

// setTokens replaces the valid tokens.
func (inv *inventory) setTokens(valid []string) {}

// tokenValid tells whether a token is accepted.
func (inv *inventory) tokenValid(token string) bool { return false }

// setOrganization changes the organisation's metadata; nil keeps what was there.
func (inv *inventory) setOrganization(id, pipeline, alternate *string) error { return nil }

// putDevice replaces a device, or adds it at the end.
func (inv *inventory) putDevice(id string, body json.RawMessage) error { return nil }

// deleteDevice removes a device and tells whether there was one.
func (inv *inventory) deleteDevice(id string) bool { return false }

// snapshot is every device as Okta writes it, in index order.
func (inv *inventory) snapshot() []json.RawMessage { return nil }
