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
		"all on a page":        {logbook{n: 5}, 20, 5, []string{"100@0"}},
		"more than asked":      {logbook{n: 50}, 20, 20, []string{"100@0"}},
		"one line":             {logbook{n: 50}, 1, 1, []string{"100@0"}},
		"several pages":        {logbook{n: 350}, 230, 230, []string{"100@0", "100@100", "100@200"}},
		"a total too large":    {logbook{n: 5, total: "50"}, 20, 5, []string{"100@0", "100@5"}},
		"no total":             {logbook{n: 50, total: "null"}, 20, 20, []string{"100@0"}},
		"no total, two pages":  {logbook{n: 150, total: "null"}, 150, 150, []string{"100@0", "100@100"}},
		"no lines":             {logbook{}, 20, 0, []string{"100@0"}},
		"all at the same time": {logbook{n: 5, sameDate: true}, 20, 5, []string{"100@0"}},
		"oldest first, but on one page, where the order is known": {logbook{n: 5, oldestFirst: true}, 20, 5, []string{"100@0"}},
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
		"where there is no total":                    {logbook{n: 150, total: "null"}, "-", 150, []string{"100@0", "100@100"}},
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
			[]httpmock.Responder{page(9000, line("b", 2), line("a", 1)), page(9000)}, []string{"b", "a"}},
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
	t.Run("on a later page", func(t *testing.T) {
		t.Parallel()
		mock, client := newCloud(t)
		mock.respond(http.MethodGet, logsPath, sequence(logbook{n: 300}.answer, httpmock.NewStringResponder(500, "")))
		lines, err := client.ConnectorLogs(t.Context(), connectorID, 150)
		if refusal := wantError[*sekoia.APIError](t, err); refusal.Status != 500 || lines != nil {
			t.Errorf("got %v, %v", lines, err)
		}
	})
	t.Run("a long log with the oldest line first", func(t *testing.T) {
		t.Parallel()
		mock, client := newCloud(t)
		mock.respond(http.MethodGet, logsPath, logbook{n: 300, oldestFirst: true}.answer)
		lines, err := client.ConnectorLogs(t.Context(), connectorID, 1)
		if odd := wantError[*sekoia.UnexpectedAnswerError](t, err); odd.Reason != "the oldest lines of the log come first, and not the newest" || lines != nil {
			t.Errorf("got %v, %v", lines, err)
		}
	})
	const noTime = "a time in it is not in RFC 3339: "
	for name, test := range map[string]struct{ date, reason string }{
		"with a space":     {`"2026-11-02 10:00:05.25+00:00"`, noTime},
		"as an HTTP date":  {`"Mon, 02 Nov 2026 10:00:05 GMT"`, noTime},
		"in words":         {`"soon"`, noTime},
		"in epoch seconds": {`1793613605.25`, "its items.date is a JSON number"},
	} {
		t.Run("a date "+name, func(t *testing.T) {
			t.Parallel()
			mock, client := newCloud(t)
			mock.on(http.MethodGet, logsPath, 200, `{"total":1,"items":[{"date":`+test.date+`}]}`)
			_, err := client.ConnectorLogs(t.Context(), connectorID, 1)
			if odd := wantError[*sekoia.UnexpectedAnswerError](t, err); !strings.HasPrefix(odd.Reason, test.reason) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestLogLineFields(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 2, 10, 0, 5, 250_000_000, time.UTC)
	tests := map[string]struct {
		line string
		want sekoia.LogLine
	}{
		"as documented": {`{"uuid":"l","level":"error","message":"m\u001b","date":"2026-11-02T10:00:05.250Z"}`,
			sekoia.LogLine{ID: "l", Level: "error", Message: "m\x1b", Date: at}},
		"with an offset": {`{"date":"2026-11-02T12:00:05.250000+02:00"}`, sekoia.LogLine{Date: at}},
		"without a zone": {`{"message":"it has \"date\":\"2026-11-02T10:00:05\" in it","date": "2026-11-02T10:00:05.250000"}`,
			sekoia.LogLine{Message: `it has "date":"2026-11-02T10:00:05" in it`, Date: at}},
		"without a zone or a fraction": {`{"date":"2026-11-02T10:00:05"}`, sekoia.LogLine{Date: at.Truncate(time.Second)}},
		"without a date":               {`{"message":"m"}`, sekoia.LogLine{Message: "m"}},
		"with null as date":            {`{"date":null}`, sekoia.LogLine{}},
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
