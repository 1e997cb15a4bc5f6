// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight_test

import (
	"net/http"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/shape"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// The simulator has its own idea of both clouds: what it answers has to mean the same here.
func TestAgainstTheSimulator(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		configure func(*simulator.Config)
		input     func(*preflight.Input)
		others    int // calls to the Devices API that others made before
		want      outcomes
		says      []string
	}{
		{name: "all is well"},
		{
			name:  "a wrong token",
			input: func(i *preflight.Input) { i.OktaToken = credential.NewSecret("00another-token") },
			want:  fails("okta_credentials", reject(okta.InputToken)),
			says:  []string{"E0000011"},
		},
		{
			name:      "devices that the connector drops",
			configure: func(c *simulator.Config) { c.Devices, c.Odd, c.OddFrom = 300, 8, 190 },
			want:      outcomes{"okta_inventory": warn("")},
			says:      []string{"7 of the first 200 devices lack", "displayName (2)", "platform (1)", "registered (1)", "secureHardwarePresent (1)", "status (1)", "lastUpdated (1)", "1 more has an empty displayName"},
		},
		{
			name:      "no devices",
			configure: func(c *simulator.Config) { c.Devices = 0 },
			want:      outcomes{"okta_inventory": warn("")},
		},
		{
			name:      "a budget of which little is left",
			configure: func(c *simulator.Config) { c.RateLimit = 10 },
			others:    9,
			want:      outcomes{"okta_rate_limit": warn("")},
			says:      []string{"0 of 10 calls"},
		},
		{
			name:      "a budget that this run uses itself",
			configure: func(c *simulator.Config) { c.RateLimit = 10 },
			others:    8,
			says:      []string{"1 of 10 calls", "This run made 1 of the others itself"},
		},
		{
			name:      "several communities and none chosen",
			configure: func(c *simulator.Config) { c.Communities = 3 },
			input:     func(i *preflight.Input) { i.CommunityID = "" },
			want:      outcomes{"sekoia_community": reject(sekoia.InputCommunity)},
			says:      []string{"sees 3 communities"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			config := simulator.DefaultConfig()
			config.Odd, config.Middleware = 0, shape.Watch(t, shape.Options{OddDevices: true, WrongRequests: true}).Middleware
			if c.configure != nil {
				c.configure(&config)
			}
			clouds, err := simulator.Start(config)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := clouds.Close(); err != nil {
					t.Error(err)
				}
			})
			ready := clouds.Ready()
			client, err := transport.New(transport.Options{UserAgent: "test"})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(client.CloseIdleConnections)
			for range c.others {
				response, err := http.Get(ready.OktaURL + devices) //nolint:noctx // the simulator's
				if err != nil {
					t.Fatal(err)
				}
				_ = response.Body.Close()
			}
			input := preflight.Input{
				OktaBaseURL: parse(t, ready.OktaURL),
				OktaToken:   credential.NewSecret(ready.OktaToken),
				CommunityID: ready.CommunityID,
			}
			if c.input != nil {
				c.input(&input)
			}
			report := preflight.NewTester(preflight.TesterConfig{
				HTTP:   client,
				Trust:  credential.Trust{Loopback: true},
				Sekoia: sekoia.New(sekoia.Config{HTTP: client, BaseURL: parse(t, ready.SekoiaURL), APIKey: credential.NewSecret(ready.SekoiaAPIKey)}),
			}).Report(t.Context(), input)
			checkOutcomes(t, report, c.want)
			checkTexts(t, report, c.says, []string{ready.OktaToken, ready.SekoiaAPIKey})
		})
	}
}
