// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

const logsPath = connectorPath + "/logs"

// logbook answers with a log of n lines, line n-1 being the newest.
type logbook struct {
	n           int
	oldestFirst bool
	sameDate    bool
	total       string // nil: n
}

func (l logbook) answer(request *http.Request) (*http.Response, error) {
	limit, offset := number(request.URL.Query(), "limit"), number(request.URL.Query(), "offset")
	lines := []string{}
	for i := range l.n {
		date := time.Date(2026, 11, 2, 10, 0, i, 0, time.UTC)
		if l.sameDate {
			date = time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
		}
		lines = append(lines, fmt.Sprintf(`{"uuid":"l%d","level":"info","message":"line %d","date":%q}`, i, i, date.Format(time.RFC3339)))
	}
	if !l.oldestFirst {
		slices.Reverse(lines)
	}
	total := strconv.Itoa(l.n)
	if l.total != "" {
		total = l.total
	}
	page := lines[min(offset, l.n):min(offset+limit, l.n)]
	return httpmock.NewStringResponse(200, `{"total":`+total+`,"items":[`+strings.Join(page, ",")+`]}`), nil
}

func TestConnectorLogs(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		log     logbook
		limit   int
		want    int      // lines, from the newest on
		queries []string // limit@offset
	}{
		"newest first, all on a page":     {logbook{n: 5}, 20, 5, []string{"20@0"}},
		"newest first, more than asked":   {logbook{n: 50}, 20, 20, []string{"20@0"}},
		"newest first, one line":          {logbook{n: 50}, 1, 1, []string{"20@0"}},
		"newest first, several pages":     {logbook{n: 250}, 230, 230, []string{"100@0", "100@100", "30@200"}},
		"newest first, a total too large": {logbook{n: 5, total: "50"}, 20, 5, []string{"20@0", "15@5"}},
		"newest first, no total":          {logbook{n: 50, total: "null"}, 20, 20, []string{"20@0"}},
		"oldest first, all on a page":     {logbook{n: 5, oldestFirst: true}, 20, 5, []string{"20@0"}},
		"oldest first, more than asked":   {logbook{n: 50, oldestFirst: true}, 20, 20, []string{"20@0", "20@30"}},
		"oldest first, some more":         {logbook{n: 30, oldestFirst: true}, 20, 20, []string{"20@0", "10@20"}},
		"oldest first, one line":          {logbook{n: 50, oldestFirst: true}, 1, 1, []string{"20@0", "1@49"}},
		"oldest first, several pages":     {logbook{n: 500, oldestFirst: true}, 230, 230, []string{"100@0", "100@270", "100@370", "30@470"}},
		"no lines":                        {logbook{}, 20, 0, []string{"20@0"}},
		"one line, no more":               {logbook{n: 1, oldestFirst: true}, 20, 1, []string{"20@0"}},
		"all at the same time":            {logbook{n: 5, sameDate: true}, 20, 5, []string{"20@0"}},
		"none asked for":                  {logbook{n: 5}, 0, 0, []string{}},
		"fewer than none asked for":       {logbook{n: 5}, -1, 0, []string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.respond(http.MethodGet, logsPath, test.log.answer)
			lines, err := client.ConnectorLogs(t.Context(), connectorID, test.limit)
			wantNoError(t, err)
			got, want := []string{}, []string{}
			for _, line := range lines {
				got = append(got, line.ID)
			}
			for i := range test.want {
				want = append(want, fmt.Sprintf("l%d", test.log.n-1-i))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
			queries := []string{}
			for _, call := range mock.calls {
				queries = append(queries, call.Query.Get("limit")+"@"+call.Query.Get("offset"))
			}
			if diff := cmp.Diff(test.queries, queries); diff != "" {
				t.Errorf("queries (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConnectorLogsUntil(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		log     logbook
		until   string
		want    int      // lines, from the newest on
		queries []string // limit@offset
	}{
		"on the first page, the whole of it is read": {logbook{n: 350}, "l340", 100, []string{"100@0"}},
		"on a later page, all up to it":              {logbook{n: 350}, "l120", 300, []string{"100@0", "100@100", "100@200"}},
		"nowhere, so to the beginning":               {logbook{n: 350}, "-", 350, []string{"100@0", "100@100", "100@200", "100@300"}},
		"of an empty log":                            {logbook{}, "-", 0, []string{"100@0"}},
		"where the total is too large":               {logbook{n: 150, total: "9000"}, "-", 150, []string{"100@0", "100@100", "100@150"}},
		"where there is no total":                    {logbook{n: 150, total: "null"}, "-", 100, []string{"100@0"}},
		"oldest first, on the last page":             {logbook{n: 350, oldestFirst: true}, "l300", 200, []string{"100@0", "100@250"}},
		"oldest first, nowhere":                      {logbook{n: 350, oldestFirst: true}, "-", 350, []string{"100@0", "100@250", "100@150", "50@100"}},
		"oldest first, all on a page":                {logbook{n: 50, oldestFirst: true}, "l49", 50, []string{"100@0"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.respond(http.MethodGet, logsPath, test.log.answer)
			lines, err := client.ConnectorLogsUntil(t.Context(), connectorID, func(line sekoia.LogLine) bool { return line.ID == test.until })
			wantNoError(t, err)
			if len(lines) != test.want || len(lines) > 0 && lines[0].ID != fmt.Sprintf("l%d", test.log.n-1) {
				t.Errorf("%d lines, want %d from the newest on", len(lines), test.want)
			}
			if !slices.IsSortedFunc(lines, func(a, b sekoia.LogLine) int { return b.Date.Compare(a.Date) }) {
				t.Error("they are not sorted")
			}
			queries := []string{}
			for _, call := range mock.calls {
				queries = append(queries, call.Query.Get("limit")+"@"+call.Query.Get("offset"))
			}
			if diff := cmp.Diff(test.queries, queries); diff != "" {
				t.Errorf("queries (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConnectorLogsThatChangeOrLie(t *testing.T) {
	t.Parallel()
	line := func(id string, second int) string {
		return fmt.Sprintf(`{"uuid":%q,"date":"2026-11-02T10:00:%02dZ"}`, id, second)
	}
	page := func(total int, lines ...string) httpmock.Responder {
		return httpmock.NewStringResponder(200, fmt.Sprintf(`{"total":%d,"items":[%s]}`, total, strings.Join(lines, ",")))
	}
	tests := map[string]struct {
		pages []httpmock.Responder
		want  []string
	}{
		"a line that moved to the next page is kept once": {
			[]httpmock.Responder{page(3, line("c", 3), line("b", 2)), page(4, line("b", 2), line("a", 1))}, []string{"c", "b", "a"}},
		"a total that was wrong leaves what was seen": {
			[]httpmock.Responder{page(9000, line("a", 1), line("b", 2)), page(9000)}, []string{"b", "a"}},
		"a newest first log that looks like the other keeps its newest": {
			[]httpmock.Responder{page(500, line("b", 8), line("c", 9)), page(500, line("a", 1)), page(500)}, []string{"c", "b", "a"}},
		"of an oldest first log, the later of two lines of a second is the newer": {
			[]httpmock.Responder{page(3, line("a", 1), line("b", 2), line("c", 2))}, []string{"c", "b", "a"}},
		"a jumble is sorted": {[]httpmock.Responder{page(3, line("b", 2), line("c", 3), line("a", 1))}, []string{"c", "b", "a"}},
		"lines without uuid are all kept": {
			[]httpmock.Responder{page(2, `{"message":"x","date":"2026-11-02T10:00:02Z"}`, `{"message":"x","date":"2026-11-02T10:00:01Z"}`)},
			[]string{"", ""}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.respond(http.MethodGet, logsPath, sequence(test.pages...))
			lines, err := client.ConnectorLogs(t.Context(), connectorID, 20)
			wantNoError(t, err)
			got := []string{}
			for _, line := range lines {
				got = append(got, line.ID)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestConnectorLogsErrors(t *testing.T) {
	t.Parallel()
	failure := httpmock.NewStringResponder(500, "")
	for name, first := range map[string]logbook{"newest first": {n: 300}, "oldest first": {n: 300, oldestFirst: true}} {
		t.Run(name+", on a later page", func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.respond(http.MethodGet, logsPath, sequence(first.answer, failure))
			lines, err := client.ConnectorLogs(t.Context(), connectorID, 150)
			if refusal := wantError[*sekoia.APIError](t, err); refusal.Status != 500 || lines != nil {
				t.Errorf("got %v, %v", lines, err)
			}
		})
	}
}

func TestLogLineFields(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 2, 10, 0, 5, 250_000_000, time.UTC)
	whole := at.Truncate(time.Second)
	tests := map[string]struct {
		line string
		want sekoia.LogLine
	}{
		"as documented": {`{"uuid":"l","level":"error","message":"m\u001b","date":"2026-11-02T10:00:05.250Z"}`,
			sekoia.LogLine{ID: "l", Level: "error", Message: "m\x1b", Date: at}},
		"with an offset":        {`{"date":"2026-11-02T12:00:05.250000+02:00"}`, sekoia.LogLine{Date: at}},
		"without a zone":        {`{"date":"2026-11-02T10:00:05.250000"}`, sekoia.LogLine{Date: at}},
		"with a space":          {`{"date":"2026-11-02 10:00:05.25"}`, sekoia.LogLine{Date: at}},
		"with space and zone":   {`{"date":"2026-11-02 10:00:05.25+00:00"}`, sekoia.LogLine{Date: at}},
		"with a bare offset":    {`{"date":"2026-11-02T12:00:05.25+0200"}`, sekoia.LogLine{Date: at}},
		"as an HTTP date":       {`{"date":"Mon, 02 Nov 2026 10:00:05 GMT"}`, sekoia.LogLine{Date: whole}},
		"in epoch seconds":      {`{"date":1793613605.25}`, sekoia.LogLine{Date: at}},
		"without a date":        {`{"message":"m"}`, sekoia.LogLine{Message: "m"}},
		"with null as date":     {`{"date":null}`, sekoia.LogLine{}},
		"with a date of words":  {`{"date":"soon"}`, sekoia.LogLine{}},
		"with an absurd number": {`{"date":1e300}`, sekoia.LogLine{}},
		"with odd types":        {`{"uuid":["x"],"level":3,"message":true,"date":{}}`, sekoia.LogLine{Level: "3", Message: "true"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.on(http.MethodGet, logsPath, 200, `{"total":1,"items":[`+test.line+`]}`)
			lines, err := client.ConnectorLogs(t.Context(), connectorID, 1)
			wantNoError(t, err)
			if diff := cmp.Diff([]sekoia.LogLine{test.want}, lines); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
