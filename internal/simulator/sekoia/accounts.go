// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

func accountListQuery() map[string]parameter {
	return listQuery([]string{"updated_at", "created_at", "name"}, map[string]parameter{
		"match[community_uuid]": isUUIDList, "match[name]": isText, "match[module_uuid]": isUUIDList,
		"date[created_at]": isDateRange, "date[updated_at]": isDateRange,
		"with_module": isBool, "community_uuid": isUUIDList,
	})
}

// listAccounts also shows those that an admin call marked as deleted. It is not known whether the service shows them.
func (c *sekoiaCloud) listAccounts(made *call) (answer, *refusal) {
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	var found []*account
	for _, a := range c.store.accounts {
		if c.store.sees(a.text("community_uuid")) && made.query.matches(a.document, map[string]string{
			"match[community_uuid]": "community_uuid", "community_uuid": "community_uuid",
			"match[name]": "name", "match[module_uuid]": "module_uuid",
		}) {
			found = append(found, a)
		}
	}
	found = sorted(made.query, found, "updated_at", "desc", func(a *account, by string) string { return a.text(by) })
	return ok(page(made.query, found, func(a *account) any { return c.showAccount(a, made.query) }))
}

// showAccount is the account's answer, with its module if that is asked for.
func (c *sekoiaCloud) showAccount(a *account, q query) document {
	shown := a.public()
	if q.flag("with_module", false) {
		shown["module"] = c.store.catalogue.shortModule(a.text("module_uuid"))
	}
	return shown
}

func (c *sekoiaCloud) createAccount(made *call) (answer, *refusal) {
	object, refused := readObject(made.http, wire.MaxBody, "name", "module_uuid", "community_uuid", "value")
	if refused != nil {
		return refuse(refused)
	}
	name, refused := textField(object, "name")
	if refused != nil {
		return refuse(refused)
	}
	moduleID, refused := uuidField(object, "module_uuid")
	if refused != nil {
		return refuse(refused)
	}
	baseURL, apiKey, refused := accountValue(object["value"])
	if refused != nil {
		return refuse(refused)
	}
	communityID, refused := c.chosenCommunity(object)
	if refused != nil {
		return refuse(refused)
	}
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	if _, offered := c.store.catalogue.modules[moduleID]; !offered {
		return refuse(badRequest(`"module_uuid": there is no such module`))
	}
	return created(c.store.createAccount(name, communityID, moduleID, baseURL, apiKey).public())
}

// chosenCommunity is the community that a new object goes to: one that the key sees, and that must be named where it
// sees several.
func (c *sekoiaCloud) chosenCommunity(object map[string]json.RawMessage) (string, *refusal) {
	if _, given := object["community_uuid"]; !given {
		if len(c.store.communities) > 1 {
			return "", badRequest(`"community_uuid": the key sees several communities`)
		}
		return c.store.communities[0], nil
	}
	communityID, refused := uuidField(object, "community_uuid")
	if refused != nil {
		return "", refused
	}
	if !c.store.sees(communityID) {
		return "", forbidden(fmt.Sprintf("The key does not see the community %s", communityID))
	}
	return communityID, nil
}

// live finds an account that was not deleted. The caller holds the lock.
func (c *sekoiaCloud) liveAccount(id string) (*account, *refusal) {
	found := c.store.account(id)
	if found == nil || found.deleted() {
		return nil, notFound("Unknown module configuration")
	}
	return found, nil
}

// getAccount answers deleted: true for one that an admin call marked, and 404 for one that a call removed.
func (c *sekoiaCloud) getAccount(made *call) (answer, *refusal) {
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	found := c.store.account(made.id)
	if found == nil {
		return refuse(notFound("Unknown module configuration"))
	}
	return ok(c.showAccount(found, made.query))
}

// patchAccount changes the name, the whole value, or both. It does not restart the account's connectors: those continue
// with what they started with.
func (c *sekoiaCloud) patchAccount(made *call) (answer, *refusal) {
	object, refused := readObject(made.http, wire.MaxBody, "name", "value")
	if refused != nil {
		return refuse(refused)
	}
	if len(object) == 0 {
		return refuse(badRequest("Nothing is to be changed"))
	}
	changes := map[string]any{}
	if _, given := object["name"]; given {
		if changes["name"], refused = textField(object, "name"); refused != nil {
			return refuse(refused)
		}
	}
	if raw, given := object["value"]; given {
		baseURL, apiKey, wrong := accountValue(raw)
		if wrong != nil {
			return refuse(wrong)
		}
		c.store.hidden.Hide(apiKey)
		changes["value"] = map[string]any{"base_url": baseURL, "apikey": apiKey}
	}
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	found, refused := c.liveAccount(made.id)
	if refused != nil {
		return refuse(refused)
	}
	maps.Copy(found.document, changes)
	c.store.touch(found.document)
	return ok(found.public())
}

func (c *sekoiaCloud) deleteAccount(made *call) (answer, *refusal) {
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	found, refused := c.liveAccount(made.id)
	if refused != nil {
		return refuse(refused)
	}
	c.store.deleteAccount(found)
	return nothing()
}

func (c *sekoiaCloud) accountUsage(made *call) (answer, *refusal) {
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	found, refused := c.liveAccount(made.id)
	if refused != nil {
		return refuse(refused)
	}
	return ok(c.store.usage(found))
}
