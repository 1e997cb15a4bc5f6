// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia_test

import (
	stdcmp "cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// shelf answers a list of connectors as a server does that holds n of them.
type shelf struct {
	n            int
	total        func(offset int) string // nil: n. "": left out
	most         int                     // of a page; 0: as many as are asked for
	ignoreOffset bool
	all          bool // whatever the limit is
}

func (s shelf) answer(request *http.Request) (*http.Response, error) {
	query := request.URL.Query()
	limit, offset := number(query, "limit"), number(query, "offset")
	total := fmt.Sprintf(`"total":%d,`, s.n)
	if s.total != nil {
		total = s.total(offset)
	}
	if s.most > 0 {
		limit = min(limit, s.most)
	}
	if s.ignoreOffset {
		offset = 0
	}
	if s.all {
		limit = s.n
	}
	items := []string{}
	for i := offset; i < min(offset+limit, s.n); i++ {
		items = append(items, fmt.Sprintf(`{"uuid":"u%d","connector_uuid":%q}`, i, sekoia.OktaDeviceConnectorID))
	}
	return httpmock.NewStringResponse(200, `{`+total+`"items":[`+strings.Join(items, ",")+`]}`), nil
}

func constantTotal(total string) func(int) string { return func(int) string { return total } }

func TestListsAreReadToTheirEnd(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		shelf   shelf
		offsets []string
		ahead   int    // how many more may be asked for in vain
		reason  string // of the error; "": all are listed, each once, in order
	}{
		"nothing":                              {shelf: shelf{n: 0}, offsets: []string{"0"}},
		"one page":                             {shelf: shelf{n: 99}, offsets: []string{"0"}},
		"one full page":                        {shelf: shelf{n: 100}, offsets: []string{"0"}},
		"one more than a page":                 {shelf: shelf{n: 101}, offsets: []string{"0", "99"}},
		"three pages":                          {shelf: shelf{n: 250}, offsets: []string{"0", "99", "198"}},
		"three full pages":                     {shelf: shelf{n: 298}, offsets: []string{"0", "99", "198"}},
		"one more than three full pages":       {shelf: shelf{n: 299}, offsets: []string{"0", "99", "198", "297"}},
		"pages of one object":                  {shelf: shelf{n: 3, most: 1}, offsets: []string{"0", "1", "2"}},
		"one object of which there are two":    {shelf: shelf{n: 1, total: constantTotal(`"total":2,`)}, offsets: []string{"0", "1"}},
		"two objects of which there are three": {shelf: shelf{n: 2, total: constantTotal(`"total":3,`)}, offsets: []string{"0", "1"}},
		"a server that ignores limit":          {shelf: shelf{n: 250, all: true}, offsets: []string{"0"}},
		"one that does and names no total":     {shelf: shelf{n: 250, all: true, total: constantTotal("")}, offsets: []string{"0", "249"}},
		"a total that grows with the offset": {shelf: shelf{n: 150, total: func(offset int) string { return fmt.Sprintf(`"total":%d,`, offset+1000) }},
			offsets: []string{"0", "99", "149"}, ahead: 3},
		"no total":                                   {shelf: shelf{n: 150, total: constantTotal("")}, offsets: []string{"0", "99"}},
		"no total and full pages":                    {shelf: shelf{n: 200, total: constantTotal("")}, offsets: []string{"0", "99", "198"}},
		"null as total":                              {shelf: shelf{n: 150, total: constantTotal(`"total":null,`)}, offsets: []string{"0", "99"}},
		"a total too small":                          {shelf: shelf{n: 150, total: constantTotal(`"total":3,`)}, offsets: []string{"0", "99"}},
		"a total of zero":                            {shelf: shelf{n: 150, total: constantTotal(`"total":0,`)}, offsets: []string{"0", "99"}},
		"a total too large":                          {shelf: shelf{n: 150, total: constantTotal(`"total":1000,`)}, offsets: []string{"0", "99", "149"}, ahead: 3},
		"a server with smaller pages":                {shelf: shelf{n: 120, most: 50}, offsets: []string{"0", "49", "98"}},
		"a server that ignores offset":               {shelf: shelf{n: 150, ignoreOffset: true}, offsets: []string{"0", "99"}, reason: "the page at offset 99 only repeats earlier ones"},
		"one that does with two pages' total":        {shelf: shelf{n: 199, ignoreOffset: true}, offsets: []string{"0", "99"}, reason: "the page at offset 99 only repeats earlier ones"},
		"one that does with smaller pages":           {shelf: shelf{n: 80, most: 50, ignoreOffset: true}, offsets: []string{"0", "49"}, reason: "the page at offset 49 only repeats earlier ones"},
		"one that ignores offset and names no total": {shelf: shelf{n: 100, total: constantTotal(""), ignoreOffset: true}, offsets: []string{"0", "99"}, reason: "the page at offset 99 only repeats earlier ones"},
		"one that does and names a total of zero": {shelf: shelf{n: 100, total: constantTotal(`"total":0,`), ignoreOffset: true}, offsets: []string{"0", "99"},
			reason: "the page at offset 99 only repeats earlier ones"},
		"a negative total": {shelf: shelf{n: 1, total: constantTotal(`"total":-1,`)}, offsets: []string{"0"}, reason: "its total is negative"},
		"a total in words": {shelf: shelf{n: 1, total: constantTotal(`"total":"one",`)}, offsets: []string{"0"}, reason: "its total is a JSON string"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.respond(http.MethodGet, connectorsPath, test.shelf.answer)
			connectors, err := client.Connectors(t.Context(), sekoia.Query{})
			offsets := []string{}
			for _, call := range mock.calls {
				offsets = append(offsets, call.Query.Get("offset"))
			}
			slices.SortFunc(offsets, func(a, b string) int { return stdcmp.Or(len(a)-len(b), strings.Compare(a, b)) })
			if test.ahead > 0 && len(offsets) <= len(test.offsets)+test.ahead {
				offsets = slices.DeleteFunc(offsets, func(offset string) bool { return !slices.Contains(test.offsets, offset) })
			}
			if diff := cmp.Diff(test.offsets, offsets); diff != "" {
				t.Errorf("offsets (-want +got):\n%s", diff)
			}
			if test.reason != "" {
				if odd := wantError[*sekoia.UnexpectedAnswerError](t, err); odd.Reason != test.reason {
					t.Errorf("got reason %q", odd.Reason)
				}
				return
			}
			wantNoError(t, err)
			if len(connectors) != test.shelf.n {
				t.Fatalf("got %d of %d", len(connectors), test.shelf.n)
			}
			for i, connector := range connectors {
				if connector.ID != fmt.Sprintf("u%d", i) {
					t.Fatalf("at %d is %s", i, connector.ID)
				}
			}
		})
	}
}

