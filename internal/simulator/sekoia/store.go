// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// Fixed identifiers of Sekoia's catalogue (the same in every region).
const (
	oktaModuleID          = "4ef895d1-3f21-4678-8d0a-5c39c37210fe"
	oktaDeviceConnectorID = "b6e2c8a2-4f3b-4e7a-8c1d-2e4f3a6b7c9d"
)

// sekoiaTime is how Sekoia writes a time.
const sekoiaTime = "2006-01-02T15:04:05.000000Z"

// document is an object as Sekoia holds it, under the names of its API. The admin calls merge any field of it.
type document map[string]any

// text returns a field that is a string, "" otherwise.
func (d document) text(name string) string {
	text, _ := d[name].(string)
	return text
}

// deleted reports whether the object is marked as deleted. An object that a call deleted is not there anymore.
func (d document) deleted() bool {
	deleted, _ := d["deleted"].(bool)
	return deleted
}

// settings is the object's value, or nil if the value is not an object.
func (d document) settings() map[string]any {
	value, _ := d["value"].(map[string]any)
	return value
}

// merge changes the document as RFC 7396 says: null removes a field, an object is merged into the one there.
func (d document) merge(patch map[string]any) {
	mergeInto(d, patch)
}

func mergeInto(target, patch map[string]any) {
	for name, value := range patch {
		inner, isObject := value.(map[string]any)
		switch {
		case value == nil:
			delete(target, name)
		case isObject:
			old, _ := target[name].(map[string]any)
			merged := maps.Clone(old)
			if merged == nil {
				merged = map[string]any{}
			}
			mergeInto(merged, inner)
			target[name] = merged
		default:
			target[name] = value
		}
	}
}

// account is a module configuration. Its document holds the secret; public leaves it out.
type account struct {
	document
	usage map[string]int // what others than the connectors of this store use it for; the admin call sets it
}

// connector is a connector configuration, and what else the platform knows about it.
type connector struct {
	document
	life       lifecycle
	log        *connectorLog
	run        *Run   // the one under way, nil while stopped
	checkpoint string // "" before the first batch. It belongs to the configuration: stop and start keep it
	baseURL    string // that the newest run reads, or will read next
}

// Store is what Sekoia holds. Its mutex guards every field and what they point at.
type Store struct {
	now    wire.Clock
	tempo  wire.Tempo
	hidden *wire.Redactor
	runner Runner

	profileID    string   // whom the API key belongs to
	apiKey       string   // the user's
	connectorKey string   // what the platform gives its connectors to push with
	communities  []string // that the API key sees, the first one first

	mu         sync.Mutex
	closed     bool
	catalogue  catalogue
	accounts   []*account   // oldest first
	connectors []*connector // oldest first
	assets     assetIndex
	tasks      map[string]*task // by id
	queue      []*task          // not worked off yet, in the order of their pushes
}

// NewStore makes the data of a region in which the API key sees so many communities.
func NewStore(now wire.Clock, at wire.Tempo, communities int, hidden *wire.Redactor, runs Runner) *Store {
	s := &Store{
		now: now, tempo: at, hidden: hidden, runner: runs,
		profileID: uuid.NewString(), apiKey: newSecret(), connectorKey: newSecret(),
		catalogue: defaultCatalogue(now()), assets: newAssetIndex(), tasks: map[string]*task{},
	}
	for range communities {
		s.communities = append(s.communities, uuid.NewString())
	}
	hidden.Hide(s.apiKey)
	hidden.Hide(s.connectorKey)
	return s
}

// newSecret is a key that nobody can guess.
func newSecret() string {
	return strings.ReplaceAll(uuid.NewString()+uuid.NewString(), "-", "")
}

// APIKey is the user's API key.
func (s *Store) APIKey() string { return s.apiKey }

// ConnectorKey is what the platform gives its connectors to push with.
func (s *Store) ConnectorKey() string { return s.connectorKey }

// CommunityID is the one that was there first.
func (s *Store) CommunityID() string { return s.communities[0] }

// stamp is now as Sekoia writes it.
func (s *Store) stamp() string { return s.now().UTC().Format(sekoiaTime) }

// newDocument is what both kinds of configuration have in common.
func (s *Store) newDocument(name, communityID string) document {
	at := s.stamp()
	return document{
		"uuid": uuid.NewString(), "community_uuid": communityID, "name": name, "deleted": false,
		"created_at": at, "created_by": s.profileID, "created_by_type": "apikey",
		"updated_at": at, "updated_by": s.profileID, "updated_by_type": "apikey",
	}
}

