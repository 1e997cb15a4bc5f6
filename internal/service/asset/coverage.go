// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
)

// reason says why a device is missing.
type reason string

const (
	reasonLacksField       reason = "lacks_field"       // it lacks something that the connector requires
	reasonBehind           reason = "behind"            // the next sync stops at a device that lacks a field, on this device's page or an earlier one
	reasonBeforeCheckpoint reason = "before_checkpoint" // it is not newer than the connector's checkpoint: only a full sync asks for it
	reasonPending          reason = "pending"           // the next sync brings it
	reasonUnknown          reason = "unknown"           // one of the last three: what both clouds say does not settle which
)

// missingDevice is an Okta device that the connector has not brought.
type missingDevice struct {
	id     string // "" if Okta gave it none
	reason reason
	// detail is the fields of reasonLacksField, and the id of the device that reasonBehind stops at, if that is
	// certain. Else it is "".
	detail string
}

// coverage is Okta's inventory against the assets of one connector.
type coverage struct {
	host         string          // of the organization, for the summary
	devices      int             // how many there are in Okta
	covered      []string        // ids of devices that are assets of the connector too, in Okta's order
	missing      []missingDevice // all other devices, in Okta's order
	stale        []string        // ids of assets of the connector that are not revoked and not in Okta, the oldest asset first
	revoked      int             // how many of the covered devices have an asset that somebody revoked in Sekoia
	unidentified int             // how many assets of the connector have no Okta id to be compared by
}

// count is how many devices are missing for this reason.
func (c *coverage) count(why reason) int {
	found := 0
	for index := range c.missing {
		if c.missing[index].reason == why {
			found++
		}
	}
	return found
}

// cover compares the devices, in Okta's order, with what a connector configuration has seen. For the devices that are
// missing it replays the connector's next sync, from every checkpoint that the assets allow.
func cover(devices []access.DeviceOutline, seen *sightings) *coverage {
	found := &coverage{devices: len(devices), unidentified: seen.unidentified}
	inventory := newInventory(devices, seen)
	if len(seen.order) > 0 {
		inventory.continued(seen)
	} else {
		inventory.begun()
	}
	inOkta := make(map[string]bool, len(devices))
	for _, each := range inventory.listed {
		inOkta[each.ID] = true
		switch {
		case each.covered && seen.byID[each.ID].revoked:
			found.revoked++
			fallthrough
		case each.covered:
			found.covered = append(found.covered, each.ID)
		case len(each.Lacks) > 0:
			found.missing = append(found.missing, missingDevice{each.ID, reasonLacksField, strings.Join(each.Lacks, ", ")})
		case each.Unusable != "":
			found.missing = append(found.missing, missingDevice{each.ID, reasonLacksField, each.Unusable})
		default:
			found.missing = append(found.missing, missingDevice{each.ID, each.reason, each.behind})
		}
	}
	for _, id := range seen.order {
		if !inOkta[id] && !seen.byID[id].revoked {
			found.stale = append(found.stale, id)
		}
	}
	return found
}

// sightings are the assets that a connector configuration has a share in.
type sightings struct {
	connectorID  string
	byID         map[string]sighting // by Okta's id
	order        []string            // Okta's ids in the order of the assets
	unidentified int                 // how many assets have no Okta id to be compared by
}

func newSightings(connectorID string) *sightings {
	return &sightings{connectorID: connectorID, byID: map[string]sighting{}}
}

// sighting is when a connector pushed a device first and last. The times are zero if Sekoia does not say.
type sighting struct {
	first, last time.Time
	revoked     bool
}

// read finds the connector's share in an asset: others may have one too, under other ids. Assets come oldest first, the
// revoked ones among them. Of several assets of a device the latest times count, and it is revoked if all of them are.
func (s *sightings) read(asset *sekoia.Asset) {
	for _, share := range asset.Connectors {
		if !strings.EqualFold(share.ID, s.connectorID) {
			continue
		}
		if share.ExternalID == nil || *share.ExternalID == "" {
			s.unidentified++
			continue
		}
		id, found := *share.ExternalID, sighting{first: moment(share.FirstSeen), last: moment(share.LastSeen), revoked: asset.Revoked}
		if before, again := s.byID[id]; again {
			found = sighting{latest(before.first, found.first), latest(before.last, found.last), before.revoked && found.revoked}
		} else {
			s.order = append(s.order, id)
		}
		s.byID[id] = found
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// moment reads one of Sekoia's times (RFC 3339). Anything else is the zero time, which is earlier than any.
func moment(text *string) time.Time {
	if text == nil {
		return time.Time{}
	}
	at, _ := time.Parse(time.RFC3339Nano, *text) // with an error, the time is zero
	return at
}
