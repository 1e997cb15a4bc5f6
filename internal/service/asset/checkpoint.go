// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"maps"
	"slices"
	"time"
)

// The checkpoint is the creation time of a device that the connector got past. Sekoia shows it to nobody, so it is
// worked out from the assets:
//
//   - All assets of one push have the same time: their last_seen, and their first_seen if they are new. So the assets
//     with the newest last_seen are the last push. (This is inferred. No document says so.)
//   - A push is a run of neighbors in the order of the listing: Okta's own order in the first cycle, by creation
//     afterward. The first cycle pushes nothing twice. Mostly this leaves one of the two orders.
//   - If the push filled a batch, the checkpoint is the last device but one, else the last. No push is larger than a
//     batch, so one that is smaller than another did not fill it.
//   - Devices that the connector skips are noted as passed too.
//   - If a device of the push is gone from Okta, so is its creation time. The checkpoint is then known less exactly.
//
// If more than one checkpoint is possible, all of them are kept.

// checkpoints returns the ranks that the checkpoint may have, at least one, sorted, and what is known of the size of a
// batch.
func (v *inventory) checkpoints(seen *sightings) ([]int, batch) {
	of := v.pushes(seen)
	if !of.dated || of.largest < 2 && of.count > 1 {
		// If each asset has its own time, nothing shows which were pushed together.
		return v.until(of.at), batch{}
	}
	size := batch{least: of.largest}
	adjacent, atEnd := of.within(v.listed)
	first := of.again == 0 && adjacent && atEnd
	adjacent, _ = of.within(v.byAge)
	later := of.count > 1 && adjacent
	if first && !later && of.count > 1 {
		size.size = of.largest // all pushes of a cycle but the last are full
	}
	gone := of.size > len(of.last)
	var ranks []int
	switch {
	case first && gone:
		ranks = v.until(of.at) // the device that counts may be the one that is gone, whenever it was created
	case first:
		ranks = v.afterPush(v.listed, of, of.size == of.largest, of.size < of.largest || of.count == 1)
	}
	switch {
	case later && gone:
		ranks = append(ranks, v.around(of)...)
	case later:
		ranks = append(ranks, v.afterPush(v.byAge, of, of.size == of.largest, true)...)
	}
	if len(ranks) == 0 {
		return v.until(of.at), batch{}
	}
	slices.Sort(ranks)
	return slices.Compact(ranks), size
}

// pushes are what the assets show of a connector's pushes.
type pushes struct {
	// dated is false if there are assets without these times, or with times that contradict each other.
	dated bool
	// count is how many pushes there are to see, and largest the size of the largest.
	count, largest int
	// again is how many assets were pushed more than once.
	again int
	// at is the time of the last push, size how many devices it had, and last those of them that are still in Okta.
	at   time.Time
	size int
	last map[*place]struct{}
}

func (v *inventory) pushes(seen *sightings) *pushes {
	found := &pushes{dated: true, last: map[*place]struct{}{}}
	first, last := map[int64]int{}, map[int64]int{}
	for _, each := range seen.byID {
		if each.first.IsZero() || each.last.Before(each.first) {
			found.dated = false
		}
		for _, at := range []time.Time{each.first, each.last} {
			if at.After(found.at) {
				found.at = at
			}
		}
		if !each.first.Equal(each.last) {
			found.again++
		}
		first[each.first.UnixNano()]++
		last[each.last.UnixNano()]++
	}
	found.size = last[found.at.UnixNano()]
	for _, sizes := range []map[int64]int{first, last} {
		found.largest = max(found.largest, slices.Max(slices.Collect(maps.Values(sizes))))
	}
	maps.Copy(first, last)
	found.count = len(first)
	for _, each := range v.listed {
		if each.covered && seen.byID[each.id].last.Equal(found.at) {
			found.last[each] = struct{}{}
		}
	}
	return found
}

// within reports whether the last push's devices are neighbors among those that arrived, in this order, and whether no
// other one comes after them.
func (p *pushes) within(order []*place) (adjacent, atEnd bool) {
	arrived, begin, end := 0, 0, 0
	for _, each := range order {
		if !each.covered {
			continue
		}
		arrived++
		if _, pushed := p.last[each]; pushed {
			end = arrived
			if begin == 0 {
				begin = arrived
			}
		}
	}
	return begin == 0 || end-begin == len(p.last)-1, begin == 0 || end == arrived
}

// skips reports whether the connector was able to get past the device, without an asset, when it made the last push.
func (p *pushes) skips(device *place) bool {
	return device.unusable != "" && len(device.lacks) == 0 && !device.created.After(p.at)
}

// afterPush returns the checkpoints after the last push of a cycle in this order. full and partial say whether it may
// have filled a batch, and may not have.
func (v *inventory) afterPush(order []*place, of *pushes, full, partial bool) []int {
	var ranks []int
	end := len(order) - 1
	for _, pushed := of.last[order[end]]; !pushed; _, pushed = of.last[order[end]] {
		end--
	}
	if partial {
		ranks = append(ranks, v.rank(order[end].created))
		for _, each := range order[end+1:] {
			if !of.skips(each) {
				break
			}
			ranks = append(ranks, v.rank(each.created))
		}
	}
	if !full {
		return ranks
	}
	for _, each := range slices.Backward(order[:end]) {
		if each.covered || of.skips(each) {
			return append(ranks, v.rank(each.created))
		}
	}
	return ranks
}

// around returns the checkpoints after a later cycle's push of which devices are gone. The device that counts is one of
// the push's, or one that stands between them and the neighbors that arrived by other pushes.
func (v *inventory) around(of *pushes) []int {
	ranks := v.until(of.at)
	low, high, inside, newest, full := 0, len(ranks), false, 0, of.size == of.largest
	for rank, each := range v.byAge {
		_, pushed := of.last[each]
		switch {
		case pushed && full: // then it may be the last device but one
			inside, low, newest = true, max(low, newest), v.rank(each.created)
		case pushed:
			inside, low = true, v.rank(each.created)
		case !each.covered:
		case inside:
			return ranks[min(low, high-1):min(high, rank+1)]
		default:
			low = rank + 1
		}
	}
	if !inside {
		low = 0 // all are gone
	}
	return ranks[min(low, high-1):]
}

// until returns all checkpoints that are possible after a push at this time, whatever it brought: no device of it was
// created later.
func (v *inventory) until(at time.Time) []int {
	high := v.rank(at)
	if at.IsZero() {
		// Without any time: the devices that are gone may have been the newest ones.
		high = len(v.byAge)
	}
	ranks := make([]int, high+1)
	for rank := range ranks {
		ranks[rank] = rank
	}
	return ranks
}
