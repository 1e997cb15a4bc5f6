// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// names are the display names of results, which may hold no error.
func names(t *testing.T, results []tfprotov6.ListResourceResult) []string {
	t.Helper()
	listed := []string{}
	for _, result := range results {
		succeeded(t, nil, result.Diagnostics)
		listed = append(listed, result.DisplayName)
	}
	return listed
}

func TestListResourceFindsConnectors(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		config    func(*acctest.Clouds) values
		limit     int64
		want      []string
		calls     int  // to Sekoia, all GET
		elsewhere bool // the provider's community is the other one
	}{
		"all of them, oldest first, with one call":      {limit: 100, want: []string{"Okta, north", "Okta, south", "Laptops", "elsewhere"}, calls: 1},
		"no more than the limit":                        {limit: 2, want: []string{"Okta, north", "Okta, south"}, calls: 1},
		"one, where the limit is one":                   {limit: 1, want: []string{"Okta, north"}, calls: 1},
		"as many as there are, where the limit is none": {limit: 0, want: []string{"Okta, north", "Okta, south", "Laptops", "elsewhere"}, calls: 1},
		"those with a text in their name, in capitals or not": {
			config: func(*acctest.Clouds) values { return values{"name_contains": text("OKTA,")} }, limit: 100, want: []string{"Okta, north", "Okta, south"}, calls: 1,
		},
		"the limit counts what fits": {
			config: func(*acctest.Clouds) values { return values{"name_contains": text("s")} }, limit: 2, want: []string{"Okta, south", "Laptops"}, calls: 1,
		},
		"none, where no name fits": {
			config: func(*acctest.Clouds) values { return values{"name_contains": text("west")} }, limit: 100, want: []string{}, calls: 1,
		},
		"those of an organization, however its URL is written": {
			config: func(c *acctest.Clouds) values { return values{"base_url": text(c.Ready.OktaURL + "/")} }, limit: 100,
			want: []string{"Okta, north", "Okta, south", "elsewhere"}, calls: 2,
		},
		"those of another organization": {
			config: func(*acctest.Clouds) values { return values{"base_url": text("https://other.okta.com")} }, limit: 100, want: []string{"Laptops"}, calls: 2,
		},
		"those of a community": {
			config: func(c *acctest.Clouds) values { return values{"community_id": text(c.Ready.CommunityID)} }, limit: 100,
			want: []string{"Okta, north", "Okta, south", "Laptops"}, calls: 1,
		},
		"those of the provider's community, where none is asked for": {
			limit: 100, want: []string{"elsewhere"}, calls: 1, elsewhere: true,
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds, other := discoverable(t)
			environment := map[string]string{}
			if test.elsewhere {
				environment["SEKOIA_COMMUNITY_ID"] = other
			}
			provider := speak(t, clouds, environment, nil)
			clouds.ResetRequests(t)
			var config values
			if test.config != nil {
				config = test.config(clouds)
			}
			results := provider.list(t.Context(), t, config, test.limit, false)
			if got := names(t, results); !slices.Equal(got, test.want) {
				t.Errorf("found %q, want %q", got, test.want)
			}
			calls := clouds.Requests(t).Of(acctest.Sekoia)
			if len(calls) != test.calls || len(calls.Writes()) > 0 {
				t.Errorf("want %d calls that read, got\n%s", test.calls, calls)
			}
			for _, result := range results {
				if result.Resource != nil {
					t.Errorf("%s has data that nobody asked for", result.DisplayName)
				}
				if id := provider.identified(t, result.Identity); !hasConnector(t, clouds, id, result.DisplayName) {
					t.Errorf("%s has the identity %q, which is not its", result.DisplayName, id)
				}
			}
		})
	}
}

// discoverable has connectors of two communities and two organizations, and one that was deleted. It returns the second
// community.
func discoverable(t *testing.T) (*acctest.Clouds, string) {
	t.Helper()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd, c.Communities = 3, 0, 2 })
	var communities struct {
		Items []struct {
			Subcommunities []string `json:"subcommunities"`
		} `json:"items"`
	}
	clouds.Sekoia(t, http.MethodGet, "/v1/me/communities", nil, &communities)
	other := communities.Items[0].Subcommunities[0]
	byHand(t, clouds, "Okta, north", clouds.Ready.CommunityID)
	byHand(t, clouds, "Okta, south", clouds.Ready.CommunityID)
	laptops, _ := byHand(t, clouds, "Laptops", clouds.Ready.CommunityID)
	byHand(t, clouds, "elsewhere", other)
	_, deleted := byHand(t, clouds, "Okta, deleted", clouds.Ready.CommunityID)
	clouds.PatchConnector(t, deleted, map[string]any{"deleted": true})
	clouds.PatchAccount(t, laptops, map[string]any{"value": map[string]any{"base_url": "https://other.okta.com"}})
	return clouds, other
}

