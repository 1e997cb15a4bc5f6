// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

// TestAccConnectorImportOfAnotherType: with a token in the block, an apply would write Okta's token over another
// integration's account.
func TestAccConnectorImportOfAnotherType(t *testing.T) {
	t.Parallel()
	const elsewhere = "11111111-2222-4333-8444-555555555555"
	clouds := acctest.Start(t)
	id := madeByHand(t, clouds, "Okta devices")
	account, _ := onePair(t, clouds)
	clouds.PatchConnector(t, id, map[string]any{"connector_uuid": elsewhere})
	clouds.PatchAccount(t, account.UUID, map[string]any{"module_uuid": elsewhere})
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")+"import {\n  to = "+address+"\n  id = \""+id+"\"\n}\n"))
	clouds.ResetRequests(t)
	cli.Fail(t, "connector "+id+": not an Okta Device connector", "apply", "-auto-approve")
	noWrite(t, clouds)
}

// TestAccConnectorRenamedAddress: a resource whose address changes without a moved block is destroyed and created at
// the same time.
func TestAccConnectorRenamedAddress(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
	cli.Succeed(t, "apply", "-auto-approve")
	renamed := strings.Replace(connectorTF(clouds, ""), `"test"`, `"renamed"`, 1)
	cli.Write(t, "main.tf", mainTF(renamed))

	// Sekoia is not as near as the simulator: the old address is read before the look for the new one has its answer.
	look := kind("delay", acctest.Sekoia, http.MethodGet, connectorsPath)
	look.Delay = "500ms"
	clouds.SetFaults(t, look)
	checkText(t, cli.Succeed(t, "plan"), []string{
		"Warning: Okta devices: a connector with this name and base URL exists already", "add a moved block", "1 to add, 0 to change, 1 to destroy",
	}, []string{"import {", "An apply stops here"})
	look.Delay = "1s"                                                              // sees that the connector is gone
	removal := kind("delay", acctest.Sekoia, http.MethodDelete, accountsPath+"/*") // the account is taken over meanwhile
	removal.Delay = "4s"
	clouds.SetFaults(t, look, removal)
	text := cli.Succeed(t, "apply", "-auto-approve")
	clouds.SetFaults(t)
	if t.Failed() {
		t.Log(text)
	}
	onePair(t, clouds)
	checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, nil)
}

// TestAccConnectorRenamedAddressWithAMovedBlock does what the warning suggests.
func TestAccConnectorRenamedAddressWithAMovedBlock(t *testing.T) {
	t.Parallel()
	s, cli := stage(t, acctest.NewCLI, "")
	cli.Write(t, "main.tf", mainTF(strings.Replace(connectorTF(s.clouds, ""), `"test"`, `"renamed"`, 1)+`
moved {
  from = sekoia_okta_device_connector.test
  to   = sekoia_okta_device_connector.renamed
}
`))
	s.clouds.ResetRequests(t)
	checkText(t, cli.Succeed(t, "apply", "-auto-approve"), []string{"0 added, 0 changed, 0 destroyed"}, []string{"Warning:"})
	noWrite(t, s.clouds)
}

// TestAccConnectorTwice: one of two blocks with the same name and base URL is made. The error of the other names the
// connector that this run has made, and offers no import.
func TestAccConnectorTwice(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")+strings.Replace(connectorTF(clouds, ""), `"test"`, `"again"`, 1)))
	text := cli.Fail(t, "Error: Okta devices: a connector with this name and base URL exists already", "apply", "-auto-approve")
	_, connector := onePair(t, clouds)
	checkText(t, text, []string{"Another sekoia_okta_device_connector of this run created it a moment ago: " + connector.UUID}, []string{"import {"})
}

// TestAccConnectorOfTheSameOrganization: the devices of an organization that two connectors read arrive twice, which a
// warning says.
func TestAccConnectorOfTheSameOrganization(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	second := strings.NewReplacer(`"test"`, `"again"`, `"Okta devices"`, `"Okta laptops"`).Replace(connectorTF(clouds, ""))
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")+second))
	for _, step := range [][]string{{"plan"}, {"apply", "-auto-approve"}, {"plan"}} {
		checkText(t, cli.Succeed(t, step...), []string{"another connector reads the same Okta organization", "Its devices arrive twice."}, nil)
	}

	// One that is stopped brings nothing.
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")+strings.Replace(second, "{", "{\n  enabled = false", 1)))
	for _, step := range [][]string{{"plan"}, {"apply", "-auto-approve"}, {"plan"}} {
		checkText(t, cli.Succeed(t, step...), nil, []string{"another connector reads"})
	}
}
