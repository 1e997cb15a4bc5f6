// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/provider"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/protocol"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// TestRoundsOfAConnector: what a connector costs far from both clouds is how many calls wait for one another. Each
// takes a second here.
func TestRoundsOfAConnector(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		settings := simulator.DefaultConfig()
		settings.Offline, settings.Devices, settings.Latency, settings.SyncInterval = true, 3, time.Second, 2400*time.Hour
		clouds, err := simulator.Start(settings)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { failOn(t, clouds.Close()) })
		ready := clouds.Ready()
		environment := map[string]string{"SEKOIA_BASE_URL": ready.SekoiaURL, "SEKOIA_API_KEY": ready.SekoiaAPIKey}
		lookup := func(name string) (string, bool) {
			value, found := environment[name]
			return value, found
		}
		terraform := &protocol.Terraform{Serve: func() (tfprotov6.ProviderServer, error) {
			return provider.NewServer(provider.New("test", provider.Environment{Lookup: lookup, Network: clouds.Transport()}))(), nil
		}}
		configuration := map[string]any{
			"name": "Okta devices", "base_url": ready.OktaURL, "api_token_wo": ready.OktaToken, "api_token_wo_version": "1",
			"sync": map[string]any{"wait_for": "none"},
		}
		rounds := func(what string, want int, do func() error) {
			began := time.Now()
			if err := do(); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took != time.Duration(want)*time.Second {
				t.Errorf("%s takes %s, want %d rounds", what, took, want)
			}
		}

		// Okta is asked what it is, then for its devices; Sekoia meanwhile for what the key may, then for what is
		// there.
		rounds("a plan", 2, func() error {
			_, _, err := terraform.Plan(t.Context(), configuration)
			return err
		})
		// The plan, and the same in the apply's own process; then a look, the account, the connector.
		rounds("an apply without a saved plan", 7, func() error {
			_, err := terraform.Apply(t.Context(), configuration)
			return err
		})
		rounds("an unchanged plan", 1, func() error {
			_, _, err := terraform.Plan(t.Context(), configuration)
			return err
		})
	})
}
