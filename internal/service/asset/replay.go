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
	*access.DeviceOutline
	covered    bool
	pushedLast bool // see pushes
	at         int  // its place in Okta's own order
	reason     reason
	behind     string // the device that the sync stops at, for reasonBehind
}

// yields reports whether the connector makes an asset of the device.
func (p *place) yields() bool { return len(p.Lacks) == 0 && p.Unusable == "" }

// inventory is Okta's devices in the two orders in which the connector lists them: Okta's own as long as there is no
// checkpoint, then by creation, the oldest first. A checkpoint is written as a rank: how many devices were not created
// after it, so the next cycle begins with the device at this place of byAge.
type inventory struct {
	listed, byAge []*place
	stops         []int // for each rank, where the first device is that lacks a field; len(byAge) if there is none
	yielded       []int // for each rank, how many devices before it the connector makes an asset of
}

func newInventory(devices []access.DeviceOutline, seen *sightings) *inventory {
	count := len(devices)
	found := &inventory{listed: make([]*place, count), stops: make([]int, count+1), yielded: make([]int, count+1)}
	all := make([]place, count)
	for index := range devices {
		_, covered := seen.byID[devices[index].ID]
		all[index] = place{DeviceOutline: &devices[index], covered: covered && devices[index].ID != "", at: index, reason: reasonPending}
		found.listed[index] = &all[index]
	}
	found.byAge = slices.Clone(found.listed)
	slices.SortStableFunc(found.byAge, func(a, b *place) int { return a.Created.Compare(b.Created) })
	found.stops[count] = count
	for rank, each := range slices.Backward(found.byAge) {
		found.stops[rank] = found.stops[rank+1]
		if len(each.Lacks) > 0 {
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
	return sort.Search(len(v.byAge), func(index int) bool { return v.byAge[index].Created.After(at) })
}

// batch is what is known of how many devices the connector pushes at once. Sekoia's default is 100, but it is a setting
// of the platform.
type batch struct {
	size  int // 0 if it is not known
	least int // a size that was seen
}

// full reports whether so many devices may have filled their last batch, and whether they may not have.
func (b batch) full(count int) (may, mayNot bool) {
	if b.size > 0 {
		return count%b.size == 0, count%b.size != 0
	}

	// Any larger count may be one batch or several. Nobody pushes each device alone.
	return count >= max(b.least, 2), true
}

// reach returns how far a sync gets from a rank: the first rank that it does not bring. The two differ if that depends
// on the size of a batch. A sync is cycle after cycle, until one yields nothing: a cycle that yielded something is
// followed by the next one at once.
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
	for _, next := range v.afterCycle(v.byAge[from:end], full, partial) {
		low, high := end, end
		if next > from {
			low, high = v.reach(next, size)
		}
		least, most = min(least, max(low, end)), max(most, high, end)
	}
	return least, most
}

// afterCycle returns the checkpoints that a cycle over these devices may leave; none if it yields nothing. The push
// comes before the connector notes the device that filled the batch: so a full last batch leaves the checkpoint at the
// device before that, and any other at the last device.
func (v *inventory) afterCycle(passed []*place, full, partial bool) []int {
	var ranks []int
	last := len(passed) - 1
	for last >= 0 && !passed[last].yields() {
		last--
	}
	if last >= 0 && partial {
		ranks = append(ranks, v.rank(passed[len(passed)-1].Created))
	}
	if last > 0 && full {
		ranks = append(ranks, v.rank(passed[last-1].Created))
	}
	return ranks
}

// outcome is what may become of a device in a sync, over all checkpoints that are possible.
type outcome struct{ before, pending, behind bool }

// replay plays a sync from each of these ranks, which are sorted, and returns the outcome of each device of byAge. stop
// is the id of the device that the sync stops at; "" if it is not certain which.
func (v *inventory) replay(ranks []int, size batch) (outcomes []outcome, stop string) {
	count, first, last := len(v.byAge), ranks[0], ranks[len(ranks)-1]
	reached, behind := map[int]int{}, count // how far from each rank; where the first device is that may be behind one
	for _, from := range ranks {
		least, most := v.reach(from, size)
		reached[from] = most
		if v.stops[from] < count {
			behind = min(behind, least)
		}
	}
	if at := v.stops[first]; at == v.stops[last] && at < count {
		stop = v.byAge[at].ID
	}
	outcomes = make([]outcome, count)
	end := 0
	for rank := range outcomes {
		end = max(end, reached[rank])
		outcomes[rank] = outcome{before: rank < last, pending: rank < end, behind: rank >= behind}
	}
	return outcomes, stop
}

// continued sets the reasons for a connector that has a checkpoint.
func (v *inventory) continued(seen *sightings) {
	outcomes, stop := v.replay(v.checkpoints(seen))
	for rank, each := range v.byAge {
		switch outcomes[rank] {
		case outcome{before: true}:
			each.reason = reasonBeforeCheckpoint
		case outcome{pending: true}:
			each.reason = reasonPending
		case outcome{behind: true}:
			each.reason, each.behind = reasonBehind, stop
		default:
			each.reason = reasonUnknown
		}
	}
}

// begun sets the reasons for a connector that has brought nothing: its first cycle takes Okta's own order, and those
// after it the order of creation.
func (v *inventory) begun() {
	stop := slices.IndexFunc(v.listed, func(each *place) bool { return len(each.Lacks) > 0 })
	if stop < 0 {
		return // all are pending
	}
	end := stop - stop%okta.PageSize
	for _, each := range v.listed[end:] {
		each.reason, each.behind = reasonBehind, v.listed[stop].ID
	}

	// Where the first cycle leaves the checkpoint depends on the size of a batch, which no asset shows yet.
	ranks := v.afterCycle(v.listed[:end], true, true)
	if len(ranks) == 0 {
		return
	}
	slices.Sort(ranks)
	outcomes, _ := v.replay(ranks, batch{})
	for rank, each := range v.byAge {
		if each.at < end || !outcomes[rank].pending {
			continue
		}
		each.reason, each.behind = reasonUnknown, ""
		if (outcomes[rank] == outcome{pending: true}) {
			each.reason = reasonPending
		}
	}
}
