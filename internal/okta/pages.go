// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"fmt"
	"iter"
	"net/url"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// A page is one answer of a listing, not yet decoded.
type page struct {
	*answer
	next *url.URL // nil: this is the last one
}

// pages yields the pages from first on. Before it yields one it asks for the next, so one call is under way while a
// page is decoded and consumed. It returns when no call is left running, however the loop was left. An error is the
// last element.
func (c *Client) pages(ctx context.Context, first *url.URL) iter.Seq2[*page, error] {
	return func(yield func(*page, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		trail := newTrail(c, first)
		pending := trail.start(ctx, first)
		defer func() {
			cancel()
			if pending != nil {
				<-pending
			}
		}()
		for pending != nil {
			got := <-pending
			pending = nil
			if got.err == nil && got.page.next != nil {
				pending = trail.start(ctx, got.page.next)
			}
			if !yield(got.page, got.err) {
				return
			}
		}
	}
}

// A trail follows the links of one listing, and knows where it was. Its calls come one after the other, so it needs no
// lock.
type trail struct {
	client  *Client
	visited map[string]struct{}
}

func newTrail(c *Client, first *url.URL) *trail {
	return &trail{client: c, visited: map[string]struct{}{first.String(): {}}}
}

type fetched struct {
	page *page
	err  error
}

// start asks for target in the background. The channel gets one value, whether or not somebody waits for it.
func (t *trail) start(ctx context.Context, target *url.URL) <-chan fetched {
	result := make(chan fetched, 1)
	go func() {
		got, err := t.fetch(ctx, target)
		result <- fetched{page: got, err: err}
	}()
	return result
}

func (t *trail) fetch(ctx context.Context, target *url.URL) (*page, error) {
	result, err := t.client.get(ctx, target)
	if err != nil {
		return nil, err
	}
	next, err := t.next(target, result)
	if err != nil {
		return nil, err
	}
	return &page{answer: result, next: next}, nil
}

// next is where the answer's Link header leads: nil at the end; an error if following it would carry the credential to
// another origin, or never end.
func (t *trail) next(from *url.URL, result *answer) (*url.URL, error) {
	reference, err := nextLink(result.header.Values("Link"))
	if err != nil {
		return nil, result.unexpected(err.Error())
	}
	if reference == "" {
		return nil, nil
	}
	next, err := from.Parse(reference)
	if err != nil {
		return nil, result.unexpected("its Link header does not lead to a valid URL")
	}
	next.Fragment, next.RawFragment = "", ""
	origin := credential.OriginOf(next)
	switch {
	case next.User != nil:
		return nil, result.unexpected("its Link header leads to a URL with a user name or a password")
	case origin != t.client.origin:
		return nil, result.unexpected(fmt.Sprintf("its Link header leads to another origin, %s, where the credential may not go",
			credential.Sanitize(origin.String())))
	}
	if _, again := t.visited[next.String()]; again {
		return nil, result.unexpected(fmt.Sprintf("its Link header leads back to a page that was read already, after %d pages", len(t.visited)))
	}
	if len(t.visited) >= t.client.maxPages {
		return nil, result.unexpected(fmt.Sprintf("its Link header still names a next page after %d pages", len(t.visited)))
	}
	t.visited[next.String()] = struct{}{}
	return next, nil
}
