// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

// TestAccConnectorImportOfAnotherType: with a token in the block, an apply would write Okta's token over another integration's account.
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

// TestAccConnectorRenamedAddress: a resource whose address changes without a moved block is destroyed and created at the same time.
func TestAccConnectorRenamedAddress(t *testing.T) {
	t.Parallel()

	clouds := acctest.Start(t)
	cli := acctest.NewCLI(t, clouds, nil)
	cli.Write(t, "main.tf", mainTF(connectorTF(clouds, "")))
	cli.Succeed(t, "apply", "-auto-approve")

	look := kind("delay", acctest.Sekoia, http.MethodGet, connectorsPath) // sees that the connector is gone
	look.Delay = "1s"
	removal := kind("delay", acctest.Sekoia, http.MethodDelete, accountsPath+"/*") // the account is taken over meanwhile
	removal.Delay = "4s"
	clouds.SetFaults(t, look, removal)

	cli.Write(t, "main.tf", mainTF(strings.Replace(connectorTF(clouds, ""), `"test"`, `"renamed"`, 1)))
	text := cli.Succeed(t, "apply", "-auto-approve")
	clouds.SetFaults(t)

	if t.Failed() {
		t.Log(text)
	}

	onePair(t, clouds)
	checkText(t, cli.Succeed(t, "plan"), []string{"No changes."}, nil)
}