// pile is a list of connectors that somebody changes. Each of its objects is a number; the order never changes.
type pile struct {
	mu      sync.Mutex
	objects []int
	calls   int
	total   func(length int) int             // nil: the length
	before  func(pile *pile, call, from int) // changes it, before the call (from 1) at this offset is answered
}

func pileOf(n int) *pile {
	made := &pile{}
	for number := range n {
		made.objects = append(made.objects, number)
	}
	return made
}

func (p *pile) remove(numbers ...int) {
	p.objects = slices.DeleteFunc(p.objects, func(number int) bool { return slices.Contains(numbers, number) })
}

func (p *pile) answer(request *http.Request) (*http.Response, error) {
	limit, offset := number(request.URL.Query(), "limit"), number(request.URL.Query(), "offset")
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls++
	if p.before != nil {
		p.before(p, p.calls, offset)
	}
	items := []string{}
	for _, number := range p.objects[min(offset, len(p.objects)):min(offset+limit, len(p.objects))] {
		items = append(items, fmt.Sprintf(`{"uuid":"u%d","connector_uuid":%q}`, number, sekoia.OktaDeviceConnectorID))
	}
	total := len(p.objects)
	if p.total != nil {
		total = p.total(total)
	}
	return httpmock.NewStringResponse(200, fmt.Sprintf(`{"total":%d,"items":[%s]}`, total, strings.Join(items, ","))), nil
}

