// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
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
	if _, usable := r.Position(); !usable {
		r.Error("Error while fetching devices from " + from + ": the module configuration does not exist")
		return nil, ""
	}
	if err := refusedBaseURL(r.baseURL); err != nil {
		r.Error(fmt.Sprintf("Exception while fetching devices from %s: %v", from, err))
		return nil, ""
	}
	body, next, err := e.get(r, r.baseURL+from)
	if r.ctx.Err() != nil {
		return nil, ""
	}
	if err != nil {
		r.Error(fmt.Sprintf("Error while fetching devices from %s: %v", from, err))
		return nil, ""
	}
	if devices, err = parseDevices(body); err != nil {
		r.Error(fmt.Sprintf("Exception while fetching devices from %s: %v", from, err))
		return nil, ""
	}
	if len(devices) == 0 {
		r.Warning("No devices found at " + from)
		return nil, ""
	}
	return devices, next
}

// refusedBaseURL is why Okta's SDK makes no call for a base URL. That it must be https is left out: without TLS the
// simulator's own is not.
func refusedBaseURL(written string) error {
	switch lower := strings.ToLower(strings.TrimSpace(written)); {
	case lower == "":
		return errors.New("Your Okta URL is missing.") //nolint:staticcheck,revive // it is a line of the log
	case strings.Contains(lower, "-admin"):
		return fmt.Errorf("Your Okta domain should not contain -admin.  Current value: %s.", lower) //nolint:staticcheck,revive // likewise
	case strings.HasSuffix(lower, ".com.com") || strings.Count(lower, "://") > 1:
		return fmt.Errorf("It looks like there's a typo in your Okta domain. Current value: %s.", lower) //nolint:staticcheck,revive // likewise
	}
	return nil
}

// get asks Okta for one page. After too many calls, it waits, by Okta's clock.
func (e *Engine) get(r *run, from string) ([]byte, string, error) {
	for repeat := 0; ; repeat++ {
		page, err := e.getOnce(r, from)
		if broken := (*brokenError)(nil); errors.As(err, &broken) && r.ctx.Err() == nil {
			page, err = e.getOnce(r, from) // a connection that broke is tried again, once
		}
		if err != nil {
			return nil, "", err
		}
		if repeat < limitRepeats && page.repeatable() {
			wait, told := page.untilReset()
			if !told {
				return nil, "", errors.New("429 response must have the 'X-Rate-Limit-Reset' and 'Date' headers")
			}
			if !wire.Pause(r.ctx, wait) {
				return nil, "", r.ctx.Err()
			}
			continue
		}
		if page.status < 200 || page.status > 299 {
			return nil, "", page.failure()
		}
		return page.body, nextPath(page.header), nil
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
		err = withoutURL(err)
		if failed, ok := errors.AsType[*net.OpError](err); !ok && !errors.Is(err, context.DeadlineExceeded) || ok && failed.Op != "dial" {
			err = &brokenError{err}
		}
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := wire.ReadLimited(resp.Body, maxAnswer)
	return &oktaAnswer{resp.StatusCode, resp.Header, body}, err
}

// withoutURL is what net/http says less the URL, which the line has already.
func withoutURL(err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	return err
}

// repeatable reports whether Okta's SDK repeats the call.
func (a *oktaAnswer) repeatable() bool {
	return a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable || a.status == http.StatusGatewayTimeout
}

// untilReset is how long a 429 asks to wait, by the answer's own clock, however long that is; 503 and 504 are repeated
// at once. told is false if the answer does not say, whatever the status.
func (a *oktaAnswer) untilReset() (wait time.Duration, told bool) {
	reset, resetErr := strconv.ParseFloat(a.header.Get("X-Rate-Limit-Reset"), 64)
	date, dateErr := http.ParseTime(a.header.Get("Date"))
	if resetErr != nil || dateErr != nil || reset == 0 {
		return 0, false
	}
	if a.status != http.StatusTooManyRequests {
		return 0, true
	}
	seconds := reset - float64(date.Unix()) + 1
	return time.Duration(min(max(seconds, 0), longestReset.Seconds()) * float64(time.Second)), true
}

// longestReset only keeps a wait within what a time.Duration holds.
const longestReset = 100 * 365 * 24 * time.Hour

// failure says what Okta answered, as its SDK's error prints: an object of Python with the message in it.
func (a *oktaAnswer) failure() error {
	var answered struct {
		Code    *string `json:"errorCode"`
		Summary string  `json:"errorSummary"`
		Link    *string `json:"errorLink"`
		ID      *string `json:"errorId"`
		Causes  []struct {
			Summary string `json:"errorSummary"`
		} `json:"errorCauses"`
	}
	isJSON := strings.HasPrefix(a.header.Get("Content-Type"), "application/json")
	if !isJSON || json.Unmarshal(a.body, &answered) != nil || answered.Code == nil || answered.Link == nil || answered.ID == nil {
		body := string(a.body)
		if isJSON && json.Valid(a.body) {
			body = pythonValue(a.body)
		}
		return pythonError(fmt.Sprintf("HTTP %d %s", a.status, body))
	}
	causes := make([]string, len(answered.Causes))
	for i, cause := range answered.Causes {
		causes[i] = cause.Summary
	}
	return pythonError(fmt.Sprintf("Okta HTTP %d %s %s\n%s", a.status, *answered.Code, answered.Summary, strings.Join(causes, ". ")))
}

func pythonError(message string) error { return errors.New("{'message': " + pythonText(message) + "}") }

// nextPath is the path and the query of the next page: Okta's SDK takes the host off a link.
func nextPath(header http.Header) string {
	link := nextLink(header)
	parsed, err := url.Parse(link)
	if link == "" || err != nil {
		return ""
	}
	return parsed.RequestURI()
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
