// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
)

const (
	pageSize    = 100    // the most that Sekoia's lists take as limit
	maxPages    = 10_000 // a million objects: more is a server that makes them up
	pagesAtOnce = 4      // calls for one list that are under way at the same time
	maxMoves    = 20     // how often in a row a page is read again from further ahead, without a new object
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

// holdsNoMore reports whether a list of which read objects are known can be complete, by what this page says.
func (p *page[T]) holdsNoMore(read int) bool {
	return len(p.Items) == 0 || p.Total != nil && read >= *p.Total
}

// ends reports whether the list is over after this page, up to which offset objects were read.
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

// pages is how many pages the list has, by the first of them; at least two if it does not say.
func (p *page[T]) pages() int {
	if p.Total == nil || len(p.Items) < 2 {
		return 2
	}
	each := len(p.Items) - 1 // see list
	return max(2, 1+(*p.Total-len(p.Items)+each-1)/each)
}

// ErrMore means that a list goes on, and that its reader wants no more of it than what came before this error.
var ErrMore = errors.New("the list has more pages than were to be read")

// identified is what lists have: objects with an id.
type identified interface{ id() string }

// list reads a list to its end, in pages of 100 and in order, each object once. After the first page, four are asked
// for at a time as far as the total reaches.
//
// The list may change between two pages. So each page begins with the object that the page before ended with. Lists are
// sorted by what never changes: a page that begins with an object which was listed already leaves out none behind it. A
// page that does not begin so has moved, because objects before it were removed: it is read again from further ahead.
// What was there all the time is therefore listed, and what was not may be.
//
// The total that the pages name is only believed where nothing speaks against it: a list ends with a page that isn't
// full once the total is reached, where the total is exactly what was read, or with a page on which the last object
// stands alone. Pages that repeat what was there are an error, for the rest of the list can't be had then.
func list[T identified](ctx context.Context, c *Client, what call) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		ahead := &prefetch[T]{ctx: ctx, fetch: func(ctx context.Context, offset int) (*page[T], error) {
			one := what
			one.query = withRange(what.query, pageSize, offset)
			return fetchPage[T](ctx, c, one)
		}}
		defer ahead.close()
		progress := scan[T]{seen: map[string]struct{}{}}
		for number := range maxPages {
			current, err := ahead.at(progress.offset, progress.step, progress.end)
			if err != nil {
				yield(none, err)
				return
			}
			fresh, done, problem := progress.take(current)
			if problem != "" {
				yield(none, misshapen(what, problem))
				return
			}
			for _, item := range fresh {
				if !yield(item, nil) {
					return
				}
			}
			if done {
				return
			}
			if pages := current.pages(); number == 0 && what.mayRead != nil && !what.mayRead(pages) {
				yield(none, ErrMore)
				return
			}
		}
		yield(none, misshapen(what, fmt.Sprintf("it did not end after %d pages", maxPages)))
	}
}

// A scan is how far a list was read.
type scan[T identified] struct {
	seen    map[string]struct{}
	offset  int // of the page to read next
	overlap int // how many objects a page has in common with the one before: one, unless pages have one object
	step    int // from one page to the next, as the first page was long; 0 before that
	end     int // no page that is asked for ahead begins here or further on
	back    int // how far the page was moved when it was read again; 0 if it was not
	moves   int // how often in a row it was moved
}

// take takes in the page at the offset, and returns its objects that are new, and whether the list is over. It sets the
// offset for the next page. problem says what makes it impossible to go on.
func (s *scan[T]) take(p *page[T]) (fresh []T, done bool, problem string) {
	ids := make([]string, len(p.Items))
	for i, item := range p.Items {
		if ids[i] = strings.ToLower(strings.TrimSpace(item.id())); ids[i] == "" {
			return nil, false, "an item has no uuid"
		}
	}
	if s.leavesOut(ids) {
		return nil, false, s.move()
	}
	for i, id := range ids {
		if _, repeated := s.seen[id]; !repeated {
			s.seen[id] = struct{}{}
			fresh = append(fresh, p.Items[i])
		}
	}
	reached := s.offset + len(ids)
	ended := p.ends(reached)
	switch {
	case len(fresh) > 0:
		done = ended
		s.back, s.moves = 0, 0
	case ended && p.holdsNoMore(len(s.seen)), len(ids) == s.overlap:
		done = true
	case s.back == 0:
		return nil, false, fmt.Sprintf("the page at offset %d only repeats earlier ones", s.offset)
	}
	if s.step == 0 {
		s.overlap = min(1, max(len(ids)-1, 0))
		s.step = max(len(ids)-s.overlap, 1)
	}
	s.offset, s.end = reached-s.overlap, 0
	if p.Total != nil && len(ids) >= s.step+s.overlap { // behind a shorter page there is hardly another, whatever the total
		s.end = *p.Total - s.overlap
	}
	return fresh, done, ""
}

// leavesOut reports whether there may be objects between what was listed and a page. Without an object in common it
// isn't known; then pages are taken as they come.
func (s *scan[T]) leavesOut(ids []string) bool {
	if s.offset == 0 || s.overlap == 0 {
		return false
	}
	if len(ids) == 0 {
		return true
	}
	_, listed := s.seen[ids[0]]
	return !listed
}

// move goes back to where a page should begin with an object that was listed: twice as far each time, to the first page
// at the most.
func (s *scan[T]) move() (problem string) {
	if s.moves++; s.moves > maxMoves {
		return "it changes faster than it can be read"
	}
	s.back = max(2*s.back, pageSize-1)
	s.offset = max(s.offset-s.back, 0)
	return ""
}

// prefetch reads the pages of a list, some at a time. It is used by one goroutine.
type prefetch[T any] struct {
	ctx     context.Context // of the one listing that it is made for
	fetch   func(ctx context.Context, offset int) (*page[T], error)
	pending []*pendingPage[T] // by offset
	batch   context.Context   // of those that are pending, until they are given up; nil before the first
	cancel  context.CancelFunc
	running sync.WaitGroup
}

type pendingPage[T any] struct {
	offset int
	done   chan struct{}
	page   *page[T]
	err    error
}

// at waits for the page at an offset. The pages that follow it at this step are asked for too, up to end. Those that
// were asked for and don't follow are given up.
func (p *prefetch[T]) at(offset, step, end int) (*page[T], error) {
	if len(p.pending) > 0 && p.pending[0].offset != offset {
		p.giveUp()
	}
	next := offset
	if len(p.pending) > 0 {
		next = p.pending[len(p.pending)-1].offset + step
	}
	for len(p.pending) == 0 || len(p.pending) < pagesAtOnce && step > 0 && next < end {
		p.start(next)
		next += step
	}
	first := p.pending[0]
	p.pending = p.pending[1:]
	<-first.done
	return first.page, first.err
}

func (p *prefetch[T]) start(offset int) {
	if p.cancel == nil {
		p.batch, p.cancel = context.WithCancel(p.ctx) //nolint:gosec // giveUp calls it
	}
	ctx, one := p.batch, &pendingPage[T]{offset: offset, done: make(chan struct{})}
	p.pending = append(p.pending, one)
	p.running.Go(func() {
		defer close(one.done)
		one.page, one.err = p.fetch(ctx, offset)
	})
}

// giveUp cancels what is under way.
func (p *prefetch[T]) giveUp() {
	if p.cancel != nil {
		p.cancel()
	}
	p.pending, p.cancel = nil, nil
}

// close cancels what is under way, and waits for its end.
func (p *prefetch[T]) close() {
	p.giveUp()
	p.running.Wait()
}
