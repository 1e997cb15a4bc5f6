// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"cmp"
	"strings"
)

// The permissions that the provider's calls need, by the UUIDs that GET /v1/me/permissions answers with (Sekoia's
// OpenAPI document, August 2026: "The following permissions are required").
const (
	PermissionViewIntakes         = "2f0da527-2cf1-4a00-8f4c-033bfb43ddeb" // read connectors
	PermissionManageIntakes       = "efde546e-06db-4355-b2e5-84de1f66511b" // create, change, delete, start and stop connectors
	PermissionEditAssetConnectors = "6e1e0400-0a03-4a17-a1d5-a0c57cab2c6a" // start and stop connectors, next to ManageIntakes
	PermissionViewPlaybooks       = "e75117b9-bb99-4248-8e1d-77c0914b15bd" // read accounts and their usage
	PermissionManagePlaybooks     = "1d231a6b-9010-4fa1-a9cc-9fafeabb60a0" // create, change and delete accounts
	PermissionViewPlaybookRuns    = "9648daab-0c06-4624-b610-0b69a06d95df" // read logs
	PermissionViewIntegrations    = "b7413c71-cec8-49ec-9b9c-327ee328a383" // read the catalogue
)

var titles = map[string]string{
	PermissionViewIntakes:         "View intakes",
	PermissionManageIntakes:       "Manage intakes",
	PermissionEditAssetConnectors: "Create and edit asset-connectors data",
	PermissionViewPlaybooks:       "View playbooks",
	PermissionManagePlaybooks:     "Manage playbooks",
	PermissionViewPlaybookRuns:    "View playbook runs",
	PermissionViewIntegrations:    "View integrations",
}

// PermissionTitle returns the title under which Sekoia's web pages show one of the permissions above; of any other id,
// the id.
func PermissionTitle(id string) string { return cmp.Or(titles[strings.ToLower(id)], id) }

// permissionTitles joins the quoted titles of ids for a sentence.
func permissionTitles(ids []string) string {
	quoted := make([]string, 0, len(ids))
	for _, id := range ids {
		quoted = append(quoted, `"`+PermissionTitle(id)+`"`)
	}
	return strings.Join(quoted, " and ")
}
