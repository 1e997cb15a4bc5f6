// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// asset is a device as Sekoia holds it: one for each OCSF device uid and community, even if several connectors saw it.
type asset struct {
	id, communityID, name, uid string
	createdAt, updatedAt       time.Time
	firstSeen, lastSeen        time.Time
	revokedAt                  time.Time // zero while it is not
	sightings                  []sighting
	ocsf                       json.RawMessage // what was pushed last
}

// sighting is one connector's view of an asset.
type sighting struct {
	configurationID     string // connector configuration
	connectorID         string // of the catalogue
	firstSeen, lastSeen time.Time
}

// assetIndex keeps assets in the order of their discovery.
type assetIndex struct {
	list  []*asset
	byUID map[[2]string]*asset // community and uid
	last  time.Time
}

func newAssetIndex() assetIndex { return assetIndex{byUID: map[[2]string]*asset{}} }

// pushedItem is what the platform reads of an OCSF object.
type pushedItem struct {
	ClassUID    int `json:"class_uid"`
	TypeUID     int `json:"type_uid"`
	ActivityID  int `json:"activity_id"`
	CategoryUID int `json:"category_uid"`
	Metadata    *struct {
		Version string `json:"version"`
	} `json:"metadata"`
	Device *struct {
		UID      string          `json:"uid"`
		Hostname string          `json:"hostname"`
		Name     string          `json:"name"`
		TypeID   *int            `json:"type_id"`
		OS       json.RawMessage `json:"os"`
	} `json:"device"`
	raw json.RawMessage
}

// moment is the time of one push: all assets of it have the same, and it is later than that of the push before.
func (x *assetIndex) moment(now time.Time) time.Time {
	now = now.UTC().Truncate(time.Microsecond)
	if !now.After(x.last) {
		now = x.last.Add(time.Microsecond)
	}
	x.last = now
	return now
}

// add merges an item into the assets, at the moment of its push.
func (x *assetIndex) add(item pushedItem, by *connector, now time.Time) {
	community := by.text("community_uuid")
	key := [2]string{community, item.Device.UID}
	found := x.byUID[key]
	if found == nil {
		found = &asset{id: uuid.NewString(), communityID: community, uid: item.Device.UID, createdAt: now, firstSeen: now}
		x.byUID[key] = found
		x.list = append(x.list, found)
	}
	found.name = cmp.Or(item.Device.Name, item.Device.Hostname)
	found.updatedAt, found.lastSeen, found.ocsf = now, now, item.raw
	at := slices.IndexFunc(found.sightings, func(s sighting) bool { return s.configurationID == by.text("uuid") })
	if at < 0 {
		at = len(found.sightings)
		found.sightings = append(found.sightings, sighting{
			configurationID: by.text("uuid"), connectorID: by.text("connector_uuid"), firstSeen: now,
		})
	}
	found.sightings[at].lastSeen = now
}

// short is the asset as a list shows it (AssetShortDTO).
func (a *asset) short() wire.Fields {
	connectors := make([]any, len(a.sightings))
	for i, seen := range a.sightings {
		connectors[i] = wire.Fields{
			{"uuid", seen.configurationID}, {"connector_uuid", seen.connectorID}, {"external_id", a.uid},
			{"first_seen", seen.firstSeen.Format(sekoiaTime)}, {"last_seen", seen.lastSeen.Format(sekoiaTime)},
		}
	}
	var revokedAt any
	if !a.revokedAt.IsZero() {
		revokedAt = a.revokedAt.Format(sekoiaTime)
	}
	return wire.Fields{
		{"uuid", a.id}, {"entity_uuid", nil}, {"community_uuid", a.communityID}, {"name", a.name}, {"type", "host"},
		{"category", nil}, {"criticality", json.RawMessage("0")}, {"created_at", a.createdAt.Format(sekoiaTime)}, {"created_by", nil},
		{"created_by_type", nil}, {"updated_at", a.updatedAt.Format(sekoiaTime)},
		{"first_seen", a.firstSeen.Format(sekoiaTime)}, {"last_seen", a.lastSeen.Format(sekoiaTime)},
		{"nb_events", nil}, {"nb_alerts", nil}, {"nb_atoms", nil}, {"atoms", nil}, {"props", nil}, {"typed_props", nil},
		{"connectors", connectors}, {"intake_format_uuids", nil}, {"tags", []any{}}, {"revoked", revokedAt != nil},
		{"revoked_at", revokedAt}, {"revoked_by", nil}, {"reviewed", false}, {"reviewed_at", nil}, {"reviewed_by", nil},
		{"source", "automatic"}, {"rule_uuid", nil}, {"rule_version", nil}, {"criticity", nil}, {"asset_type", nil},
	}
}

// assetFilter is what the list and the bulk call select by; nil is any.
type assetFilter struct {
	ids, communities, types, sources, tags []string
	connectors, configurations             []string
	search                                 string
	reviewed                               *bool
	criticality                            *int // at least
	revoked                                *bool
	rules                                  bool // a discovery rule was named: connectors' assets have none
}

func (f *assetFilter) matches(a *asset) bool {
	return in(f.ids, a.id) && in(f.communities, a.communityID) && in(f.types, "host") && in(f.sources, "automatic") &&
		f.tags == nil && !f.rules && f.sees(a) &&
		(f.search == "" || strings.Contains(strings.ToLower(a.name), strings.ToLower(f.search))) &&
		(f.reviewed == nil || !*f.reviewed) && (f.criticality == nil || *f.criticality <= 0) &&
		(f.revoked == nil || *f.revoked == !a.revokedAt.IsZero())
}

// in reports whether a value is one that is asked for.
func in(values []string, value string) bool { return values == nil || slices.Contains(values, value) }

// sees reports whether a connector that is asked for, and one of a kind that is, has seen the asset.
func (f *assetFilter) sees(a *asset) bool {
	configuration, kind := f.configurations == nil, f.connectors == nil
	for i := range a.sightings {
		configuration = configuration || slices.Contains(f.configurations, a.sightings[i].configurationID)
		kind = kind || slices.Contains(f.connectors, a.sightings[i].connectorID)
	}
	return configuration && kind
}

// find returns the assets that match, in the order of their discovery.
func (x *assetIndex) find(filter *assetFilter) []*asset {
	found := make([]*asset, 0, len(x.list))
	for _, a := range x.list {
		if filter.matches(a) {
			found = append(found, a)
		}
	}
	return found
}
