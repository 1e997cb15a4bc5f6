// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"slices"
	"sort"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
)

// place is a device in the replay.
type place struct {
	id      string
	created time.Time
	// lacks are the fields that are required and not there: the device costs its page.
	lacks []string
	// unusable is a field for which the connector skips this device alone, "" for none.
	unusable string
	covered  bool
	// at is its place in Okta's own order.
	at     int
	reason reason
	// behind is the device that the sync stops at, for reasonBehind.
	behind string
}

// yields reports whether the connector makes an asset of the device.
func (p *place) yields() bool { return len(p.lacks) == 0 && p.unusable == "" }

// inventory is Okta's devices in the two orders in which the connector lists them: Okta's own as long as there is no
// checkpoint, then by creation, the oldest first. A checkpoint is written as a rank: how many devices were not created
// after it, so the next cycle begins with the device at this place of byAge.
type inventory struct {
	listed, byAge []*place
	// stops says, for each rank, where the first device is that lacks a field; len(byAge) if there is none.
	stops []int
	// yielded counts, for each rank, the devices before it that the connector makes an asset of.
	yielded []int
}

func newInventory(devices []access.DeviceOutline, seen *sightings) *inventory {
	all := make([]place, len(devices))
	found := &inventory{listed: make([]*place, len(devices))}
	for index := range devices {
		device := &devices[index]
		_, covered := seen.byID[device.ID]
		all[index] = place{
			id: device.ID, created: device.Created, lacks: device.Lacks, unusable: device.Unusable, covered: covered && device.ID != "", at: index,
			reason: reasonPending,
		}
		found.listed[index] = &all[index]
	}
	found.byAge = slices.Clone(found.listed)
	slices.SortStableFunc(found.byAge, func(a, b *place) int { return a.created.Compare(b.created) })
	found.stops, found.yielded = make([]int, len(devices)+1), make([]int, len(devices)+1)
	found.stops[len(devices)] = len(devices)
	for rank := len(devices) - 1; rank >= 0; rank-- {
		found.stops[rank] = found.stops[rank+1]
		if len(found.byAge[rank].lacks) > 0 {
			found.stops[rank] = rank
		}
	}
	for rank, each := range found.byAge {
		found.yielded[rank+1] = found.yielded[rank]
		if each.yields() {
			found.yielded[rank+1]++
		}
	}
	return found
}

// rank is how many devices were not created after this time.
func (v *inventory) rank(at time.Time) int {
	return sort.Search(len(v.byAge), func(index int) bool { return v.byAge[index].created.After(at) })
}

// batch is what is known of how many devices the connector pushes at once. Sekoia's default is 100, but it is a setting
// of the platform.
type batch struct {
	// size is 0 if it is not known.
	size int
	// least is a size that was seen.
	least int
}

// full reports whether so many devices may have filled their last batch, and whether they may not have.
func (b batch) full(count int) (may, mayNot bool) {
	if b.size > 0 {
		return count%b.size == 0, count%b.size != 0
	}

	// Every count that is large enough may be one batch or several. A batch of one device is left out: nobody makes a
	// call for each.
	return count >= max(b.least, 2), true
}

// reach is how far a sync gets from a rank: the first rank that it does not bring. The two differ if it depends on the
// size of a batch. A sync is cycle after cycle, until one yields nothing: a cycle that yielded something is followed by
// the next one at once.
func (v *inventory) reach(from int, size batch) (least, most int) {
	stop := v.stops[from]
	end := stop
	if stop < len(v.byAge) {
		end = stop - (stop-from)%okta.PageSize
	}
	count := v.yielded[end] - v.yielded[from]
	if count == 0 {
		return end, end
	}
	full, partial := size.full(count)
	least, most = len(v.byAge), 0
	for _, next := range v.after(from, end, full, partial) {
		low, high := end, end
		if next > from {
			low, high = v.reach(next, size)
		}
		least, most = min(least, max(low, end)), max(most, high, end)
	}
	return least, most
}

