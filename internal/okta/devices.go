// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

const devicesPath = "/api/v1/devices"

// PageSize is how many devices a page has at most, and how many Okta gives if a call names no limit (Okta API
// 2026.06.3, listDevices).
const PageSize = 200

// A DeviceQuery selects devices, and what is read of them.
type DeviceQuery struct {
	// Search is an expression in Okta's language, as [SearchFilter.Expression] makes it; "" for all devices. It is sent
	// as it is: Okta answers 400 to one that it does not understand.
	Search string
	// ExpandUsers asks for summaries of each device's users in the same calls.
	ExpandUsers bool
}

// A DevicesPage is one page of a listing, in Okta's order.
type DevicesPage struct {
	Devices []Device
	// Unreadable counts the elements that are not objects, and so not devices.
	Unreadable int
	// HasNext reports whether there are more devices than these.
	HasNext   bool
	RateLimit pace.RateLimit
}

// DevicesPage reads the first page of the devices that query selects.
func (c *Client) DevicesPage(ctx context.Context, query DeviceQuery) (*DevicesPage, error) {
	first := c.devicesURL(query)
	got, err := trailFrom(c, first).fetch(ctx, first)
	if err != nil {
		return nil, err
	}
	return got.devices()
}

// Devices lists the devices that query selects, page by page. The next page is asked for while the last one is decoded
// and consumed, never more than one ahead; leaving the loop cancels that call and waits for its end. An error is the
// last element. Ranging again lists again.
//
// A device that a later page repeats (Okta's index moves while it is read) is left out there.
func (c *Client) Devices(ctx context.Context, query DeviceQuery) iter.Seq2[*DevicesPage, error] {
	return func(yield func(*DevicesPage, error) bool) {
		seen := map[string]bool{}
		for got, err := range c.pages(ctx, c.devicesURL(query)) {
			var devices *DevicesPage
			if err == nil {
				devices, err = got.devices()
			}
			if err != nil {
				yield(nil, err)
				return
			}
			devices.Devices = slices.DeleteFunc(devices.Devices, func(device Device) bool {
				repeated := device.ID != "" && seen[device.ID]
				seen[device.ID] = true
				return repeated
			})
			if !yield(devices, nil) {
				return
			}
		}
	}
}

func (p *page) devices() (*DevicesPage, error) {
	devices, unreadable, err := decodeList(p.answer, "devices", (*deviceWire).device)
	if err != nil {
		return nil, err
	}
	return &DevicesPage{Devices: devices, Unreadable: unreadable, HasNext: p.next != nil, RateLimit: p.rateLimit}, nil
}

// Device reads one device. Users stays nil. [IsNotFound] is true of the error for an id that Okta does not know.
func (c *Client) Device(ctx context.Context, id string) (*Device, error) {
	target, err := c.deviceURL(id, "")
	if err != nil {
		return nil, err
	}
	result, err := c.get(ctx, target)
	if err != nil {
		return nil, err
	}
	var wire deviceWire
	if unexpected := result.decode(&wire, "a device"); unexpected != nil {
		return nil, unexpected
	}
	if wire.ID.value() == "" {
		return nil, result.unexpected("it is a device without an id")
	}
	return new(wire.device()), nil
}

// DeviceUsers reads the users of one device.
func (c *Client) DeviceUsers(ctx context.Context, id string) ([]DeviceUser, error) {
	target, err := c.deviceURL(id, "/users")
	if err != nil {
		return nil, err
	}
	users := []DeviceUser{}
	for got, err := range c.pages(ctx, target) {
		if err != nil {
			return nil, err
		}
		more, _, err := decodeList(got.answer, "users", (*userWire).user)
		if err != nil {
			return nil, err
		}
		users = append(users, more...)
	}
	return users, nil
}

func (c *Client) devicesURL(query DeviceQuery) *url.URL {
	values := url.Values{"limit": {strconv.Itoa(c.pageSize)}}
	if query.Search != "" {
		values.Set("search", query.Search)
	}
	if query.ExpandUsers {
		values.Set("expand", "userSummary")
	}
	// Okta's document writes a space of a search as %20; a plus sign that is meant as such is %2B by now.
	return c.endpoint(devicesPath, "", strings.ReplaceAll(values.Encode(), "+", "%20"))
}

// deviceURL is the URL of one device. An id that a server would read as another path is refused here: an empty one is
// the list, and dots climb.
func (c *Client) deviceURL(id, below string) (*url.URL, error) {
	if id == "" || id == "." || id == ".." {
		return nil, fmt.Errorf("%q can't be the id of an Okta device", id)
	}
	return c.endpoint(devicesPath+"/"+id+below, devicesPath+"/"+url.PathEscape(id)+below, ""), nil
}

// A SearchFilter describes devices; what is not set does not narrow. Okta answers searches from an index that lags
// behind the devices themselves (Okta API 2026.06.3, listDevices).
type SearchFilter struct {
	Statuses            []string // any of them
	Platforms           []string // any of them
	DisplayNameContains string
	ID                  string
	SerialNumber        string
	DisplayName         string
	Registered          *bool
	LastUpdatedAfter    string // RFC 3339, exclusive
}

// Expression is the filter as Okta's search parameter (a SCIM filter, RFC 7644 section 3.4.2.2); "" if nothing is set.
// The same filter always gives the same text: sets are sorted, and hold each value once.
func (f SearchFilter) Expression() string {
	var parts []string
	add := func(attribute, operator string, values ...string) {
		var alternatives []string
		for _, value := range slices.Compact(slices.Sorted(slices.Values(values))) {
			alternatives = append(alternatives, attribute+" "+operator+" "+quote(value))
		}
		switch either := strings.Join(alternatives, " or "); len(alternatives) {
		case 0:
		case 1:
			parts = append(parts, either)
		default:
			parts = append(parts, "("+either+")")
		}
	}
	ifSet := func(value string) []string {
		if value == "" {
			return nil
		}
		return []string{value}
	}
	add("id", "eq", ifSet(f.ID)...)
	add("profile.displayName", "eq", ifSet(f.DisplayName)...)
	add("profile.displayName", "co", ifSet(f.DisplayNameContains)...)
	add("profile.serialNumber", "eq", ifSet(f.SerialNumber)...)
	add("status", "eq", f.Statuses...)
	add("profile.platform", "eq", f.Platforms...)
	if f.Registered != nil {
		parts = append(parts, "profile.registered eq "+strconv.FormatBool(*f.Registered))
	}
	add("lastUpdated", "gt", ifSet(f.LastUpdatedAfter)...)
	return strings.Join(parts, " and ")
}

// quote makes a literal of a filter: a JSON string (RFC 7644 section 3.4.2.2 takes those of RFC 7159), so quotes,
// backslashes and control characters are escaped. Bytes that are not UTF-8 become U+FFFD.
func quote(value string) string {
	var literal strings.Builder
	encoder := json.NewEncoder(&literal)
	// < > and & need no escape here, and a search with them would be hard to read in a request log.
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) //nolint:errchkjson // a string can always be encoded
	return strings.TrimSuffix(literal.String(), "\n")
}