func TestListsThatChangeWhileTheyAreRead(t *testing.T) {
	t.Parallel()
	once := func(at int, change func(*pile)) func(*pile, int, int) {
		return func(p *pile, call, _ int) {
			if call == at {
				change(p)
			}
		}
	}
	whole := func(*pile) []int { return nil }
	tests := map[string]struct {
		n, calls int
		before   func(*pile, int, int)
		gone     func(*pile) []int // which of the first n needn't be listed
		more     []int             // which others are listed
	}{
		"one that was added at the end is listed too":             {150, 2, once(2, func(p *pile) { p.objects = append(p.objects, 150) }), whole, []int{150}},
		"one that was removed moves a page, and it is read again": {300, 0, once(2, func(p *pile) { p.remove(5) }), whole, nil},
		"so it is if another is added":                            {300, 0, once(2, func(p *pile) { p.remove(5); p.objects = append(p.objects, 300) }), whole, []int{300}},
		"more than a page is removed":                             {500, 0, once(2, func(p *pile) { p.objects = p.objects[:copy(p.objects, p.objects[150:])] }), func(*pile) []int { return []int{100, 149} }, nil},
		"a page becomes empty":                                    {102, 0, once(2, func(p *pile) { p.remove(3, 4, 5) }), whole, nil},
		"the last page becomes empty and nothing is left out":     {101, 0, once(2, func(p *pile) { p.remove(3, 100) }), func(*pile) []int { return []int{100, 100} }, nil},
		"all is removed":                                          {300, 0, once(2, func(p *pile) { p.objects = nil }), func(*pile) []int { return []int{100, 299} }, nil},
		"all but one is removed":                                  {300, 0, once(2, func(p *pile) { p.objects = p.objects[:1] }), func(*pile) []int { return []int{100, 299} }, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			server := pileOf(test.n)
			server.before = test.before
			mock.respond(http.MethodGet, connectorsPath, server.answer)
			connectors, err := client.Connectors(t.Context(), sekoia.Query{})
			wantNoError(t, err)
			want := []string{}
			gone := test.gone(server)
			for number := range test.n {
				if len(gone) == 0 || number < gone[0] || number > gone[1] {
					want = append(want, fmt.Sprintf("u%d", number))
				}
			}
			for _, number := range test.more {
				want = append(want, fmt.Sprintf("u%d", number))
			}
			if diff := cmp.Diff(want, connectorIDs(connectors)); diff != "" {
				t.Errorf("connectors (-want +got):\n%s", diff)
			}
			server.mu.Lock()
			defer server.mu.Unlock()
			if test.calls > 0 && server.calls != test.calls {
				t.Errorf("%d calls, want %d", server.calls, test.calls)
			}
		})
	}
}

func connectorIDs(connectors []sekoia.Connector) []string {
	ids := []string{}
	for _, connector := range connectors {
		ids = append(ids, connector.ID)
	}
	return ids
}

