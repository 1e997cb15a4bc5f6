// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"fmt"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

// TestAccConnectorCallsOfMany counts what 120 connectors in one configuration ask for: what they have in common is
// asked for once.
func TestAccConnectorCallsOfMany(t *testing.T) {
	t.Parallel()
	const many = 120
	clouds := acctest.Start(t)
	f := &folder{CLI: acctest.NewCLI(t, clouds, nil), clouds: clouds}
	f.write(t, fmt.Sprintf(`
resource "sekoia_okta_device_connector" "test" {
  count                = %d
  name                 = "Connector ${count.index}"
  base_url             = %q
  api_token_wo         = %q
  api_token_wo_version = "1"
  sync                 = { wait_for = "none" }
}
`, many, clouds.Ready.OktaURL, clouds.Ready.OktaToken))
	check := func(what string, most int) {
		t.Helper()
		requests := clouds.Requests(t)
		clouds.ResetRequests(t)
		if calls := len(requests.Of(acctest.Okta)) + len(requests.Of(acctest.Sekoia)); calls > most {
			t.Errorf("%s makes %d calls, want at most %d:\n%s%s", what, calls, most, requests.Of(acctest.Okta), requests.Of(acctest.Sekoia))
		}
	}
	clouds.ResetRequests(t)
	f.Succeed(t, "plan", "-out=saved")
	check("a plan that creates 120 connectors", 12)
	f.Succeed(t, "apply", "saved")
	if held := inSekoia(t, clouds); len(held.connectors) != many || len(held.accounts) != many {
		t.Errorf("%d connectors and %d accounts were made", len(held.connectors), len(held.accounts))
	}
	clouds.ResetRequests(t)
	checkText(t, f.Succeed(t, "plan"), []string{"No changes."}, nil)
	check("an unchanged plan of 120 connectors", 6)
	f.destroyed(t)
}