// after are the ranks at which the cycle begins that follows one over these ranks. The push comes before the connector
// notes the device that filled the batch: so a full last batch leaves the checkpoint at the device before that, and any
// other at the last device.
func (v *inventory) after(from, end int, full, partial bool) []int {
	var ranks []int
	if partial {
		ranks = append(ranks, v.rank(v.byAge[end-1].created))
	}
	if full {
		last := end - 1
		for last > from && !v.byAge[last].yields() {
			last--
		}
		if last > from {
			ranks = append(ranks, v.rank(v.byAge[last-1].created))
		}
	}
	return ranks
}

// outcomes are what may become of each device of byAge in a sync, over all checkpoints that are possible.
type outcomes struct {
	before, pending, behind []bool
	// stop is the device that the sync stops at; nil if it is not certain which.
	stop []*place
}

// replay plays a sync from each of these ranks.
func (v *inventory) replay(ranks []int, size batch) *outcomes {
	count := len(v.byAge)
	result := &outcomes{make([]bool, count), make([]bool, count), make([]bool, count), make([]*place, count)}
	pending := make([]int, count+1) // differences
	begins := make(map[int]int)     // of what is behind each stop
	newest := 0
	for _, from := range ranks {
		least, most := v.reach(from, size)
		newest = max(newest, from)
		pending[from]++
		pending[max(most, from)]--
		if stop := v.stops[from]; stop < count {
			if begin, found := begins[stop]; !found || least < begin {
				begins[stop] = least
			}
		}
	}
	at := make([][]int, count+1)
	for stop, begin := range begins {
		at[begin] = append(at[begin], stop)
	}
	var (
		open, stops int
		stop        *place
	)
	for rank := range count {
		open += pending[rank]
		for _, each := range at[rank] {
			stops++
			stop = v.byAge[each]
		}
		if stops > 1 {
			stop = nil
		}
		result.before[rank], result.pending[rank], result.behind[rank], result.stop[rank] = rank < newest, open > 0, stops > 0, stop
	}
	return result
}

// continued sets the reasons for a connector that has a checkpoint.
func (v *inventory) continued(seen *sightings) {
	ranks, size := v.checkpoints(seen)
	found := v.replay(ranks, size)
	for rank, each := range v.byAge {
		switch before, pending, behind := found.before[rank], found.pending[rank], found.behind[rank]; {
		case before && !pending && !behind:
			each.reason = reasonBeforeCheckpoint
		case pending && !before && !behind:
			each.reason = reasonPending
		case behind && !before && !pending:
			each.reason = reasonBehind
			if found.stop[rank] != nil {
				each.behind = found.stop[rank].id
			}
		default:
			each.reason = reasonUnknown
		}
	}
}

// begun sets the reasons for a connector that has brought nothing: its first cycle takes Okta's own order, and what
// follows it the order of creation.
func (v *inventory) begun() {
	stop := slices.IndexFunc(v.listed, func(each *place) bool { return len(each.lacks) > 0 })
	if stop < 0 {
		return // all are pending
	}
	end := stop - stop%okta.PageSize
	for _, each := range v.listed[end:] {
		each.reason, each.behind = reasonBehind, v.listed[stop].id
	}

	// Which device the first cycle leaves the checkpoint at depends on the size of a batch, which no asset tells yet.
	ranks := v.afterListed(v.listed[:end], true, true)
	if len(ranks) == 0 {
		return
	}
	found := v.replay(ranks, batch{})
	for rank, each := range v.byAge {
		switch {
		case each.at < end || !found.pending[rank]:
		case found.before[rank] || found.behind[rank]:
			each.reason, each.behind = reasonUnknown, ""
		default:
			each.reason, each.behind = reasonPending, ""
		}
	}
}

// afterListed are the ranks of the checkpoints that a cycle in Okta's own order may leave, if it got past these
// devices.
func (v *inventory) afterListed(past []*place, full, partial bool) []int {
	var ranks []int
	last := len(past) - 1
	for last >= 0 && !past[last].yields() {
		last--
	}
	if last < 0 {
		return nil
	}
	if partial {
		ranks = append(ranks, v.rank(past[len(past)-1].created))
	}
	if full && last > 0 {
		ranks = append(ranks, v.rank(past[last-1].created))
	}
	return ranks
}
