// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// TestAccLimits_shared runs into a limit with the real Terraform: more connectors and lookups than Okta answers in a
// window, which is of three seconds here.
func TestAccLimits_shared(t *testing.T) {
	t.Parallel()
	const limit, connectors, lookups = 10, 10, 6
	clouds := acctest.Start(t, func(settings *simulator.Config) {
		settings.RateLimit, settings.RateLimitWindow = limit, 3*time.Second
		settings.ConnectorTransport = unreachable{} // the provider is alone
	})
	tokens := []string{clouds.Ready.OktaToken}
	for i := range connectors {
		tokens = append(tokens, ownToken(i))
	}
	clouds.SetTokens(t, tokens...)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", fmt.Sprintf(`terraform {
  required_providers {
    sekoia = { source = "sekoia-io/sekoia" }
  }
}

resource "sekoia_okta_device_connector" "test" {
  count                = %d
  name                 = "Okta devices ${count.index}"
  base_url             = %q
  api_token_wo         = format("00own%%037d", count.index)
  api_token_wo_version = "1"
}

data "sekoia_okta_devices" "test" {
  count                 = %d
  display_name_contains = tostring(count.index)
}
`, connectors, clouds.Ready.OktaURL, lookups))
	cli.Succeed(t, "apply", "-auto-approve")
	devices := clouds.Requests(t).Of(acctest.Okta).Path(http.MethodGet, "/api/v1/devices")
	if refused := devices.Pick(func(r acctest.Request) bool { return r.Status == http.StatusTooManyRequests }); len(refused) > 0 {
		t.Errorf("%d calls were refused:\n%s", len(refused), refused)
	}

	// Each connector is tested at plan and at apply, each lookup is read once.
	if want := 2*connectors + lookups; len(devices) != want {
		t.Errorf("%d calls, want %d:\n%s", len(devices), want, devices)
	}
}
