// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

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
)

// maxAnswer bounds an answer of Okta, in bytes.
const maxAnswer = 32 << 20

// How the connector meets Okta's rate limit: as Okta's SDK, it waits for the reset and repeats, so often at most.
const (
	limitRepeats = 2
	limitWait    = 2 * time.Minute
)

// oktaRecord is a device as the connector's parser reads it. It shares nothing with the inventory: the connector may be
// pointed at another Okta.
type oktaRecord struct {
	ID          *string `json:"id"`
	Status      *string `json:"status"`
	CreatedAt   *string `json:"created"`
	LastUpdated *string `json:"lastUpdated"`
	LastSeen    *string `json:"lastSeen"`
	Profile     *struct {
		DisplayName           *string `json:"displayName"`
		Platform              *string `json:"platform"`
		Registered            *bool   `json:"registered"`
		SecureHardwarePresent *bool   `json:"secureHardwarePresent"`
		OSVersion             *string `json:"osVersion"`
		SerialNumber          *string `json:"serialNumber"`
		Manufacturer          *string `json:"manufacturer"`
		Model                 *string `json:"model"`
		UDID                  *string `json:"udid"`
		IMEI                  *string `json:"imei"`
		SID                   *string `json:"sid"`
		DiskEncryptionType    *string `json:"diskEncryptionType"`
	} `json:"profile"`
}

func (d *oktaRecord) created() string { return *d.CreatedAt }

// missing names the required fields that a device lacks, null being no value. The newest parser requires four fields of
// the profile, 2.9.0 a fifth.
func (d *oktaRecord) missing(old bool) []string {
	var names []string
	need := func(name string, present bool) {
		if !present {
			names = append(names, name)
		}
	}
	need("id", d.ID != nil)
	need("created", d.CreatedAt != nil)
	need("profile", d.Profile != nil)
	if d.Profile != nil {
		need("profile.displayName", d.Profile.DisplayName != nil)
		need("profile.platform", d.Profile.Platform != nil)
		need("profile.registered", d.Profile.Registered != nil)
		need("profile.secureHardwarePresent", d.Profile.SecureHardwarePresent != nil)
		need("profile.osVersion", !old || d.Profile.OSVersion != nil)
	}
	return names
}

// firstPage is where a cycle begins: unsorted without a checkpoint, else what is newer, sorted.
func (e *engine) firstPage(r *run) string {
	checkpoint, _ := e.store.position(r)
	first := strings.TrimRight(r.baseURL, "/") + devicesPath + "?limit=" + strconv.Itoa(maxPage)
	return first + searchSince(checkpoint)
}

func searchSince(checkpoint string) string {
	if checkpoint == "" {
		return ""
	}
	return "&search=" + url.QueryEscape(`created gt "`+checkpoint+`"`) + "&sortBy=created&sortOrder=asc"
}

// nextPage is the link to follow. 2.9.0 appends its search to it, also where the listing began without one.
func (e *engine) nextPage(r *run, link string) string {
	if link == "" || !e.old {
		return link
	}
	checkpoint, _ := e.store.position(r)
	return link + searchSince(checkpoint)
}

// fetch gets a page and parses it. A page that fails, or of which one device lacks a required field, is dropped whole,
// and paging stops; the line in the log tells these two apart.
func (e *engine) fetch(r *run, from string) (devices []oktaRecord, next string) {
	if _, usable := e.store.position(r); !usable {
		r.log.add(levelError, fetchFailed("Error", from, errors.New("the module configuration does not exist")))
		return nil, ""
	}
	body, next, err := e.get(r, from)
	if r.ctx.Err() != nil {
		return nil, ""
	}
	if err != nil {
		r.log.add(levelError, fetchFailed("Error", from, err))
		return nil, ""
	}
	if devices, err = parseDevices(body, e.old); err != nil {
		r.log.add(levelError, fetchFailed("Exception", from, err))
		return nil, ""
	}
	return devices, next
}

func fetchFailed(kind, from string, err error) string {
	if u, parseErr := url.Parse(from); parseErr == nil {
		from = u.Redacted()
	}
	return fmt.Sprintf("%s while fetching devices from %s: %v", kind, from, err)
}

