// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// devicePage is what a call for a page of devices asks for.
type devicePage struct {
	limit      int
	expand     string
	found      predicate // nil: every device
	byCreated  bool      // sorted by created, else by index
	descending bool
	after      *position // nil: the first page
}

// readPage reads the parameters except the cursor. It answers 400 if one is not what Okta's document says.
func readPage(w http.ResponseWriter, query url.Values, connector bool) (page devicePage, ok bool) {
	page.limit = maxPage
	if query.Has("limit") {
		limit, err := strconv.Atoi(query.Get("limit"))
		if err != nil || limit < 1 || limit > maxPage {
			writeInvalid(w, "limit", "must be a number from 1 to 200")
			return page, false
		}
		page.limit = limit
	}
	page.expand = query.Get("expand")
	if query.Has("expand") && page.expand != expandUser && page.expand != expandUserSummary {
		writeInvalid(w, "expand", "must be user or userSummary")
		return page, false
	}
	if query.Has("search") {
		found, err := parseSearch(query.Get("search"), connector)
		if err != nil {
			writeOktaError(w, http.StatusBadRequest, codeInvalidSearch, "Invalid search criteria.", err.Error())
			return page, false
		}
		page.found = found
	}
	ok = page.readOrder(w, query)
	return page, ok
}

// readOrder reads the connector's sort parameters.
func (p *devicePage) readOrder(w http.ResponseWriter, query url.Values) bool {
	by, order := query.Get("sortBy"), strings.ToLower(query.Get("sortOrder"))
	if query.Has("sortBy") && (by != "created" || p.found == nil) {
		writeInvalid(w, "sortBy", "only a search is sorted, and only by created")
		return false
	}
	if query.Has("sortOrder") && (by == "" || (order != "asc" && order != "desc")) {
		writeInvalid(w, "sortOrder", "must be asc or desc, with sortBy")
		return false
	}
	p.byCreated, p.descending = by != "", order == "desc"
	return true
}

// of is the page's part of the devices, which come in the order of the index, and whether there are more behind it.
func (p *devicePage) of(devices []*oktaDevice) (page []*oktaDevice, more bool) {
	if p.byCreated {
		return p.cut(slices.SortedFunc(p.matching(devices), func(a, b *oktaDevice) int { return p.compare(positionOf(a), positionOf(b)) }))
	}
	if p.after != nil {
		from, _ := slices.BinarySearchFunc(devices, *p.after, func(device *oktaDevice, at position) int { return p.compare(positionOf(device), at) })
		devices = devices[from:]
	}
	for device := range p.matching(devices) {
		if page = append(page, device); len(page) > p.limit {
			break
		}
	}
	return p.cut(page)
}

// matching are those of the devices that are behind the cursor and that the search finds.
func (p *devicePage) matching(devices []*oktaDevice) iter.Seq[*oktaDevice] {
	return func(yield func(*oktaDevice) bool) {
		for _, device := range devices {
			behind := p.after == nil || p.compare(positionOf(device), *p.after) > 0
			if behind && (p.found == nil || p.found(device)) && !yield(device) {
				return
			}
		}
	}
}

func (p *devicePage) cut(found []*oktaDevice) (page []*oktaDevice, more bool) {
	if len(found) > p.limit {
		return found[:p.limit], true
	}
	return found, false
}

// position is a device's place in a listing. It outlives the device, so that a page is not lost with the last device of
// the one before.
type position struct {
	created  time.Time
	sequence int
}

func positionOf(device *oktaDevice) position { return position{device.created, device.sequence} }

// compare orders positions as this listing does.
func (p *devicePage) compare(a, b position) int {
	if !p.byCreated {
		return cmp.Compare(a.sequence, b.sequence)
	}
	order := cmp.Or(a.created.Compare(b.created), cmp.Compare(a.sequence, b.sequence))
	if p.descending {
		return -order
	}
	return order
}

// Why a cursor is refused. A foreign one belongs to another search or order.
var (
	errChangedCursor = errors.New("not a cursor of this organization")
	errForeignCursor = errors.New("the cursor belongs to another query")
)

const cursorBytes = 8 + 8 + 16 // created, sequence, half a signature

// cursor writes a position such that only this organization can read it, for this query only.
func (inv *Inventory) cursor(query url.Values, at position) string {
	payload := binary.BigEndian.AppendUint64(nil, uint64(at.created.UnixMilli())) // a bit pattern, read back as it is
	payload = binary.BigEndian.AppendUint64(payload, uint64(at.sequence))         //nolint:gosec // never negative
	queried := inv.sign([]byte(queryKey(query)))[:16]
	payload = append(payload, queried...)
	return base64.RawURLEncoding.EncodeToString(append(payload, inv.sign(payload)[:16]...))
}

// readCursor is the reverse of cursor.
func (inv *Inventory) readCursor(query url.Values, text string) (*position, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(sealed) != cursorBytes+16 {
		return nil, errChangedCursor
	}
	payload, signature := sealed[:cursorBytes], sealed[cursorBytes:]
	if !hmac.Equal(signature, inv.sign(payload)[:16]) {
		return nil, errChangedCursor
	}
	if !hmac.Equal(payload[16:], inv.sign([]byte(queryKey(query)))[:16]) {
		return nil, errForeignCursor
	}
	created := time.UnixMilli(int64(binary.BigEndian.Uint64(payload))) //nolint:gosec // as above
	sequence := int(binary.BigEndian.Uint64(payload[8:]))              //nolint:gosec // as above
	return &position{created: created, sequence: sequence}, nil
}

// queryKey is what must stay the same from page to page.
func queryKey(query url.Values) string {
	return url.Values{"search": query["search"], "sortBy": query["sortBy"], "sortOrder": query["sortOrder"]}.Encode()
}

func (inv *Inventory) sign(message []byte) []byte {
	mac := hmac.New(sha256.New, inv.cursorKey)
	mac.Write(message)
	return mac.Sum(nil)
}
