// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// maxBatch is how many assets a connector may push at once. The SDK's batches have 100; what the service allows is not
// known.
const maxBatch = 100

// deviceClass is OCSF's Device Inventory Info.
const deviceClass = 5001

func assetListQuery() map[string]parameter {
	return listQuery([]string{"name", "type", "created_at", "criticality"}, map[string]parameter{
		"search": isText, "uuids": isUUIDList, "community_uuids": isUUIDList, "type": isText, "category": isText,
		"source": isText, "tags": isText, "reviewed": isBool, "criticality": isCount, "include_revoked": isBool,
		"rule_uuid": isUUIDList, "rule_version": isText, "connectors": isUUIDList, "connectors_configuration": isUUIDList,
		// These ask for more than devices of a connector have; the answer is the same.
		"also_search_in_detection_properties": isBool, "also_search_in_tags": isBool, "with_telemetry": isBool,
		"incorporate_atoms": isBool, "include_intake_formats": isBool, "intake_format_uuids": isUUIDList,
	})
}

func (c *sekoiaCloud) listAssets(made *call) (answer, *refusal) {
	q := made.query
	filter := assetFilter{
		ids: q.list("uuids"), communities: c.seen(q.list("community_uuids")), types: q.list("type"), sources: q.list("source"),
		tags: q.list("tags"), connectors: q.list("connectors"), configurations: q.list("connectors_configuration"),
		search: q["search"],
	}
	for _, none := range []string{"rule_uuid", "rule_version", "category", "intake_format_uuids"} {
		_, given := q[none]
		filter.rules = filter.rules || given
	}
	if _, given := q["reviewed"]; given {
		reviewed := q.flag("reviewed", false)
		filter.reviewed = &reviewed
	}
	if _, given := q["criticality"]; given {
		least := q.number("criticality", 0)
		filter.criticality = &least
	}
	if !q.flag("include_revoked", false) {
		filter.revoked = new(bool)
	}
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	c.store.workOff()
	found := sorted(q, c.store.assets.find(&filter), "created_at", "desc", func(a *asset, by string) string {
		if by == "name" {
			return a.name
		}
		return "" // all have the same type and criticality, and they are found in the order of their creation
	})
	return ok(longPage(q, found, func(a *asset) any { return a.short() }))
}

// seen keeps of the communities that are asked for those that the key sees; nil is all of them.
func (c *sekoiaCloud) seen(asked []string) []string {
	if asked == nil {
		return c.store.communities
	}
	return slices.DeleteFunc(asked, func(id string) bool { return !c.store.sees(id) })
}

// revokeAssets selects and revokes (BulkRevokeAssetsParameters), or takes a revocation back. The answer is a string, of
// which the document says nothing.
func (c *sekoiaCloud) revokeAssets(made *call) (answer, *refusal) {
	object, refused := readObject(made.http, wire.MaxBody,
		"uuids", "community_uuids", "types", "sources", "reviewed", "criticality", "tags", "name", "revoke")
	if refused != nil {
		return refuse(unprocessable(refused.message, "body"))
	}
	var given struct {
		UUIDs          *string `json:"uuids"`
		CommunityUUIDs *string `json:"community_uuids"`
		Types          *string `json:"types"`
		Sources        *string `json:"sources"`
		Reviewed       *bool   `json:"reviewed"`
		Criticality    *int    `json:"criticality"`
		Tags           *string `json:"tags"`
		Name           *string `json:"name"`
		Revoke         *bool   `json:"revoke"`
	}
	if err := json.Unmarshal(wire.MustJSON(object), &given); err != nil {
		return refuse(unprocessable("A field has another type", "body"))
	}
	if given.Revoke == nil {
		return refuse(unprocessable("Field required", "body", "revoke"))
	}
	filter := assetFilter{
		ids: commas(given.UUIDs), communities: c.seen(commas(given.CommunityUUIDs)), types: commas(given.Types),
		sources: commas(given.Sources), tags: commas(given.Tags), reviewed: given.Reviewed, criticality: given.Criticality,
	}
	if given.Name != nil {
		filter.search = *given.Name
	}
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	c.store.workOff()
	found := c.store.assets.find(&filter)
	for _, each := range found {
		each.revokedAt = time.Time{}
		if *given.Revoke {
			each.revokedAt = c.store.now().UTC()
		}
	}
	return ok(fmt.Sprintf("%d assets", len(found)))
}

func commas(text *string) []string {
	if text == nil {
		return nil
	}
	return strings.Split(*text, ",")
}

// pushAssets takes a connector's batch.
func (c *sekoiaCloud) pushAssets(made *call) (answer, *refusal) {
	object, refused := readObject(made.http, wire.MaxPush, "version", "items")
	if refused != nil {
		return refuse(unprocessable(refused.message, "body"))
	}
	var version int
	if json.Unmarshal(object["version"], &version) != nil || version != 1 {
		return refuse(unprocessable("Input should be 1", "body", "version"))
	}
	items, refused := readItems(object["items"])
	if refused != nil {
		return refuse(refused)
	}
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	by, refused := c.liveConnector(made.id)
	if refused != nil {
		return refuse(refused)
	}
	return answer{status: http.StatusOK, body: map[string]string{"task_id": c.store.pushed(items, by)}}, nil
}

func readItems(raw json.RawMessage) ([]pushedItem, *refusal) {
	var raws []json.RawMessage
	if json.Unmarshal(raw, &raws) != nil || raws == nil {
		return nil, unprocessable("Input should be a list", "body", "items")
	}
	if len(raws) == 0 || len(raws) > maxBatch {
		return nil, unprocessable(fmt.Sprintf("Input should have 1 to %d items", maxBatch), "body", "items")
	}
	items := make([]pushedItem, len(raws))
	for i, each := range raws {
		if problem := items[i].read(each); problem != "" {
			return nil, unprocessable(problem, "body", "items", strconv.Itoa(i))
		}
	}
	return items, nil
}

// read checks what the platform requires, and says what is missing.
func (p *pushedItem) read(raw json.RawMessage) (problem string) {
	switch err := json.Unmarshal(raw, p); {
	case err != nil:
		return "Input should be an OCSF object"
	case p.ClassUID != deviceClass || p.TypeUID != 500102 || p.ActivityID != 2 || p.CategoryUID != 5:
		return "The item should be a collected Device Inventory Info"
	case p.Metadata == nil || p.Metadata.Version == "":
		return "metadata needs a version"
	case p.Device == nil || p.Device.UID == "" || p.Device.Hostname == "" || p.Device.TypeID == nil || p.Device.OS == nil:
		return "device needs uid, hostname, type_id and os"
	}
	p.raw = raw
	return ""
}
