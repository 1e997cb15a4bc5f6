// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// Paths of the Okta side (Okta API 2026.06.3).
const (
	wellKnownPath = "/.well-known/okta-organization"
	devicesPath   = "/api/v1/devices"
	usersPath     = "/api/v1/users/"
)

// maxPage is the largest page of devices, and the default (Okta API 2026.06.3, listDevices).
const maxPage = 200

// oktaHandler is the Okta cloud.
type oktaHandler struct {
	inv     *Inventory
	baseURL string
	now     wire.Clock
	// Okta counts calls by endpoint.
	metadataLimit, devicesLimit, tokenLimit *rateLimit
}

// NewHandler answers as the Okta organization; baseURL is what its links begin with if the configuration gives no
// public URL.
func NewHandler(inv *Inventory, cfg *Options, baseURL string, now wire.Clock) http.Handler {
	if cfg.OktaPublicURL != "" {
		baseURL = strings.TrimSuffix(cfg.OktaPublicURL, "/")
	}
	return &oktaHandler{
		inv: inv, baseURL: baseURL, now: now,
		metadataLimit: newRateLimit(cfg), devicesLimit: newRateLimit(cfg), tokenLimit: newRateLimit(cfg),
	}
}

// ServeHTTP counts the call, checks its credential, and answers it.
func (h *oktaHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := h.now()
	limit := h.devicesLimit
	switch r.URL.Path {
	case wellKnownPath:
		limit = h.metadataLimit
	case tokenPath:
		limit = h.tokenLimit
	}
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	w.Header().Set("X-Okta-Request-Id", randomID("req"))
	if !limit.take(w.Header(), now) {
		writeOktaError(w, http.StatusTooManyRequests, codeTooManyRequests, summaryTooManyRequests)
		return
	}
	switch r.URL.Path {
	case wellKnownPath:
		h.metadata(w, r)
		return
	case tokenPath:
		h.token(w, r)
		return
	}
	if !h.authorized(w, r) {
		return
	}
	wire.MarkAuthorized(r)
	h.route(w, r)
}

// metadata answers without looking at credentials: the call has none.
func (h *oktaHandler) metadata(w http.ResponseWriter, r *http.Request) {
	if _, ok := h.described(w, r); ok {
		wire.WriteJSON(w, http.StatusOK, h.inv.currentOrganization().wire(h.baseURL))
	}
}

// authorized checks the token. If the organization does not have it, authorized answers.
func (h *oktaHandler) authorized(w http.ResponseWriter, r *http.Request) bool {
	given := r.Header.Values("Authorization")
	if len(given) == 1 {
		if scheme, token, ok := bearerOf(given[0]); ok {
			return h.authorizedByToken(w, r, scheme, token)
		}
	}
	if len(given) != 1 || !strings.HasPrefix(given[0], "SSWS ") {
		writeOktaError(w, http.StatusUnauthorized, codeAuthenticationFailed, "Authentication failed")
		return false
	}
	if !h.inv.tokenValid(strings.TrimPrefix(given[0], "SSWS ")) {
		writeOktaError(w, http.StatusUnauthorized, codeInvalidToken, "Invalid token provided")
		return false
	}
	return true
}

// route finds what a call with a good token asks for. On Classic Engine there is no Devices API.
func (h *oktaHandler) route(w http.ResponseWriter, r *http.Request) {
	path, isDevices := strings.CutPrefix(r.URL.Path, devicesPath)
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	switch {
	case !isDevices || (path != "" && (path[0] != '/' || parts[0] == "")) || len(parts) > 2 || (len(parts) == 2 && parts[1] != "users"):
		writeOktaError(w, http.StatusNotFound, codePathNotFound, "The requested path was not found")
	case h.inv.currentOrganization().pipeline != pipelineIdentityEngine:
		writeOktaError(w, http.StatusUnauthorized, codeFeatureDisabled, "You do not have permission to access the feature you are requesting")
	case path == "":
		h.devices(w, r)
	case len(parts) == 1:
		h.device(w, r, parts[0], func(device *oktaDevice) any { return device.wireWithProviders(h.baseURL) })
	default:
		h.device(w, r, parts[0], func(device *oktaDevice) any {
			return json.RawMessage(wire.AppendJSON(nil, device.wireUsers(h.baseURL, false)))
		})
	}
}

