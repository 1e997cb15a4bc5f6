// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"sync"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

const (
	pageSize    = 100    // the most that Sekoia's lists take as limit
	maxPages    = 10_000 // a million objects: more is a server that makes them up
	pagesAtOnce = 4      // calls for one list that are under way at the same time
	maxMoves    = 20     // how often in a row a page is read again from nearer the beginning, without a new object
	fewMoves    = 3      // the same, if the total does not change meanwhile

	shortestPage = pageSize / 2                            // of a list that is read again in shorter and shorter pages
	tooFast      = "it changes faster than it can be read" // a list whose pages never fit together
)

// page is the envelope of every list.
type page[T any] struct {
	Total *int `json:"total"`
	Items []T  `json:"items"`
}

// fetchPage reads one page and checks its envelope.
func fetchPage[T any](ctx context.Context, c *Client, what call) (*page[T], error) {
	found, err := fetch[page[T]](ctx, c, what)
	switch {
	case err != nil:
		return nil, err
	case found.Total != nil && *found.Total < 0:
		return nil, what.unexpected(http.StatusOK, "its total is negative")
	case found.Items == nil && (found.Total == nil || *found.Total > 0):
		return nil, what.unexpected(http.StatusOK, "it has no items")
	}
	return found, nil
}

// ends reports whether the list is over after this page. read counts the objects up to its end. The total is only
// believed if nothing contradicts it.
func (p *page[T]) ends(read int) bool {
	full := len(p.Items) >= pageSize
	switch {
	case len(p.Items) == 0:
		return true
	case p.Total == nil:
		return !full
	case full:
		return read == *p.Total
	}
	return read >= *p.Total
}

// pages is how many pages the list has, by the first of them; at least two if it does not say.
func (p *page[T]) pages() int {
	if p.Total == nil || len(p.Items) < 2 {
		return 2
	}
	each := len(p.Items) - 1 // see list
	return max(2, 1+(*p.Total-len(p.Items)+each-1)/each)
}

// ErrMore means that a list has more objects than those that came with this error: Query.MayRead said no.
var ErrMore = errors.New("the list has more pages than were to be read")

// list reads a list to its end, in pages of 100 and in order, each object once. After the first page, four pages are
// read at a time, as far as the total reaches.
//
// The list may change between two pages, so each page begins with the object that the page before ended with. Lists are
// sorted by what never changes: behind an object that was listed, nothing is left out. A page that begins with another
// object has moved, because objects before it were removed, and it is read again from nearer the beginning. So whatever
// was there all the time is listed. A page that only repeats what was listed is read again if it was read ahead,
// because it may be older than the page before. Otherwise it is an error: the rest can't be read then.
//
// No document promises that objects of the same time have the same order in each page. Where the pages have repeated
// objects, and so have left others out, those are looked for by themselves and come last.
func list[T identified](ctx context.Context, c *Client, what call) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		ctx, cancel := context.WithCancel(ctx)
		var running sync.WaitGroup
		defer running.Wait()
		defer cancel()
		type result struct {
			page *page[T]
			err  error
		}
		ask := func(offset int) chan result {
			answered := make(chan result, 1)
			running.Go(func() {
				found, err := fetchPage[T](ctx, c, what.ranged(pageSize, offset))
				answered <- result{found, err}
			})
			return answered
		}
		mayRead := func(pages int) bool { return what.mayRead == nil || what.mayRead(pages) }
		s := scan[T]{seen: map[string]int{}}
		var asked []chan result // the next pages, from the scan's offset on
		for number := range maxPages {
			s.ahead = len(asked) > 0
			for len(asked) == 0 || len(asked) < pagesAtOnce && s.offset+len(asked)*s.step < s.end {
				asked = append(asked, ask(s.offset+len(asked)*s.step))
			}
			current := <-asked[0]
			if current.err != nil {
				yield(none, current.err)
				return
			}
			expected := s.offset + s.step
			fresh, done, problem := s.take(current.page)
			switch {
			case problem != "":
				yield(none, what.unexpected(http.StatusOK, problem))
				return
			case !yieldAll(fresh, yield):
				return
			case done && !s.torn:
				return
			case done && s.ahead && s.moves == 0: // it may be older than the page before, so the end is read again
			case done && !mayRead(*current.page.Total), !done && number == 0 && !mayRead(current.page.pages()):
				yield(none, ErrMore)
				return
			case done:
				s.sweep(ctx, c, what, yield)
				return
			}
			if asked = asked[1:]; s.offset != expected {
				asked = nil
			}
		}
		yield(none, what.unexpected(http.StatusOK, fmt.Sprintf("it did not end after %d pages", maxPages)))
	}
}

func yieldAll[T any](items []T, yield func(T, error) bool) bool {
	for _, item := range items {
		if !yield(item, nil) {
			return false
		}
	}
	return true
}

