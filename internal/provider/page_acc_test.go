// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// readers are the data sources that call a service, and the paths that they call.
var readers = map[string]struct{ paths, sources []string }{
	acctest.Okta: {[]string{"/.well-known/*", "/api/*"}, []string{
		`data "sekoia_okta_devices" "all" {}`,
		`data "sekoia_okta_device" "by_id" { id = "guo1" }`,
		`data "sekoia_okta_device" "by_name" { display_name = "x" }`,
	}},
	acctest.Sekoia: {[]string{"/*"}, []string{
		`data "sekoia_okta_device_connector" "this" { id = "6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a" }`,
		`data "sekoia_okta_device_connectors" "all" {}`,
		`data "sekoia_assets" "all" {}`,
		`data "sekoia_outgoing_ips" "this" {}`,
		`data "sekoia_okta_device_coverage" "this" { connector_id = "6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a" }`,
	}},
}

// A proxy or a firewall that answers with a page of its own is not a service that refuses a credential.
func TestAccProvider_pageInPlaceOfAService(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices = 3 })
	cli := acctest.NewCLI(t, clouds, nil)
	const first = "terraform {\n  required_providers {\n    sekoia = { source = \"sekoia-io/sekoia\" }\n  }\n}\n\n"
	for cloud, read := range readers {
		cli.Write(t, "main.tf", first+strings.Join(read.sources, "\n\n")+"\n")
		for _, path := range read.paths {
			for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
				clouds.SetFaults(t, acctest.Fault{Cloud: cloud, Path: path, Kind: "status", Status: status, Body: "<html>Sign in, hunter2</html>"})
				said := acctest.Flat(cli.Fail(t, "HTTPS_PROXY", "plan"))
				for _, wrong := range []string{"rejected", "may not read", "lacks a permission", "a role that allows", "hunter2"} {
					if strings.Contains(said, wrong) {
						t.Errorf("%s answers a page with %d at %s, and it reads %q:\n%s", cloud, status, path, wrong, said)
					}
				}
				// Where Sekoia is, is a fault of the whole provider, which is told once.
				advice := strings.Count(said, "answers in "+strings.ToUpper(cloud[:1])+cloud[1:]+"'s place")
				short := strings.Count(said, "Another message of this run says what to do.")
				if errors := strings.Count(said, "Error:"); advice+short != errors || cloud == acctest.Sekoia && advice != 1 || cloud == acctest.Okta && short != 0 {
					t.Errorf("%s answers a page with %d at %s: of %d errors, %d say what may have answered:\n%s", cloud, status, path, errors, advice, said)
				}
			}
		}
	}
}