// device answers a call about one device.
func (h *oktaHandler) device(w http.ResponseWriter, r *http.Request, id string, answer func(*oktaDevice) any) {
	if _, ok := h.described(w, r); !ok {
		return
	}
	device := h.inv.find(id)
	if device == nil {
		writeOktaError(w, http.StatusNotFound, codeNotFound, "Not found: Resource not found: "+id+" (UDDevice)")
		return
	}
	wire.WriteJSON(w, http.StatusOK, answer(device))
}

// described answers 405 and 400 to what Okta's document does not describe, and returns the query otherwise: only GET,
// no body, only the named parameters, each once.
func (h *oktaHandler) described(w http.ResponseWriter, r *http.Request, parameters ...string) (url.Values, bool) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		writeOktaError(w, http.StatusMethodNotAllowed, codeMethodNotAllowed, "The endpoint does not support the provided HTTP method")
		return nil, false
	}
	if r.ContentLength != 0 {
		writeInvalid(w, "body", "a GET has none")
		return nil, false
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		writeInvalid(w, "query", "it cannot be parsed")
		return nil, false
	}
	for name, values := range query {
		if !slices.Contains(parameters, name) {
			writeInvalid(w, name, "this call has no such parameter")
			return nil, false
		}
		if len(values) != 1 {
			writeInvalid(w, name, "the parameter is given more than once")
			return nil, false
		}
	}
	return query, true
}

// devices lists a page.
func (h *oktaHandler) devices(w http.ResponseWriter, r *http.Request) {
	connector := wire.OfConnector(r)
	parameters := []string{"limit", "after", "search", "expand"}
	if connector {
		parameters = append(parameters, "sortBy", "sortOrder")
	}
	query, ok := h.described(w, r, parameters...)
	if !ok {
		return
	}
	page, ok := readPage(w, query, connector)
	if !ok {
		return
	}
	if page.after, ok = h.readCursor(w, query); !ok {
		return
	}
	found, more := page.of(h.inv.list())
	self := url.URL{Path: devicesPath, RawQuery: r.URL.RawQuery}
	w.Header().Add("Link", "<"+h.baseURL+self.String()+`>; rel="self"`)
	if more {
		next := make(url.Values, len(query)+1)
		maps.Copy(next, query)
		next.Set("limit", strconv.Itoa(page.limit))
		next.Set("after", h.inv.cursor(query, positionOf(found[len(found)-1])))
		w.Header().Add("Link", "<"+h.baseURL+devicesPath+"?"+next.Encode()+`>; rel="next"`)
	}
	base, written := h.baseURL, make([]any, len(found))
	for i, device := range found {
		written[i] = device.wire(base, page.expand)
	}
	wire.WriteJSON(w, http.StatusOK, json.RawMessage(wire.AppendJSON(make([]byte, 0, 2048*len(found)+2), written)))
}

// readCursor returns the position that the query's cursor names, nil without one, and answers if it is not a cursor
// that this organization gave out for this query.
func (h *oktaHandler) readCursor(w http.ResponseWriter, query url.Values) (*position, bool) {
	if !query.Has("after") {
		return nil, true
	}
	after, err := h.inv.readCursor(query, query.Get("after"))
	switch {
	case errors.Is(err, errForeignCursor):
		writeOktaError(w, http.StatusBadRequest, codeInvalidSearch, "Invalid search criteria.", "after: "+err.Error())
	case err != nil:
		writeInvalid(w, "after", err.Error())
	}
	return after, err == nil
}