// touch notes who changed a document last.
func (s *Store) touch(d document) {
	d["updated_at"], d["updated_by"], d["updated_by_type"] = s.stamp(), s.profileID, "apikey"
}

// sees reports whether the API key sees a community.
func (s *Store) sees(communityID string) bool { return slices.Contains(s.communities, communityID) }

// account finds an account of a community that the key sees, deleted or not. The caller holds the lock.
func (s *Store) account(id string) *account {
	for _, found := range s.accounts {
		if found.text("uuid") == id && s.sees(found.text("community_uuid")) {
			return found
		}
	}
	return nil
}

// connector is account for connectors.
func (s *Store) connector(id string) *connector {
	for _, found := range s.connectors {
		if found.text("uuid") == id && s.sees(found.text("community_uuid")) {
			return found
		}
	}
	return nil
}

// createAccount adds an account. The caller holds the lock and has checked the fields.
func (s *Store) createAccount(name, communityID, moduleID, baseURL, apiKey string) *account {
	s.hidden.Hide(apiKey)
	created := &account{document: s.newDocument(name, communityID)}
	created.document["module_uuid"] = moduleID
	created.document["value"] = map[string]any{"base_url": baseURL, "apikey": apiKey}
	s.accounts = append(s.accounts, created)
	return created
}

// deleteAccount removes an account, in use or not: its connectors fail from then on. The caller holds the lock.
func (s *Store) deleteAccount(gone *account) {
	s.accounts = slices.DeleteFunc(s.accounts, func(a *account) bool { return a == gone })
}

// public is the account as the API answers it: the secret is left out.
func (a *account) public() document {
	shown := maps.Clone(a.document)
	if value := a.settings(); value != nil {
		kept := maps.Clone(value)
		delete(kept, "apikey")
		shown["value"] = kept
	}
	return shown
}

// usageCounts are what ModuleConfigurationUsageSchema lists.
var usageCounts = [...]string{"actions", "triggers", "playbooks", "connectors"}

// usage counts the connectors on an account, and adds what an admin call set. The caller holds the lock.
func (s *Store) usage(of *account) map[string]int {
	counts := map[string]int{}
	for _, name := range usageCounts {
		counts[name] = of.usage[name]
	}
	for _, c := range s.connectors {
		if c.text("module_configuration_uuid") == of.text("uuid") && !c.deleted() {
			counts["connectors"]++
		}
	}
	return counts
}

// createConnector adds a connector, stopped. The caller holds the lock and has checked the fields.
func (s *Store) createConnector(name, communityID, connectorID string, on *account) *connector {
	created := &connector{document: s.newDocument(name, communityID), log: newConnectorLog(s.now, s.tempo)}
	maps.Copy(created.document, document{
		"module_configuration_uuid": on.text("uuid"), "connector_uuid": connectorID, "value": map[string]any{},
		"connector_type": "asset", "connector_name": "Okta Device", "connector_capability": "host_detection",
		"module_image": "",
	})
	s.connectors = append(s.connectors, created)
	return created
}

// deleteConnector removes a connector; what it discovered stays. The caller holds the lock.
func (s *Store) deleteConnector(gone *connector) {
	s.end(gone)
	s.connectors = slices.DeleteFunc(s.connectors, func(c *connector) bool { return c == gone })
}

// public is the connector as the API answers it. Without a status (an admin call took it away) the field is absent.
func (s *Store) public(c *connector, withStatus bool) document {
	shown := maps.Clone(c.document)
	shown["value"] = map[string]any{}
	if status, ok := c.status(s.now()); ok && withStatus {
		shown["display_status"] = status
	}
	return shown
}

// status is the connector's display status now; ok is false if an admin call removed it.
func (c *connector) status(now time.Time) (status string, ok bool) {
	if c.life.pinned != nil {
		return *c.life.pinned, *c.life.pinned != ""
	}
	return c.life.status(now, c.log.tempo, c.log.recentErrors(now)), true
}

// end stops a connector's run. The caller holds the lock.
func (s *Store) end(c *connector) {
	if c.run != nil {
		c.run.stop()
		c.run = nil
	}
	c.life.stopped(s.now())
}