// scan is how far a list was read.
type scan[T identified] struct {
	seen    map[string]int // how often an object is in the list: as often as it was on one page
	found   int            // the sum of seen
	offset  int            // of the page to read next
	overlap int            // how many objects a page has in common with the one before: one, unless pages have one object
	step    int            // from one page to the next, as the first page was long; 0 before that
	end     int            // only pages before it are read ahead
	moves   int            // how often in a row the page was moved and read again
	ahead   bool           // the page was asked for before the one before it was read
	total   *int           // that the page before named, if it did
	torn    bool           // the list is over, and its pages left something out
}

// take takes in the page at the offset, and returns its new objects, and whether the list is over. It sets the offset
// of the next page. A problem is the end of the list too.
func (s *scan[T]) take(p *page[T]) (fresh []T, done bool, problem string) {
	if s.offset > 0 && s.overlap > 0 && (len(p.Items) == 0 || s.seen[idOf(p.Items[0])] == 0) { // objects may be left out before it
		done, problem = s.back(p)
		return nil, done, problem
	}
	if fresh, problem = s.fresh(p); problem != "" {
		return nil, false, problem
	}
	reached := s.offset + len(p.Items)
	ended := p.ends(reached)
	allSeen := len(p.Items) == 0 || p.Total != nil && s.found >= *p.Total
	s.total, s.torn = p.Total, p.Total != nil && reached == *p.Total && !allSeen
	switch {
	case len(fresh) > 0:
		done, s.moves = ended, 0
	case ended && allSeen, len(p.Items) == s.overlap:
		done = true
	case s.ahead:
		return nil, false, "" // it is read again
	case s.torn && len(p.Items) < s.step+s.overlap:
		done = true
	case s.moves == 0:
		return nil, false, fmt.Sprintf("the page at offset %d only repeats earlier ones", s.offset)
	}
	if s.step == 0 {
		s.overlap = min(1, max(len(p.Items)-1, 0))
		s.step = max(len(p.Items)-s.overlap, 1)
	}
	s.offset, s.end = reached-s.overlap, 0
	if p.Total != nil && len(p.Items) >= s.step+s.overlap { // a shorter page is probably the last, whatever the total
		s.end = *p.Total - s.overlap
	}
	return fresh, done, ""
}

// back sets the offset nearer to the beginning, because the page there has moved. If a few pages in a row do not fit
// although the total stays the same, nothing was removed: the order is not whole.
func (s *scan[T]) back(p *page[T]) (done bool, problem string) {
	s.moves++
	s.torn = s.moves > fewMoves && p.Total != nil && s.total != nil && *p.Total == *s.total && s.found < *p.Total
	if !s.torn && s.moves > maxMoves {
		return false, tooFast
	}
	s.offset = max(s.offset-(pageSize-1)<<(s.moves-1), 0) // each time twice as far
	return s.torn, ""
}

// fresh returns the objects of a page that were not seen before, or a problem.
func (s *scan[T]) fresh(p *page[T]) (fresh []T, problem string) {
	here := map[string]int{}
	for _, item := range p.Items {
		id := idOf(item)
		if id == "" {
			return nil, "an item has no uuid"
		}
		if here[id]++; s.seen[id] == 0 {
			fresh = append(fresh, item)
		}
		s.found += max(here[id]-s.seen[id], 0)
		s.seen[id] = max(s.seen[id], here[id])
	}
	return fresh, ""
}

// idOf is the id of an object in the form in which ids are compared; "" if it has none that can be shown as it is.
func idOf[T identified](item T) string {
	id := strings.ToLower(strings.TrimSpace(item.id()))
	if credential.Sanitize(id) != id {
		return ""
	}
	return id
}

// sweep reads a torn list again and again, until as many objects were seen as it has. Each time its pages are shorter,
// so that they end elsewhere. If so many readings don't show them all, its total counts what it never shows.
func (s *scan[T]) sweep(ctx context.Context, c *Client, what call, yield func(T, error) bool) {
	var none T
	length, offset := pageSize-1, 0
	for calls := 0; calls < maxPages && length >= shortestPage; calls++ {
		p, err := fetchPage[T](ctx, c, what.ranged(length, offset))
		if err != nil {
			yield(none, err)
			return
		}
		fresh, problem := s.fresh(p)
		if problem == "" && (p.Total == nil || s.found > *p.Total) {
			problem = tooFast
		}
		if problem != "" {
			yield(none, what.unexpected(http.StatusOK, problem))
			return
		}
		if !yieldAll(fresh, yield) || s.found == *p.Total {
			return
		}
		if offset += len(p.Items); len(p.Items) == 0 || offset >= *p.Total {
			if length, offset = length-2, 0; length < shortestPage && len(p.Items) > 0 {
				return
			}
		}
	}
	yield(none, what.unexpected(http.StatusOK, tooFast))
}
