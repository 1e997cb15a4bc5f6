// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// Address is the provider's address in the registry.
const Address = "registry.terraform.io/sekoia-io/sekoia"

// NewServer makes servers of a provider in protocol 6: the framework's own, but for long lists in data sources, and for
// faults of the whole provider, which are told once.
func NewServer(of provider.Provider) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer { return tellOnce(longlist.Server(providerserver.NewProtocol6(of)())) }
}

// NewServerWithError is [NewServer] for a factory of terraform-plugin-testing. There is never an error.
func NewServerWithError(of provider.Provider) func() (tfprotov6.ProviderServer, error) {
	return func() (tfprotov6.ProviderServer, error) { return NewServer(of)(), nil }
}
