// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import "net/http"

// permission is one that the API key has. The UUIDs and titles are those of Sekoia's document; names and numbers are
// made up, because the document does not have them.
type permission struct {
	UUID      string `json:"uuid"`
	BitmaskID int    `json:"bitmask_id"`
	Name      string `json:"name"`
	Title     string `json:"title"`
}

func permissions() []permission {
	return []permission{
		{"2f0da527-2cf1-4a00-8f4c-033bfb43ddeb", 1, "view_intakes", "View intakes"},
		{"efde546e-06db-4355-b2e5-84de1f66511b", 2, "manage_intakes", "Manage intakes"},
		{"6e1e0400-0a03-4a17-a1d5-a0c57cab2c6a", 3, "edit_asset_connectors", "Create and edit asset-connectors data"},
		{"e75117b9-bb99-4248-8e1d-77c0914b15bd", 4, "view_playbooks", "View playbooks"},
		{"1d231a6b-9010-4fa1-a9cc-9fafeabb60a0", 5, "manage_playbooks", "Manage playbooks"},
		{"9648daab-0c06-4624-b610-0b69a06d95df", 6, "view_playbook_runs", "View playbook runs"},
		{"b7413c71-cec8-49ec-9b9c-327ee328a383", 7, "view_integrations", "View integrations"},
	}
}

// me answers with the profile of the key. Of its fields only uuid is described.
func (c *sekoiaCloud) me(*call) (answer, *refusal) {
	return ok(map[string]any{"uuid": c.store.profileID, "name": "Terraform", "community_uuid": c.store.communities[0]})
}

func (c *sekoiaCloud) permissions(*call) (answer, *refusal) {
	items := permissions()
	return ok(map[string]any{"items": items, "total": len(items)})
}

// communities answers with one item: a managed-security provider's own community, with those below it.
func (c *sekoiaCloud) communities(*call) (answer, *refusal) {
	first := map[string]any{"uuid": c.store.communities[0], "subcommunities": c.store.communities[1:]}
	return ok(map[string]any{"items": []any{first}, "total": 1})
}

// outgoingIPs answers with addresses that are kept for documents (RFC 5737). The form is a guess.
func (c *sekoiaCloud) outgoingIPs(*call) (answer, *refusal) {
	return ok([]string{"192.0.2.10", "192.0.2.11", "198.51.100.20"})
}

func (c *sekoiaCloud) module(made *call) (answer, *refusal) {
	return c.entry(made.id, func(offered catalogue) map[string]document { return offered.modules })
}

func (c *sekoiaCloud) catalogueConnector(made *call) (answer, *refusal) {
	return c.entry(made.id, func(offered catalogue) map[string]document { return offered.connectors })
}

func (c *sekoiaCloud) entry(id string, kind func(catalogue) map[string]document) (answer, *refusal) {
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	if entry, offered := kind(c.store.catalogue)[id]; offered {
		return answer{status: http.StatusOK, body: entry}, nil
	}
	return refuse(notFound("This is not in the catalogue"))
}
