// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/ocsf"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
)

// DeviceListing is the result of a list of devices.
type DeviceListing struct {
	// Devices is nil unless a caller wants the devices themselves.
	Devices []okta.Device
	// Outlines are all of the organization's devices, in Okta's order; nil if the query asked for some of them, or for
	// more of each.
	Outlines []DeviceOutline
	// Total counts the devices, ByPlatform and ByStatus those that have a platform or a status.
	Total                int
	ByPlatform, ByStatus map[string]int
	// Unreadable counts what was in the list and was no device.
	Unreadable int
}

// DeviceOutline is what a comparison with Sekoia's assets needs of a device, in a tenth of the memory. Every listing of
// all devices keeps outlines, so that a comparison needs no listing of its own.
type DeviceOutline struct {
	ID string
	// Created is zero if it is missing, or not in RFC 3339.
	Created time.Time
	// Lacks names the required fields that the device does not have, as Okta spells them: ocsf.Lacking. Because of such
	// a device, the connector drops the whole page.
	Lacks []string
	// Unusable names a field whose value makes the connector skip this device alone: an empty display name, or a time
	// that can't be read. It is "" for most devices.
	Unusable string
}

// OutlineOf is the outline of a device.
func OutlineOf(device *okta.Device) DeviceOutline {
	outline := DeviceOutline{ID: device.ID, Lacks: ocsf.Lacking(device)}
	if ocsf.Nameless(device) {
		outline.Unusable = "displayName"
	}
	parse := func(name string, text *string) time.Time {
		if text == nil {
			return time.Time{}
		}
		at, err := time.Parse(time.RFC3339Nano, *text)
		if err != nil {
			outline.Unusable = cmp.Or(outline.Unusable, name)
		}
		return at
	}
	parse("lastUpdated", device.LastUpdated)
	outline.Created = parse("created", device.Created)
	return outline
}

// ListDevices lists the organization's devices, and keeps the devices themselves if whole is true. However many data
// sources ask for the same devices, they are listed once in a process, with one exception: if a data source wants them
// whole after the first page was read for one that does not, they are listed again. The result is shared: do not
// change it.
func (o *OktaOrganization) ListDevices(ctx context.Context, query okta.DeviceQuery, whole bool) (*DeviceListing, error) {
	key := fmt.Sprintf("devices %q %t", query.Search, query.ExpandUsers)
	if whole {
		o.wantedWhole.Store(query, true)
	}
	listing, err := memo.Remember(ctx, o.Shared, key, func(ctx context.Context) (*DeviceListing, error) {
		return o.readDevices(ctx, query, func() bool {
			_, wanted := o.wantedWhole.Load(query)
			return wanted
		})
	})
	if err != nil || !whole || listing.Devices != nil {
		return listing, err
	}
	return memo.Remember(ctx, o.Shared, key+" whole", func(ctx context.Context) (*DeviceListing, error) {
		return o.readDevices(ctx, query, func() bool { return true })
	})
}

// readDevices reads a list page by page. Only once the first page is there does it ask whether to keep the devices:
// data sources that are read at the same time have asked by then.
func (o *OktaOrganization) readDevices(ctx context.Context, query okta.DeviceQuery, whole func() bool) (*DeviceListing, error) {
	listing := &DeviceListing{ByPlatform: map[string]int{}, ByStatus: map[string]int{}}
	first, all := true, query == okta.DeviceQuery{}
	for page, err := range o.Client.Devices(ctx, query) {
		if err != nil {
			return nil, err
		}
		if first && whole() {
			listing.Devices = []okta.Device{}
		}
		first = false
		listing.Unreadable += page.Unreadable
		for i := range page.Devices {
			listing.count(&page.Devices[i])
			if all {
				listing.Outlines = append(listing.Outlines, OutlineOf(&page.Devices[i]))
			}
		}
		if listing.Devices != nil {
			listing.Devices = append(listing.Devices, page.Devices...)
		}
	}
	return listing, nil
}

// AddWarnings warns of what the listing leaves out.
func (l *DeviceListing) AddWarnings(diags *diag.Diagnostics, place diagnostic.OktaPlace) {
	if l.Unreadable > 0 {
		diags.AddWarning(place.Summary("part of Okta's answer is not a device"),
			fmt.Sprintf("%d of the elements that Okta listed are not objects, and are left out.", l.Unreadable))
	}
}

func (l *DeviceListing) count(device *okta.Device) {
	l.Total++
	if device.Platform != nil {
		l.ByPlatform[*device.Platform]++
	}
	if device.Status != nil {
		l.ByStatus[*device.Status]++
	}
}
