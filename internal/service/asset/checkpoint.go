// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"maps"
	"slices"
	"time"
)

// The checkpoint is the time of creation of a device that the connector got past. Sekoia shows it to nobody, so what
// follows works out from the assets which ones it may be:
//
//   - One push gives all of its assets the same time, as last_seen and, if they are new, as first_seen. So the assets
//     with the newest
//     last_seen are the last push. (That these times are the push's is inferred: no document says so.)
//   - A push is a run of devices next to each other in the order of the listing, which is Okta's own for the first
//     cycle and by creation
//     afterward. The first cycle pushes nothing twice. Mostly this leaves one of the two orders.
//   - If the push filled a batch, the checkpoint is the last device but one, else the last. No more is pushed at once
//     than a batch holds, so
//     a push that is smaller than another one did not fill it.
//   - Devices that are skipped alone are noted as passed too.
//   - Of a device that is gone from Okta the time of creation is gone as well. If there are such devices in the last
//     push, the checkpoint is
//     known less exactly.
//
// Whatever remains open is answered with several checkpoints.

// checkpoints are the ranks that the checkpoint may have, at least one, and what is known of the size of a batch.
func (v *inventory) checkpoints(seen *sightings) ([]int, batch) {
	pushes := pushesOf(seen)
	if !pushes.dated || pushes.largest < 2 && pushes.count > 1 {
		// Where each asset has a time of its own, nothing tells which ones were pushed at once.
		return v.bounds(pushes), batch{}
	}
	last := v.lastPush(seen, pushes)
	size := batch{least: pushes.largest}
	ranks := map[int]struct{}{}
	first := pushes.again == 0 && v.adjacent(v.listed, last) && last.isLastOf(v.listed)
	sorted := pushes.count > 1 && v.adjacent(v.byAge, last)
	if first {
		full, partial := last.size == pushes.largest, last.size < pushes.largest || pushes.count == 1
		for _, rank := range v.afterFirstCycle(last, full, partial) {
			ranks[rank] = struct{}{}
		}
		if !sorted && pushes.count > 1 {
			size.size = pushes.largest // all pushes of a cycle but the last are full
		}
	}
	if sorted {
		for _, rank := range v.afterSortedCycle(last, last.size == pushes.largest) {
			ranks[rank] = struct{}{}
		}
	}
	if len(ranks) == 0 {
		return v.bounds(pushes), batch{}
	}
	return slices.Sorted(maps.Keys(ranks)), size
}

// pushes are what the assets show of a connector's pushes.
type pushes struct {
	// dated is false if there are assets without these times, or with times that contradict each other.
	dated bool
	// newest is the time of the last push.
	newest time.Time
	// count is how many pushes show, and largest the size of the largest.
	count, largest int
	// again is how many assets were pushed more than once.
	again int
}

func pushesOf(seen *sightings) pushes {
	found := pushes{dated: true}
	first, last := map[int64]int{}, map[int64]int{}
	for _, each := range seen.byID {
		if each.first.IsZero() || each.last.Before(each.first) {
			found.dated = false
		}
		if each.last.After(found.newest) {
			found.newest = each.last
		}
		if each.first.After(found.newest) {
			found.newest = each.first
		}
		if !each.first.Equal(each.last) {
			found.again++
		}
		first[each.first.UnixNano()]++
		last[each.last.UnixNano()]++
	}
	for _, sizes := range []map[int64]int{first, last} {
		for _, size := range sizes {
			found.largest = max(found.largest, size)
		}
	}
	maps.Copy(first, last)
	found.count = len(first)
	return found
}

// push is what is known of one push.
type push struct {
	members map[*place]struct{}
	// size counts the devices that are gone from Okta, too.
	size int
	at   time.Time
}

// gone is how many of the push's devices are not in Okta any more.
func (p *push) gone() int { return p.size - len(p.members) }

func (v *inventory) lastPush(seen *sightings, of pushes) *push {
	last := &push{members: map[*place]struct{}{}, at: of.newest}
	for _, each := range seen.byID {
		if each.last.Equal(of.newest) {
			last.size++
		}
	}
	for _, each := range v.listed {
		if each.covered && seen.byID[each.id].last.Equal(of.newest) {
			last.members[each] = struct{}{}
		}
	}
	return last
}

