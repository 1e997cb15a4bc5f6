// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

const outgoingIPsPath = "/outgoing-ips"

// TestAccOutgoingIPsExample applies the example, with a stand-in for Okta's provider. There is no API key, for none is
// needed.
func TestAccOutgoingIPsExample(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewBinaryCLI(t, clouds, map[string]string{"SEKOIA_API_KEY": ""})
	cli.Setenv("TF_REATTACH_PROVIDERS", standIn(t, acctest.Terraform(t).Address("okta/okta")))
	cli.Write(t, "main.tf", fileText(t, "../../../examples/data-sources/sekoia_outgoing_ips/data-source.tf"))
	cli.Succeed(t, "apply", "-auto-approve")
	var state struct {
		Values struct {
			Root struct {
				Resources []struct {
					Type   string `json:"type"`
					Values struct {
						Addresses []string `json:"addresses"`
						Gateways  []string `json:"gateways"`
					} `json:"values"`
				} `json:"resources"`
			} `json:"root_module"`
		} `json:"values"`
	}
	cli.JSON(t, &state, "show", "-json")
	for _, each := range state.Values.Root.Resources {
		want, got := []string{"192.0.2.10", "192.0.2.11", "198.51.100.20"}, each.Values.Addresses
		if each.Type == "okta_network_zone" {
			want, got = []string{"192.0.2.10/32", "192.0.2.11/32", "198.51.100.20/32"}, each.Values.Gateways
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has %v, want %v", each.Type, got, want)
		}
	}
	for _, call := range clouds.Requests(t).Of(acctest.Sekoia) {
		if call.Path != outgoingIPsPath || call.Authorized {
			t.Errorf("a call is %+v", call)
		}
	}
}

func TestAccOutgoingIPsOnce(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", providerSource+"data \"sekoia_outgoing_ips\" \"all\" {\n  count = 5\n}\n")
	cli.Succeed(t, "plan")
	if calls := clouds.Requests(t).Of(acctest.Sekoia); len(calls) != 1 {
		t.Errorf("five data sources make the calls\n%s", calls)
	}
	clouds.SetFaults(t, answer(acctest.Sekoia, http.MethodGet, outgoingIPsPath, http.StatusOK, []string{"everywhere"}))
	cli.Fail(t, "an entry is not an IP address", "plan")

	// The call has no API key: no error sends anybody to look for another one.
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound} {
		clouds.SetFaults(t, answer(acctest.Sekoia, http.MethodGet, outgoingIPsPath, status, map[string]string{"code": "T300", "message": "no"}))
		checkText(t, cli.Fail(t, "Error: The outgoing addresses could not be read", "plan"), []string{"The provider does not know this answer."}, []string{"API key"})
	}
}

// providerSource says where the provider comes from, for configurations that leave that out.
const providerSource = "terraform {\n  required_providers {\n    sekoia = { source = \"sekoia-io/sekoia\" }\n  }\n}\n"

// standIn serves a stand-in for a provider at this address, and returns how Terraform finds it.
func standIn(t *testing.T, address string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	where, ended := make(chan *plugin.ReattachConfig), make(chan struct{})
	go func() {
		_ = tf6server.Serve(address, providerserver.NewProtocol6(zoneProvider{}), tf6server.WithDebug(ctx, where, ended),
			tf6server.WithGoPluginLogger(hclog.NewNullLogger()), tf6server.WithoutLogStderrOverride(), tf6server.WithLoggingSink(t))
	}()
	config := <-where
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	encoded, err := json.Marshal(map[string]any{address: map[string]any{
		"Protocol": string(config.Protocol), "ProtocolVersion": config.ProtocolVersion, "Pid": config.Pid, "Test": true,
		"Addr": map[string]string{"Network": config.Addr.Network(), "String": config.Addr.String()},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// zoneProvider has the one resource of Okta's provider that the example uses, which is only kept in the state.
type zoneProvider struct{}

func (zoneProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "okta"
}
func (zoneProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}
func (zoneProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}
func (zoneProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }
func (zoneProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return zone{} }}
}

type zone struct{}

func (zone) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_network_zone"
}

func (zone) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"name": schema.StringAttribute{Required: true}, "type": schema.StringAttribute{Required: true},
		"gateways": schema.SetAttribute{Optional: true, ElementType: types.StringType},
	}}
}

func (zone) Create(_ context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.Raw = req.Plan.Raw
}
func (zone) Read(context.Context, resource.ReadRequest, *resource.ReadResponse)       {}
func (zone) Update(context.Context, resource.UpdateRequest, *resource.UpdateResponse) {}
func (zone) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
