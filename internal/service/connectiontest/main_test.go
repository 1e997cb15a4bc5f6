// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connectiontest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// required says where the provider comes from, for configurations that leave that out.
const required = "terraform {\n  required_providers {\n    sekoia = { source = \"sekoia-io/sekoia\" }\n  }\n}\n"

// file reads a configuration.
func file(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Clean(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// withRequired is a configuration that says where the provider comes from.
func withRequired(configuration string) string {
	if strings.Contains(configuration, "required_providers") {
		return configuration
	}
	return required + configuration
}

// tested is the data source as a configuration sees it.
type tested struct {
	OktaOrganization *string `json:"okta_organization"`
	Passed           bool    `json:"passed"`
	Checks           []struct {
		ID      string  `json:"id"`
		Status  string  `json:"status"`
		Message string  `json:"message"`
		Hint    *string `json:"hint"`
	} `json:"checks"`
	OktaOrganizationID *string `json:"okta_organization_id"`
	SummaryMarkdown    string  `json:"summary_markdown"`
}

// status is that of one check.
func (r tested) status(id string) (status, message string) {
	for _, check := range r.Checks {
		if check.ID == id {
			return check.Status, check.Message
		}
	}
	return "", ""
}