// Whatever is added at the end, and removed anywhere, and however wrong the total is: what was there all the time is
// listed, once and in order. (Only a wrong total that is just what was read by the end of a full page can't be told
// from a right one.)
func TestListsThatChangeAtRandom(t *testing.T) {
	t.Parallel()
	for seed := range uint64(120) {
		random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // a test's, and the same each time
		mock, client := newCloud(t)
		server := pileOf(random.IntN(900))
		always := slices.Clone(server.objects)
		lie, changes := random.IntN(4), random.IntN(5)
		server.total = func(length int) int { return []int{length, length, length + 300, min(length/2, 50)}[lie] }
		server.before = func(p *pile, call, _ int) {
			if call > 40 {
				return // it has to come to an end
			}
			for range random.IntN(changes + 1) {
				if random.IntN(2) == 0 {
					p.objects = append(p.objects, 10_000+call*10+random.IntN(10))
					p.objects = slices.Compact(p.objects)
				}
				for range random.IntN(1 + len(p.objects)/20) {
					removed := p.objects[random.IntN(len(p.objects))]
					p.remove(removed)
					always = slices.DeleteFunc(always, func(number int) bool { return number == removed })
				}
			}
		}
		mock.respond(http.MethodGet, connectorsPath, server.answer)
		connectors, err := client.Connectors(t.Context(), sekoia.Query{})
		wantNoError(t, err)
		listed := map[string]int{}
		for index, id := range connectorIDs(connectors) {
			if _, twice := listed[id]; twice {
				t.Errorf("seed %d: %s is listed twice", seed, id)
			}
			listed[id] = index
		}
		server.mu.Lock() // a call that was given up may still be answered
		last := -1
		for _, number := range always {
			index, found := listed[fmt.Sprintf("u%d", number)]
			if !found || index < last {
				t.Fatalf("seed %d: u%d was there all the time, and is listed: %t, in order: %t", seed, number, found, index >= last)
			}
			last = index
		}
		server.mu.Unlock()
	}
}

// Pages that are read side by side are answered in any order. The third one here is older than the second: it repeats
// that one, or ends where a list ended from which an object was removed unread.
func TestAPageThatIsOlderThanTheOneBeforeItIsReadAgain(t *testing.T) {
	t.Parallel()
	for n, changes := range map[int][2]func(*pile){
		297: {func(p *pile) { p.objects = append(append(p.objects[:100], p.objects[198:]...), 1000) }, func(*pile) {}},
		250: {func(p *pile) { p.remove(110) }, func(p *pile) { p.remove(5) }},
	} {
		mock, client := newCloud(t)
		server := pileOf(n)
		want := []string{}
		older := make(chan struct{})
		answered := sync.OnceFunc(func() { close(older) })
		change := func(number int) {
			server.mu.Lock()
			defer server.mu.Unlock()
			if changes[number](server); number == 0 {
				for _, number := range server.objects {
					want = append(want, fmt.Sprintf("u%d", number))
				}
			}
		}
		mock.respond(http.MethodGet, connectorsPath, func(request *http.Request) (*http.Response, error) {
			switch number(request.URL.Query(), "offset") {
			case 99:
				<-older
				change(0)
				defer change(1)
			case 198:
				defer answered()
			}
			return server.answer(request)
		})
		connectors, err := client.Connectors(t.Context(), sekoia.Query{})
		wantNoError(t, err)
		if diff := cmp.Diff(want, connectorIDs(connectors)); diff != "" || server.calls > 5 {
			t.Errorf("%d calls, connectors (-want +got):\n%s", server.calls, diff)
		}
	}
}

// Objects of the same time may come in another order in each page, as with a database that sorts by the time alone.
// All of them are listed, each once.
func TestListsWhoseOrderIsNotWhole(t *testing.T) {
	t.Parallel()
	orders := map[string]func(call, offset, limit int) int64{
		"the same page is always the same": func(_, offset, limit int) int64 { return int64(offset + limit) },
		"another order in each call":       func(call, _, _ int) int64 { return int64(call) },
	}
	for order, seed := range orders {
		for _, size := range []struct{ objects, alike int }{{150, 37}, {250, 37}, {500, 100}, {1000, 100}, {1000, 1000}} {
			t.Run(fmt.Sprintf("%s, %d of %d alike", order, size.alike, size.objects), func(t *testing.T) {
				t.Parallel()
				mock, client := newCloud(t)
				var calls atomic.Int32
				mock.respond(http.MethodGet, assetsPath, unordered(size.objects, size.alike, &calls, seed))
				listed := map[string]bool{}
				for asset, err := range client.Assets(t.Context(), sekoia.AssetQuery{}) {
					wantNoError(t, err)
					if listed[asset.ID] {
						t.Errorf("%s is listed twice", asset.ID)
					}
					listed[asset.ID] = true
				}
				if len(listed) != size.objects {
					t.Errorf("%d of %d objects are listed, after %d calls", len(listed), size.objects, calls.Load())
				}
			})
		}
	}
}

