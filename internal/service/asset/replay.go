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
		ranks = append(ranks, v.rank(passed[len(passed)-1].created))
	}
	if last > 0 && full {
		ranks = append(ranks, v.rank(passed[last-1].created))
	}
	return ranks
}

// outcome is what may become of a device in a sync, over all checkpoints that are possible.
type outcome struct {
	before, pending, behind bool
	// stop is the device that the sync stops at; nil if it is not certain which.
	stop *place
}

// replay plays a sync from each of these ranks, which are sorted, and returns the outcome of each device of byAge.
func (v *inventory) replay(ranks []int, size batch) []outcome {
	reached, begins := map[int]int{}, map[int]int{} // how far from each rank; what is behind each stop
	for _, from := range ranks {
		least, most := v.reach(from, size)
		reached[from] = most
		if stop := v.stops[from]; stop < len(v.byAge) {
			if begin, found := begins[stop]; !found || least < begin {
				begins[stop] = least
			}
		}
	}
	stops := map[int][]int{}
	for stop, begin := range begins {
		stops[begin] = append(stops[begin], stop)
	}
	outcomes := make([]outcome, len(v.byAge))
	end, met := 0, []int(nil)
	for rank := range outcomes {
		end, met = max(end, reached[rank]), append(met, stops[rank]...)
		outcomes[rank] = outcome{before: rank < ranks[len(ranks)-1], pending: rank < end, behind: len(met) > 0}
		if len(met) == 1 {
			outcomes[rank].stop = v.byAge[met[0]]
		}
	}
	return outcomes
}

// continued sets the reasons for a connector that has a checkpoint.
func (v *inventory) continued(seen *sightings) {
	for rank, found := range v.replay(v.checkpoints(seen)) {
		each := v.byAge[rank]
		switch {
		case found.before && !found.pending && !found.behind:
			each.reason = reasonBeforeCheckpoint
		case found.pending && !found.before && !found.behind:
			each.reason = reasonPending
		case found.behind && !found.before && !found.pending:
			each.reason = reasonBehind
			if found.stop != nil {
				each.behind = found.stop.id
			}
		default:
			each.reason = reasonUnknown
		}
	}
}

// begun sets the reasons for a connector that has brought nothing: its first cycle takes Okta's own order, and those
// after it the order of creation.
func (v *inventory) begun() {
	stop := slices.IndexFunc(v.listed, func(each *place) bool { return len(each.lacks) > 0 })
	if stop < 0 {
		return // all are pending
	}
	end := stop - stop%okta.PageSize
	for _, each := range v.listed[end:] {
		each.reason, each.behind = reasonBehind, v.listed[stop].id
	}

	// Where the first cycle leaves the checkpoint depends on the size of a batch, which no asset shows yet.
	ranks := v.afterCycle(v.listed[:end], true, true)
	if len(ranks) == 0 {
		return
	}
	slices.Sort(ranks)
	for rank, found := range v.replay(ranks, batch{}) {
		each := v.byAge[rank]
		switch {
		case each.at < end || !found.pending:
		case found.before || found.behind:
			each.reason, each.behind = reasonUnknown, ""
		default:
			each.reason, each.behind = reasonPending, ""
		}
	}
}
