// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"encoding/json"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

func connectorListQuery() map[string]parameter {
	sorts := []string{"display_status", "updated_at", "created_at", "connector_id", "name"}
	return listQuery(sorts, map[string]parameter{
		"match[community_uuid]": isUUIDList, "match[uuid]": isUUIDList, "match[name]": isText,
		"match[module_uuid]": isUUIDList, "match[connector_uuid]": isUUIDList,
		"date[created_at]": isDateRange, "date[updated_at]": isDateRange,
		"connector_type": isOneOf("event", "asset"), "with_detailed_status": isBool,
	})
}

func logQuery() map[string]parameter {
	return listQuery(nil, map[string]parameter{
		"match[log_level]": isListOf("debug", levelInfo, levelWarning, levelError, "critical"),
	})
}

// listConnectors also shows those that an admin call marked as deleted. It is not known whether the service shows them.
func (c *sekoiaCloud) listConnectors(made *call) (answer, *refusal) {
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	var found []*connector
	for _, each := range c.store.connectors {
		if c.store.sees(each.text("community_uuid")) && c.listed(each, made.query) {
			found = append(found, each)
		}
	}
	now := c.store.now()
	found = sorted(made.query, found, "created_at", "desc", func(each *connector, by string) string {
		switch by {
		case "display_status":
			status, _ := each.status(now)
			return status
		case "connector_id":
			return each.text("connector_uuid")
		}
		return each.text(by)
	})
	withStatus := made.query.flag("with_detailed_status", true)
	return ok(page(made.query, found, func(each *connector) any { return c.store.public(each, withStatus) }))
}

// listed reports whether a connector passes a list's filters.
func (c *sekoiaCloud) listed(each *connector, q query) bool {
	if !q.matches(each.document, map[string]string{
		"match[community_uuid]": "community_uuid", "match[uuid]": "uuid", "match[name]": "name",
		"match[connector_uuid]": "connector_uuid", "connector_type": "connector_type",
	}) {
		return false
	}
	wanted := q.list("match[module_uuid]")
	if wanted == nil {
		return true
	}
	entry := c.store.catalogue.connectors[each.text("connector_uuid")]
	return query{"module": q["match[module_uuid]"]}.matches(entry, map[string]string{"module": "module_uuid"})
}

// createConnector starts what it creates, as the document says.
func (c *sekoiaCloud) createConnector(made *call) (answer, *refusal) {
	object, refused := readObject(made.http, wire.MaxBody, "name", "connector_uuid", "module_configuration_uuid", "community_uuid", "value")
	if refused != nil {
		return refuse(refused)
	}
	name, refused := textField(object, "name")
	if refused != nil {
		return refuse(refused)
	}
	connectorID, refused := uuidField(object, "connector_uuid")
	if refused != nil {
		return refuse(refused)
	}
	accountID, refused := uuidField(object, "module_configuration_uuid")
	if refused != nil {
		return refuse(refused)
	}
	var value map[string]json.RawMessage
	if json.Unmarshal(object["value"], &value) != nil || value == nil || len(value) > 0 {
		return refuse(badRequest(`"value": an empty object is needed`))
	}
	communityID, refused := c.chosenCommunity(object)
	if refused != nil {
		return refuse(refused)
	}
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	entry, offered := c.store.catalogue.connectors[connectorID]
	if !offered {
		return refuse(badRequest(`"connector_uuid": there is no such connector`))
	}
	on, refused := c.accountFor(accountID, communityID, entry)
	if refused != nil {
		return refuse(refused)
	}
	added := c.store.createConnector(name, communityID, connectorID, on)
	c.store.start(added)
	return created(c.store.public(added, true))
}

// accountFor finds the account that a connector of this community and catalogue entry is put on. The caller holds the
// lock.
func (c *sekoiaCloud) accountFor(accountID, communityID string, entry document) (*account, *refusal) {
	on := c.store.account(accountID)
	switch {
	case on == nil || on.deleted():
		return nil, badRequest(`"module_configuration_uuid": there is no such module configuration`)
	case on.text("community_uuid") != communityID:
		return nil, badRequest(`"module_configuration_uuid": it is another community's`)
	case on.text("module_uuid") != entry.text("module_uuid"):
		return nil, badRequest(`"module_configuration_uuid": it is another module's`)
	}
	return on, nil
}

