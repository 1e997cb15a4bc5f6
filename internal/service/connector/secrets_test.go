// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

// TestAccConnectorSecretsStayWhereTheyBelong searches every byte that a life cycle with failures in it writes for the
// token and the key.
func TestAccConnectorSecretsStayWhereTheyBelong(t *testing.T) {
	t.Parallel()

	clouds := acctest.Start(t)
	second := "00secondTokenOfTheLifeCycle"
	cli := acctest.NewBinaryCLI(t, clouds, nil)
	write := func(version string) {
		cli.Write(t, "main.tf", mainTF(`
variable "okta_api_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "sekoia_okta_device_connector" "test" {
  name                 = "Okta devices"
  base_url             = "`+clouds.Ready.OktaURL+`"
  api_token_wo         = var.okta_api_token
  api_token_wo_version = "`+version+`"
  sync                 = { wait_for = "synced" }
}
`))
	}

	logs := t.TempDir()
	cli.Setenv("TF_LOG", "TRACE")
	cli.Setenv("TF_LOG_PROVIDER", "TRACE")
	cli.Setenv("TF_LOG_PATH", filepath.Join(logs, "terraform.log"))
	cli.Setenv("TF_VAR_okta_api_token", clouds.Ready.OktaToken)

	var printed strings.Builder

	run := func(args ...string) { printed.WriteString(cli.Run(t, args...).Text) }

	write("1")
	run("plan", "-out=plan")
	run("show", "-json", "plan")
	run("apply", "plan")
	run("show", "-json")

	// Rotations: a token that Okta refuses, one whose account can't be written, and one that works.
	cli.Setenv("TF_VAR_okta_api_token", second)
	write("2")
	run("plan")
	clouds.SetTokens(t, second)
	clouds.SetFaults(t, answer(acctest.Sekoia, http.MethodPatch, accountsPath+"/*", http.StatusBadRequest, map[string]any{
		"code": "bad", "message": "apikey " + second + " is not one",
	}))
	run("apply", "-auto-approve")
	clouds.SetFaults(t)
	run("apply", "-auto-approve")
	run("plan", "-out=plan")
	run("destroy", "-auto-approve")

	if strings.Count(printed.String(), "Apply complete!") != 2 || !strings.Contains(printed.String(), "Destroy complete!") {
		t.Fatalf("the life cycle did not happen:\n%s", printed.String())
	}

	written := map[string][]byte{"what was printed": []byte(printed.String())}
	readAll(t, cli.Dir, written)
	readAll(t, logs, written)

	if len(written["terraform.log"]) < 100_000 || len(written["plan/tfplan"]) == 0 {
		t.Fatalf("the log or the plan is not among what was written: %d and %d bytes", len(written["terraform.log"]), len(written["plan/tfplan"]))
	}

	for what, secret := range map[string]string{"the first token": clouds.Ready.OktaToken, "the second token": second, "the key": clouds.Ready.SekoiaAPIKey} {
		for _, form := range formsOf(secret) {
			for name, content := range written {
				if bytes.Contains(content, []byte(form)) {
					t.Errorf("%s is in %s", what, name)
				}
			}
		}
	}
}

// formsOf are the forms in which a secret could be written.
func formsOf(secret string) []string {
	return []string{
		secret, url.QueryEscape(secret), strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(secret)), "="),
		strings.TrimRight(base64.StdEncoding.EncodeToString([]byte("SSWS "+secret)), "="),
	}
}

// readAll reads the files below a folder, and what is within those that are archives, as a saved plan is.
func readAll(t *testing.T, folder string, into map[string][]byte) {
	t.Helper()

	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}

		content, err := os.ReadFile(path) //nolint:gosec // below the test's own folder
		if err != nil {
			return err
		}

		into[entry.Name()] = content

		archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return nil //nolint:nilerr // not an archive
		}

		for _, member := range archive.File {
			reader, err := member.Open()
			if err != nil {
				return err
			}

			if into[entry.Name()+"/"+member.Name], err = io.ReadAll(reader); err != nil {
				return err
			}
		}

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
