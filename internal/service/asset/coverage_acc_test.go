// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset_test

import (
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/shape"
)

// verdict is a reason and its detail.
type verdict struct{ reason, detail string }

// expected is the second way to the result: from the simulator's own state, by the place that each device has in the cycle instead of by
// its pages.
type expected struct {
	covered, stale []string
	missing        map[string]verdict
}

func expect(state heldState, connectorID string) expected {
	brought := state.broughtBy(connectorID)
	result := expected{missing: map[string]verdict{}}

	var checkpoint, seen time.Time

	for _, device := range state.Devices {
		if first, there := brought[device.ID]; there {
			result.covered = append(result.covered, device.ID)

			if first.After(seen) || first.Equal(seen) && device.Created.After(checkpoint) {
				seen, checkpoint = first, device.Created
			}
		}
	}

	// asked is what the next cycle asks for, in its order; without an asset it is all there is.
	asked := state.Devices
	if len(brought) > 0 {
		asked = slices.DeleteFunc(slices.Clone(asked), func(d heldDevice) bool { return !d.Created.After(checkpoint) })
		slices.SortStableFunc(asked, func(a, b heldDevice) int { return a.Created.Compare(b.Created) })
	}

	stop := slices.IndexFunc(asked, func(d heldDevice) bool { return d.lacks() != "" })
	reached := len(asked)

	if stop >= 0 {
		reached = stop - stop%200
	}

	rank := map[string]int{}
	for place, device := range asked {
		rank[device.ID] = place
	}

	for _, device := range state.Devices {
		place, isAsked := rank[device.ID]

		switch _, there := brought[device.ID]; {
		case there:
			delete(brought, device.ID)
		case device.lacks() != "":
			result.missing[device.ID] = verdict{"lacks_field", device.lacks()}
		case !isAsked:
			result.missing[device.ID] = verdict{"before_checkpoint", ""}
		case place >= reached:
			result.missing[device.ID] = verdict{"behind", asked[stop].ID}
		default:
			result.missing[device.ID] = verdict{"pending", ""}
		}
	}

	result.stale = slices.Sorted(maps.Keys(brought))

	return result
}

// lacks are the fields that a device lacks.
func (d heldDevice) lacks() string {
	var names []string

	for _, name := range []string{"displayName", "platform", "registered", "secureHardwarePresent"} {
		if d.Profile[name] == nil {
			names = append(names, name)
		}
	}

	return strings.Join(names, ", ")
}

// compare holds what the data source says against the second way.
func (e expected) compare(t *testing.T, got coverageResult) {
	t.Helper()

	missing, counts := map[string]verdict{}, map[string]int{"lacks_field": 0, "behind": 0, "before_checkpoint": 0, "pending": 0}
	for _, each := range got.Missing {
		detail := ""
		if each.Detail != nil {
			detail = *each.Detail
		}

		missing[each.ID] = verdict{each.Reason, detail}
	}

	for _, each := range e.missing {
		counts[each.reason]++
	}

	slices.Sort(got.Stale)

	for name, diff := range map[string]string{
		"covered":           gocmp.Diff(e.covered, got.Covered, cmpopts.EquateEmpty()),
		"stale":             gocmp.Diff(e.stale, got.Stale, cmpopts.EquateEmpty()),
		"missing_by_reason": gocmp.Diff(counts, got.MissingByReason),
		"missing":           gocmp.Diff(e.missing, missing, gocmp.AllowUnexported(verdict{})),
	} {
		if diff != "" {
			t.Errorf("%s (-second way +data source):\n%.4000s", name, diff)
		}
	}

	ratio := float64(len(e.covered)) / float64(len(e.covered)+len(e.missing))
	if got.CoverageRatio == nil || math.Abs(*got.CoverageRatio-ratio) > 1e-9 {
		t.Errorf("coverage_ratio: want %v, not %v", ratio, got.CoverageRatio)
	}
}

// rewrite changes devices of the simulator's inventory before anything was synced.
func rewrite(t *testing.T, clouds *acctest.Clouds, change func(number int, device heldDevice) map[string]any) {
	t.Helper()

	for number, device := range held(t, clouds).Devices {
		if changed := change(number, device); changed != nil {
			clouds.PutDevice(t, device.ID, changed)
		}
	}
}

// withProfile is a device as it is to be put.
func withProfile(device heldDevice, created time.Time) map[string]any {
	return map[string]any{"status": "ACTIVE", "created": created.UTC().Format("2006-01-02T15:04:05.000Z"), "profile": device.Profile}
}

// The inventory of each case has 1,000 devices, of which 30 lack a required field, from number 800 on. After the last cycle devices are
// added, and 20 deleted that had arrived.
func TestAccCoverage_predictsTheNextCycle(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		before  func(t *testing.T, clouds *acctest.Clouds)
		added   int
		without func(number int) string
		// least is how many of a reason there must be, so that a case shows what it is for.
		least map[string]int
	}{
		"as it comes": {added: 40, least: map[string]int{"lacks_field": 30, "behind": 41, "before_checkpoint": 1}},
		"the odd devices are older than the checkpoint, so the added ones are pending": {
			added: 40, least: map[string]int{"lacks_field": 30, "pending": 40, "before_checkpoint": 1},
			before: oddOnesOld,
		},
		"one of the added devices stops the second page of them": {
			added: 300, least: map[string]int{"lacks_field": 31, "pending": 200, "behind": 99},
			before: oddOnesOld,
			without: func(number int) string {
				if number == 290 {
					return "platform"
				}

				return ""
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			clouds := acctest.Start(t, sleepy, func(c *simulator.Config) {
				c.Devices, c.Odd, c.OddFrom = 1000, 30, 800
				c.Middleware = shape.Watch(t, shape.Options{OddDevices: true}).Middleware
			})
			if test.before != nil {
				test.before(t, clouds)
			}

			id := synced(t, clouds)
			state := held(t, clouds)
			deleteSome(t, clouds, state, id)
			add(t, clouds, "guonew", test.added, test.without)

			before := held(t, clouds)
			want := expect(before, id)
			clouds.ResetRequests(t)

			got := coverageOf(t, clouds, map[string]string{"connector_id": id})
			want.compare(t, got)

			for why, least := range test.least {
				if got.MissingByReason[why] < least {
					t.Errorf("the case is not what it should be: %d are %s, want at least %d", got.MissingByReason[why], why, least)
				}
			}

			t.Logf("%d covered, %d stale, %v", len(got.Covered), len(got.Stale), got.MissingByReason)
			countCalls(t, clouds, len(before.Devices), len(before.broughtBy(id)))

			nextCycle(t, clouds, id)
			happened(t, clouds, id, got)
		})
	}
}

