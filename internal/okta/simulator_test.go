// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/hashicorp/go-cleanhttp"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/shape"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// simulated is a client of a simulated organization with 450 devices, found as the provider finds it. Every request and
// every answer is checked against Okta's document.
func simulated(t *testing.T) (client *Client, calls func() int) {
	t.Helper()
	config := simulator.DefaultConfig()
	config.Devices = 450
	clouds, err := simulator.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := clouds.Close(); err != nil {
			t.Error(err)
		}
	})
	watch := shape.Watch(t, shape.Options{OddDevices: true, WrongRequests: true})
	httpClient, err := transport.New(transport.Options{Base: watch.RoundTripper(shape.Okta, cleanhttp.DefaultTransport())})
	if err != nil {
		t.Fatal(err)
	}
	resolution, err := Resolve(t.Context(), httpClient, credential.Trust{Loopback: true}, base(t, clouds.Ready().OktaURL))
	if err != nil {
		t.Fatal(err)
	}
	client = New(Config{
		HTTP: httpClient, Origin: resolution.API,
		Token: credential.NewSecret(clouds.Ready().OktaToken),
	})
	return client, func() int { return watch.Checked(shape.Okta) }
}

func collected(t *testing.T, client *Client, query DeviceQuery) []Device {
	t.Helper()
	var devices []Device
	for device, err := range eachDevice(t.Context(), client, query) {
		if err != nil {
			t.Fatal(err)
		}
		devices = append(devices, device)
	}
	return devices
}

func TestTheSimulatedOrganizationIsReadWhole(t *testing.T) {
	t.Parallel()
	client, calls := simulated(t)
	before := calls()
	all := collected(t, client, DeviceQuery{ExpandUsers: true})
	if len(all) != 450 || calls()-before != 3 {
		t.Fatalf("%d devices in %d calls, want 450 in 3", len(all), calls()-before)
	}
	ids := map[string]bool{}
	users := 0
	for i := range all {
		ids[all[i].ID] = true
		users += len(all[i].Users)
		if all[i].ID == "" || all[i].Users == nil {
			t.Errorf("device %d: id %q, users %v", i, all[i].ID, all[i].Users)
		}
	}
	if len(ids) != 450 || users < 450 {
		t.Errorf("%d ids, %d users", len(ids), users)
	}
	one, err := client.Device(t.Context(), all[0].ID)
	if err != nil || one.ID != all[0].ID {
		t.Errorf("device %+v, error %v", one, err)
	}
	withUsers := all[slices.IndexFunc(all, func(device Device) bool { return len(device.Users) > 0 })]
	read, err := client.DeviceUsers(t.Context(), withUsers.ID)
	if err != nil || len(read) != len(withUsers.Users) || *read[0].ID != *withUsers.Users[0].ID || read[0].Status == nil {
		t.Errorf("users %+v, error %v", read, err)
	}
}

func TestSearchesAreUnderstoodByTheSimulatedOrganization(t *testing.T) {
	t.Parallel()
	client, _ := simulated(t)
	all := collected(t, client, DeviceQuery{})
	named := all[slices.IndexFunc(all, func(device Device) bool { return device.SerialNumber != nil && device.DisplayName != nil })]
	is := func(got *string, wanted ...string) bool { return got != nil && slices.Contains(wanted, *got) }
	for name, test := range map[string]struct {
		filter SearchFilter
		fits   func(Device) bool
	}{
		"two statuses":  {SearchFilter{Statuses: []string{"SUSPENDED", "CREATED"}}, func(d Device) bool { return is(d.Status, "SUSPENDED", "CREATED") }},
		"a platform":    {SearchFilter{Platforms: []string{"IOS"}}, func(d Device) bool { return is(d.Platform, "IOS") }},
		"registered":    {SearchFilter{Registered: new(true)}, func(d Device) bool { return d.Registered != nil && *d.Registered }},
		"an id":         {SearchFilter{ID: named.ID}, func(d Device) bool { return d.ID == named.ID }},
		"a serial":      {SearchFilter{SerialNumber: *named.SerialNumber}, func(d Device) bool { return is(d.SerialNumber, *named.SerialNumber) }},
		"a name":        {SearchFilter{DisplayName: *named.DisplayName}, func(d Device) bool { return is(d.DisplayName, *named.DisplayName) }},
		"odd literals":  {SearchFilter{DisplayNameContains: "\"\\\n\t\x01 電腦 ) or id eq \""}, func(Device) bool { return false }},
		"all in one":    {SearchFilter{Statuses: []string{"ACTIVE"}, Platforms: []string{"MACOS", "WINDOWS"}}, func(d Device) bool { return is(d.Status, "ACTIVE") && is(d.Platform, "MACOS", "WINDOWS") }},
		"a late date":   {SearchFilter{LastUpdatedAfter: "2199-01-01T00:00:00.000Z"}, func(Device) bool { return false }},
		"an early date": {SearchFilter{LastUpdatedAfter: "1999-01-01T00:00:00.000Z"}, func(Device) bool { return true }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := 0
			for _, device := range all {
				if test.fits(device) {
					want++
				}
			}
			for _, device := range collected(t, client, DeviceQuery{Search: test.filter.Expression()}) {
				if want--; !test.fits(device) {
					t.Errorf("%s found %s", test.filter.Expression(), device.ID)
				}
			}
			if want != 0 {
				t.Errorf("%s: %d devices too few", test.filter.Expression(), want)
			}
		})
	}
}

func TestRefusalsOfTheSimulatedOrganizationAreToldApart(t *testing.T) {
	t.Parallel()
	client, _ := simulated(t)
	_, err := client.Device(t.Context(), "guo00000000000000000")
	if !IsNotFound(err) {
		t.Errorf("error %v of an unknown id", err)
	}
	_, err = client.DevicesPage(t.Context(), DeviceQuery{Search: "profile.displayName is odd"})
	if refused, ok := errors.AsType[*APIError](err); !ok || refused.Status != http.StatusBadRequest || refused.Code == "" || !refused.RateLimit.Known {
		t.Errorf("error %v of a wrong search", err)
	}
	client.token = credential.NewSecret("another-token")
	if _, err = client.DevicesPage(t.Context(), DeviceQuery{}); !hasCode(err, "E0000011") {
		t.Errorf("error %v of a wrong token", err)
	}
}
