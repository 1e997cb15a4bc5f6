// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// MergeAccount merges fields into an account, whatever its community. usage is kept apart: it counts what uses the
// account next to this store's connectors.
func (s *Store) MergeAccount(id string, patch map[string]any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.accounts, func(a *account) bool { return a.text("uuid") == id })
	if at < 0 {
		return wire.ErrNoSuch
	}
	if err := keepsID(id, patch); err != nil {
		return err
	}
	changed := s.accounts[at]
	if given, ok := patch["usage"]; ok {
		counts, err := readUsage(given)
		if err != nil {
			return err
		}
		changed.usage = counts
	}
	if value, ok := patch["value"].(map[string]any); ok {
		if secret, isText := value["apikey"].(string); isText {
			s.hidden.Hide(secret)
		}
	}
	changed.merge(without(patch, "usage"))
	return nil
}

// readUsage reads counts by the names of ModuleConfigurationUsageSchema; null means that there are none.
func readUsage(given any) (map[string]int, error) {
	counts := map[string]int{}
	if given == nil {
		return counts, nil
	}
	object, ok := given.(map[string]any)
	if !ok {
		return nil, errors.New("usage: an object of counts is needed")
	}
	for name, value := range object {
		number, isNumber := value.(float64)
		if !isNumber || number < 0 || number != float64(int(number)) || !slices.Contains(usageCounts[:], name) {
			return nil, fmt.Errorf("usage: %q is an unknown count, or not a whole number", name)
		}
		counts[name] = int(number)
	}
	return counts, nil
}

// MergeConnector merges fields into a connector, whatever its community. display_status is what the connector shows
// until the next start or stop: null is no status at all, and one of a connector that does nothing ends its run.
func (s *Store) MergeConnector(id string, patch map[string]any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.connectors, func(c *connector) bool { return c.text("uuid") == id })
	if at < 0 {
		return wire.ErrNoSuch
	}
	if err := keepsID(id, patch); err != nil {
		return err
	}
	for _, name := range []string{"value", "usage", "checkpoint"} { // which the API never shows of a connector
		if _, given := patch[name]; given {
			return fmt.Errorf("%s: it can't be changed", name)
		}
	}
	given, shown := patch["display_status"]
	status, isText := given.(string)
	if given != nil && (!isText || status == "") {
		return errors.New("display_status: a text or null is needed")
	}
	changed := s.connectors[at]
	changed.merge(without(patch, "display_status"))
	if shown {
		s.show(changed, status)
	}
	if changed.deleted() && changed.run != nil {
		s.end(changed)
	}
	return nil
}

// show makes a connector have a status, and do what that says. The caller holds the lock.
func (s *Store) show(c *connector, status string) {
	switch status {
	case statusStopped, statusStopping, statusCriticalError:
		s.end(c)
	case statusRunning, statusStarting, statusError:
		if !c.life.running {
			s.start(c)
		}
	}
	c.life.pinned = &status
}

func keepsID(id string, patch map[string]any) error {
	if given, ok := patch["uuid"]; ok && given != id {
		return errors.New("uuid: it can't be changed")
	}
	return nil
}

// without copies a patch less some fields.
func without(patch map[string]any, names ...string) map[string]any {
	kept := maps.Clone(patch)
	for _, name := range names {
		delete(kept, name)
	}
	return kept
}

// State is what Sekoia holds, with secrets as "set".
type State struct {
	Accounts   []document    `json:"accounts"`
	Connectors []document    `json:"connectors"`
	Assets     []wire.Fields `json:"assets"`
}

// State is what Sekoia holds now, each kind in the order of creation. In addition to what the API shows, it has an
// account's usage, a connector's checkpoint, and the OCSF object that an asset was pushed as.
func (s *Store) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.workOff()
	held := State{Accounts: []document{}, Connectors: []document{}, Assets: []wire.Fields{}}
	for _, a := range s.accounts {
		shown := a.public()
		if secret, ok := a.settings()["apikey"]; ok && secret != "" {
			if value, isObject := shown["value"].(map[string]any); isObject {
				value["apikey"] = "set"
			}
		}
		shown["usage"] = s.usage(a)
		held.Accounts = append(held.Accounts, shown)
	}
	for _, c := range s.connectors {
		shown := s.public(c, true)
		shown["value"] = map[string]any{"sekoia_api_key": "set"}
		shown["checkpoint"] = nil
		if c.checkpoint != "" {
			shown["checkpoint"] = c.checkpoint
		}
		held.Connectors = append(held.Connectors, shown)
	}
	for _, a := range s.assets.list {
		held.Assets = append(held.Assets, a.short().With("ocsf", a.ocsf))
	}
	return held
}

// ReplaceCatalogue changes what the region offers.
func (s *Store) ReplaceCatalogue(body []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.catalogue.replace(body, s.now())
}

// Shut keeps connectors from being started.
func (s *Store) Shut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}
