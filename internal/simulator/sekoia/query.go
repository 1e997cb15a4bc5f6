// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// parameter checks the value of a query parameter and says what is wrong with it, "" for nothing.
type parameter func(value string) (problem string)

// query is what a call gave; every value has passed its parameter's check.
type query map[string]string

// readQuery checks a raw query against the parameters that a call has. Nothing else may be in it, and nothing twice.
func readQuery(raw string, known map[string]parameter) (given query, name, problem string) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, "query", "it can't be parsed"
	}
	given = query{}
	names := make([]string, 0, len(values))
	for each := range values {
		names = append(names, each)
	}
	slices.Sort(names)
	for _, each := range names {
		check, isKnown := known[each]
		switch {
		case !isKnown:
			return nil, each, "this call has no such parameter"
		case len(values[each]) != 1:
			return nil, each, "the parameter is given more than once"
		}
		if problem = check(values[each][0]); problem != "" {
			return nil, each, problem
		}
		given[each] = values[each][0]
	}
	return given, "", ""
}

func isText(string) string { return "" }

func isBool(value string) string {
	if value != "true" && value != "false" {
		return "it is neither true nor false"
	}
	return ""
}

func isLimit(value string) string {
	if n, err := strconv.Atoi(value); err != nil || n < 1 || n > 100 {
		return "it is not between 1 and 100"
	}
	return ""
}

func isCount(value string) string {
	if n, err := strconv.Atoi(value); err != nil || n < 0 {
		return "it is not a whole number from 0 on"
	}
	return ""
}

func isUUIDList(value string) string {
	for each := range strings.SplitSeq(value, ",") {
		if !isUUID(each) {
			return "it is not a list of UUIDs separated by commas"
		}
	}
	return ""
}

func isOneOf(words ...string) parameter {
	return func(value string) string {
		if !slices.Contains(words, value) {
			return "it must be one of " + strings.Join(words, ", ")
		}
		return ""
	}
}

// isListOf is isOneOf for each item of a list separated by commas.
func isListOf(words ...string) parameter {
	one := isOneOf(words...)
	return func(value string) string {
		for each := range strings.SplitSeq(value, ",") {
			if problem := one(each); problem != "" {
				return problem
			}
		}
		return ""
	}
}

func isDateRange(value string) string {
	if _, _, valid := dateRange(value); !valid {
		return "it is not two dates separated by a comma"
	}
	return ""
}

// dateRange reads "from,to"; dates are RFC 3339, or without a zone, which is UTC then (the document's example).
func dateRange(value string) (from, to time.Time, valid bool) {
	first, second, found := strings.Cut(value, ",")
	if !found {
		return from, to, false
	}
	from, fromErr := readDate(first)
	to, toErr := readDate(second)
	return from, to, fromErr == nil && toErr == nil
}

func readDate(text string) (time.Time, error) {
	if at, err := time.Parse("2006-01-02T15:04:05", text); err == nil {
		return at, nil
	}
	return time.Parse(time.RFC3339Nano, text)
}

// listQuery is what all lists have, next to their own parameters.
func listQuery(sorts []string, own map[string]parameter) map[string]parameter {
	own["limit"], own["offset"] = isLimit, isCount
	if sorts != nil {
		own["sort"], own["direction"] = isOneOf(sorts...), isOneOf("asc", "desc")
	}
	return own
}

func (q query) number(name string, otherwise int) int {
	n, err := strconv.Atoi(q[name])
	if err != nil {
		return otherwise
	}
	return n
}

// flag returns a bool parameter, or otherwise if there is none.
func (q query) flag(name string, otherwise bool) bool {
	if value, given := q[name]; given {
		return value == "true"
	}
	return otherwise
}

// list returns the items of a parameter that is separated by commas, or nil if it was not given.
func (q query) list(name string) []string {
	value, given := q[name]
	if !given {
		return nil
	}
	return strings.Split(value, ",")
}

// page is the part of a list that limit and offset ask for, as the API answers it.
func page[T any](q query, items []T, show func(T) any) map[string]any {
	return map[string]any{"items": shown(q, items, show), "total": len(items)}
}

// longPage is page for lists of many thousand objects, which show writes as fields.
func longPage[T any](q query, items []T, show func(T) any) json.RawMessage {
	total := json.RawMessage(strconv.Itoa(len(items)))
	return wire.AppendJSON(nil, wire.Fields{{"items", shown(q, items, show)}, {"total", total}})
}

func shown[T any](q query, items []T, show func(T) any) []any {
	limit, offset := q.number("limit", 20), q.number("offset", 0)
	from := min(offset, len(items))
	parts := make([]any, 0, min(limit, len(items)-from))
	for _, item := range items[from:min(from+limit, len(items))] {
		parts = append(parts, show(item))
	}
	return parts
}

// matches reports whether a document passes the filters of a list. names maps a parameter to the field that it
// compares; each takes a list separated by commas, so a value with a comma in it is never found.
func (q query) matches(d document, names map[string]string) bool {
	for name, fieldName := range names {
		if wanted := q.list(name); wanted != nil && !slices.Contains(wanted, d.text(fieldName)) {
			return false
		}
	}
	for _, fieldName := range []string{"created_at", "updated_at"} {
		value, given := q["date["+fieldName+"]"]
		if !given {
			continue
		}
		from, to, _ := dateRange(value)
		if at, err := readDate(d.text(fieldName)); err != nil || at.Before(from) || at.After(to) {
			return false
		}
	}
	return true
}

// sort orders a list as sort and direction say; oldest is what it is in the order of creation, and decides between
// equals.
func sorted[T any](q query, oldest []T, by, direction string, key func(T, string) string) []T {
	by, direction = cmp.Or(q["sort"], by), cmp.Or(q["direction"], direction)
	ordered := slices.Clone(oldest)
	if direction == "desc" {
		slices.Reverse(ordered)
	}
	compare := func(a, b T) int {
		if direction == "desc" {
			a, b = b, a
		}
		return cmp.Compare(key(a, by), key(b, by))
	}
	if !slices.IsSortedFunc(ordered, compare) {
		slices.SortStableFunc(ordered, compare)
	}
	return ordered
}
