// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

const appID = "0oa1serviceapp"

// serviceApp makes a service app, and its private key as a person has it.
func serviceApp(t *testing.T, scopes ...string) (simulator.ServiceApp, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	content, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "kid-1"}}})
	if err != nil {
		t.Fatal(err)
	}
	return simulator.ServiceApp{ClientID: appID, JWKS: set, Scopes: scopes, DPoP: true},
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: content}))
}

// reading reads devices twice, and tests the connection: with an organization of the block or of the environment, and
// one of several.
const reading = `
terraform {
  required_providers {
    sekoia = { source = "sekoia-io/sekoia" }
  }
}

variable "organization" {
  type = object({
    base_url       = string
    client_id      = string
    private_key    = string
    private_key_id = optional(string)
    scopes         = optional(set(string))
  })
  default = null
}

provider "sekoia" {
  okta               = var.organization
  okta_organizations = var.organization == null ? {} : { acme = var.organization }
}

data "sekoia_okta_devices" "all" {}

data "sekoia_okta_devices" "acme" {
  count             = var.organization == null ? 0 : 1
  okta_organization = "acme"
  platform          = ["WINDOWS"]
}

data "sekoia_okta_connection_test" "this" {}

output "total" {
  value = data.sekoia_okta_devices.all.total
}

output "report" {
  value = data.sekoia_okta_connection_test.this
}
`

type read struct {
	Total  struct{ Value int }
	Report struct {
		Value struct {
			Passed bool
			Checks []struct{ ID, Status, Message string }
		}
	}
}

func TestAccProvider_oauth(t *testing.T) {
	t.Parallel()
	registered, key := serviceApp(t, "okta.devices.read", "okta.devices.manage")
	for name, test := range map[string]struct {
		environment  map[string]string
		organization map[string]any
		granted      string
	}{
		"the block": {
			organization: map[string]any{"client_id": appID, "private_key": key, "private_key_id": "kid-1", "scopes": []string{"okta.devices.read", "okta.devices.manage"}},
			granted:      "okta.devices.read: granted.\nokta.deviceTrust.read: not granted (not asked for",
		},
		"the environment": {
			environment: map[string]string{
				"OKTA_API_CLIENT_ID": appID, "OKTA_API_PRIVATE_KEY": strings.ReplaceAll(key, "\n", `\n`), "OKTA_API_PRIVATE_KEY_ID": "kid-1",
				"OKTA_API_SCOPES": "okta.devices.read",
			},
			granted: "okta.devices.read: granted.\nokta.deviceTrust.read: not granted (not asked for",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd, c.ServiceApps = 9, 0, []simulator.ServiceApp{registered} })
			environment := map[string]string{"OKTA_API_TOKEN": "", "TF_LOG": "TRACE", "TF_LOG_PATH": "trace.log"}
			maps.Copy(environment, test.environment)
			cli := acctest.NewBinaryCLI(t, clouds, environment)
			variables := map[string]any{}
			if test.organization != nil {
				test.organization["base_url"] = clouds.Ready.OktaURL
				variables["organization"] = test.organization
			}
			content, err := json.Marshal(variables)
			if err != nil {
				t.Fatal(err)
			}
			cli.Write(t, "main.tf", reading)
			cli.Write(t, "terraform.tfvars.json", string(content))
			cli.Succeed(t, "apply", "-auto-approve")
			var got read
			cli.JSON(t, &got, "output", "-json")
			if report := got.Report.Value; got.Total.Value != 9 || !report.Passed || !strings.HasPrefix(message(got, "okta_devices_read"), "The access token may read devices.\n"+test.granted) {
				t.Errorf("%d devices, report %+v", got.Total.Value, report)
			}
			tokens := map[int]int{}
			for _, call := range clouds.Requests(t).Of(acctest.Okta) {
				if call.Path == "/oauth2/v1/token" {
					tokens[call.Status]++
				}
			}

			// One process: a token for each credential, with a proof and its nonce, whoever needs it.
			if tokens[http.StatusOK] != 1 || tokens[http.StatusBadRequest] != 2 {
				t.Errorf("calls for tokens: %v", tokens)
			}
			nowhere(t, cli.Dir, key)
		})
	}
}

