// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const (
	accountsPath   = "/v1/symphony/module-configurations"
	connectorsPath = "/v1/symphony/connector-configurations"
	assetsPath     = "/v2/asset-management/assets"
	devicesPath    = "/api/v1/devices"
	wellKnownPath  = "/.well-known/okta-organization"

	oktaModule          = "4ef895d1-3f21-4678-8d0a-5c39c37210fe"
	oktaDeviceConnector = "b6e2c8a2-4f3b-4e7a-8c1d-2e4f3a6b7c9d"
)

// sleepy makes a connector sleep longer than any test takes, so that its next cycle begins when the test starts it.
func sleepy(c *simulator.Config) { c.SyncInterval = 1000 * time.Hour }

// coverageResult is what sekoia_okta_device_coverage says.
type coverageResult struct {
	Covered []string `json:"covered"`
	Missing []struct {
		ID     string  `json:"id"`
		Reason string  `json:"reason"`
		Detail *string `json:"detail"`
	} `json:"missing"`
	Stale           []string       `json:"stale"`
	MissingByReason map[string]int `json:"missing_by_reason"`
	CoverageRatio   *float64       `json:"coverage_ratio"`
	SummaryMarkdown string         `json:"summary_markdown"`
}

// prepared is a folder with a configuration of testdata/ and variables for it.
func prepared(t *testing.T, clouds *acctest.Clouds, folder string, variables map[string]string) *acctest.CLI {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", folder, "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", string(content))
	for name, value := range variables {
		cli.Setenv("TF_VAR_"+name, value)
	}
	return cli
}

// coverageOf reads the coverage of a connector through the real Terraform.
func coverageOf(t *testing.T, clouds *acctest.Clouds, variables map[string]string) coverageResult {
	t.Helper()
	cli := prepared(t, clouds, "coverage", variables)
	cli.Succeed(t, "apply", "-auto-approve")
	var outputs struct {
		Coverage struct{ Value coverageResult } `json:"coverage"`
	}
	cli.JSON(t, &outputs, "output", "-json")
	return outputs.Coverage.Value
}

// account makes an account by hand, and returns its id.
func account(t *testing.T, clouds *acctest.Clouds, baseURL, token string) string {
	t.Helper()
	var made struct{ UUID string }
	clouds.Sekoia(t, http.MethodPost, accountsPath, map[string]any{
		"name": "Okta", "module_uuid": oktaModule, "community_uuid": clouds.Ready.CommunityID,
		"value": map[string]any{"base_url": baseURL, "apikey": token},
	}, &made)
	return made.UUID
}

// connector makes a connector by hand, which starts, and returns its id.
func connector(t *testing.T, clouds *acctest.Clouds, accountID, kind string) string {
	t.Helper()
	var made struct{ UUID string }
	clouds.Sekoia(t, http.MethodPost, connectorsPath, map[string]any{
		"name": "Okta devices", "connector_uuid": kind, "module_configuration_uuid": accountID, "community_uuid": clouds.Ready.CommunityID,
		"value": map[string]any{},
	}, &made)
	return made.UUID
}

// synced makes an account and a connector, and waits for its first load.
func synced(t *testing.T, clouds *acctest.Clouds) string {
	t.Helper()
	id := connector(t, clouds, account(t, clouds, clouds.Ready.OktaURL, clouds.Ready.OktaToken), oktaDeviceConnector)
	asleep(t, clouds, id, 1)
	return id
}

// asleep waits until a connector of sleepy clouds has gone to sleep so many times: once for each start.
func asleep(t *testing.T, clouds *acctest.Clouds, id string, times int) {
	t.Helper()
	const patience = 2 * time.Minute // with the race detector, beside all other tests
	deadline := time.After(patience)
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		var log struct{ Items []struct{ Message string } }
		clouds.Sekoia(t, http.MethodGet, connectorsPath+"/"+id+"/logs?limit=100", nil, &log)
		found := 0
		for _, line := range log.Items {
			if strings.HasPrefix(line.Message, "Next run in the future") {
				found++
			}
		}
		if found >= times {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("connector %s did not go to sleep %d times: %v", id, times, log.Items)
		case <-look.C:
		}
	}
}

// nextCycle stops and starts a connector that sleeps after its first load, and waits for it to sleep again.
func nextCycle(t *testing.T, clouds *acctest.Clouds, id string) {
	t.Helper()
	clouds.Sekoia(t, http.MethodPost, connectorsPath+"/"+id+"/stop", nil, nil)
	clouds.Sekoia(t, http.MethodPost, connectorsPath+"/"+id+"/start", nil, nil)
	asleep(t, clouds, id, 2)
}

// heldState is what both clouds hold, as the simulator's own admin call tells it.
type heldState struct {
	Devices []heldDevice
	Assets  []struct {
		UUID       string
		Name       string
		Connectors []struct {
			UUID       string
			ExternalID string    `json:"external_id"`
			FirstSeen  time.Time `json:"first_seen"`
		}
	}
}

// heldDevice is an Okta device.
type heldDevice struct {
	ID      string         `json:"id"`
	Created time.Time      `json:"created"`
	Profile map[string]any `json:"profile"`
}

func held(t *testing.T, clouds *acctest.Clouds) heldState {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, clouds.Ready.AdminURL+"/_simulator/state", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // decoded to its end below
	var state heldState
	if err := json.NewDecoder(answer.Body).Decode(&state); err != nil {
		t.Fatal(err)
	}
	return state
}

// broughtBy are the Okta ids that a connector has assets of, with the time when it saw them first.
func (s *heldState) broughtBy(connectorID string) map[string]time.Time {
	found := map[string]time.Time{}
	for _, asset := range s.Assets {
		for _, share := range asset.Connectors {
			if share.UUID == connectorID {
				found[share.ExternalID] = share.FirstSeen
			}
		}
	}
	return found
}

// add puts devices into Okta, created now, with all that a connector requires but what is left out.
func add(t *testing.T, clouds *acctest.Clouds, prefix string, count int, without func(number int) string) {
	t.Helper()
	for number := range count {
		profile := map[string]any{
			"displayName": fmt.Sprintf("Laptop %03d", number), "platform": "WINDOWS", "registered": true, "secureHardwarePresent": true, "osVersion": "11",
		}
		if without != nil {
			delete(profile, without(number))
		}
		clouds.PutDevice(t, fmt.Sprintf("%s%03d", prefix, number), map[string]any{"status": "ACTIVE", "profile": profile})
	}
}

// pages is how many calls a list takes.
func pages(count, size int) int { return max((count+size-1)/size, 1) }

// assetPages is how many calls a list of assets takes: each page begins with the last asset of the one before.
func assetPages(count int) int { return pages(count-1, 99) }
