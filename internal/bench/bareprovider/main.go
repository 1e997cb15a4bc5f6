// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Command bareprovider is as little as a provider on terraform-plugin-framework can be: one data source that makes up
// devices. It stands in for the real one in benchmarks, and goes by its address.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

type bare struct{}

// Metadata implements provider.Provider.
func (bare) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "sekoia"
}

// Schema implements provider.Provider.
func (bare) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

// Configure implements provider.Provider.
func (bare) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

// Resources implements provider.Provider.
func (bare) Resources(context.Context) []func() resource.Resource { return nil }

// DataSources implements provider.Provider.
func (bare) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return devices{} }}
}

func main() {
	err := providerserver.Serve(context.Background(), func() provider.Provider { return bare{} }, providerserver.ServeOpts{
		Address: "registry.terraform.io/sekoia-io/sekoia",
	})
	if err != nil {
		log.Fatal(err)
	}
}
