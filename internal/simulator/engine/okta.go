// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// devicesPath is where the connector lists devices.
const devicesPath = "/api/v1/devices"

// maxAnswer bounds an answer of Okta, in bytes.
const maxAnswer = 32 << 20

// limitRepeats is how often Okta's SDK repeats a call, at most, that was answered 429, 503 or 504.
const limitRepeats = 2

// firstPage is the page that a cycle begins with: unsorted without a checkpoint, else what is newer, sorted. Like every
// page's, it is a path: the base URL is put before it as it is stored.
func (e *Engine) firstPage(r *run) string {
	checkpoint, _ := r.Position()
	if checkpoint == "" {
		return devicesPath
	}
	return devicesPath + "?search=" + url.QueryEscape(`created gt "`+checkpoint+`"`) + "&sortBy=created&sortOrder=asc"
}

// fetch gets a page and parses it. A page that fails, or of which one device lacks a required field, is dropped whole,
// and paging stops; the line in the log distinguishes the two.
func (e *Engine) fetch(r *run, from string) (devices []oktaRecord, next string) {
	answered, err := e.page(r, from)
	var body json.RawMessage
	if err == nil {
		body, err = answered.content()
	}
	if err == nil {
		devices, err = parseDevices(body)
	}
	_, raised := errors.AsType[*raisedError](err)
	switch {
	case r.ctx.Err() != nil:
	case raised:
		r.Error(fmt.Sprintf("Exception while fetching devices from %s: %v", from, err))
	case err != nil:
		r.Error(fmt.Sprintf("Error while fetching devices from %s: %v", from, err))
	case len(devices) == 0:
		r.Warning("No devices found at " + from)
	default:
		return devices, nextPath(answered.header)
	}
	return nil, ""
}

// page asks for a page, unless the account does not allow it.
func (e *Engine) page(r *run, from string) (*oktaAnswer, error) {
	if _, usable := r.Position(); !usable {
		return nil, errors.New("the module configuration does not exist")
	}
	if err := refusedBaseURL(r.baseURL); err != nil {
		return nil, err
	}
	path, query, searched := strings.Cut(from, "?")
	if searched {
		path += "?" + eachParameter(query, url.QueryEscape)
	}
	return e.get(r, r.baseURL+path)
}

// raisedError is what the connector catches as an exception. Its other errors are returned to it.
type raisedError struct{ text string }

func (e *raisedError) Error() string { return e.text }

// What Okta's SDK says of a base URL that it refuses.
const (
	findDomain = "You can copy your domain from the Okta Developer Console. Follow these instructions to find it: " +
		"https://developer.okta.com/docs/guides/find-your-domain/overview"
	typo = "It looks like there's a typo in your Okta domain."
)

// refusedBaseURL is why Okta's SDK makes no call for a base URL. That it must be https is left out: without TLS the
// simulator's own is not.
func refusedBaseURL(written string) error {
	lower := strings.ToLower(strings.TrimSpace(written))
	var problems strings.Builder
	for _, each := range []struct {
		found   bool
		problem string
	}{
		{lower == "", "Your Okta URL is missing. "},
		{strings.Contains(lower, "-admin"), "Your Okta domain should not contain -admin.  Current value: " + lower + ". "},
		{strings.HasSuffix(lower, ".com.com"), typo + " Current value: " + lower + ". "},
		{strings.Count(lower, "://") > 1, typo + " Current value: " + lower + ". "},
	} {
		if each.found {
			problems.WriteString("\n" + each.problem + findDomain)
		}
	}
	if problems.Len() == 0 {
		return nil
	}
	return &raisedError{"\nErrors:" + problems.String() + "\n\nSee https://github.com/okta/okta-sdk-python for usage"}
}

// get asks Okta for one page. After too many calls, it waits, by Okta's clock.
func (e *Engine) get(r *run, from string) (*oktaAnswer, error) {
	for repeat := 0; ; repeat++ {
		page, err := e.getOnce(r, from)
		if broken := (*brokenError)(nil); errors.As(err, &broken) && r.ctx.Err() == nil {
			page, err = e.getOnce(r, from) // a connection that broke is tried again, once
		}
		if err != nil {
			return nil, networkError(err, from)
		}
		if repeat < limitRepeats && page.repeatable() {
			wait, err := page.untilReset()
			if err != nil {
				return nil, err
			}
			if !wire.Pause(r.ctx, wait) {
				return nil, r.ctx.Err()
			}
			continue
		}
		if page.status < 200 || page.status > 299 {
			return nil, page.failure()
		}
		return page, nil
	}
}

// brokenError is a connection that ended before an answer began.
type brokenError struct{ error }

func (e *brokenError) Unwrap() error { return e.error }

// oktaAnswer is what Okta answered, whole.
type oktaAnswer struct {
	status int
	header http.Header
	body   []byte
}

