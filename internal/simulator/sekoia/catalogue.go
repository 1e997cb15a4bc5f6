// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// catalogue is what this region offers, by UUID.
type catalogue struct {
	modules    map[string]document
	connectors map[string]document
}

func defaultCatalogue(now time.Time) catalogue {
	return catalogue{
		modules:    map[string]document{oktaModuleID: moduleEntry(oktaModuleID, now)},
		connectors: map[string]document{oktaDeviceConnectorID: connectorEntry(oktaDeviceConnectorID)},
	}
}

// moduleEntry has what the document requires of a module in a list (module_simple_d_t_o); the single one's answer is
// not described.
func moduleEntry(id string, now time.Time) document {
	return document{
		"uuid": id, "name": "Okta", "description": "Identity and access management", "slug": "okta",
		"version": "2.10.0", "categories": []any{"Identity and Access Management"}, "release_status": "production",
		"runtime_engine": "docker", "created_at": now.UTC().Format(sekoiaTime),
		"supports_validation": true, "uses_oidc_authentication": false,
	}
}

// connectorEntry is a connector as ConnectorSchema describes it.
func connectorEntry(id string) document {
	return document{
		"uuid": id, "name": "Okta Device", "description": "Collects devices from Okta", "module_uuid": oktaModuleID,
		"docker_parameters": "okta_device_asset_connector", "type": "asset", "capability": "host_detection",
		"arguments": map[string]any{},
	}
}

// shortModule is the module as with_module embeds it in an account.
func (c *catalogue) shortModule(id string) map[string]any {
	entry, ok := c.modules[id]
	if !ok {
		return map[string]any{"uuid": id}
	}
	return map[string]any{
		"uuid": id, "name": entry["name"], "description": entry["description"], "categories": entry["categories"],
		"configuration": map[string]any{}, "nb_related_actions": 0, "nb_related_triggers": 0,
		"supports_validation": true, "uses_oidc_authentication": false,
	}
}

// replace reads what the admin call takes: {"modules": [...], "connectors": [...]}, each element a UUID or an object
// with one. A list that is left out stays.
func (c *catalogue) replace(body []byte, now time.Time) error {
	var given struct {
		Modules    *[]json.RawMessage `json:"modules"`
		Connectors *[]json.RawMessage `json:"connectors"`
	}
	if err := wire.StrictJSON(body, &given); err != nil {
		return fmt.Errorf("read the catalogue: %w", err)
	}
	modules, err := readEntries(given.Modules, c.modules, func(id string) document { return moduleEntry(id, now) })
	if err != nil {
		return fmt.Errorf("modules: %w", err)
	}
	connectors, err := readEntries(given.Connectors, c.connectors, connectorEntry)
	if err != nil {
		return fmt.Errorf("connectors: %w", err)
	}
	c.modules, c.connectors = modules, connectors
	return nil
}

func readEntries(given *[]json.RawMessage, old map[string]document, usual func(id string) document) (map[string]document, error) {
	if given == nil {
		return old, nil
	}
	entries := map[string]document{}
	for _, raw := range *given {
		var id string
		object := map[string]any{}
		if json.Unmarshal(raw, &id) != nil {
			if err := json.Unmarshal(raw, &object); err != nil {
				return nil, fmt.Errorf("an entry is neither a UUID nor an object: %w", err)
			}
			id, _ = object["uuid"].(string)
		}
		if !isUUID(id) {
			return nil, errors.New("an entry has no UUID")
		}
		id = strings.ToLower(id) // as calls name it
		entry := usual(id)
		entry.merge(object)
		entry["uuid"] = id
		entries[id] = entry
	}
	return entries, nil
}
