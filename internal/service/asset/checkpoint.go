// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"cmp"
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
//   - If a device of the push is gone from Okta, so is its creation time. Only bounds are known then.
//
// If more than one checkpoint is possible, all of them are kept.

// checkpoints returns the ranks that the checkpoint may have, at least one, sorted, and what is known of the size of a
// batch.
func (v *inventory) checkpoints(seen *sightings) ([]int, batch) {
	of := v.pushes(seen)
	adjacent, atEnd := of.within(v.listed)
	first := !of.repeated && adjacent && atEnd
	adjacent, _ = of.within(v.byAge)
	later := of.count > 1 && adjacent
	// If each asset has its own time, nothing shows which were pushed together.
	if apart := of.largest < 2 && of.count > 1; !of.dated || apart || !first && !later {
		return v.until(of.at), batch{}
	}
	if of.left < of.size {
		low := 0 // the device that counts may be one that is gone, whenever it was created
		if !first {
			low = slices.Min(v.afterPush(v.byAge, of, true, true))
		}
		return v.until(of.at)[low:], batch{}
	}
	var ranks []int
	full := of.size == of.largest
	if first {
		ranks = v.afterPush(v.listed, of, full, !full || of.count == 1)
	}
	if later {
		ranks = append(ranks, v.afterPush(v.byAge, of, full, true)...)
	}
	slices.Sort(ranks)
	size := batch{least: of.largest}
	if first && !later && of.count > 1 {
		size.size = of.largest // all pushes of a cycle but the last are full
	}
	return slices.Compact(ranks), size
}

// pushes are what the assets show of a connector's pushes.
type pushes struct {
	dated    bool      // false if there are assets without these times, or with times that contradict each other
	count    int       // how many pushes there are to see
	largest  int       // the size of the largest
	repeated bool      // assets were pushed more than once
	at       time.Time // of the last push
	size     int       // how many devices the last push had
	left     int       // how many of them are still in Okta
}

// pushes also marks the devices of the last push.
func (v *inventory) pushes(seen *sightings) *pushes {
	found := &pushes{dated: true}
	first, last := map[int64]int{}, map[int64]int{}
	for _, each := range seen.byID {
		found.dated = found.dated && !each.first.IsZero() && !each.last.Before(each.first)
		found.repeated = found.repeated || !each.first.Equal(each.last)
		found.at = latest(found.at, latest(each.first, each.last))
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
		if each.pushedLast = each.covered && seen.byID[each.ID].last.Equal(found.at); each.pushedLast {
			found.left++
		}
	}
	return found
}

// within reports whether the last push's devices are neighbors among those that arrived, in this order, and whether no
// other one comes after them.
func (p *pushes) within(order []*place) (adjacent, atEnd bool) {
	arrived, begin, end := 0, 0, 0
	for _, each := range order {
		if each.covered {
			arrived++
		}
		if each.pushedLast {
			begin, end = cmp.Or(begin, arrived), arrived
		}
	}
	return end-begin == p.left-1, end == arrived
}

// skips reports whether the connector was able to get past the device, without an asset, when it made the last push.
func (p *pushes) skips(device *place) bool {
	return device.Unusable != "" && len(device.Lacks) == 0 && !device.Created.After(p.at)
}

// afterPush returns the checkpoints after the last push of a cycle in this order. full and partial say whether it may
// have filled a batch, and may not have.
func (v *inventory) afterPush(order []*place, of *pushes, full, partial bool) []int {
	var ranks []int
	end := len(order) - 1
	for !order[end].pushedLast {
		end--
	}
	if partial {
		ranks = append(ranks, v.rank(order[end].Created))
		for _, each := range order[end+1:] {
			if !of.skips(each) {
				break
			}
			ranks = append(ranks, v.rank(each.Created))
		}
	}
	if !full {
		return ranks
	}
	for _, each := range slices.Backward(order[:end]) {
		if each.covered || of.skips(each) {
			return append(ranks, v.rank(each.Created))
		}
	}
	return ranks
}

// until returns all checkpoints that are possible after a push at this time, whatever it brought: no device of it was
// created later.
func (v *inventory) until(at time.Time) []int {
	high := v.rank(at)
	if at.IsZero() {
		high = len(v.byAge) // without any time: the devices that are gone may have been the newest ones
	}
	ranks := make([]int, high+1)
	for rank := range ranks {
		ranks[rank] = rank
	}
	return ranks
}
