// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/provider"
)

// name is what the documentation generator looks the provider up by.
const name = "sekoia"

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "providerschema:", err)
		os.Exit(1)
	}
}

// run writes the schemas of the provider.
func run(ctx context.Context, to io.Writer) error {
	schemas, err := read(ctx, provider.NewServer(provider.New("", provider.Environment{}))())
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(to)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document{FormatVersion: "1.0", Schemas: map[string]*providerSchemas{name: schemas}})
}

// read asks a provider for its schemas.
func read(ctx context.Context, server tfprotov6.ProviderServer) (*providerSchemas, error) {
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, fmt.Errorf("the schemas: %w", err)
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, fmt.Errorf("the identities' schemas: %w", err)
	}
	for _, diagnostic := range slices.Concat(schemas.Diagnostics, identities.Diagnostics) {
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			return nil, fmt.Errorf("%s: %s", diagnostic.Summary, diagnostic.Detail)
		}
	}
	return convert(schemas, identities), nil
}