// unordered answers a list whose objects come in another order in each page, as far as they are of the same time.
func unordered(objects, alike int, calls *atomic.Int32, seed func(call, offset, limit int) int64) httpmock.Responder {
	return func(request *http.Request) (*http.Response, error) {
		limit, offset := number(request.URL.Query(), "limit"), number(request.URL.Query(), "offset")
		random := rand.New(rand.NewPCG(uint64(seed(int(calls.Add(1)), offset, limit)), 0)) //nolint:gosec // a test's, and the same each time
		list := pileOf(objects)
		for same := range slices.Chunk(list.objects, alike) {
			random.Shuffle(len(same), func(i, j int) { same[i], same[j] = same[j], same[i] })
		}
		return list.answer(request)
	}
}

// To look for what the pages left out takes more calls than the list has pages. Whoever gave them a bound is asked.
func TestWhatPagesLeftOutIsOnlyLookedForIfThatMayBeRead(t *testing.T) {
	t.Parallel()
	for may, whole := range map[int]bool{2: false, 150: true} {
		mock, client := newCloud(t)
		var calls atomic.Int32
		mock.respond(http.MethodGet, connectorsPath, unordered(150, 150, &calls, func(call, _, _ int) int64 { return int64(call) }))
		connectors, err := client.Connectors(t.Context(), sekoia.Query{MayRead: func(pages int) bool { return pages <= may }})
		switch count := len(connectors); {
		case whole && (err != nil || count != 150):
			t.Errorf("%d connectors, %v", count, err)
		case !whole && (!errors.Is(err, sekoia.ErrMore) || count < 100 || count == 150 || calls.Load() > 5):
			t.Errorf("%d connectors after %d calls, %v", count, calls.Load(), err)
		}
	}
}

// An object that the list has twice is no sign that its pages left another one out, though it looks like one if no page
// has both.
func TestAnObjectThatIsInTheListTwice(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ n, at, again, calls int }{{5, 3, 4, 1}, {150, 60, 80, 2}, {151, 98, 99, 2}, {152, 99, 100, 2}, {250, 198, 199, 3}, {250, 20, 240, 120}} {
		mock, client := newCloud(t)
		server := pileOf(test.n)
		server.objects = slices.Insert(server.objects, test.again, test.at)
		mock.respond(http.MethodGet, connectorsPath, server.answer)
		connectors, err := client.Connectors(t.Context(), sekoia.Query{})
		if err != nil || len(connectors) != test.n || server.calls > test.calls {
			t.Errorf("%+v: %d are listed after %d calls, %v", test, len(connectors), server.calls, err)
		}
	}
}

// A list that can't be read to its end is an error, however often that was tried.
func TestAListWhoseLaterPagesAreEmpty(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	server := pileOf(0)
	server.total = func(int) int { return 150 }
	server.before = func(p *pile, _, from int) {
		if p.objects = nil; from == 0 {
			p.objects = pileOf(100).objects
		}
	}
	mock.respond(http.MethodGet, connectorsPath, server.answer)
	_, err := client.Connectors(t.Context(), sekoia.Query{})
	if odd := wantError[*sekoia.UnexpectedAnswerError](t, err); odd.Reason != "it changes faster than it can be read" {
		t.Errorf("got reason %q", odd.Reason)
	}
}