func (e *Engine) getOnce(r *run, from string) (*oktaAnswer, error) {
	req, err := http.NewRequestWithContext(r.ctx, http.MethodGet, from, http.NoBody)
	if err != nil {
		return nil, errors.New("the URL is not valid")
	}
	req.Header.Set("Authorization", "SSWS "+r.token)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", wire.ConnectorUserAgent)
	resp, err := e.okta.Do(req)
	if err != nil {
		if failed, ok := errors.AsType[*net.OpError](err); !ok && !errors.Is(err, context.DeadlineExceeded) || ok && failed.Op != "dial" {
			err = &brokenError{err}
		}
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := wire.ReadLimited(resp.Body, maxAnswer)
	return &oktaAnswer{resp.StatusCode, resp.Header, body}, err
}

// repeatable reports whether Okta's SDK repeats the call.
func (a *oktaAnswer) repeatable() bool {
	return a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable || a.status == http.StatusGatewayTimeout
}

// untilReset is how long a 429 asks to wait, by the answer's own clock, however long that is; 503 and 504 are repeated
// at once. It is an error if the answer does not say, whatever the status.
func (a *oktaAnswer) untilReset() (time.Duration, error) {
	written := a.header.Get("X-Rate-Limit-Reset")
	reset, err := parsePythonFloat(written)
	if err != nil && written != "" {
		return 0, &raisedError{"could not convert string to float: " + pythonText(written)}
	}
	date, err := http.ParseTime(a.header.Get("Date"))
	if err != nil || reset == 0 {
		return 0, errors.New("429 response must have the 'X-Rate-Limit-Reset' and 'Date' headers")
	}
	if a.status != http.StatusTooManyRequests {
		return 0, nil
	}
	seconds := reset - float64(date.Unix()) + 1
	return time.Duration(min(max(seconds, 0), longestReset.Seconds()) * float64(time.Second)), nil
}

// longestReset only keeps a wait within what a time.Duration holds.
const longestReset = 100 * 365 * 24 * time.Hour

// content is what Okta's SDK makes of an answer: JSON if it says that it is, else a text.
func (a *oktaAnswer) content() (json.RawMessage, error) {
	if kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type")); kind != "application/json" {
		return wire.MustJSON(string(a.body)), nil
	}
	if !json.Valid(a.body) {
		return nil, &raisedError{pythonJSONError}
	}
	return a.body, nil
}

// failure says what Okta answered, as its SDK's error prints: an object of Python with the message in it.
func (a *oktaAnswer) failure() error {
	var answered struct {
		Code    *string         `json:"errorCode"`
		Summary string          `json:"errorSummary"`
		Link    *string         `json:"errorLink"`
		ID      *string         `json:"errorId"`
		Causes  json.RawMessage `json:"errorCauses"`
	}
	content, err := a.content()
	if err != nil {
		return err
	}
	written := json.Unmarshal(content, &answered) == nil && answered.Code != nil && answered.Link != nil && answered.ID != nil
	causes, listed := causesText(answered.Causes)
	if !written || !listed {
		return pythonError(fmt.Sprintf("HTTP %d %s", a.status, pythonString(content)))
	}
	return pythonError(fmt.Sprintf("Okta HTTP %d %s %s\n%s", a.status, *answered.Code, answered.Summary, causes))
}

// causesText joins the causes of an error. listed is false if they are no list of objects.
func causesText(raw json.RawMessage) (text string, listed bool) {
	var causes []map[string]any
	if raw != nil && (pythonType(raw) != "list" || json.Unmarshal(raw, &causes) != nil) {
		return "", false
	}
	summaries := make([]string, len(causes))
	for i, cause := range causes {
		summaries[i], _ = cause["errorSummary"].(string)
	}
	return strings.Join(summaries, ". "), true
}

func pythonError(message string) error { return errors.New("{'message': " + pythonText(message) + "}") }

// nextPath is the path and the query of the next page: Okta's SDK takes the host off a link, and writes it for people
// to read, blanks, quotes and all. So it is in the log.
func nextPath(header http.Header) string {
	link := nextLink(header)
	parsed, err := url.Parse(link)
	if link == "" || err != nil {
		return ""
	}
	return parsed.Path + "?" + eachParameter(parsed.RawQuery, strings.NewReplacer("%", "%25", "#", "%23", "&", "%26", "+", "%2B", ";", "%3B", "=", "%3D").Replace)
}

// eachParameter writes the names and the values of a query in another way.
func eachParameter(query string, write func(string) string) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		for _, text := range []*string{&name, &value} {
			if plain, err := url.QueryUnescape(*text); err == nil {
				*text = write(plain)
			}
		}
		pairs[i] = name + "=" + value
	}
	return strings.Join(pairs, "&")
}

// nextLink reads Link: <url>; rel="next".
func nextLink(header http.Header) string {
	for _, line := range header.Values("Link") {
		for link := range strings.SplitSeq(line, ", <") {
			target, parameters, found := strings.Cut(strings.TrimPrefix(link, "<"), ">")
			if found && strings.Contains(parameters, `rel="next"`) {
				return target
			}
		}
	}
	return ""
}
