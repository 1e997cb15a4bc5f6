// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// A SearchFilter describes devices; what is not set does not narrow. Okta answers searches from an index that lags
// behind the devices themselves (Okta API 2026.06.3, listDevices).
type SearchFilter struct {
	Statuses            []string // any of them
	Platforms           []string // any of them
	DisplayNameContains string
	ID                  string
	SerialNumber        string
	DisplayName         string
	Registered          *bool
	LastUpdatedAfter    string // RFC 3339, exclusive
}

// Expression is the filter as Okta's search parameter (a SCIM filter, RFC 7644 section 3.4.2.2), "" where nothing is
// set. The same filter always gives the same text: sets are sorted, and hold each value once.
func (f SearchFilter) Expression() string {
	var parts []string
	add := func(attribute, operator, value string) {
		if value != "" {
			parts = append(parts, attribute+" "+operator+" "+quote(value))
		}
	}
	add("id", "eq", f.ID)
	add("profile.displayName", "eq", f.DisplayName)
	add("profile.displayName", "co", f.DisplayNameContains)
	add("profile.serialNumber", "eq", f.SerialNumber)
	parts = append(parts, anyOf("status", f.Statuses)...)
	parts = append(parts, anyOf("profile.platform", f.Platforms)...)
	if f.Registered != nil {
		parts = append(parts, "profile.registered eq "+strconv.FormatBool(*f.Registered))
	}
	add("lastUpdated", "gt", f.LastUpdatedAfter)
	return strings.Join(parts, " and ")
}

// anyOf is the one part that takes each of the values, or none where there are no values.
func anyOf(attribute string, values []string) []string {
	values = slices.Compact(slices.Sorted(slices.Values(values)))
	alternatives := make([]string, len(values))
	for i, value := range values {
		alternatives[i] = attribute + " eq " + quote(value)
	}
	switch len(alternatives) {
	case 0:
		return nil
	case 1:
		return alternatives
	default:
		return []string{"(" + strings.Join(alternatives, " or ") + ")"}
	}
}

// quote makes a literal of a filter: a JSON string (RFC 7644 section 3.4.2.2 takes those of RFC 7159), so quotes,
// backslashes and control characters are escaped. Bytes that are not UTF-8 become U+FFFD.
func quote(value string) string {
	var literal strings.Builder
	encoder := json.NewEncoder(&literal)
	// < > and & need no escape here, and a search with them would be hard to read in a request log.
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) //nolint:errchkjson // a string can always be encoded
	return strings.TrimSuffix(literal.String(), "\n")
}
