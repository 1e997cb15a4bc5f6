// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package repository

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
)

// registryRoot is the address at which the registry shows the files of this repository.
const registryRoot = "https://registry.terraform.io/providers/sekoia-io/sekoia/latest/"

// checkIDs are the ids of all checks of the connection test: even a test that was canceled before it began reports each
// of them.
func checkIDs(t *testing.T) []string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	report := preflight.NewTester(preflight.TesterConfig{}).Report(ctx, preflight.Input{OktaBaseURL: &url.URL{Scheme: "https", Host: "acme.okta.com"}})
	ids := make([]string, 0, len(report.Checks))
	for _, check := range report.Checks {
		ids = append(ids, string(check.ID))
	}
	if len(ids) == 0 {
		t.Fatal("the connection test has no checks")
	}
	return ids
}

// sections are the second-level headings of a page, as they are written and in their order.
func sections(page string) []string {
	var found []string
	for line := range strings.Lines(fence.ReplaceAllString(page, "")) {
		if title, ok := strings.CutPrefix(line, "## "); ok {
			found = append(found, strings.TrimSpace(title))
		}
	}
	return found
}

func TestEachCheckHasItsSectionInTheGuide(t *testing.T) {
	t.Parallel()
	var inOrder []string
	ids := checkIDs(t)
	for _, id := range ids {
		// The page and the section that an error about this check links to.
		file, section, _ := strings.Cut(strings.TrimPrefix(diagnostic.TroubleshootingLink(id), registryRoot), "#")
		if found := sections(read(t, file+".md")); !slices.Contains(found, section) {
			t.Errorf("%s.md has no section %q, to which errors of this check link: %q", file, section, found)
		}
	}
	for _, section := range sections(read(t, "docs/guides/troubleshooting.md")) {
		if strings.HasPrefix(section, "okta_") || strings.HasPrefix(section, "sekoia_") {
			inOrder = append(inOrder, section)
		}
	}
	if !slices.Equal(inOrder, ids) {
		t.Errorf("the guide's sections are %q, and the checks are %q", inOrder, ids)
	}
}

func TestSectionsOfAPage(t *testing.T) {
	t.Parallel()
	const page = "# Title\n\n## okta_reachable\n\n```\n## in code\n```\n\n### deeper\n##none\n## Two words \n"
	if got, want := sections(page), []string{"okta_reachable", "Two words"}; !slices.Equal(got, want) {
		t.Errorf("the sections are %q, want %q", got, want)
	}
}
