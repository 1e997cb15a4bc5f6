// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"maps"
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// TestReadSetsTheIdentityFirst reads as Terraform before 1.12 does, which stores no identity, and as later ones do.
func TestReadSetsTheIdentityFirst(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		before  func(*testing.T, *acctest.Clouds, string)
		unknown bool // the provider's api_key
		known   bool // the state holds more than the id, which it does but for an import
		gone    bool
		fails   string // with this error
	}{
		"a connector that is there": {},
		"a connector that is gone": {gone: true, before: func(t *testing.T, clouds *acctest.Clouds, id string) {
			t.Helper()
			clouds.Sekoia(t, http.MethodDelete, connectorsPath+"/"+id, nil, nil)
		}},
		"a connector that is marked as deleted": {gone: true, before: func(t *testing.T, clouds *acctest.Clouds, id string) {
			t.Helper()
			clouds.PatchConnector(t, id, map[string]any{"deleted": true})
		}},
		"a connector whose account is gone": {before: func(t *testing.T, clouds *acctest.Clouds, _ string) {
			t.Helper()
			clouds.PatchAccount(t, inSekoia(t, clouds).accounts[0].UUID, map[string]any{"deleted": true})
		}},
		"a provider that is not known yet": {unknown: true, known: true},
		// A plan on the empty state of an import would replace the connector.
		"an import with a provider that is not known yet": {unknown: true, fails: "api_key is not known yet"},
		"an outage": {fails: "could not be read", before: func(t *testing.T, clouds *acctest.Clouds, _ string) {
			t.Helper()
			clouds.SetFaults(t, answer(acctest.Sekoia, "", "", http.StatusNotImplemented, map[string]any{}))
		}},
	}
	for name, test := range cases {
		for version, stored := range map[string]bool{"before 1.12": false, "1.12 and later": true} {
			t.Run(name+" on Terraform "+version, func(t *testing.T) {
				t.Parallel()
				clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
				id := madeByHand(t, clouds, "Okta devices")
				if test.before != nil {
					test.before(t, clouds, id)
				}
				var block values
				if test.unknown {
					block = values{"api_key": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)}
				}
				provider := speak(t, clouds, nil, block)
				state := values{"id": text(id)}
				if test.known {
					state["name"], state["base_url"] = text("Okta devices"), text(clouds.Ready.OktaURL)
				}
				request := &tfprotov6.ReadResourceRequest{TypeName: connectorType, CurrentState: dynamic(t, provider.resourceType(), state)}
				if stored {
					request.CurrentIdentity = provider.identify(t, id)
				}
				read, err := provider.server.ReadResource(t.Context(), request)
				if err != nil {
					t.Fatal(err)
				}
				if got := provider.identified(t, read.NewIdentity); got != id {
					t.Errorf("the identity is %q, want %s", got, id)
				}
				if test.fails != "" {
					wantError(t, read.Diagnostics, test.fails)
					return
				}
				succeeded(t, nil, read.Diagnostics)
				if gone := attributesOf(t, provider.resourceType(), read.NewState) == nil; gone != test.gone {
					t.Errorf("gone is %t, want %t", gone, test.gone)
				}
			})
		}
	}
}

func TestImport(t *testing.T) {
	t.Parallel()
	const (
		id       = "6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a"
		capitals = "6BFFBAC8-3A5D-4B1E-9D5C-0D3B6F6F2F0A"
	)
	cases := map[string]struct {
		id, identity string
		want         string // of the error; "": it is imported
	}{
		"by UUID":                               {id: id},
		"by UUID in capitals, with white space": {id: " " + capitals + "\n"},
		"by identity":                           {identity: id},
		"by identity in capitals":               {identity: capitals},
		"not by nothing":                        {want: "The import id is not a UUID"},
		"not by white space":                    {id: " \n", want: "The import id is not a UUID"},
		"not by name":                           {id: "Okta devices", want: "not a UUID"},
		"not by a name as identity":             {identity: "Okta devices", want: "not a UUID"},
	}
	clouds := acctest.Start(t)
	provider := speak(t, clouds, nil, nil)
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := provider.server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{
				TypeName: connectorType, ID: test.id, Identity: provider.identify(t, test.identity),
			})
			if err != nil {
				t.Fatal(err)
			}
			if test.want != "" {
				wantError(t, found.Diagnostics, test.want)
				return
			}
			succeeded(t, nil, found.Diagnostics)
			one := found.ImportedResources[0]
			if got := provider.identified(t, one.Identity); got != id {
				t.Errorf("the identity is %q, want %s", got, id)
			}
			if got := attributesOf(t, provider.resourceType(), one.State).is(t, "id"); got != id {
				t.Errorf("the id is %q, want %s", got, id)
			}
		})
	}
}

