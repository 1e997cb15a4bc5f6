// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"os"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

// The configurations name the provider by its address, as a person's do.
func TestMain(m *testing.M) {
	if err := os.Setenv("TF_ACC_PROVIDER_NAMESPACE", "sekoia-io"); err != nil {
		panic(err)
	}
	acctest.Main(m)
}

// The proxy is the process's, so these can't be parallel.
//
//nolint:paralleltest // see above
func TestAccProvider_untrustedSekoia(t *testing.T) {
	clouds := acctest.Start(t)
	for name, base := range map[string]string{
		"another host":                          "https://sekoia.evil.example",
		"a host whose name only ends in ours":   "https://api.evilsekoia.io",
		"a host whose name only begins in ours": "https://api.sekoia.io.evil.example",
	} {
		t.Run(name, func(t *testing.T) {
			answers := http.NotFoundHandler()
			interceptor := acctest.Intercept(t, map[string]http.Handler{
				"sekoia.evil.example": answers, "api.evilsekoia.io": answers, "api.sekoia.io.evil.example": answers,
			})
			interceptor.UseProxy(t)
			variables := clouds.Variables(config.Variables{
				"base_url": config.StringVariable(base), "authority": config.StringVariable(interceptor.CAFile),
			})
			acctest.Test(t, clouds, resource.TestCase{Steps: []resource.TestStep{{
				ProtoV6ProviderFactories: clouds.FactoriesWith(map[string]string{"SEKOIA_BASE_URL": ""}),
				ConfigDirectory:          config.StaticDirectory("testdata/TestAccProvider_untrustedSekoia/1"),
				ConfigVariables:          variables,
				ExpectError:              regexp.MustCompile(`Sekoia's API key does not go there(.|\s)*SEKOIA_BASE_URL`),
			}}})
			if seen := interceptor.Seen(); len(seen) != 0 {
				t.Errorf("calls reached %+v", seen)
			}
			if calls := clouds.Requests(t); len(calls) != 0 {
				t.Errorf("calls were made:\n%s", calls)
			}
		})
	}
}