// A list whose pages never meet is an error, not a part of it.
func TestAListThatNeverHoldsStill(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	server := pileOf(0)
	server.before = func(p *pile, call, from int) {
		p.objects = pileOf(300).objects
		for index := range p.objects {
			if from > 0 {
				p.objects[index] += call * 1000 // others each time
			}
		}
	}
	mock.respond(http.MethodGet, connectorsPath, server.answer)
	_, err := client.Connectors(t.Context(), sekoia.Query{})
	if odd := wantError[*sekoia.UnexpectedAnswerError](t, err); odd.Reason != "it changes faster than it can be read" {
		t.Errorf("got reason %q", odd.Reason)
	}
}

// Four pages are under way at a time, no more, and they come in order however long each takes.
func TestPagesAreReadSideBySide(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mock, client := newCloud(t)
		underWay, most := atomic.Int32{}, atomic.Int32{}
		mock.respond(http.MethodGet, connectorsPath, func(request *http.Request) (*http.Response, error) {
			defer underWay.Add(-1)
			most.Store(max(most.Load(), underWay.Add(1)))
			wait := time.Second
			if number(request.URL.Query(), "offset")%2 == 0 {
				wait = 900 * time.Millisecond
			}
			select {
			case <-time.After(wait):
			case <-request.Context().Done():
				return nil, request.Context().Err()
			}
			return shelf{n: 1090}.answer(request) // a first page, and ten
		})
		begin := time.Now()
		connectors, err := client.Connectors(t.Context(), sekoia.Query{})
		wantNoError(t, err)
		for index, id := range connectorIDs(connectors) {
			if id != fmt.Sprintf("u%d", index) {
				t.Fatalf("at %d is %s", index, id)
			}
		}
		if took := time.Since(begin); len(connectors) != 1090 || most.Load() != 4 || took > 4*time.Second {
			t.Errorf("%d connectors in %s, with %d calls at a time", len(connectors), took, most.Load())
		}
	})
}

// A consumer that leaves ends the calls that are under way.
func TestPagesEndWithTheirConsumer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mock, client := newCloud(t)
		var underWay atomic.Int32
		mock.respond(http.MethodGet, assetsPath, func(request *http.Request) (*http.Response, error) {
			defer underWay.Add(-1)
			underWay.Add(1)
			if number(request.URL.Query(), "offset") > 99 {
				<-request.Context().Done()
				return nil, request.Context().Err()
			}
			return shelf{n: 1000}.answer(request)
		})
		read := 0
		for _, err := range client.Assets(t.Context(), sekoia.AssetQuery{}) {
			wantNoError(t, err)
			if read++; read == 150 {
				synctest.Wait()
				break
			}
		}
		synctest.Wait()
		if left := underWay.Load(); left != 0 || len(mock.calls) != 5 {
			t.Errorf("%d of %d calls are still under way", left, len(mock.calls))
		}
	})
}

func TestAListWithoutEndIsGivenUp(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	var calls atomic.Int32
	mock.respond(http.MethodGet, connectorsPath, func(request *http.Request) (*http.Response, error) {
		calls.Add(1)
		return httpmock.NewStringResponse(200, fmt.Sprintf(`{"total":1000000000,"items":[{"uuid":"u%s"}]}`, request.URL.Query().Get("offset"))), nil
	})
	_, err := client.Connectors(t.Context(), sekoia.Query{})
	if odd := wantError[*sekoia.UnexpectedAnswerError](t, err); odd.Reason != "it did not end after 10000 pages" || calls.Load() > 10_003 {
		t.Errorf("got %v after %d calls", err, calls.Load())
	}
}

