// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// Values of an organization's pipeline (Okta API 2026.06.3, PipelineType).
const (
	pipelineIdentityEngine = "idx"
	pipelineClassic        = "v1"
)

// oktaTime is how Okta writes a time.
const oktaTime = "2006-01-02T15:04:05.000Z"

// Objects are written as the document orders their members.
type (
	fields = wire.Fields
	field  = wire.Field
)

// Inventory is the Okta organization's data. All methods are safe for concurrent use.
type Inventory struct {
	now       wire.Clock
	token     string // what the organization began with; it may have been revoked since
	cursorKey []byte // signs cursors, so that another organization's is refused
	oauth     *authorizationServer

	mu           sync.RWMutex
	organization organization
	tokens       map[string]bool
	devices      []*oktaDevice // in index order, each immutable
	sequence     int           // of the next device
	newest       time.Time     // latest created
}

// organization is the answer of /.well-known/okta-organization.
type organization struct {
	id, pipeline string
	alternate    string // URL of the custom domain, "" without one
}

// oktaDevice is one device as it is now; a change makes another one.
type oktaDevice struct {
	id       string
	sequence int       // grows with the index; survives the deletion of other devices, so cursors point at it
	created  time.Time // zero if the device's own text is not a time
	updated  time.Time // likewise
	body     fields    // all that Okta writes but links, users and providers
	profile  fields
	users    []deviceUser
}

// deviceUser is a user's enrollment on a device.
type deviceUser struct {
	link fields // created, managementStatus, screenLockType
	user *oktaUser
	raw  any // replaces all of the above if a test wrote the enrollment itself
}

// oktaUser is a person who uses devices.
type oktaUser struct {
	id, realm, kind string
	body            fields // dates and status
	profile         fields
}

// NewInventory generates the organization only from cfg's seed. now dates what is added later. The token and the key of
// cursors are random: only the data is the same for the same seed.
func NewInventory(cfg *Options, now wire.Clock) *Inventory {
	inv := &Inventory{now: now, cursorKey: make([]byte, 32), tokens: map[string]bool{}, oauth: newAuthorizationServer(cfg, now)}
	_, _ = rand.Read(inv.cursorKey) // never fails since Go 1.24
	inv.token = "00" + rand.Text() + rand.Text()[:14]
	inv.tokens[inv.token] = true
	inv.organization, inv.devices = generate(cfg)
	inv.sequence = len(inv.devices)
	for _, device := range inv.devices {
		if device.created.After(inv.newest) {
			inv.newest = device.created
		}
	}
	return inv
}

// PrimaryToken is the token that the organization starts with.
func (inv *Inventory) PrimaryToken() string { return inv.token }

// SetTokens replaces the valid tokens.
func (inv *Inventory) SetTokens(valid []string) {
	tokens := make(map[string]bool, len(valid))
	for _, token := range valid {
		tokens[token] = token != ""
	}
	inv.mu.Lock()
	defer inv.mu.Unlock()
	inv.tokens = tokens
}

// tokenValid reports whether a token is accepted.
func (inv *Inventory) tokenValid(token string) bool {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	return inv.tokens[token]
}

// SetOrganization changes the organization's metadata; nil keeps what was there, an alternate of "" takes it away. The
// pipeline must be one that Okta documents, and the alternate a URL of http or https.
func (inv *Inventory) SetOrganization(id, pipeline, alternate *string) error {
	if id != nil && *id == "" {
		return errors.New("the organization's id is empty")
	}
	if pipeline != nil && *pipeline != pipelineIdentityEngine && *pipeline != pipelineClassic {
		return fmt.Errorf("pipeline %q is neither %q nor %q", *pipeline, pipelineIdentityEngine, pipelineClassic)
	}
	if alternate != nil && *alternate != "" {
		u, err := url.Parse(*alternate)
		if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			return fmt.Errorf("alternate %q is not a URL of http or https", *alternate)
		}
	}
	inv.mu.Lock()
	defer inv.mu.Unlock()
	for to, from := range map[*string]*string{
		&inv.organization.id: id, &inv.organization.pipeline: pipeline, &inv.organization.alternate: alternate,
	} {
		if from != nil {
			*to = *from
		}
	}
	return nil
}

// currentOrganization is the metadata as it is now.
func (inv *Inventory) currentOrganization() organization {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	return inv.organization
}

// list is every device in index order. The slice and its devices are never changed afterwards.
func (inv *Inventory) list() []*oktaDevice {
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	return inv.devices
}

// find returns one device, or nil if there is none.
func (inv *Inventory) find(id string) *oktaDevice {
	for _, device := range inv.list() {
		if device.id == id {
			return device
		}
	}
	return nil
}