// adjacent reports whether no other device that arrived stands between those of the push.
func (v *inventory) adjacent(order []*place, of *push) bool {
	const before, within, after = 0, 1, 2
	state := before
	for _, each := range order {
		if !each.covered {
			continue
		}
		_, member := of.members[each]
		switch {
		case member && state == after:
			return false
		case member:
			state = within
		case state == within:
			state = after
		}
	}
	return true
}

// isLastOf reports whether no device that arrived comes after those of the push.
func (p *push) isLastOf(order []*place) bool {
	for _, each := range slices.Backward(order) {
		if each.covered {
			_, member := p.members[each]
			return member || len(p.members) == 0
		}
	}
	return true
}

// afterFirstCycle are the checkpoints after a push of the first cycle.
func (v *inventory) afterFirstCycle(last *push, full, partial bool) []int {
	if last.gone() > 0 {
		// The device that counts may be one that is gone, and that one may have been created at any time.
		return ranksBetween(0, v.rank(last.at))
	}

	// past are the devices that the cycle got past, up to the last one that it pushed.
	var past []*place
	end, pushed := 0, 0
	for index, each := range v.listed {
		if each.covered || each.skippedBy(last) {
			past = append(past, each)
		}
		if _, member := last.members[each]; member {
			end, pushed = index+1, len(past)
		}
	}
	ranks := v.afterListed(past[:pushed], full, partial)
	for _, each := range v.listed[end:] {
		if !partial || !each.skippedBy(last) {
			break
		}
		ranks = append(ranks, v.rank(each.created))
	}
	return ranks
}

// skippedBy reports whether the connector was able to get past the device, without an asset, when it made the push.
func (p *place) skippedBy(last *push) bool {
	return p.unusable != "" && len(p.lacks) == 0 && !p.created.After(last.at)
}

// afterSortedCycle are the checkpoints after a push of a later cycle. That it did not fill a batch is possible in any
// case.
func (v *inventory) afterSortedCycle(last *push, full bool) []int {
	var members []int // ranks in byAge
	for rank, each := range v.byAge {
		if _, member := last.members[each]; member {
			members = append(members, rank)
		}
	}
	if last.gone() > 0 {
		return v.afterSortedGone(last, members, full)
	}
	end := members[len(members)-1]
	ranks := []int{v.rank(v.byAge[end].created)}
	for _, each := range v.byAge[end+1:] {
		if !each.skippedBy(last) {
			break
		}
		ranks = append(ranks, v.rank(each.created))
	}
	if full {
		previous := end - 1
		for previous >= 0 && !v.byAge[previous].covered && !v.byAge[previous].skippedBy(last) {
			previous--
		}
		if previous >= 0 {
			ranks = append(ranks, v.rank(v.byAge[previous].created))
		}
	}
	return ranks
}

// afterSortedGone is afterSortedCycle for a push with devices that are gone. The device that counts is one of the
// push's, or stands before or behind them, and before the next one that arrived by another push.
func (v *inventory) afterSortedGone(last *push, members []int, full bool) []int {
	low, high := 0, v.rank(last.at)
	if len(members) > 0 {
		begin, end := members[0], members[len(members)-1]
		for rank := end + 1; rank < len(v.byAge); rank++ {
			if v.byAge[rank].covered {
				high = min(high, rank)
				break
			}
		}
		switch {
		case !full:
			low = v.rank(v.byAge[end].created)
		case len(members) > 1:
			low = v.rank(v.byAge[members[len(members)-2]].created)
		default:
			for rank := range begin {
				if v.byAge[rank].covered {
					low = rank + 1
				}
			}
		}
	}
	return ranksBetween(low, max(low, high))
}

// bounds are all checkpoints that are possible if the times of the assets tell nothing: no device that arrived was
// created after the checkpoint's push.
func (v *inventory) bounds(of pushes) []int {
	high := v.rank(of.newest)
	if of.newest.IsZero() {
		// Without any time: the devices that are gone may have been the newest ones.
		high = len(v.byAge)
	}
	return ranksBetween(0, high)
}

func ranksBetween(low, high int) []int {
	ranks := make([]int, 0, high-low+1)
	for rank := low; rank <= high; rank++ {
		ranks = append(ranks, rank)
	}
	return ranks
}
