// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform"
)

// connectorPage is how many devices the connector asks Okta for at once.
const connectorPage = 200

// reason says why a device is missing.
type reason string

const (
	// reasonLacksField: the device lacks a field that the connector requires.
	reasonLacksField reason = "lacks_field"
	// reasonBehind: the next cycle stops at a page with a device that lacks a field, this one's page or an earlier one.
	reasonBehind reason = "behind"
	// reasonBeforeCheckpoint: the device is not newer than the connector's checkpoint, and only a full sync asks for it.
	reasonBeforeCheckpoint reason = "before_checkpoint"
	// reasonPending: the next cycle brings it.
	reasonPending reason = "pending"
)

// reasons are all of them, in the order in which they are shown.
var reasons = [...]reason{reasonPending, reasonBehind, reasonBeforeCheckpoint, reasonLacksField}

// missingDevice is a device of Okta's that the connector has not brought.
type missingDevice struct {
	// id is "" for a device that Okta gave none.
	id     string
	reason reason
	// detail is the fields of reasonLacksField, the id of reasonBehind's first device that lacks one, and "" for the others.
	detail string
}

// coverage is Okta's inventory against the assets of one connector.
type coverage struct {
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

// cover compares the devices, in Okta's order, with what a connector configuration has seen. Where a device is missing it replays what the
// connector's next cycle would ask Okta for.
//
// The checkpoint, which Sekoia tells nobody, is estimated: see checkpointOf.
func cover(devices []terraform.DeviceOutline, seen *sightings) *coverage {
	result := &coverage{devices: len(devices), unidentified: seen.unidentified}
	places := make([]place, len(devices))

	for index := range devices {
		places[index] = placeOf(&devices[index], seen)
	}

	replayed(places, seen)
	result.sort(places, seen)

	return result
}

// sightings are the assets that a connector configuration has a share in: by Okta's id, and these ids in the order of the assets.
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

// sighting is when a connector saw a device first.
type sighting struct {
	// firstSeen is zero where Sekoia does not say.
	firstSeen time.Time
	revoked   bool
}

// read finds the connector's share in an asset: others may have one too, under other ids. Assets come oldest first, the revoked ones among
// them.
func (s *sightings) read(asset *sekoia.Asset) {
	for _, share := range asset.Connectors {
		if !strings.EqualFold(share.ID, s.connectorID) {
			continue
		}

		if share.ExternalID == nil || *share.ExternalID == "" {
			s.unidentified++

			continue
		}

		s.add(*share.ExternalID, sighting{firstSeen: moment(share.FirstSeen), revoked: asset.Revoked})
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

	if before.firstSeen.After(found.firstSeen) {
		found.firstSeen = before.firstSeen
	}

	found.revoked = found.revoked && before.revoked
	s.byID[id] = found
}

// place is a device in the replay.
type place struct {
	id      string
	created time.Time
	// lacks are the fields that are required and not there.
	lacks   []string
	covered bool
	reason  reason
	// behind is the device that stops the cycle, for reasonBehind.
	behind string
}

func placeOf(device *terraform.DeviceOutline, seen *sightings) place {
	_, covered := seen.byID[device.ID]

	return place{
		id: device.ID, created: device.Created, covered: covered && device.ID != "", reason: reasonPending, lacks: lacking(device),
	}
}

// lacking names, as Okta spells them, the fields without which the connector's parser does not take a device. Without an id or a time
// of creation there is no asset and no checkpoint.
func lacking(device *terraform.DeviceOutline) []string {
	var names []string

	for _, required := range []struct {
		name    string
		present bool
	}{
		{"id", device.ID != ""},
		{"created", !device.Created.IsZero()},
		{"displayName", device.HasDisplayName},
		{"platform", device.HasPlatform},
		{"registered", device.HasRegistered},
		{"secureHardwarePresent", device.HasSecureHardwarePresent},
	} {
		if !required.present {
			names = append(names, required.name)
		}
	}

	return names
}

// replayed sets the reason that each device would have if it lacked nothing itself.
func replayed(places []place, seen *sightings) {
	all := make([]*place, len(places))
	for index := range places {
		all[index] = &places[index]
	}

	if len(seen.order) > 0 {
		replaySince(all, checkpointOf(places, seen))
	} else {
		replayPages(all)
	}
}

// checkpointOf estimates the checkpoint as the time of creation of the covered device that the connector saw first most recently; of
// several, the latest. Where all that it saw is gone from Okta, it is when it saw something first most recently: no device that it saw
// was created later.
func checkpointOf(places []place, seen *sightings) time.Time {
	var newest, checkpoint time.Time

	found := false

	for index := range places {
		if !places[index].covered {
			continue
		}

		order := seen.byID[places[index].id].firstSeen.Compare(newest)
		if !found || order > 0 || order == 0 && places[index].created.After(checkpoint) {
			found, newest, checkpoint = true, seen.byID[places[index].id].firstSeen, places[index].created
		}
	}

	if found {
		return checkpoint
	}

	for _, each := range seen.byID {
		if each.firstSeen.After(checkpoint) {
			checkpoint = each.firstSeen
		}
	}

	return checkpoint
}

// replaySince replays a cycle with a checkpoint: what was created later, by that time. The rest is not asked for. What arrived already is
// asked for again, and fills pages.
func replaySince(places []*place, checkpoint time.Time) {
	newer := make([]*place, 0, len(places))

	for _, each := range places {
		if each.created.After(checkpoint) {
			newer = append(newer, each)
		} else {
			each.reason = reasonBeforeCheckpoint
		}
	}

	slices.SortStableFunc(newer, func(a, b *place) int { return a.created.Compare(b.created) })
	replayPages(newer)
}

// replayPages replays a cycle over these devices, in this order: the page of a device that lacks a field is dropped whole, and no other
// is asked for behind it.
func replayPages(places []*place) {
	var stopped *place

	for page := range slices.Chunk(places, connectorPage) {
		stopped = cmp.Or(stopped, stops(page))
		if stopped == nil {
			continue
		}

		for _, each := range page {
			each.reason, each.behind = reasonBehind, stopped.id
		}
	}
}

// stops is the first device for which a page is dropped, nil where it is not.
func stops(page []*place) *place {
	for _, each := range page {
		if len(each.lacks) > 0 {
			return each
		}
	}

	return nil
}

// sort puts each device and each asset where it belongs.
func (c *coverage) sort(places []place, seen *sightings) {
	inOkta := make(map[string]struct{}, len(places))

	for index := range places {
		each := &places[index]
		inOkta[each.id] = struct{}{}

		switch {
		case each.covered:
			c.covered = append(c.covered, each.id)

			if seen.byID[each.id].revoked {
				c.revoked++
			}
		case len(each.lacks) > 0:
			c.missing = append(c.missing, missingDevice{each.id, reasonLacksField, strings.Join(each.lacks, ", ")})
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