// PutDevice replaces a device, or adds it at the end with created now. Any JSON object is a device, of whatever shape,
// for a test may need one that Okta would not write; an id in it must be the one asked for. What Okta always writes is
// filled in if it is left out, from the device that was there; `_embedded.users` become its users.
func (inv *Inventory) PutDevice(id string, body json.RawMessage) error {
	if id == "" {
		return errors.New("the device's id is empty")
	}
	object, err := wire.DecodeFields(body)
	if err != nil {
		return err
	}
	if given, ok := object.Get("id"); ok && given != id {
		return fmt.Errorf("the device's id is not %q", id)
	}
	inv.mu.Lock()
	defer inv.mu.Unlock()
	devices := slices.Clone(inv.devices)
	at := slices.IndexFunc(devices, func(device *oktaDevice) bool { return device.id == id })
	if at < 0 {
		at = len(devices)
		devices = append(devices, &oktaDevice{id: id, sequence: inv.sequence})
		inv.sequence++
		object = object.With("created", inv.nextCreated().Format(oktaTime))
	} else if _, ok := object.Get("created"); !ok {
		object = object.With("created", devices[at].body.Text("created"))
	}
	devices[at] = devices[at].filled(object, inv.now())
	inv.devices = devices
	return nil
}

// nextCreated is now, and later than every other device's: the connector asks for what is newer than its checkpoint, so
// two devices of one millisecond would be one too few. The caller holds the lock.
func (inv *Inventory) nextCreated() time.Time {
	created := inv.now().UTC().Truncate(time.Millisecond)
	if !created.After(inv.newest) {
		created = inv.newest.Add(time.Millisecond)
	}
	inv.newest = created
	return created
}

// filled is the device with another body, completed with what Okta always writes.
func (d *oktaDevice) filled(object fields, now time.Time) *oktaDevice {
	changed := &oktaDevice{id: d.id, sequence: d.sequence, users: d.users}
	if embedded, ok := object.Get("_embedded"); ok {
		changed.users = writtenUsers(embedded)
	}
	profile, _ := object.Get("profile")
	changed.profile, _ = profile.(fields)
	display := fields{{"sensitive", false}}
	if name, ok := changed.profile.Get("displayName"); ok {
		display = fields{{"value", name}, {"sensitive", false}}
	}
	body := object.Without("_links", "_embedded", "providers").With("id", d.id)
	for _, usual := range []field{
		{"status", "ACTIVE"}, {"lastUpdated", now.UTC().Format(oktaTime)}, {"profile", fields{}},
		{"resourceType", "UDDevice"}, {"resourceDisplayName", display}, {"resourceAlternateId", nil}, {"resourceId", d.id},
	} {
		if _, ok := body.Get(usual.Name); !ok {
			body = append(body, usual)
		}
	}
	changed.body = body
	changed.readTimes()
	return changed
}

// readTimes takes the times that search compares from the body, to Okta's millisecond.
func (d *oktaDevice) readTimes() {
	for to, name := range map[*time.Time]string{&d.created: "created", &d.updated: "lastUpdated"} {
		if at, err := time.Parse(time.RFC3339Nano, d.body.Text(name)); err == nil {
			*to = at.Truncate(time.Millisecond)
		}
	}
}

// writtenUsers reads the enrollments of a device that a test wrote.
func writtenUsers(embedded any) []deviceUser {
	object, _ := embedded.(fields)
	list, _ := object.Get("users")
	raw, _ := list.(json.RawMessage)
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return nil
	}
	users := make([]deviceUser, len(items))
	for i, item := range items {
		users[i] = deviceUser{raw: wire.DecodeValue(item)}
	}
	return users
}

// DeleteDevice removes a device and reports whether there was one.
func (inv *Inventory) DeleteDevice(id string) bool {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	kept := slices.DeleteFunc(slices.Clone(inv.devices), func(device *oktaDevice) bool { return device.id == id })
	found := len(kept) < len(inv.devices)
	inv.devices = kept
	return found
}

// Snapshot is every device as Okta writes it in a list, but for the links, in index order.
func (inv *Inventory) Snapshot() []json.RawMessage {
	devices := inv.list()
	written := make([]json.RawMessage, len(devices))
	for i, device := range devices {
		written[i] = wire.AppendJSON(nil, device.body)
	}
	return written
}

// ReplaceServiceApps changes the apps. All tokens of before are revoked.
func (inv *Inventory) ReplaceServiceApps(apps []ServiceApp) error { return inv.oauth.replace(apps) }
