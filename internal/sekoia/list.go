// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"strconv"
	"strings"
)

const (
	pageSize = 100    // the most that Sekoia's lists take as limit
	maxPages = 10_000 // a million objects: more is a server that makes them up
)

// page is the envelope of every list.
type page[T any] struct {
	Total *int `json:"total"`
	Items []T  `json:"items"`
}

// fetchPage reads one page and checks its envelope.
func fetchPage[T any](ctx context.Context, c *Client, what call) (*page[T], error) {
	reply, err := c.send(ctx, what)
	if err != nil {
		return nil, err
	}
	var list page[T]
	if err := decode(what, reply, &list); err != nil {
		return nil, err
	}
	switch {
	case list.Total != nil && *list.Total < 0:
		return nil, unexpected(what, reply, "its total is negative")
	case list.Items == nil && (list.Total == nil || *list.Total > 0):
		return nil, unexpected(what, reply, "it has no items")
	}
	return &list, nil
}

// list reads a list to its end, in pages of 100, each object once. The total that the pages name is only believed
// where nothing speaks against it: a list ends with an empty page, with a page that isn't full once the total is
// reached, or where the total is exactly what was read. Pages that repeat what was there are an error, for the rest
// of the list can't be had then.
func list[T interface{ id() string }](ctx context.Context, c *Client, what call) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		seen := map[string]struct{}{}
		offset := 0
		for range maxPages {
			what.query = withRange(what.query, pageSize, offset)
			current, err := fetchPage[T](ctx, c, what)
			if err != nil {
				yield(none, err)
				return
			}
			before := len(seen)
			for _, item := range current.Items {
				id := strings.ToLower(strings.TrimSpace(item.id()))
				if id == "" {
					yield(none, misshapen(what, "an item has no uuid"))
					return
				}
				if _, repeated := seen[id]; repeated {
					continue
				}
				seen[id] = struct{}{}
				if !yield(item, nil) {
					return
				}
			}
			ended := current.ends(offset + len(current.Items))
			complete := ended && current.holdsNoMore(len(seen))
			if len(seen) == before && !complete {
				yield(none, misshapen(what, fmt.Sprintf("the page at offset %d only repeats earlier ones", offset)))
				return
			}
			if ended {
				return
			}
			offset += len(current.Items)
		}
		yield(none, misshapen(what, fmt.Sprintf("it did not end after %d pages", maxPages)))
	}
}

// holdsNoMore tells whether a list of which read objects are known can be complete, by what this page says.
func (p *page[T]) holdsNoMore(read int) bool {
	return len(p.Items) == 0 || p.Total != nil && read >= *p.Total
}

// ends tells whether the list is over after this page, up to which offset objects were read.
func (p *page[T]) ends(offset int) bool {
	full := len(p.Items) >= pageSize
	switch {
	case len(p.Items) == 0:
		return true
	case p.Total == nil:
		return !full
	case full:
		return offset == *p.Total
	}
	return offset >= *p.Total
}

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
// match[name] takes several names with commas between them (Sekoia's OpenAPI document), so a name that has one can't
// be asked for; nor is it known what becomes of spaces at its ends. Such names are left to the caller's comparison,
// which is needed anyway: whether the service compares exactly isn't documented.
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