func TestListsOfOddShape(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ body, reason string }{
		"neither total nor items":      {`{}`, "it has no items"},
		"a total without items":        {`{"total":3}`, "it has no items"},
		"null as items":                {`{"total":3,"items":null}`, "it has no items"},
		"items that are no list":       {`{"total":3,"items":{}}`, "its items is a JSON object"},
		"an item that is no object":    {`{"total":1,"items":["x"]}`, "its items is a JSON string"},
		"an item without uuid":         {`{"total":1,"items":[{"name":"n"}]}`, "an item has no uuid"},
		"an item with null as uuid":    {`{"total":1,"items":[{"uuid":null}]}`, "an item has no uuid"},
		"an item with colors as uuid":  {`{"total":1,"items":[{"uuid":"u1\u001b[31m"}]}`, "an item has no uuid"},
		"null as item":                 {`{"total":1,"items":[null]}`, "an item has no uuid"},
		"a name that is no text":       {`{"total":1,"items":[{"uuid":"u","name":7}]}`, "its items.name is a JSON number"},
		"a list that isn't in an item": {`[]`, "it is a JSON array"},
	}
	for name, test := range tests {
		for _, method := range []string{"Accounts", "Connectors", "Assets"} {
			t.Run(method+" answered with "+name, func(t *testing.T) {
				t.Parallel()
				mock, client := newCloud(t)
				mock.RegisterNoResponder(httpmock.NewStringResponder(200, test.body))
				odd := wantError[*sekoia.UnexpectedAnswerError](t, everyCall(client)[method](t.Context()))
				if odd.Reason != test.reason {
					t.Errorf("got reason %q, want %q", odd.Reason, test.reason)
				}
			})
		}
	}
	t.Run("a total of zero needs no items", func(t *testing.T) {
		t.Parallel()
		mock, client := newCloud(t)
		mock.RegisterNoResponder(httpmock.NewStringResponder(200, `{"total":0}`))
		for _, name := range []string{"Accounts", "Connectors", "Assets", "Permissions", "Communities", "CountAssets"} {
			wantNoError(t, everyCall(client)[name](t.Context()))
		}
	})
}

func TestAnErrorOnALaterPageIsTheListsError(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	mock.respond(http.MethodGet, connectorsPath, func(request *http.Request) (*http.Response, error) {
		if number(request.URL.Query(), "offset") == 396 {
			return httpmock.NewStringResponse(500, ""), nil
		}
		return shelf{n: 1000}.answer(request)
	})
	connectors, err := client.Connectors(t.Context(), sekoia.Query{})
	if refusal := wantError[*sekoia.APIError](t, err); refusal.Status != 500 || connectors != nil {
		t.Errorf("got %v and %d connectors", err, len(connectors))
	}
}

func TestListQueries(t *testing.T) {
	t.Parallel()
	common := func(values url.Values) url.Values {
		values.Set("limit", "100")
		values.Set("offset", "0")
		values.Set("sort", "created_at")
		values.Set("direction", "asc")
		return values
	}
	tests := map[string]struct {
		name, community   string
		askName, askOther string
	}{
		"all":                  {},
		"a name":               {name: "Okta devices", askName: "Okta devices"},
		"a name with a comma":  {name: "Okta, devices"},
		"a name with an edge":  {name: " Okta"},
		"a name with specials": {name: "a&b=c#d+e%", askName: "a&b=c#d+e%"},
		"a community":          {community: communityID, askOther: communityID},
		"one in capitals":      {community: strings.ToUpper(communityID), askOther: communityID},
		"both":                 {name: "n", community: communityID, askName: "n", askOther: communityID},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.RegisterNoResponder(httpmock.NewStringResponder(200, `{"total":0,"items":[]}`))
			_, err := client.Accounts(t.Context(), sekoia.Query{Kind: sekoia.OktaModuleID, CommunityID: test.community, Name: test.name})
			wantNoError(t, err)
			accounts := common(url.Values{"match[module_uuid]": {sekoia.OktaModuleID}})
			connectors := common(url.Values{"match[connector_uuid]": {sekoia.OktaDeviceConnectorID}, "connector_type": {"asset"}})
			for _, values := range []url.Values{accounts, connectors} {
				if test.askName != "" {
					values.Set("match[name]", test.askName)
				}
				if test.askOther != "" {
					values.Set("match[community_uuid]", test.askOther)
				}
			}
			if diff := cmp.Diff(accounts, mock.last(t).Query); diff != "" {
				t.Errorf("accounts (-want +got):\n%s", diff)
			}
			_, err = client.Connectors(t.Context(), sekoia.Query{Kind: sekoia.OktaDeviceConnectorID, CommunityID: test.community, Name: test.name})
			wantNoError(t, err)
			if diff := cmp.Diff(connectors, mock.last(t).Query); diff != "" {
				t.Errorf("connectors (-want +got):\n%s", diff)
			}
		})
	}
}

