// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"fmt"
	"iter"
	"net/url"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

// A ListOption changes how a listing is read.
type ListOption func(*listing)

type listing struct {
	onPage []func(PageSummary)
}

// A PageSummary is what a page was, besides its elements.
type PageSummary struct {
	Number     int // from 1
	Elements   int // readable ones
	Unreadable int // elements that were no objects
	RateLimit  pace.RateLimit
	Last       bool
}

// OnPage has observe called once for each page, in order, before the first element of that page is yielded, by the
// goroutine that ranges.
func OnPage(observe func(PageSummary)) ListOption {
	return func(l *listing) { l.onPage = append(l.onPage, observe) }
}

// A page is one answer of a listing, not yet decoded.
type page struct {
	number int
	answer *answer
	next   *url.URL // nil: the last one
}

// A decoder reads the elements of an answer, and counts those that can't be read.
type decoder[T any] func(*answer) (elements []T, unreadable int, err error)

// list reads the pages from first on and yields their elements. One call is under way while a page is decoded and
// consumed. It returns when no call is left running, whichever way the loop was left.
func list[T any](ctx context.Context, c *Client, first *url.URL, decode decoder[T], options []ListOption) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var settings listing
		for _, option := range options {
			option(&settings)
		}
		for current, err := range c.pages(ctx, first) {
			if err != nil {
				yield(*new(T), err)
				return
			}
			elements, unreadable, err := decode(current.answer)
			if err != nil {
				yield(*new(T), err)
				return
			}
			settings.observe(current, len(elements), unreadable)
			for _, element := range elements {
				if !yield(element, nil) {
					return
				}
			}
		}
	}
}

func (l *listing) observe(current *page, elements, unreadable int) {
	for _, observe := range l.onPage {
		observe(PageSummary{
			Number:     current.number,
			Elements:   elements,
			Unreadable: unreadable,
			RateLimit:  current.answer.rateLimit,
			Last:       current.next == nil,
		})
	}
}

// pages yields the pages from first on. Before it yields one it asks for the next.
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
	number := len(t.visited)
	next, err := t.next(target, result)
	if err != nil {
		return nil, err
	}
	return &page{number: number, answer: result, next: next}, nil
}

// next is where the answer's Link header leads: nil at the end, an error where going on would carry the credential to
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
		return nil, result.unexpected("its Link header leads to what is no URL")
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
		return nil, result.unexpected(fmt.Sprintf("its Link header goes on after %d pages", len(t.visited)))
	}
	t.visited[next.String()] = struct{}{}
	return next, nil
}
