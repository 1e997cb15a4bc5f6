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
	// reasonLacksField: the device lacks something that the connector requires.
	reasonLacksField reason = "lacks_field"
	// reasonBehind: the next sync stops at a page with a device that lacks a field, this one's page or an earlier one.
	reasonBehind reason = "behind"
	// reasonBeforeCheckpoint: the device is not newer than the connector's checkpoint, and only a full sync asks for
	// it.
	reasonBeforeCheckpoint reason = "before_checkpoint"
	// reasonPending: the next sync brings it.
	reasonPending reason = "pending"
	// reasonUnknown: it is one of the other three, and what both clouds say does not settle which.
	reasonUnknown reason = "unknown"
)

// reasons are all of them, in the order in which they are shown.
var reasons = [...]reason{reasonPending, reasonBehind, reasonBeforeCheckpoint, reasonLacksField, reasonUnknown}

// missingDevice is a device of Okta's that the connector has not brought.
type missingDevice struct {
	// id is "" for a device that Okta gave none.
	id     string
	reason reason
	// detail is the fields of reasonLacksField, and the id of the device that reasonBehind stops at, if that is
	// certain. Else it is "".
	detail string
}

// coverage is Okta's inventory against the assets of one connector.
type coverage struct {
	// host is the organization's, for the summary.
	host string
	// devices is how many there are in Okta.
	devices int
	// covered are ids of devices that are assets of the connector too, in Okta's order.
	covered []string
	// missing are all other devices, in Okta's order.
	missing []missingDevice
	// stale are ids of devices that are assets of the connector, not revoked, and not in Okta, the oldest asset first.
	stale []string
	// revoked is how many of the covered devices have an asset that somebody revoked in Sekoia.
	revoked int
	// unidentified is how many assets of the connector have no id of Okta's to be compared by.
	unidentified int
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
	result := &coverage{devices: len(devices), unidentified: seen.unidentified}
	inventory := newInventory(devices, seen)
	if len(seen.order) > 0 {
		inventory.continued(seen)
	} else {
		inventory.begun()
	}
	result.sort(inventory.listed, seen)
	return result
}

// sightings are the assets that a connector configuration has a share in: by Okta's id, and these ids in the order of
// the assets.
type sightings struct {
	connectorID string
	byID        map[string]sighting
	order       []string
	// unidentified is how many assets have no id of Okta's to be compared by.
	unidentified int
}

func newSightings(connectorID string) *sightings {
	return &sightings{connectorID: connectorID, byID: map[string]sighting{}}
}

// sighting is when a connector saw a device.
type sighting struct {
	// first and last are when it was pushed first and last. They are zero if Sekoia does not say.
	first, last time.Time
	revoked     bool
}

// read finds the connector's share in an asset: others may have one too, under other ids. Assets come oldest first, the
// revoked ones among them.
func (s *sightings) read(asset *sekoia.Asset) {
	for _, share := range asset.Connectors {
		if !strings.EqualFold(share.ID, s.connectorID) {
			continue
		}
		if share.ExternalID == nil || *share.ExternalID == "" {
			s.unidentified++
			continue
		}
		s.add(*share.ExternalID, sighting{first: moment(share.FirstSeen), last: moment(share.LastSeen), revoked: asset.Revoked})
	}
}

// add merges what is seen twice: it counts as revoked only where all of it is.
func (s *sightings) add(id string, found sighting) {
	before, again := s.byID[id]
	if !again {
		s.order = append(s.order, id)
		s.byID[id] = found
		return
	}
	if before.first.After(found.first) {
		found.first = before.first
	}
	if before.last.After(found.last) {
		found.last = before.last
	}
	found.revoked = found.revoked && before.revoked
	s.byID[id] = found
}

// sort puts each device and each asset where it belongs.
func (c *coverage) sort(places []*place, seen *sightings) {
	inOkta := make(map[string]struct{}, len(places))
	for _, each := range places {
		inOkta[each.id] = struct{}{}
		switch {
		case each.covered:
			c.covered = append(c.covered, each.id)
			if seen.byID[each.id].revoked {
				c.revoked++
			}
		case len(each.lacks) > 0:
			c.missing = append(c.missing, missingDevice{each.id, reasonLacksField, strings.Join(each.lacks, ", ")})
		case each.unusable != "":
			c.missing = append(c.missing, missingDevice{each.id, reasonLacksField, each.unusable})
		default:
			c.missing = append(c.missing, missingDevice{each.id, each.reason, each.behind})
		}
	}
	for _, id := range seen.order {
		if _, there := inOkta[id]; !there && !seen.byID[id].revoked {
			c.stale = append(c.stale, id)
		}
	}
}

// moment reads a time of Sekoia's (RFC 3339); what is none is the zero time, which is earlier than any.
func moment(text *string) time.Time {
	if text == nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339Nano, *text)
	if err != nil {
		return time.Time{}
	}
	return at
}
