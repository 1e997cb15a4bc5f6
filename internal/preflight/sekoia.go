// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

func askProfile(_ context.Context, r *run) Check {
	if r.tester.config.Sekoia == nil {
		return Check{Status: StatusSkipped, Message: "Not checked, because Sekoia's API key is not known here."}
	}
	if _, err := r.profile(); err != nil {
		return failedSekoia(err)
	}
	return passed("Sekoia accepts the API key.")
}

// failedSekoia is the finding of a call to Sekoia that failed, whatever it asked. Only a rejected key is certain: no
// other refusal is documented for these calls.
func failedSekoia(err error) Check {
	meant := sekoia.Advise(err)
	finding := failedCall(meant)
	finding.Inconclusive = meant.Kind != advice.Rejected || meant.Input != sekoia.InputAPIKey
	return finding
}

// permissionNeeds are what the provider's calls ask for (Sekoia's OpenAPI document, August 2026), by what a person
// wants to do.
var permissionNeeds = []struct {
	purpose     string
	permissions []sekoia.Permission
}{
	{"create a connector", []sekoia.Permission{
		sekoia.PermissionManagePlaybooks, sekoia.PermissionManageIntakes,
		sekoia.PermissionEditAssetConnectors, sekoia.PermissionViewIntegrations,
	}},
	{"read connectors", []sekoia.Permission{sekoia.PermissionViewPlaybooks, sekoia.PermissionViewIntakes}},
	{"read their logs", []sekoia.Permission{sekoia.PermissionViewPlaybookRuns}},
}

// askPermissions never stops a run for what is missing: a custom role may give its permissions other names, and
// Sekoia's own answer to the call counts. For the same reason a key that may not list its permissions is a warning.
func askPermissions(_ context.Context, r *run) Check {
	const news = "the Sekoia API key lacks permissions"
	held, err := r.permissions()
	if meant := sekoia.Advise(err); err != nil && meant.Kind == advice.Denied {
		return warning(sekoia.InputAPIKey, news, lines(meant.Happened, "What the API key may do can't be read."),
			"If a later call is refused, its error names the missing permission.")
	} else if err != nil {
		return failedSekoia(err)
	}
	var missing []string
	for _, need := range permissionNeeds {
		var titles []string
		for _, wanted := range need.permissions {
			if !slices.ContainsFunc(held, func(p sekoia.Permission) bool { return strings.EqualFold(p.ID, wanted.ID) }) {
				titles = append(titles, wanted.Title)
			}
		}
		if len(titles) > 0 {
			missing = append(missing, fmt.Sprintf("To %s: %s.", need.purpose, strings.Join(titles, ", ")))
		}
	}
	if len(missing) == 0 {
		return passed("The API key has all permissions that the provider needs.")
	}
	return warning(sekoia.InputAPIKey, news, lines(missing...),
		"Add them to the role of the API key, in Sekoia's settings.")
}

func askCommunity(_ context.Context, r *run) Check {
	const news = "the Sekoia community is not the right one"
	seen, err := r.communities()
	if err != nil {
		return failedSekoia(err)
	}
	chosen := credential.Sanitize(r.input.CommunityID)
	switch {
	case len(seen) == 0 && chosen == "":
		finding := failed(sekoia.InputCommunity, "Sekoia lists no community for the API key", "Sekoia lists no community for this API key.",
			"Set community_id (SEKOIA_COMMUNITY_ID).")
		finding.Inconclusive = true
		return finding
	case chosen == "" && len(seen) == 1:
		return passed("The API key sees one community: " + credential.Sanitize(seen[0]) + ".")
	case chosen == "":
		return failed(sekoia.InputCommunity, news, lines(fmt.Sprintf("The API key sees %d communities, and none is chosen.", len(seen)), listCommunities(seen)),
			"Set community_id (SEKOIA_COMMUNITY_ID) to the one that the devices belong to.")
	case slices.ContainsFunc(seen, func(id string) bool { return strings.EqualFold(id, r.input.CommunityID) }):
		return passed("The API key sees the community " + chosen + ".")
	default:
		return failed(sekoia.InputCommunity, news, lines(fmt.Sprintf("The API key does not see the community %s.", chosen), listCommunities(seen)),
			"Set community_id (SEKOIA_COMMUNITY_ID) to one of these, or use a key of that community.")
	}
}

const namedCommunities = 20

// listCommunities names what can be chosen, the first twenty.
func listCommunities(seen []string) string {
	if len(seen) == 0 {
		return "It sees no community."
	}
	var named []string
	for _, id := range seen[:min(len(seen), namedCommunities)] {
		named = append(named, credential.Sanitize(id))
	}
	text := "It sees: " + strings.Join(named, ", ")
	if rest := len(seen) - len(named); rest > 0 {
		text += fmt.Sprintf(" and %d more", rest)
	}
	return text + "."
}

// askCatalogue takes a 403 as a warning: only the look is refused ("View integrations"), and whether the connector is
// offered stays open.
func askCatalogue(ctx context.Context, r *run) Check {
	_, err := r.connector()
	meant := sekoia.Advise(err)
	switch {
	case err == nil:
		return passed("Sekoia offers the Okta Device connector" + r.release(ctx))
	case sekoia.IsNotFound(err):
		return failed("", "Sekoia does not offer the Okta Device connector here", lines(meant.Happened,
			"The Okta Device connector is not offered in this community or region."), "Check region (SEKOIA_REGION), and that the community has the Reveal add-on.")
	case meant.Kind == advice.Denied:
		return warning(sekoia.InputAPIKey, "it is not known whether Sekoia offers the Okta Device connector",
			lines(meant.Happened, "The catalogue can't be read, so it is not known whether the Okta Device connector is offered here."),
			"Add \""+sekoia.PermissionViewIntegrations.Title+"\" to the role of the API key.")
	default:
		return failedSekoia(err)
	}
}

// release is which release of the Okta module this region offers, as the end of a sentence: probably the one that a
// running connector has, for Sekoia restarts those on a new one. Nothing fails if it can't be read.
func (r *run) release(ctx context.Context) string {
	module, err := shared(ctx, r.tester, "module", sharedBudget, func(ctx context.Context) (*sekoia.CatalogueEntry, error) {
		return r.tester.config.Sekoia.CatalogueModule(ctx, sekoia.OktaModuleID)
	})
	switch {
	case err != nil:
		return ". The release of its Okta module could not be read."
	case module.Version == "":
		return "."
	}
	return ", with release " + credential.Sanitize(module.Version) + " of its Okta module."
}
