// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// A process that a debugger started serves one run after the other. In each of them, the first connector reports that
// there is no key, and the others report nothing: without any error, a plan would say that nothing has changed.
func TestAFaultIsToldOnceInEachRun(t *testing.T) {
	t.Parallel()
	const connector = "sekoia_okta_device_connector"
	served := server(t, nil)
	schemas, err := served.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	state := dynamic(t, full(schemas.ResourceSchemas[connector].ValueType()))
	for run := range 3 {
		configured, err := served.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: dynamic(t, block{}.config(t).Raw)})
		if err != nil || len(configured.Diagnostics) > 0 {
			t.Fatalf("the provider is not configured: %v, %v", err, configured)
		}
		for _, want := range []int{1, 0, 0} {
			read, err := served.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: connector, CurrentState: state})
			if err != nil {
				t.Fatal(err)
			}
			if len(read.Diagnostics) != want {
				t.Errorf("in run %d there are %d diagnostics, want %d: %v", run, len(read.Diagnostics), want, read.Diagnostics)
			}
		}
	}
}
