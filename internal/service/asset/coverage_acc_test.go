// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset_test

import (
	"maps"
	"math"
	"net/http"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/shape"
)

// compare holds what the data source says against the simulator's own state.
func compare(t *testing.T, state heldState, connectorID string, got coverageResult) {
	t.Helper()
	brought := state.broughtBy(connectorID)
	var covered, missing, named []string
	for _, device := range state.Devices {
		if _, there := brought[device.ID]; there {
			covered = append(covered, device.ID)
			delete(brought, device.ID)
		} else {
			missing = append(missing, device.ID)
		}
	}
	counts := map[string]int{"lacks_field": 0, "behind": 0, "before_checkpoint": 0, "pending": 0, "unknown": 0}
	for _, device := range got.Missing {
		named = append(named, device.ID)
		counts[device.Reason]++
	}
	slices.Sort(got.Stale)
	for name, diff := range map[string]string{
		"covered":           gocmp.Diff(covered, got.Covered, cmpopts.EquateEmpty()),
		"stale":             gocmp.Diff(slices.Sorted(maps.Keys(brought)), got.Stale, cmpopts.EquateEmpty()),
		"missing":           gocmp.Diff(missing, named, cmpopts.EquateEmpty()),
		"missing_by_reason": gocmp.Diff(counts, got.MissingByReason),
	} {
		if diff != "" {
			t.Errorf("%s (-state +data source):\n%.4000s", name, diff)
		}
	}
	ratio := float64(len(covered)) / float64(len(covered)+len(missing))
	if got.CoverageRatio == nil || math.Abs(*got.CoverageRatio-ratio) > 1e-9 {
		t.Errorf("coverage_ratio: want %v, not %v", ratio, got.CoverageRatio)
	}
}

// The inventory has 1,000 devices, of which 30 are odd, from number 800 on. After the last cycle devices are added, and
// 20 deleted that had arrived. Many more inventories are tried without the command line:
// TestCover_holdsForInventoriesByChance.
func TestAccCoverage_predictsTheNextCycle(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, sleepy, func(c *simulator.Config) {
		c.Devices, c.Odd, c.OddFrom = 1000, 30, 800
		c.Middleware = shape.Watch(t, shape.Options{OddDevices: true}).Middleware
	})
	id := synced(t, clouds)
	deleteSome(t, clouds, held(t, clouds), id)
	add(t, clouds, "guonew", 40, nil)
	before := held(t, clouds)
	clouds.ResetRequests(t)
	got := coverageOf(t, clouds, map[string]string{"connector_id": id})
	compare(t, before, id, got)
	if got.MissingByReason["lacks_field"] != 30 || got.MissingByReason["unknown"] > 0 || got.MissingByReason["before_checkpoint"] == 0 {
		t.Errorf("the case is not what it should be: %v", got.MissingByReason)
	}
	t.Logf("%d covered, %d stale, %v", len(got.Covered), len(got.Stale), got.MissingByReason)
	countCalls(t, clouds, len(before.Devices), len(before.broughtBy(id)))
	nextCycle(t, clouds, id)
	happened(t, clouds, id, got)
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
	if diff := gocmp.Diff(map[string]int{"pending": 500, "behind": 0, "before_checkpoint": 0, "lacks_field": 0, "unknown": 0}, got.MissingByReason); diff != "" {
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
