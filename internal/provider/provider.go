// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/service/asset"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/service/connectiontest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/service/connector"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/service/device"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
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
	environment Environment
}

// Environment is what a provider sees of the process. Tests replace it.
type Environment struct {
	// Lookup answers as os.LookupEnv does. The proxy variables and those of Go itself are the process's unless Dial is
	// set.
	Lookup func(name string) (value string, found bool)
	// Network is what every call goes through; nil is the real one.
	Network http.RoundTripper
	// Dial makes connections; nil is the real one.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// get reads a variable. One that is empty, or white space, counts as not set.
func (e Environment) get(name string) string {
	value, _ := e.Lookup(name)
	return strings.TrimSpace(value)
}

// New makes a provider of this version (as a release is numbered, without v).
func New(version string, environment Environment) *Provider {
	return &Provider{version: version, environment: environment}
}

// Metadata names the provider.
func (p *Provider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "sekoia"
	resp.Version = p.version
}

// ValidateConfig reports what is wrong with the block itself. Terraform calls it for terraform validate too. The other
// objects are not read: their types are checked already.
func (p *Provider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var (
		okta          types.Object
		organizations types.Map
	)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("okta"), &okta)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(diagnostic.OrganizationsAttribute), &organizations)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(validateOkta(objectValues{"okta": okta, diagnostic.OrganizationsAttribute: organizations})...)
	}
}

// Configure makes the clients for resources and data sources. It makes no call, and an unknown value is no error.
func (p *Provider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var block types.Object
	resp.Diagnostics.Append(req.Config.Get(ctx, &block)...)
	if resp.Diagnostics.HasError() {
		return
	}
	written := settings{block: block.Attributes(), env: p.environment}
	config := written.resolve(userAgent(p.version, req.TerraformVersion))
	resp.Diagnostics.Append(written.diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	clients := access.NewClients(config)
	resp.ResourceData, resp.DataSourceData, resp.ActionData, resp.ListResourceData = clients, clients, clients, clients
}

// Resources are the resources that the provider offers.
func (*Provider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{connector.NewResource}
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
	return []func() function.Function{device.NewOCSFFunction}
}

// Actions are the actions that the provider offers, to Terraform 1.14 and later.
func (*Provider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{connector.NewSyncAction}
}

// ListResources are the resources that the provider can list, for Terraform 1.14 and later.
func (*Provider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{connector.NewListResource}
}

// userAgent is what both clouds see of the provider.
func userAgent(version, terraformVersion string) string {
	return "terraform-provider-sekoia/" + cmp.Or(version, "dev") + " (+terraform " + cmp.Or(terraformVersion, "unknown") + ")"
}

// logCall passes the transport's messages on to Terraform's log. Nothing is masked here, because no secret and no body
// comes this way.
func logCall(ctx context.Context, level slog.Level, message string, fields map[string]any) {
	switch level {
	case slog.LevelDebug:
		tflog.Debug(ctx, message, fields)
	case slog.LevelInfo:
		tflog.Info(ctx, message, fields)
	case slog.LevelWarn:
		tflog.Warn(ctx, message, fields)
	default:
		tflog.Error(ctx, message, fields)
	}
}
