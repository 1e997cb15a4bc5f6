// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
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
		trail := trailFrom(c, first)
		start := func(target *url.URL) func() (*page, error) {
			return memo.Start(func() (*page, error) { return trail.fetch(ctx, target) })
		}
		pending := start(first)
		defer func() {
			cancel()
			_, _ = pending()
		}()
		for {
			got, err := pending()
			if err == nil && got.next != nil {
				pending = start(got.next)
			}
			if !yield(got, err) || err != nil || got.next == nil {
				return
			}
		}
	}
}

// A trail follows the links of one listing, and knows where it was. Its calls come one after the other, so it needs no
// lock.
type trail struct {
	client  *Client
	visited map[string]bool
}

func trailFrom(c *Client, first *url.URL) *trail {
	return &trail{client: c, visited: map[string]bool{first.String(): true}}
}

func (t *trail) fetch(ctx context.Context, target *url.URL) (*page, error) {
	result, err := t.client.get(ctx, target)
	if err != nil {
		return nil, err
	}
	next, err := t.next(target, result)
	return &page{answer: result, next: next}, err
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
	if err != nil || next.User != nil {
		return nil, result.unexpected("its Link header does not lead to a valid URL without a user name")
	}
	next.Fragment, next.RawFragment = "", ""
	origin := credential.OriginOf(next)
	switch {
	case origin != t.client.origin:
		return nil, result.unexpected("its Link header leads to another origin, " + result.cleaned(origin.String()) + ", where the credential may not go")
	case t.visited[next.String()]:
		return nil, result.unexpected(fmt.Sprintf("its Link header leads back to a page that was read already, after %d pages", len(t.visited)))
	case len(t.visited) >= t.client.maxPages:
		return nil, result.unexpected(fmt.Sprintf("its Link header still names a next page after %d pages", len(t.visited)))
	}
	t.visited[next.String()] = true
	return next, nil
}

var (
	errLinkUnreadable = errors.New("its Link header, which names a next page, can't be read")
	errLinkTwice      = errors.New("its Link header names two next pages")
)

var (
	// linkValue is the first link of a Link header, with the comma behind it: a target and its parameters (RFC 8288,
	// section 3).
	linkValue = regexp.MustCompile(`^<([^<>]*)>((?:[ \t]*` + linkParameter.String() + `)*)[ \t]*(?:,|$)`)
	// linkParameter may be empty, for a trailing semicolon is common.
	linkParameter = regexp.MustCompile(`;[ \t]*(?:([^=;," \t]+)[ \t]*(?:=[ \t]*("(?:[^"\\]|\\.)*"|[^;,"]*))?)?`)
)

// nextLink returns the target of rel="next" in the values of Link headers, "" if there is none. Okta sends one header
// for each link, a proxy may join them. What can't be read is passed over, unless a next page may be in it: to stop
// there would pass a part of the devices off as all of them.
func nextLink(headers []string) (string, error) {
	var next string
	unreadable := false
	for _, header := range headers {
		mayName := strings.Contains(strings.ToLower(header), "next")
		for rest := header; ; {
			if rest = strings.TrimLeft(rest, " \t,"); rest == "" {
				break
			}
			found := linkValue.FindStringSubmatch(rest)
			if found == nil {
				unreadable = unreadable || mayName
				_, rest, _ = strings.Cut(rest, ",")
				continue
			}
			rest = rest[len(found[0]):]
			switch target := strings.Trim(found[1], " \t"); {
			case !isNext(found[2]):
			case target == "":
				return "", errLinkUnreadable
			case next != "" && next != target:
				return "", errLinkTwice
			default:
				next = target
			}
		}
	}
	if next == "" && unreadable {
		return "", errLinkUnreadable
	}
	return next, nil
}

// isNext reports whether a link with these parameters leads to the page that follows. One with an anchor is about
// another document. Of several rel the first counts (RFC 8288, section 3.3).
func isNext(parameters string) bool {
	var relations []string
	for _, found := range linkParameter.FindAllStringSubmatch(parameters, -1) {
		switch name, value := found[1], strings.NewReplacer(`"`, "", `\`, "").Replace(found[2]); {
		case strings.EqualFold(name, "anchor"):
			return false
		case strings.EqualFold(name, "rel") && relations == nil:
			relations = append(strings.Fields(value), "")
		}
	}
	return slices.ContainsFunc(relations, func(relation string) bool { return strings.EqualFold(relation, "next") })
}