func TestImportedConnectorIsReadWithItsIdentity(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
	id := madeByHand(t, clouds, "Okta devices")
	provider := speak(t, clouds, nil, nil)
	read := imported(t, provider, id)
	if got := provider.identified(t, read.NewIdentity); got != id {
		t.Errorf("the identity is %q, want %s", got, id)
	}
	if got := attributesOf(t, provider.resourceType(), read.NewState).is(t, "name"); got != "Okta devices" {
		t.Errorf("the name is %q", got)
	}
}

// TestCreateAndUpdateSetTheIdentity goes through plan and apply, with and without the identity that Terraform stores.
func TestCreateAndUpdateSetTheIdentity(t *testing.T) {
	t.Parallel()
	for version, stored := range map[string]bool{"before 1.12": false, "1.12 and later": true} {
		t.Run("on Terraform "+version, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
			provider := speak(t, clouds, nil, nil)
			config := values{"name": text("Okta devices"), "base_url": text(clouds.Ready.OktaURL), "api_token": text(clouds.Ready.OktaToken)}
			created := changed(t, provider, nil, config, nil)
			state := attributesOf(t, provider.resourceType(), created.NewState)
			id := state.is(t, "id")
			if got := provider.identified(t, created.NewIdentity); got != id || id == "" {
				t.Errorf("after Create the identity is %q, and the id %q", got, id)
			}
			var identity *tfprotov6.ResourceIdentityData
			if stored {
				identity = created.NewIdentity
			}
			config["name"] = text("Okta devices, renamed")
			updated := changed(t, provider, created, config, identity)
			if got := provider.identified(t, updated.NewIdentity); got != id {
				t.Errorf("after Update the identity is %q, want %s", got, id)
			}
			if got := attributesOf(t, provider.resourceType(), updated.NewState).is(t, "name"); got != "Okta devices, renamed" {
				t.Errorf("the name is %q", got)
			}
		})
	}
}

// changed plans and applies a configuration over what an apply before left (nil: nothing), as Terraform does.
func changed(
	t *testing.T, provider *protocol, before *tfprotov6.ApplyResourceChangeResponse, config values, identity *tfprotov6.ResourceIdentityData,
) *tfprotov6.ApplyResourceChangeResponse {
	t.Helper()
	of := provider.resourceType()
	proposed := values{}
	var (
		prior   *tfprotov6.DynamicValue
		private []byte
	)
	if before == nil {
		null, err := tfprotov6.NewDynamicValue(of, tftypes.NewValue(of, nil))
		if err != nil {
			t.Fatal(err)
		}
		prior = &null
		for _, name := range []string{"id", "account_id", "community_id", "drift", "okta_organization_id"} {
			proposed[name] = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
		}
	} else {
		prior, private = before.NewState, before.Private
		proposed = attributesOf(t, of, prior)
	}
	maps.Copy(proposed, config)
	written := dynamic(t, of, config)
	planned, err := provider.server.PlanResourceChange(t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: connectorType, PriorState: prior, ProposedNewState: dynamic(t, of, proposed), Config: written, PriorPrivate: private, PriorIdentity: identity,
	})
	succeeded(t, err, planned.Diagnostics)
	applied, err := provider.server.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: connectorType, PriorState: prior, PlannedState: planned.PlannedState, Config: written,
		PlannedPrivate: planned.PlannedPrivate, PlannedIdentity: planned.PlannedIdentity,
	})
	succeeded(t, err, applied.Diagnostics)
	return applied
}