// oddOnesOld makes the devices that lack a field older than all others, so that they stop no cycle with a checkpoint, and the last device
// the newest: it arrives last, so that its time is the checkpoint, and the estimate of it no estimate.
func oddOnesOld(t *testing.T, clouds *acctest.Clouds) {
	t.Helper()

	rewrite(t, clouds, func(number int, device heldDevice) map[string]any {
		switch {
		case number == 999:
			return withProfile(device, time.Date(2025, time.December, 1, 0, 0, 0, 0, time.UTC))
		case number >= 800 && number < 830:
			return withProfile(device, time.Date(2020, time.January, 1, 0, number, 0, 0, time.UTC))
		default:
			return nil
		}
	})
}

// deleteSome deletes 20 devices in Okta that have arrived, or as many as have.
func deleteSome(t *testing.T, clouds *acctest.Clouds, state heldState, id string) {
	t.Helper()

	brought := state.broughtBy(id)

	deleted := 0

	for number, device := range state.Devices {
		if _, there := brought[device.ID]; there && number%7 == 3 && deleted < 20 {
			clouds.DeleteDevice(t, device.ID)

			deleted++
		}
	}

	if deleted < 20 && len(brought) > 0 {
		t.Fatalf("%d devices could be deleted, not 20", deleted)
	}
}

// countCalls checks that a coverage made no more calls than it needs.
func countCalls(t *testing.T, clouds *acctest.Clouds, devices, assets int) {
	t.Helper()

	calls := clouds.Requests(t)

	for what, count := range map[string][2]int{
		"okta pages":       {len(calls.Of(acctest.Okta).Path(http.MethodGet, devicesPath)), pages(devices, 200)},
		"okta well-known":  {len(calls.Of(acctest.Okta).Path(http.MethodGet, wellKnownPath)), 1},
		"okta":             {len(calls.Of(acctest.Okta)), 1 + pages(devices, 200)},
		"sekoia assets":    {len(calls.Of(acctest.Sekoia).Path(http.MethodGet, assetsPath)), assetPages(assets)},
		"sekoia connector": {len(calls.Of(acctest.Sekoia).Path(http.MethodGet, connectorsPath+"/*")), 1},
		"sekoia account":   {len(calls.Of(acctest.Sekoia).Path(http.MethodGet, accountsPath+"/*")), 1},
		"sekoia":           {len(calls.Of(acctest.Sekoia)), 2 + assetPages(assets)},
	} {
		if count[0] != count[1] {
			t.Errorf("%s: %d calls, want %d", what, count[0], count[1])
		}
	}
}

// happened holds the next cycle against what was said of it.
func happened(t *testing.T, clouds *acctest.Clouds, id string, said coverageResult) {
	t.Helper()

	state := held(t, clouds)
	brought := state.broughtBy(id)
	wrong := map[string]int{}

	for _, device := range said.Missing {
		if _, arrived := brought[device.ID]; arrived != (device.Reason == "pending") {
			wrong[device.Reason]++
		}
	}

	if len(wrong) > 0 {
		t.Errorf("the next cycle did other things than was said: %v of %v", wrong, said.MissingByReason)
	}

	t.Logf("%d assets after the next cycle", len(brought))
}

// Before the first asset the cycle takes Okta's order. This connector had a token that Okta does not take.
func TestAccCoverage_beforeTheFirstAsset(t *testing.T) {
	t.Parallel()

	clouds := acctest.Start(t, sleepy, func(c *simulator.Config) {
		c.Devices, c.Odd = 500, 0
		c.Middleware = shape.Watch(t, shape.Options{}).Middleware
	})
	on := account(t, clouds, clouds.Ready.OktaURL, "00wrong")
	id := connector(t, clouds, on, oktaDeviceConnector)
	asleep(t, clouds, id, 1)
	clouds.ResetRequests(t)

	got := coverageOf(t, clouds, map[string]string{"connector_id": id})
	if diff := gocmp.Diff(map[string]int{"pending": 500, "behind": 0, "before_checkpoint": 0, "lacks_field": 0}, got.MissingByReason); diff != "" {
		t.Errorf("missing_by_reason (-want +got):\n%s", diff)
	}

	if got.CoverageRatio == nil || *got.CoverageRatio != 0 || len(got.Covered)+len(got.Stale) > 0 {
		t.Errorf("nothing arrived, and it says ratio %v, %d covered, %d stale", got.CoverageRatio, len(got.Covered), len(got.Stale))
	}

	countCalls(t, clouds, 500, 0)
	clouds.Sekoia(t, http.MethodPatch, accountsPath+"/"+on, map[string]any{
		"value": map[string]any{"base_url": clouds.Ready.OktaURL, "apikey": clouds.Ready.OktaToken},
	}, nil)
	nextCycle(t, clouds, id)
	happened(t, clouds, id, got)
}