func hasConnector(t *testing.T, clouds *acctest.Clouds, id, name string) bool {
	t.Helper()
	return slices.ContainsFunc(inSekoia(t, clouds).connectors, func(c acctest.Connector) bool { return c.UUID == id && c.Name == name })
}

// TestListResourceGivesWhatTheGeneratedBlockNeeds holds the data of a list against that of an import, which Read makes.
func TestListResourceGivesWhatTheGeneratedBlockNeeds(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
	_, running := byHand(t, clouds, `Okta "north" ${x}`, clouds.Ready.CommunityID)
	_, stopped := byHand(t, clouds, "Okta, stopped", clouds.Ready.CommunityID)
	gone, orphan := byHand(t, clouds, "Okta, without an account", clouds.Ready.CommunityID)
	settled(t, clouds, running, 3)
	clouds.Sekoia(t, http.MethodPost, connectorsPath+"/"+stopped+"/stop", nil, nil)
	clouds.PatchAccount(t, gone, map[string]any{"deleted": true})
	provider := speak(t, clouds, nil, nil)
	clouds.ResetRequests(t)
	results := provider.list(t.Context(), t, nil, 100, true)
	names(t, results)
	if calls := clouds.Requests(t).Of(acctest.Sekoia); len(calls) != 2 {
		t.Errorf("want one call for the connectors and one for their accounts, got\n%s", calls)
	}
	if len(results) != 3 {
		t.Fatalf("found %d connectors, want 3", len(results))
	}
	for index, id := range []string{running, stopped, orphan} {
		if got := provider.identified(t, results[index].Identity); got != id {
			t.Errorf("connector %d has the identity %s, want %s", index, got, id)
		}
		listed := attributesOf(t, provider.resourceType(), results[index].Resource)
		read := attributesOf(t, provider.resourceType(), imported(t, provider, id).NewState)
		for name, want := range read {
			// A list does not compare: what is wrong with a connector is for Read to say.
			if name == "drift" && id == orphan {
				want = tftypes.NewValue(tftypes.String, nil)
			}
			if !listed[name].Equal(want) {
				t.Errorf("connector %d: %s is %s, and after an import %s", index, name, listed[name], want)
			}
		}
	}
}

// imported imports a connector by its UUID, and reads it.
func imported(t *testing.T, provider *protocol, id string) *tfprotov6.ReadResourceResponse {
	t.Helper()
	found, err := provider.server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: connectorType, ID: id})
	succeeded(t, err, found.Diagnostics)
	one := found.ImportedResources[0]
	read, err := provider.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: connectorType, CurrentState: one.State, Private: one.Private, CurrentIdentity: one.Identity,
	})
	succeeded(t, err, read.Diagnostics)
	return read
}

