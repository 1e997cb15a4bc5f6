// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

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
		reason  string // of the error; "": all are listed, each once, in order
	}{
		"nothing":                          {shelf: shelf{n: 0}, offsets: []string{"0"}},
		"one page":                         {shelf: shelf{n: 99}, offsets: []string{"0"}},
		"one full page":                    {shelf: shelf{n: 100}, offsets: []string{"0"}},
		"one more than a page":             {shelf: shelf{n: 101}, offsets: []string{"0", "100"}},
		"three pages":                      {shelf: shelf{n: 250}, offsets: []string{"0", "100", "200"}},
		"three full pages":                 {shelf: shelf{n: 300}, offsets: []string{"0", "100", "200"}},
		"no total":                         {shelf: shelf{n: 150, total: constantTotal("")}, offsets: []string{"0", "100"}},
		"no total and full pages":          {shelf: shelf{n: 200, total: constantTotal("")}, offsets: []string{"0", "100", "200"}},
		"null as total":                    {shelf: shelf{n: 150, total: constantTotal(`"total":null,`)}, offsets: []string{"0", "100"}},
		"a total too small":                {shelf: shelf{n: 150, total: constantTotal(`"total":3,`)}, offsets: []string{"0", "100"}},
		"a total of zero":                  {shelf: shelf{n: 150, total: constantTotal(`"total":0,`)}, offsets: []string{"0", "100"}},
		"a total too large":                {shelf: shelf{n: 150, total: constantTotal(`"total":1000,`)}, offsets: []string{"0", "100", "150"}},
		"a server with smaller pages":      {shelf: shelf{n: 120, most: 50}, offsets: []string{"0", "50", "100"}},
		"a server that ignores offset":     {shelf{n: 150, ignoreOffset: true}, []string{"0", "100"}, "the page at offset 100 only repeats earlier ones"},
		"one that does with smaller pages": {shelf{n: 80, most: 50, ignoreOffset: true}, []string{"0", "50"}, "the page at offset 50 only repeats earlier ones"},
		"one that does and names no total": {shelf{n: 100, total: constantTotal(""), ignoreOffset: true}, []string{"0", "100"}, "the page at offset 100 only repeats earlier ones"},
		"one that does and names a total of zero": {shelf{n: 100, total: constantTotal(`"total":0,`), ignoreOffset: true}, []string{"0", "100"},
			"the page at offset 100 only repeats earlier ones"},
		"a negative total": {shelf{n: 1, total: constantTotal(`"total":-1,`)}, []string{"0"}, "its total is negative"},
		"a total in words": {shelf{n: 1, total: constantTotal(`"total":"one",`)}, []string{"0"}, "its total is a JSON string"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.respond(http.MethodGet, connectorsPath, test.shelf.answer)
			connectors, err := client.Connectors(t.Context(), sekoia.ConnectorQuery{})
			offsets := []string{}
			for _, call := range mock.calls {
				offsets = append(offsets, call.Query.Get("offset"))
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

func TestListsThatChangeWhileTheyAreRead(t *testing.T) {
	t.Parallel()
	item := func(from, to int) string {
		items := []string{}
		for i := from; i < to; i++ {
			items = append(items, fmt.Sprintf(`{"uuid":"u%d","connector_uuid":%q}`, i, sekoia.OktaDeviceConnectorID))
		}
		return strings.Join(items, ",")
	}
	page := func(total int, items string) httpmock.Responder {
		return httpmock.NewStringResponder(200, fmt.Sprintf(`{"total":%d,"items":[%s]}`, total, items))
	}
	tests := map[string]struct {
		pages []httpmock.Responder
		want  int
	}{
		"one that moved to the next page is listed once":       {[]httpmock.Responder{page(101, item(0, 100)), page(102, item(99, 101))}, 101},
		"a last page of repeats completes a list":              {[]httpmock.Responder{page(101, item(0, 100)), page(100, item(99, 100))}, 100},
		"one that was added at the end is listed too":          {[]httpmock.Responder{page(150, item(0, 100)), page(151, item(100, 151))}, 151},
		"an object that comes twice in a page is listed once":  {[]httpmock.Responder{page(3, item(0, 2)+","+item(0, 1))}, 2},
		"an empty page ends the list, whatever the total says": {[]httpmock.Responder{page(500, item(0, 100)), page(500, "")}, 100},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.respond(http.MethodGet, connectorsPath, sequence(test.pages...))
			connectors, err := client.Connectors(t.Context(), sekoia.ConnectorQuery{})
			wantNoError(t, err)
			if len(connectors) != test.want || len(mock.calls) != len(test.pages) {
				t.Errorf("got %d after %d calls", len(connectors), len(mock.calls))
			}
		})
	}
}

func TestAListWithoutEndIsGivenUp(t *testing.T) {
	t.Parallel()
	mock, client := newCloud(t)
	next := 0
	mock.respond(http.MethodGet, connectorsPath, func(*http.Request) (*http.Response, error) {
		next++
		return httpmock.NewStringResponse(200, fmt.Sprintf(`{"total":1000000000,"items":[{"uuid":"u%d"}]}`, next)), nil
	})
	_, err := client.Connectors(t.Context(), sekoia.ConnectorQuery{})
	if odd := wantError[*sekoia.UnexpectedAnswerError](t, err); odd.Reason != "it did not end after 10000 pages" || next != 10000 {
		t.Errorf("got %v after %d calls", err, next)
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
		"null as item":                 {`{"total":1,"items":[null]}`, "an item has no uuid"},
		"a name that is no text":       {`{"total":1,"items":[{"uuid":"u","name":7}]}`, "its items.name is a JSON number"},
		"a list that isn't in an item": {`[]`, "it is a JSON array where an object belongs"},
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
	mock.respond(http.MethodGet, connectorsPath, sequence(shelf{n: 150}.answer, httpmock.NewStringResponder(500, "")))
	connectors, err := client.Connectors(t.Context(), sekoia.ConnectorQuery{})
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
		"both":                 {name: "n", community: communityID, askName: "n", askOther: communityID},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.RegisterNoResponder(httpmock.NewStringResponder(200, `{"total":0,"items":[]}`))
			_, err := client.Accounts(t.Context(), sekoia.AccountQuery{ModuleID: sekoia.OktaModuleID, CommunityID: test.community, Name: test.name})
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
			_, err = client.Connectors(t.Context(), sekoia.ConnectorQuery{ConnectorID: sekoia.OktaDeviceConnectorID, CommunityID: test.community, Name: test.name})
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

	accounts, err := client.Accounts(t.Context(), sekoia.AccountQuery{ModuleID: sekoia.OktaModuleID, CommunityID: communityID, Name: "a, b"})
	wantNoError(t, err)
	got := []string{}
	for _, account := range accounts {
		got = append(got, account.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("accounts (-want +got):\n%s", diff)
	}

	connectors, err := client.Connectors(t.Context(), sekoia.ConnectorQuery{ConnectorID: sekoia.OktaDeviceConnectorID, CommunityID: communityID, Name: "a, b"})
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
	accounts, err := client.Accounts(t.Context(), sekoia.AccountQuery{})
	wantNoError(t, err)
	connectors, err := client.Connectors(t.Context(), sekoia.ConnectorQuery{})
	wantNoError(t, err)
	if len(accounts) != 2 || len(connectors) != 2 {
		t.Errorf("%d accounts, %d connectors, want two of each", len(accounts), len(connectors))
	}
	for _, call := range mock.calls {
		if call.Query.Has("match[module_uuid]") || call.Query.Has("match[connector_uuid]") {
			t.Errorf("%s is narrowed: %v", call.Path, call.Query)
		}
	}
	accounts, err = client.Accounts(t.Context(), sekoia.AccountQuery{ModuleID: "M"})
	wantNoError(t, err)
	connectors, err = client.Connectors(t.Context(), sekoia.ConnectorQuery{ConnectorID: "L"})
	wantNoError(t, err)
	if len(accounts) != 1 || accounts[0].ID != "one" || len(connectors) != 1 || connectors[0].ID != "two" {
		t.Errorf("got %v and %v", accounts, connectors)
	}
}
