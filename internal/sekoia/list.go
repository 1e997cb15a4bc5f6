// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"maps"
	"net/url"
	"strconv"
	"strings"
)

// withRange is query with limit and offset set; query itself stays as it is.
func withRange(query url.Values, limit, offset int) url.Values {
	ranged := maps.Clone(query)
	if ranged == nil {
		ranged = url.Values{}
	}
	ranged.Set("limit", strconv.Itoa(limit))
	ranged.Set("offset", strconv.Itoa(offset))
	return ranged
}

// matching makes the query of a list of configurations: those of one community and name, where these are given.
//
// match[name] takes several names with commas between them (Sekoia's OpenAPI document), so a name that has one can't be
// asked for; nor is it known what becomes of spaces at its ends. Such names are left to the caller's comparison, which
// is needed anyway: whether the service compares exactly isn't documented.
//
// Sorted by what never changes, so that a change while the pages are read moves nothing between them.
func matching(communityID, name string) url.Values {
	query := url.Values{"sort": {"created_at"}, "direction": {"asc"}}
	if communityID != "" {
		query.Set("match[community_uuid]", communityID)
	}
	if name != "" && !strings.Contains(name, ",") && strings.TrimSpace(name) == name {
		query.Set("match[name]", name)
	}
	return query
}

// sameIfAsked reports whether a listed configuration's id is the one that the query asks for; every id is if the query
// asks for none. It is compared here too, so that a server that ignores a filter can't make an object of another
// community or kind look like the one that was looked for.
func sameIfAsked(wanted, got string) bool { return wanted == "" || sameID(wanted, got) }
