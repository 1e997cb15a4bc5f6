// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package access_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/ocsf"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

func TestOutlineOf(t *testing.T) {
	t.Parallel()
	created := time.Date(2026, time.January, 2, 3, 4, 5, 678_000_000, time.UTC)
	for name, test := range map[string]struct {
		device okta.Device
		want   access.DeviceOutline
	}{
		"all is there": {
			device: okta.Device{
				ID: "guo1", Created: new("2026-01-02T03:04:05.678Z"), LastUpdated: new("2026-01-02T03:04:05.678Z"), Status: new("ACTIVE"),
				DisplayName: new("a"), Platform: new("IOS"), Registered: new(false), SecureHardwarePresent: new(false),
			},
			want: access.DeviceOutline{ID: "guo1", Created: created},
		},
		"an empty name and no platform": {
			device: okta.Device{
				ID: "guo1", Created: new("2026-01-02T03:04:05.678Z"), LastUpdated: new("2026-01-02T03:04:05.678Z"), Status: new("ACTIVE"),
				DisplayName: new(""), Registered: new(false), SecureHardwarePresent: new(false),
			},
			want: access.DeviceOutline{ID: "guo1", Created: created, Lacks: []string{"platform"}, Unusable: "displayName"},
		},
		"nothing is there": {want: access.DeviceOutline{Lacks: ocsf.RequiredFields()[:8]}},
		"times that can't be read": {
			device: okta.Device{
				ID: "guo1", Created: new("yesterday"), LastUpdated: new("tomorrow"), Status: new("ACTIVE"),
				DisplayName: new("a"), Platform: new("IOS"), Registered: new(false), SecureHardwarePresent: new(false),
			},
			want: access.DeviceOutline{ID: "guo1", Unusable: "lastUpdated"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, access.OutlineOf(&test.device)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestListDevicesKeepsWhatIsUsed(t *testing.T) {
	t.Parallel()
	const acme = "https://acme.okta.com"
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder(http.MethodGet, acme+"/.well-known/okta-organization", httpmock.NewStringResponder(http.StatusOK,
		`{"id":"00o1","pipeline":"idx","_links":{"organization":{"href":"`+acme+`"}}}`))
	mock.RegisterResponder(http.MethodGet, acme+"/api/v1/devices", httpmock.NewStringResponder(http.StatusOK, `[{"id":"guo1"},{"id":"guo2"}]`))
	client, err := transport.New(transport.Options{Base: mock})
	if err != nil {
		t.Fatal(err)
	}
	organization, diags := access.NewClients(access.Config{HTTP: client, Okta: access.OktaSettings{
		Place: diagnostic.OktaPlace{Source: diagnostic.SourceEnvironment}, BaseURL: acme, APIToken: credential.NewSecret("token"),
	}}).Okta(t.Context(), types.StringNull())
	if diags.HasError() {
		t.Fatal(diags)
	}
	for _, test := range []struct {
		name              string
		query             okta.DeviceQuery
		whole             bool
		devices, outlines int
		calls             int // so far
	}{
		{name: "a comparison of all devices", outlines: 2, calls: 1},
		{name: "who wants all devices after that", whole: true, devices: 2, outlines: 2, calls: 2},
		{name: "a search that is only counted", query: okta.DeviceQuery{Search: "id pr"}, calls: 3},
		{name: "a search", query: okta.DeviceQuery{Search: "status pr"}, whole: true, devices: 2, calls: 4},
		{name: "the same, counted", query: okta.DeviceQuery{Search: "status pr"}, devices: 2, calls: 4},
	} {
		listing, err := organization.ListDevices(t.Context(), test.query, test.whole)
		if err != nil {
			t.Fatal(err)
		}
		if len(listing.Devices) != test.devices || len(listing.Outlines) != test.outlines || listing.Total != 2 {
			t.Errorf("%s: %d devices and %d outlines of %d are kept", test.name, len(listing.Devices), len(listing.Outlines), listing.Total)
		}
		if calls := mock.GetCallCountInfo()["GET "+acme+"/api/v1/devices"]; calls != test.calls {
			t.Errorf("%s: %d calls, want %d", test.name, calls, test.calls)
		}
	}
}