func TestListResourceTellsWhatIsWrongInItsResults(t *testing.T) {
	t.Parallel()
	forbiddenAnswer := func(path string) acctest.Fault {
		return answer(acctest.Sekoia, http.MethodGet, path, http.StatusForbidden, map[string]any{"code": "forbidden", "message": "no"})
	}
	cases := map[string]struct {
		fault       *acctest.Fault
		environment map[string]string
		config      values
		whole       bool
		want        string // of the error
		warning     string // instead: that of the first result
	}{
		"the connectors may not be listed": {fault: new(forbiddenAnswer(connectorsPath)), want: "could not be listed"},
		"Sekoia is down":                   {fault: new(answer(acctest.Sekoia, "", "", http.StatusNotImplemented, map[string]any{})), want: "501"},
		"there is no key":                  {environment: map[string]string{"SEKOIA_API_KEY": ""}, want: "SEKOIA_API_KEY"},
		"the key is wrong":                 {environment: map[string]string{"SEKOIA_API_KEY": "wrong"}, want: "SEKOIA_API_KEY"},
		"the accounts may not be listed, where they decide": {
			fault: new(forbiddenAnswer(accountsPath)), config: values{"base_url": text("https://acme.okta.com")}, want: "accounts could not be listed",
		},
		"the accounts may not be listed, where they only add": {fault: new(forbiddenAnswer(accountsPath)), whole: true, warning: "The account could not be read"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
			byHand(t, clouds, "one", clouds.Ready.CommunityID)
			byHand(t, clouds, "two", clouds.Ready.CommunityID)
			provider := speak(t, clouds, test.environment, nil)
			if test.fault != nil {
				clouds.SetFaults(t, *test.fault)
			}
			results := provider.list(t.Context(), t, test.config, 100, test.whole)
			if test.want != "" {
				if len(results) != 1 || results[0].Identity != nil {
					t.Fatalf("want one result, which is the error; got %+v", results)
				}
				wantError(t, results[0].Diagnostics, test.want)
				return
			}
			if got := names(t, results); !slices.Equal(got, []string{"one", "two"}) {
				t.Errorf("found %q", got)
			}
			if len(results[0].Diagnostics) != 1 || !strings.Contains(results[0].Diagnostics[0].Summary, test.warning) || len(results[1].Diagnostics) > 0 {
				t.Errorf("want one warning, with the first result; got %+v and %+v", results[0].Diagnostics, results[1].Diagnostics)
			}
		})
	}
}

func TestListResourceThatIsCancelled(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
	byHand(t, clouds, "one", clouds.Ready.CommunityID)
	clouds.SetFaults(t, hold(connectorsPath, 0))
	provider := speak(t, clouds, nil, nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var cancelled time.Time
	time.AfterFunc(300*time.Millisecond, func() {
		cancelled = time.Now()
		cancel()
	})
	results := provider.list(ctx, t, nil, 100, false)
	if took := time.Since(cancelled); cancelled.IsZero() || took > promptly {
		t.Errorf("it returned %s after it was cancelled", took)
	}
	if len(results) != 1 {
		t.Fatalf("want one result, which is the error; got %d", len(results))
	}
	wantError(t, results[0].Diagnostics, "could not be listed")
}

func TestListResourceConfiguration(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		config values
		want   string // "": it is fine
	}{
		"nothing is needed":          {},
		"everything at once":         {config: values{"name_contains": text("x"), "base_url": text("https://acme.okta.com"), "community_id": text("97eeaf43-efd7-4dc7-89eb-641d30910264")}},
		"an empty text":              {config: values{"name_contains": text("")}, want: "must not be empty"},
		"an admin console's URL":     {config: values{"base_url": text("https://acme-admin.okta.com")}, want: "https://acme.okta.com"},
		"a name of a community":      {config: values{"community_id": text("Acme")}, want: "UUID"},
		"what is not known yet":      {config: values{"name_contains": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)}},
		"a host alone as a base URL": {config: values{"base_url": text("acme.okta.com")}, want: "https://acme.okta.com"},
	}
	provider := speak(t, acctest.Start(t), nil, nil)
	of := provider.schemas.ListResourceSchemas[connectorType].ValueType()
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			validated, err := provider.server.ValidateListResourceConfig(t.Context(), &tfprotov6.ValidateListResourceConfigRequest{
				TypeName: connectorType, Config: dynamic(t, of, test.config),
			})
			if err != nil {
				t.Fatal(err)
			}
			if test.want == "" {
				succeeded(t, nil, validated.Diagnostics)
				return
			}
			wantError(t, validated.Diagnostics, test.want)
		})
	}
}

// TestListResourceHonoursTheLimitAmongMany finds a few among more connectors than a page of Sekoia's holds.
func TestListResourceHonoursTheLimitAmongMany(t *testing.T) {
	t.Parallel()
	const many = 103
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 1, 0 })
	account := accountByHand(t, clouds, "Okta devices")
	for number := range many {
		connectorByHand(t, clouds, fmt.Sprintf("connector %03d", number), account)
	}
	provider := speak(t, clouds, nil, nil)
	for limit, want := range map[int64]int{1: 1, 5: 5, 100: 100, 101: 101, many: many, 1000: many} {
		if got := len(provider.list(t.Context(), t, nil, limit, true)); got != want {
			t.Errorf("with the limit %d there are %d results, want %d", limit, got, want)
		}
	}
}