func message(got read, id string) string {
	for _, check := range got.Report.Value.Checks {
		if check.ID == id {
			return check.Message
		}
	}
	return ""
}

// nowhere looks for a key in every file that was written, but the one that it was given in.
func nowhere(t *testing.T, folder, key string) {
	t.Helper()
	line := strings.Split(key, "\n")[1]
	looked := 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "terraform.tfvars.json" || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path) //nolint:gosec // below the test's own folder
		if err != nil {
			return err
		}
		looked++
		for _, form := range []string{line, base64.StdEncoding.EncodeToString([]byte(line))[:40], "client_assertion=ey"} {
			if strings.Contains(string(content), form) {
				t.Errorf("%s holds a secret (%.12s…)", path, form)
			}
		}
		return nil
	})
	if err != nil || looked < 3 {
		t.Errorf("looked at %d files, error %v", looked, err)
	}
}

// A connection that dies is met again with a proof of its own: the same one twice would be refused, and a plan would
// fail for good.
func TestAccProvider_oauthLostConnection(t *testing.T) {
	t.Parallel()
	registered, key := serviceApp(t, "okta.devices.read")
	clouds := acctest.Start(t, func(c *simulator.Config) {
		c.Devices, c.Odd, c.ServiceApps = 250, 0, []simulator.ServiceApp{registered}
	})
	cli := acctest.NewBinaryCLI(t, clouds, map[string]string{"OKTA_API_TOKEN": "", "OKTA_API_CLIENT_ID": appID, "OKTA_API_PRIVATE_KEY": key})
	cli.Write(t, "main.tf", `
terraform {
  required_providers {
    sekoia = { source = "sekoia-io/sekoia" }
  }
}

data "sekoia_okta_devices" "all" {}

output "total" {
  value = data.sekoia_okta_devices.all.total
}
`)
	once := 1
	for name, fault := range map[string]acctest.Fault{
		"a page of devices": {Cloud: acctest.Okta, Method: http.MethodGet, Path: "/api/v1/devices", Skip: 1, Times: &once, Kind: "drop_reply"},
		"an access token":   {Cloud: acctest.Okta, Method: http.MethodPost, Path: "/oauth2/v1/token", Skip: 2, Times: &once, Kind: "drop_reply"},
	} {
		before := len(clouds.Requests(t).Of(acctest.Okta).Path(fault.Method, fault.Path))
		clouds.SetFaults(t, fault)
		cli.Succeed(t, "plan")
		calls := clouds.Requests(t).Of(acctest.Okta).Path(fault.Method, fault.Path)[before:]
		refused := calls.Pick(func(call acctest.Request) bool { return call.Status >= http.StatusBadRequest })
		if want := map[string]int{http.MethodGet: 3, http.MethodPost: 4}[fault.Method]; len(calls) != want {
			t.Errorf("%s: %d calls, want %d, one of them a repeat:\n%s", name, len(calls), want, calls)
		}

		// The token endpoint demands a proof, and then a nonce.
		if want := map[string]int{http.MethodPost: 2}[fault.Method]; len(refused) != want {
			t.Errorf("%s: refused were:\n%s", name, refused)
		}
	}
}

func TestAccProvider_oauthRefused(t *testing.T) {
	t.Parallel()
	registered, _ := serviceApp(t, "okta.devices.read")
	_, other := serviceApp(t)
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.ServiceApps = 3, []simulator.ServiceApp{registered} })
	cli := acctest.NewCLI(t, clouds, map[string]string{"OKTA_API_TOKEN": "", "OKTA_API_CLIENT_ID": appID, "OKTA_API_PRIVATE_KEY": other})
	cli.Write(t, "main.tf", reading)
	said := strings.Join(strings.Fields(cli.Fail(t, "invalid_client", "plan")), " ")
	for _, want := range []string{
		"Okta gave the service app no access token (401)", "It is set in the environment: OKTA_API_PRIVATE_KEY.", "Okta answered 401 invalid_client (The client_assertion signature is invalid.)", "public key",
	} {
		if !strings.Contains(strings.ReplaceAll(said, " │", ""), want) {
			t.Errorf("it does not say %q: %s", want, said)
		}
	}
}
