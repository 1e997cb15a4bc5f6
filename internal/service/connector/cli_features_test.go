// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// The tests in this file run what only some releases of Terraform and OpenTofu have. With the others each asserts that
// the CLI does not know it, so that a release which learns it is noticed.

// acmeTF is a connector under the address that the examples use.
func acmeTF(clouds *acctest.Clouds) string {
	return strings.Replace(connectorTF(clouds, "sync = { wait_for = \"synced\" }"), `"test"`, `"acme"`, 1)
}

func TestAccSyncActionExamples(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd, c.SyncInterval = 3, 0, 24*time.Hour })
	cli := acctest.NewCLI(t, clouds, nil)
	configuration := mainTF(acmeTF(clouds))
	for _, file := range exampleFiles(t, "actions/"+syncType+"/*.tf", 2) {
		configuration += fileText(t, file)
	}
	cli.Write(t, "main.tf", configuration)
	if !acctest.Has(t, acctest.Actions) {
		cli.Fail(t, `Blocks of type "action" are not expected here.`, "plan")
		return
	}
	cli.Succeed(t, "apply", "-auto-approve")
	clouds.ResetRequests(t)
	checkText(t, cli.Succeed(t, "apply", "-auto-approve", "-invoke=action."+syncType+".acme"),
		[]string{"Stopping the connector", "The sync has ended. The connector has brought 3 assets", "Actions: 1 invoked."}, nil)
	wantWrites(t, clouds, "stop", "start")
	checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, nil)

	// More devices change the resource that triggers the other action.
	clouds.PutDevice(t, "guoNew00000000000001", map[string]any{
		"status":  "ACTIVE",
		"profile": map[string]any{"displayName": "Device 4", "platform": "MACOS", "registered": true, "secureHardwarePresent": true},
	})
	clouds.ResetRequests(t)
	checkText(t, cli.Succeed(t, "apply", "-auto-approve"), []string{"0 added, 1 changed, 0 destroyed", "The connector runs"}, nil)
	wantWrites(t, clouds, "stop", "start")
	settled(t, clouds, clouds.State(t).Connectors[0].UUID, 4)
}

func TestAccListResourceQuery(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
	for _, name := range []string{"Okta devices", "Okta laptops"} {
		account, _ := byHand(t, clouds, name, clouds.Ready.CommunityID)
		clouds.PatchAccount(t, account, map[string]any{"value": map[string]any{"base_url": "https://acme.okta.com"}})
	}
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(""))
	example := fileText(t, exampleFiles(t, "list-resources/"+connectorType+"/*.tfquery.hcl", 1)[0])
	cli.Write(t, "main.tfquery.hcl", example)
	if !acctest.Has(t, acctest.Query) {
		cli.Fail(t, `has no command named "query"`, "query")
		return
	}
	printed := cli.Succeed(t, "query", "-generate-config-out=connectors.tf")
	for name, want := range map[string]int{"Okta devices": 2, "Okta laptops": 1} { // "devices" is what the second list is about
		if got := strings.Count(printed, name); got != want {
			t.Errorf("%q is listed %d times, want %d:\n%s", name, got, want, printed)
		}
	}
	if writes := clouds.Requests(t).Of(acctest.Sekoia).Writes(); len(writes) != 4 { // those by hand
		t.Errorf("the query wrote:\n%s", writes)
	}

	// What the query of one organization writes is a configuration that imports, and changes nothing.
	_, second, _ := strings.Cut(example, "\n\n")
	cli.Write(t, "main.tfquery.hcl", second)
	cli.Write(t, "connectors.tf", "")
	cli.Succeed(t, "query", "-generate-config-out=acme.tf")
	checkText(t, fileText(t, filepath.Join(cli.Dir, "acme.tf")), []string{"import {", `name = "Okta devices"`}, []string{"Okta laptops"})
	clouds.ResetRequests(t)
	checkText(t, cli.Succeed(t, "apply", "-auto-approve"), []string{"1 imported, 0 added, 0 changed, 0 destroyed"}, nil)
	noWrite(t, clouds)
}

func TestAccConnectorImportByIdentity(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	id := madeByHand(t, clouds, "Okta devices")
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(acmeTF(clouds)+
		strings.Replace(fileText(t, examples+"resources/"+connectorType+"/import-by-identity.tf"), exampleID, id, 1)))
	if !acctest.Has(t, acctest.ImportByIdentity) {
		cli.Fail(t, `An argument named "identity" is not expected here.`, "plan")
		return
	}
	checkText(t, cli.Succeed(t, "apply", "-auto-approve"), []string{"1 imported, 0 added, 1 changed, 0 destroyed"}, nil)
	if made := clouds.Requests(t).Path(http.MethodPost, connectorsPath); len(made) != 1 {
		t.Errorf("one connector was made by hand, and the calls are\n%s", made)
	}
	if _, connector := onePair(t, clouds); connector.UUID != id {
		t.Errorf("the connector is %s, not %s", connector.UUID, id)
	}
}