// liveConnector finds a connector that was not deleted. The caller holds the lock.
func (c *sekoiaCloud) liveConnector(id string) (*connector, *refusal) {
	found := c.store.connector(id)
	if found == nil || found.deleted() {
		return nil, notFound("Connector configuration not found")
	}
	return found, nil
}

// getConnector answers deleted: true for one that an admin call marked, and 404 for one that a call removed.
func (c *sekoiaCloud) getConnector(made *call) (answer, *refusal) {
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	found := c.store.connector(made.id)
	if found == nil {
		return refuse(notFound("Connector configuration not found"))
	}
	return ok(c.store.public(found, true))
}

// patchConnector changes the name, the account, or both. The document has value too, which nobody needs to change. A
// running connector keeps running: its next cycle reads the new account's Okta.
func (c *sekoiaCloud) patchConnector(made *call) (answer, *refusal) {
	object, refused := readObject(made.http, wire.MaxBody, "name", "module_configuration_uuid")
	if refused != nil {
		return refuse(refused)
	}
	if len(object) == 0 {
		return refuse(badRequest("Nothing is to be changed"))
	}
	var name, accountID string
	if _, given := object["name"]; given {
		if name, refused = textField(object, "name"); refused != nil {
			return refuse(refused)
		}
	}
	if _, given := object["module_configuration_uuid"]; given {
		if accountID, refused = uuidField(object, "module_configuration_uuid"); refused != nil {
			return refuse(refused)
		}
	}
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	found, refused := c.liveConnector(made.id)
	if refused != nil {
		return refuse(refused)
	}
	if accountID != "" {
		entry := c.store.catalogue.connectors[found.text("connector_uuid")]
		on, wrong := c.accountFor(accountID, found.text("community_uuid"), entry)
		if wrong != nil {
			return refuse(wrong)
		}
		found.document["module_configuration_uuid"] = on.text("uuid")
		found.moveRun(on)
	}
	if name != "" {
		found.document["name"] = name
	}
	c.store.touch(found.document)
	return ok(c.store.public(found, true))
}

func (c *sekoiaCloud) deleteConnector(made *call) (answer, *refusal) {
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	found, refused := c.liveConnector(made.id)
	if refused != nil {
		return refuse(refused)
	}
	c.store.deleteConnector(found)
	return nothing()
}

// startConnector refuses a connector that runs: it is not known what the service does then, and a client must cope with
// that.
func (c *sekoiaCloud) startConnector(made *call) (answer, *refusal) {
	return c.turn(made, func(found *connector) *refusal {
		if found.life.running {
			return conflict("The connector is already started")
		}
		c.store.start(found)
		return nil
	})
}

// stopConnector ends a running cycle: what it had not sent is lost if it is older than the checkpoint.
func (c *sekoiaCloud) stopConnector(made *call) (answer, *refusal) {
	return c.turn(made, func(found *connector) *refusal {
		if !found.life.running && found.life.pinned == nil {
			return conflict("The connector is already stopped")
		}
		c.store.end(found)
		return nil
	})
}

func (c *sekoiaCloud) turn(made *call, change func(*connector) *refusal) (answer, *refusal) {
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	found, refused := c.liveConnector(made.id)
	if refused != nil {
		return refuse(refused)
	}
	if refused = change(found); refused != nil {
		return refuse(refused)
	}
	return nothing()
}

func (c *sekoiaCloud) connectorLogs(made *call) (answer, *refusal) {
	c.store.mu.Lock()
	found := c.store.connector(made.id)
	c.store.mu.Unlock()
	if found == nil {
		return refuse(notFound("Connector configuration not found"))
	}
	lines := found.log.arrived(made.query.list("match[log_level]"))
	return ok(page(made.query, lines, func(line logLine) any { return line }))
}
