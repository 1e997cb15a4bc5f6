// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"net"
	"net/http"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/service/asset"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/service/connectiontest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/service/connector"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/service/device"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
)

var (
	_ provider.Provider                   = (*Provider)(nil)
	_ provider.ProviderWithFunctions      = (*Provider)(nil)
	_ provider.ProviderWithActions        = (*Provider)(nil)
	_ provider.ProviderWithListResources  = (*Provider)(nil)
	_ provider.ProviderWithValidateConfig = (*Provider)(nil)
)

// Provider is the provider "sekoia".
type Provider struct {
	version     string
	environment environment
}

// New makes providers of this version (as a release is numbered, without v) that read the environment of the process.
func New(version string) func() provider.Provider {
	return NewWithEnvironment(version, os.LookupEnv)
}

// NewWithEnvironment is New with another environment: lookup answers as os.LookupEnv does. The proxy variables and
// those of Go itself are still the process's.
func NewWithEnvironment(version string, lookup func(name string) (value string, found bool)) func() provider.Provider {
	return NewWithNetwork(version, lookup, nil)
}

// NewWithNetwork is NewWithEnvironment with another network, which every call of the provider goes through; nil is the
// real one.
func NewWithNetwork(version string, lookup func(name string) (value string, found bool), network http.RoundTripper) func() provider.Provider {
	return func() provider.Provider {
		return &Provider{version: version, environment: environment{lookup: lookup, network: network}}
	}
}

// NewWithDialer is NewWithEnvironment with connections that dial makes. All else of the network is the real one: TLS,
// HTTP/2, the timeouts, and the proxies, whose variables are the lookup's here.
func NewWithDialer(
	version string, lookup func(name string) (value string, found bool), dial func(ctx context.Context, network, address string) (net.Conn, error),
) func() provider.Provider {
	return func() provider.Provider {
		return &Provider{version: version, environment: environment{lookup: lookup, process: lookup, dial: dial}}
	}
}

// Metadata names the provider.
func (p *Provider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "sekoia"
	resp.Version = p.version
}

// ValidateConfig says what is wrong before anything is known but the block itself: Terraform calls it for terraform
// validate too.
func (p *Provider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var written settings
	resp.Diagnostics.Append(written.readOkta(ctx, req.Config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(written.validateOkta()...)
}

// Configure makes the clients that resources and data sources are given. It makes no call, and an unknown value is no
// error.
func (p *Provider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var written settings
	resp.Diagnostics.Append(written.read(ctx, req.Config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	config, diags := written.resolve(p.environment, userAgent(p.version, req.TerraformVersion))
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	clients := access.NewClients(config)
	resp.ResourceData = clients
	resp.DataSourceData = clients
	resp.ActionData = clients
	resp.ListResourceData = clients
}

// Resources are the resources that the provider offers.
func (*Provider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		connector.NewResource,
	}
}

// DataSources are the data sources that the provider offers.
func (*Provider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		connectiontest.NewDataSource,
		connector.NewDataSource,
		connector.NewPluralDataSource,
		connector.NewOutgoingIPsDataSource,
		device.NewDataSource,
		device.NewPluralDataSource,
		asset.NewPluralDataSource,
		asset.NewCoverageDataSource,
	}
}

// Functions are the functions that the provider offers.
func (*Provider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		device.NewOCSFFunction,
	}
}

// Actions are the actions that the provider offers, to Terraform 1.14 and later.
func (*Provider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{
		connector.NewSyncAction,
	}
}

// ListResources are the resources that the provider can list, for Terraform 1.14 and later.
func (*Provider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		connector.NewListResource,
	}
}

// userAgent is what both clouds see of the provider.
func userAgent(version, terraformVersion string) string {
	if version == "" {
		version = "dev"
	}
	if terraformVersion == "" {
		terraformVersion = "unknown"
	}
	return "terraform-provider-sekoia/" + version + " (+terraform " + terraformVersion + ")"
}