func TestListsAreComparedHere(t *testing.T) {
	t.Parallel()
	const other = "c0000000-0000-4000-8000-000000000002"
	item := func(id, name, community, more string) string {
		return fmt.Sprintf(`{"uuid":%q,"name":%q,"community_uuid":%q,"module_uuid":%q,"connector_uuid":%q%s}`,
			id, name, community, sekoia.OktaModuleID, sekoia.OktaDeviceConnectorID, more)
	}
	items := []string{
		item("wanted", "a, b", communityID, ""),
		item("capitals", "A, B", communityID, ""),
		item("longer", "a, b c", communityID, ""),
		item("elsewhere", "a, b", other, ""),
		item("deleted", "a, b", communityID, `,"deleted":true`),
		item("not deleted", "a, b", strings.ToUpper(communityID), `,"deleted":null`),
		fmt.Sprintf(`{"uuid":"another kind","name":"a, b","community_uuid":%q,"module_uuid":"m","connector_uuid":"k"}`, communityID),
	}
	mock, client := newCloud(t)
	mock.RegisterNoResponder(httpmock.NewStringResponder(200, `{"total":7,"items":[`+strings.Join(items, ",")+`]}`))
	want := []string{"wanted", "not deleted"}
	accounts, err := client.Accounts(t.Context(), sekoia.Query{Kind: sekoia.OktaModuleID, CommunityID: communityID, Name: "a, b"})
	wantNoError(t, err)
	got := []string{}
	for _, account := range accounts {
		got = append(got, account.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("accounts (-want +got):\n%s", diff)
	}
	connectors, err := client.Connectors(t.Context(), sekoia.Query{Kind: sekoia.OktaDeviceConnectorID, CommunityID: communityID, Name: "a, b"})
	wantNoError(t, err)
	got = []string{}
	for _, connector := range connectors {
		got = append(got, connector.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("connectors (-want +got):\n%s", diff)
	}
	mock.expect(t, "GET "+accountsPath, "GET "+connectorsPath)
}

func TestListsOfEveryKind(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	mock.RegisterNoResponder(httpmock.NewStringResponder(200,
		`{"total":2,"items":[{"uuid":"one","module_uuid":"m","connector_uuid":"k"},{"uuid":"two","module_uuid":"n","connector_uuid":"l"}]}`))
	accounts, err := client.Accounts(t.Context(), sekoia.Query{})
	wantNoError(t, err)
	connectors, err := client.Connectors(t.Context(), sekoia.Query{})
	wantNoError(t, err)
	if len(accounts) != 2 || len(connectors) != 2 {
		t.Errorf("%d accounts, %d connectors, want two of each", len(accounts), len(connectors))
	}
	for _, call := range mock.calls {
		if call.Query.Has("match[module_uuid]") || call.Query.Has("match[connector_uuid]") {
			t.Errorf("%s is narrowed: %v", call.Path, call.Query)
		}
	}
	accounts, err = client.Accounts(t.Context(), sekoia.Query{Kind: "M"})
	wantNoError(t, err)
	connectors, err = client.Connectors(t.Context(), sekoia.Query{Kind: "L"})
	wantNoError(t, err)
	if len(accounts) != 1 || accounts[0].ID != "one" || len(connectors) != 1 || connectors[0].ID != "two" {
		t.Errorf("got %v and %v", accounts, connectors)
	}
}