func parseDevices(body []byte, old bool) ([]oktaRecord, error) {
	var raws []json.RawMessage
	if err := json.Unmarshal(body, &raws); err != nil {
		return nil, errors.New("the answer is not a list")
	}
	devices := make([]oktaRecord, len(raws))
	for i, raw := range raws {
		if err := json.Unmarshal(raw, &devices[i]); err != nil {
			return nil, fmt.Errorf("1 validation error for OktaDevice: %w", err)
		}
		if names := devices[i].missing(old); names != nil {
			return nil, fmt.Errorf("%d validation errors for OktaDevice: %s: Field required", len(names), strings.Join(names, ", "))
		}
	}
	return devices, nil
}

// get asks Okta for one page. Too many calls are waited out, by Okta's clock.
func (e *engine) get(r *run, from string) ([]byte, string, error) {
	for repeat := 0; ; repeat++ {
		page, err := e.getOnce(r, from)
		if err != nil {
			return nil, "", err
		}
		if wait, told := page.untilReset(); told && repeat < limitRepeats {
			if !pause(r.ctx, wait) {
				return nil, "", r.ctx.Err()
			}
			continue
		}
		if page.status != http.StatusOK {
			return nil, "", page.failure()
		}
		return page.body, nextLink(page.header), nil
	}
}

// oktaAnswer is what Okta answered, whole.
type oktaAnswer struct {
	status int
	header http.Header
	body   []byte
}

func (e *engine) getOnce(r *run, from string) (*oktaAnswer, error) {
	req, err := http.NewRequestWithContext(r.ctx, http.MethodGet, from, http.NoBody)
	if err != nil {
		return nil, errors.New("the URL is not valid")
	}
	req.Header.Set("Authorization", "SSWS "+r.token)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", connectorUserAgent)
	resp, err := e.okta.Do(req)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := readLimited(resp.Body, maxAnswer)
	return &oktaAnswer{resp.StatusCode, resp.Header, body}, err
}

// withoutURL is what net/http says less the URL, which the line has already.
func withoutURL(err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	return err
}

// untilReset is how long a 429 asks to wait, by the answer's own clock; told is false where it does not say, or says too
// long, and for any other status.
func (a *oktaAnswer) untilReset() (wait time.Duration, told bool) {
	if a.status != http.StatusTooManyRequests {
		return 0, false
	}
	reset, resetErr := strconv.ParseInt(a.header.Get("X-Rate-Limit-Reset"), 10, 64)
	date, dateErr := http.ParseTime(a.header.Get("Date"))
	if resetErr != nil || dateErr != nil {
		return 0, false
	}
	wait = time.Unix(reset, 0).Sub(date) + time.Second
	return wait, wait <= limitWait
}

// failure says what Okta answered, in the words of its SDK.
func (a *oktaAnswer) failure() error {
	var answered struct {
		Code    string `json:"errorCode"`
		Summary string `json:"errorSummary"`
	}
	if json.Unmarshal(a.body, &answered) != nil || answered.Code == "" {
		return fmt.Errorf("Okta HTTP %d", a.status) //nolint:staticcheck // ST1005: Okta is a name
	}
	return fmt.Errorf("Okta HTTP %d %s %s", a.status, answered.Code, answered.Summary) //nolint:staticcheck // ST1005: likewise
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

// dialLoopback refuses every host but loopback and the simulator's own: a test's made-up organisation must not be
// looked for in the world, with a token.
func dialLoopback(own ...string) func(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		allowed := host == "localhost" || net.ParseIP(host).IsLoopback()
		for _, each := range own {
			allowed = allowed || each == host
		}
		if !allowed {
			return nil, &net.DNSError{Err: "no such host (the simulator reaches loopback only)", Name: host, IsNotFound: true}
		}
		return dialer.DialContext(ctx, network, address)
	}
}

// ownTransport is a connection that uses no proxy.
func ownTransport() *http.Transport {
	return &http.Transport{MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second}
}
