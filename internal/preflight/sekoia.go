// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// sekoiaChecks make five calls a process: their answers are shared by all runs.
var sekoiaChecks = []check{
	{id: SekoiaCredentials, ask: askProfile},
	{id: SekoiaPermissions, after: []CheckID{SekoiaCredentials}, ask: askPermissions},
	{id: SekoiaCommunity, after: []CheckID{SekoiaCredentials}, ask: askCommunity},
	{id: SekoiaConnectorAvailable, after: []CheckID{SekoiaCredentials}, ask: askCatalogue},
}

// fromSekoia makes a call that the runs of a tester share, at once: none of them needs the answer of another. The
// result waits for it.
func fromSekoia[T any](ctx context.Context, r *run, known *shared[T], load func(*sekoia.Client, context.Context) (T, error)) func() (T, error) {
	var (
		value T
		err   = errors.New("the Sekoia API key is not known here")
		ended = make(chan struct{})
	)
	r.begun.Go(func() {
		defer close(ended)
		if client := r.tester.config.Sekoia; client != nil {
			value, err = known.get(ctx, nil, within(r.tester, func(ctx context.Context) (T, error) { return load(client, ctx) }))
		}
	})
	return func() (T, error) {
		<-ended
		return value, err
	}
}

const namedCommunities = 20

func askProfile(_ context.Context, r *run) Check {
	if r.tester.config.Sekoia == nil {
		return skipped("Not checked, because Sekoia's API key is not known here.")
	}
	if _, err := r.profile(); err != nil {
		return sekoiaTrouble(err)
	}
	return passed("Sekoia accepts the API key.")
}

// sekoiaTrouble is the finding of a call to Sekoia that failed, whatever it asked. A 403 is only sure where the caller
// has said so before: /v1/me and /v1/me/communities document none, so one there is not known to mean anything.
func sekoiaTrouble(err error) Check {
	if api, ok := errors.AsType[*sekoia.APIError](err); ok && api.Status == http.StatusUnauthorized {
		return rejected(TargetSekoia, api.Error()+".", sekoia.KeyAdvice(err)).answering(api.Status)
	}
	return unanswered("Sekoia", "", err)
}

// forbidden tells a 403.
func forbidden(err error) bool {
	api, ok := errors.AsType[*sekoia.APIError](err)
	return ok && api.Status == http.StatusForbidden
}

// permissionNeeds are what the provider's calls ask for (Sekoia's OpenAPI document, August 2026), by what a person
// wants to do.
var permissionNeeds = []struct {
	purpose     string
	permissions []string
}{
	{"create a connector", []string{
		sekoia.PermissionManagePlaybooks, sekoia.PermissionManageIntakes,
		sekoia.PermissionEditAssetConnectors, sekoia.PermissionViewIntegrations,
	}},
	{"read connectors", []string{sekoia.PermissionViewPlaybooks, sekoia.PermissionViewIntakes}},
	{"read their logs", []string{sekoia.PermissionViewPlaybookRuns}},
}

// askPermissions never stops a run for what is missing: a custom role may call its permissions otherwise, and Sekoia's
// own answer to the call counts. For the same reason a key that may not list its permissions is a warning.
func askPermissions(_ context.Context, r *run) Check {
	held, err := r.permissions()
	switch {
	case err != nil && forbidden(err):
		return warning(TargetSekoia, lines(credential.Sanitize(err.Error())+".", "What the API key may do can't be read."),
			"If a later call is refused, its error names the permission that is missing.")
	case err != nil:
		return sekoiaTrouble(err)
	}
	var missing []string
	for _, need := range permissionNeeds {
		if titles := lackingTitles(held, need.permissions); len(titles) > 0 {
			missing = append(missing, fmt.Sprintf("To %s: %s.", need.purpose, strings.Join(titles, ", ")))
		}
	}
	if len(missing) == 0 {
		return passed("The API key has all permissions that the provider needs.")
	}
	return warning(TargetSekoia, lines("The Sekoia API key lacks permissions.", lines(missing...)),
		"Add them to the role of the API key, in Sekoia's settings.")
}

func lackingTitles(held []sekoia.Permission, wanted []string) []string {
	var titles []string
	for _, id := range wanted {
		if !slices.ContainsFunc(held, func(p sekoia.Permission) bool { return strings.EqualFold(p.ID, id) }) {
			titles = append(titles, sekoia.PermissionTitle(id))
		}
	}
	return titles
}

func askCommunity(_ context.Context, r *run) Check {
	seen, err := r.communities()
	if err != nil {
		return sekoiaTrouble(err)
	}
	chosen := r.input.CommunityID
	sees := func(id string) bool { return strings.EqualFold(id, chosen) }
	switch {
	case len(seen) == 0 && chosen == "":
		return inconclusive(TargetCommunity, "Sekoia lists no community for this API key.", "Set community_id (SEKOIA_COMMUNITY_ID).")
	case chosen == "" && len(seen) == 1:
		return passed(fmt.Sprintf("The API key sees one community: %s.", seen[0]))
	case chosen == "":
		return rejected(TargetCommunity, lines(
			fmt.Sprintf("The API key sees %d communities, and none is chosen.", len(seen)), listCommunities(seen)),
			"Set community_id (SEKOIA_COMMUNITY_ID) to the one that the devices belong to.")
	case slices.ContainsFunc(seen, sees):
		return passed("The API key sees the community " + credential.Sanitize(chosen) + ".")
	case len(seen) == 0:
		return rejected(TargetCommunity, fmt.Sprintf("The API key does not see the community %s, nor any other.", credential.Sanitize(chosen)),
			"Use an API key of that community.")
	default:
		return rejected(TargetCommunity, lines(
			fmt.Sprintf("The API key does not see the community %s.", credential.Sanitize(chosen)), listCommunities(seen)),
			"Set community_id (SEKOIA_COMMUNITY_ID) to one of these, or use a key of that community.")
	}
}

// listCommunities names what can be chosen, the first twenty.
func listCommunities(seen []string) string {
	named := make([]string, 0, min(len(seen), namedCommunities))
	for _, id := range seen[:cap(named)] {
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
func askCatalogue(_ context.Context, r *run) Check {
	_, err := r.connector()
	switch {
	case err == nil:
		return passed("Sekoia offers the Okta device connector" + r.release())
	case sekoia.IsNotFound(err):
		return rejected(TargetNone, lines(credential.Sanitize(err.Error())+".", "The Okta device connector is not offered in this community or region."),
			"Check region (SEKOIA_REGION), and that the community has the Reveal add-on.")
	case forbidden(err):
		return warning(TargetSekoia, lines(credential.Sanitize(err.Error())+".", "Whether the Okta device connector is offered here can't be seen."),
			"Add \""+sekoia.PermissionTitle(sekoia.PermissionViewIntegrations)+"\" to the role of the API key.")
	default:
		return sekoiaTrouble(err)
	}
}

// release is which release of the Okta module this region offers, as the end of a sentence: probably the one that a
// running connector has, for Sekoia restarts those on a new one. It is good to know and no more: if it can't be read,
// that is said, and nothing fails.
func (r *run) release() string {
	module, err := r.module()
	switch {
	case err != nil:
		return ". The release of its Okta module could not be read."
	case module.Version == "":
		return "."
	}
	return ", with release " + credential.Sanitize(module.Version) + " of its Okta module."
}
