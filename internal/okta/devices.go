// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strconv"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/pace"
)

const (
	devicesPath = "/api/v1/devices"

	// maxLimit is the largest page of devices, and the one that is asked for where nothing else is said (Okta API
	// 2026.06.3, listDevices).
	maxLimit = 200
)

// DeviceQuery says which devices, and what of them.
type DeviceQuery struct {
	// Search is an expression in Okta's language, as [SearchFilter.Expression] makes it; "" for all devices. It is sent
	// as it is: Okta answers 400 to one that it does not understand.
	Search string
	// ExpandUsers asks for summaries of each device's users in the same calls.
	ExpandUsers bool
	// Limit is the size of a page, 1 to 200; 0 is 200.
	Limit int
}

func (q DeviceQuery) encode() (string, error) {
	values := url.Values{}
	switch {
	case q.Limit < 0 || q.Limit > maxLimit:
		return "", fmt.Errorf("a page of Okta devices has 1 to %d of them, not %d", maxLimit, q.Limit)
	case q.Limit == 0:
		values.Set("limit", strconv.Itoa(maxLimit))
	default:
		values.Set("limit", strconv.Itoa(q.Limit))
	}
	if q.Search != "" {
		values.Set("search", q.Search)
	}
	if q.ExpandUsers {
		values.Set("expand", "userSummary")
	}
	// Okta's document writes a space of a search as %20; a plus sign that is meant as such is %2B by now.
	return strings.ReplaceAll(values.Encode(), "+", "%20"), nil
}

// A DevicesPage is the first page of a listing, from one call.
type DevicesPage struct {
	Devices []Device
	// Next is the URL of the next page on the same origin, "" where this is the last one.
	Next      string
	RateLimit pace.RateLimit
	// Unreadable counts the elements that were no objects, and so are in no way devices.
	Unreadable int
}

// HasNext is true where there are more devices than these.
func (p *DevicesPage) HasNext() bool { return p.Next != "" }

// DevicesPage reads the first page of the devices that query describes, in Okta's order.
func (c *Client) DevicesPage(ctx context.Context, query DeviceQuery) (*DevicesPage, error) {
	first, err := c.devicesURL(query)
	if err != nil {
		return nil, err
	}
	page, err := newTrail(c, first).fetch(ctx, first)
	if err != nil {
		return nil, err
	}
	devices, unreadable, err := decodeDevices(page.answer)
	if err != nil {
		return nil, err
	}
	result := &DevicesPage{Devices: devices, RateLimit: page.answer.rateLimit, Unreadable: unreadable}
	if page.next != nil {
		result.Next = page.next.String()
	}
	return result, nil
}

// Devices lists the devices that query describes, each once, in Okta's order, page by page. The next page is asked for
// while the last one is decoded and consumed, never more than one ahead; leaving the loop cancels that call and waits
// for its end. An error is the last element. Ranging again lists again.
//
// A device that a later page repeats (Okta's index moves while it is read) is left out there. An element that is no
// object is left out too; [OnPage] tells how many.
func (c *Client) Devices(ctx context.Context, query DeviceQuery, options ...ListOption) iter.Seq2[Device, error] {
	return func(yield func(Device, error) bool) {
		first, err := c.devicesURL(query)
		if err != nil {
			yield(Device{}, err)
			return
		}
		seen := make(map[string]struct{})
		for device, err := range list(ctx, c, first, decodeDevices, options) {
			if err == nil && device.ID != "" {
				if _, repeated := seen[device.ID]; repeated {
					continue
				}
				seen[device.ID] = struct{}{}
			}
			if !yield(device, err) {
				return
			}
		}
	}
}

// Device reads one device. Users stays nil. [IsNotFound] tells an id that Okta does not know.
func (c *Client) Device(ctx context.Context, id string) (*Device, error) {
	target, err := c.deviceURL(id, "")
	if err != nil {
		return nil, err
	}
	result, err := c.get(ctx, target)
	if err != nil {
		return nil, err
	}
	return decodeDevice(result)
}

// DeviceUsers reads the users of one device. An element that is no object is left out; [OnPage] tells how many.
func (c *Client) DeviceUsers(ctx context.Context, id string, options ...ListOption) ([]DeviceUser, error) {
	target, err := c.deviceURL(id, "/users")
	if err != nil {
		return nil, err
	}
	users := []DeviceUser{}
	for user, err := range list(ctx, c, target, decodeUsers, options) {
		if err != nil {
			return nil, err
		}
		users = append(users, user)
	}
	return users, nil
}

func (c *Client) devicesURL(query DeviceQuery) (*url.URL, error) {
	encoded, err := query.encode()
	if err != nil {
		return nil, err
	}
	return c.endpoint(devicesPath, "", encoded), nil
}

// deviceURL is the place of one device. An id that a server would take for another place is refused here: an empty one
// is the list, and dots climb.
func (c *Client) deviceURL(id, below string) (*url.URL, error) {
	if id == "" || id == "." || id == ".." {
		return nil, fmt.Errorf("%q can't be the id of an Okta device", id)
	}
	return c.endpoint(devicesPath+"/"+id+below, devicesPath+"/"+url.PathEscape(id)+below, ""), nil
}
