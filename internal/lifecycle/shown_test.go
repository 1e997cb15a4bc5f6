// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"strings"
	"testing"
)

// A parse error as the connector writes it. Values of the device are in it, shortened.
const parseError = "2 validation errors for OktaDevice\n" +
	"status\n  Input should be a valid string [type=string_type, input_value=None, input_type=NoneType]\n    For further information visit https://errors.pydantic.dev/2.12/v/string_type\n" +
	"profile.platform\n  Field required [type=missing, input_value={'displayName': 'Anna Sch... 'serialNumber': 'SN-77'}, input_type=dict]\n    For further information visit https://errors.pydantic.dev/2.12/v/missing"

func TestShownLine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ line, want string }{
		"a line without values stays as it is": {begins, begins},
		"of a parse error, the fields and the kinds": {
			"Exception while fetching devices from /api/v1/devices?after=cursor&limit=200: " + parseError,
			"Exception while fetching devices from /api/v1/devices: a device does not parse: status (string type), profile.platform (missing)",
		},
		"one that was cut off": {
			"Exception while fetching devices from /api/v1/devices: 1 validation error for OktaDevice\nprofile.pla",
			"Exception while fetching devices from /api/v1/devices: a device does not parse",
		},
		"a page that is none": {
			"Exception while fetching devices from /api/v1/devices: OktaDevice() argument after ** must be a mapping, not str",
			"Exception while fetching devices from /api/v1/devices: OktaDevice() argument after ** must be a mapping, not str",
		},
		"an exception that quotes something": {
			"Exception while fetching devices from /api/v1/devices: could not convert 'Anna Schmidt'", "Exception while fetching devices from /api/v1/devices",
		},
		"a device without a name": {"Error while mapping device guo1: Device profile and displayName are required", "Error while mapping device guo1: its displayName is empty"},
		"a device with a value that is none": {
			"Error while mapping device guo1: invalid literal for int() with base 10: b'Anna'", "Error while mapping device guo1: a value of it can't be mapped",
		},
		"a device whose id is none": {"Error while mapping device <Anna>: no", "Error while mapping device"},
		"Okta's error": {
			`Error while fetching devices from /api/v1/devices: {'message': 'Okta HTTP 401 E0000011 Invalid token provided\n'}`,
			"Error while fetching devices from /api/v1/devices: Okta HTTP 401 E0000011 Invalid token provided",
		},
		"Okta's error with an apostrophe": {
			`Error while fetching devices from /api/v1/devices: {'message': "Okta HTTP 400 E0000001 it's\na. b"}`,
			"Error while fetching devices from /api/v1/devices: Okta HTTP 400 E0000001 it's a. b",
		},
		"a page of a proxy": {
			"Error while fetching devices from /api/v1/devices: {'message': 'HTTP 403 <html>Hello Anna</html>'}",
			"Error while fetching devices from /api/v1/devices: HTTP 403, not in Okta's form",
		},
		"a page of a proxy, instead of a later page": {
			`Error while fetching devices from /api/v1/devices?after=a&limit=200&search=created gt "2025-01-01T00:00:00.000Z"&sortBy=created: {'message': 'HTTP 403 <html>Hello Anna</html>'}`,
			`Error while fetching devices from /api/v1/devices?after=a&limit=200&search=created gt "2025-01-01T00:00:00.000Z"&sortBy=created: HTTP 403, not in Okta's form`,
		},
		"Okta's error, instead of a later page": {
			`Error while fetching devices from /api/v1/devices?after=a&search=created gt "2025-01-01T00:00:00.000Z": {'message': 'Okta HTTP 500 E0000009 Internal Server Error\n'}`,
			`Error while fetching devices from /api/v1/devices?after=a&search=created gt "2025-01-01T00:00:00.000Z": Okta HTTP 500 E0000009 Internal Server Error`,
		},
		"a later page with a device that does not parse": {
			`Exception while fetching devices from /api/v1/devices?after=a&search=created gt "2025-01-01T00:00:00.000Z": ` + parseError,
			"Exception while fetching devices from /api/v1/devices: a device does not parse: status (string type), profile.platform (missing)",
		},
		"a base URL that is refused": {
			"Exception while fetching devices from /api/v1/devices: \nErrors:\nYour Okta domain should not contain -admin.  Current value: https://acme-admin.okta.com. " +
				"You can copy your domain from the Okta Developer Console. Follow these instructions to find it: https://developer.okta.com/docs\n\nSee https://github.com/okta for usage",
			"Exception while fetching devices from /api/v1/devices: Your Okta domain should not contain -admin.",
		},
		"a base URL with a typo": {
			"Exception while fetching devices from /api/v1/devices: \nErrors:\nIt looks like there's a typo in your Okta domain. Current value: https://acme.okta.com.com. You can copy",
			"Exception while fetching devices from /api/v1/devices: It looks like there's a typo in your Okta domain.",
		},
		"a call that took too long":           {"Error while fetching devices from /api/v1/devices: ", "Error while fetching devices from /api/v1/devices"},
		"a push that took too long":           {"Timeout while pushing assets to Sekoia.io asset connector API\n", "Timeout while pushing assets to Sekoia.io asset connector API"},
		"a look at a task that took too long": {"Unable to get the status of the asset push task 1\n", "Unable to get the status of the asset push task 1"},
		"a network's error": {
			"Error while fetching devices from /api/v1/devices: Cannot connect to host acme.okta.com:443 ssl:default [Name or service not known]",
			"Error while fetching devices from /api/v1/devices: Cannot connect to host acme.okta.com:443 ssl:default [Name or service not known]",
		},
		"a push that was refused, by its code": {
			`Error while pushing assets to Sekoia.io - Client error - HTTP (401) - {"code": "T301", "message": "Expired"}`,
			"Error while pushing assets to Sekoia.io - Client error - HTTP (401) - T301: Expired",
		},
		"a push that was refused, with what was pushed": {
			`Error while pushing assets to Sekoia.io - Client error - HTTP (422) - {"detail": [{"loc": ["body"], "input": {"hostname": "Anna"}}]}`,
			"Error while pushing assets to Sekoia.io - Client error - HTTP (422)",
		},
		"a push that was refused by a page": {
			"Error while pushing assets to Sekoia.io - Server error - HTTP (502) - <html>\nAnna</html>", "Error while pushing assets to Sekoia.io - Server error - HTTP (502)",
		},
		"a task that failed, and says why": {"Asset push task 1-2 ended with the status FAILED - no room", "Asset push task 1-2 ended with the status FAILED - no room"},
		"a task that failed, with what was pushed": {
			"Asset push task 1-2 ended with the status FAILED - [{'loc': ['hostname'], 'input': 'Anna'}]", "Asset push task 1-2 ended with the status FAILED",
		},
		"an exception of a whole cycle": {
			"Error while running asset connector OktaDeviceAssetConnector\nCannot connect to host api.sekoia.io:443",
			"Error while running asset connector OktaDeviceAssetConnector: Cannot connect to host api.sekoia.io:443",
		},
		"one that is a parse error": {
			"Error while running asset connector OktaDeviceAssetConnector\n" + parseError,
			"Error while running asset connector OktaDeviceAssetConnector: a device does not parse: status (string type), profile.platform (missing)",
		},
		"an unknown line with a parse error in it": {"Something new: " + parseError, "Something new: a device does not parse: status (string type), profile.platform (missing)"},
		"what does not print is escaped":           {"a\u202eb", `a\u202eb`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := shownLine(test.line); got != test.want {
				t.Errorf("it shows\n%q, want\n%q", got, test.want)
			}
		})
	}
}

// FuzzShownLine looks for a parse error that shows a value.
func FuzzShownLine(f *testing.F) {
	for _, head := range []string{"Exception while fetching devices from /api/v1/devices: ", "Error while mapping device guo1: ", "Error while running asset connector X\n", "Error while pushing assets to Sekoia.io - Client error - HTTP (422) - ", ""} {
		f.Add(head, "Anna Schmidt")
	}
	f.Fuzz(func(t *testing.T, head, value string) {
		if len(value) < 8 || strings.ContainsAny(value, "\n\r") || strings.Contains(head, value) || strings.Contains(parseError, value) {
			return
		}
		line := head + strings.ReplaceAll(parseError, "Anna Sch...", value)
		if shown := shownLine(line); strings.Contains(shown, value) && !strings.Contains(WithoutValues(head), value) {
			t.Errorf("%q shows as %q", line, shown)
		}
	})
}
