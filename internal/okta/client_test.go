// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

func TestA200ThatIsNotWhatWasAskedForIsUnexpected(t *testing.T) {
	t.Parallel()
	const secretPage = "canary-of-a-page"
	for name, test := range map[string]struct{ body, list, object string }{
		"null":                         {body: `null`, list: "it is not a list of devices", object: "it is not a device"},
		"an empty body":                {body: ``, list: "its body is empty", object: "its body is empty"},
		"white space":                  {body: " \r\n\t", list: "its body is empty", object: "its body is empty"},
		"an HTML page":                 {body: "\n<!DOCTYPE html><title>" + secretPage + "</title>", list: "HTML", object: "HTML"},
		"a truncated list":             {body: `[{"id":"` + secretPage + `"},{"id`, list: "cut off after 31 bytes", object: "cut off"},
		"a truncated object":           {body: `{"id":"` + secretPage + `","profile":{`, list: "cut off", object: "cut off"},
		"text":                         {body: secretPage, list: "it is not valid JSON", object: "it is not valid JSON"},
		"a wrong last byte":            {body: `[{"id":"a"}}`, list: "it is not valid JSON", object: "it is not valid JSON"},
		"two documents":                {body: `[][]`, list: "it is not valid JSON", object: "it is not valid JSON"},
		"a string":                     {body: `"` + secretPage + `"`, list: "it is not a list of devices", object: "it is not a device"},
		"a number":                     {body: `-1.5e3`, list: "it is not a list of devices", object: "it is not a device"},
		"a truth value":                {body: `true`, list: "it is not a list of devices", object: "it is not a device"},
		"an object, a list, exchanged": {body: "", list: "", object: ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, client := acmeClient(t)
			listBody, objectBody := test.body, test.body
			if test.list == "" {
				listBody, objectBody = `{"errorCode":"`+secretPage+`"}`, `["`+secretPage+`"]`
				test.list, test.object = "it is not a list of devices", "it is not a device"
			}
			network.RegisterResponder(http.MethodGet, acmeDevice, always(http.StatusOK, listBody))
			network.RegisterResponder(http.MethodGet, acmeDevice+"/guo1", always(http.StatusOK, objectBody))
			network.RegisterResponder(http.MethodGet, acmeDevice+"/guo1/users", always(http.StatusOK, listBody))
			_, err := client.DevicesPage(t.Context(), DeviceQuery{})
			assertUnexpected(t, err, test.list, "Okta answered 200 to GET /api/v1/devices, but ")
			var ranged error
			for _, err := range eachDevice(t.Context(), client, DeviceQuery{}) {
				ranged = err
			}
			assertUnexpected(t, ranged, test.list)
			_, err = client.Device(t.Context(), "guo1")
			assertUnexpected(t, err, test.object, "/api/v1/devices/guo1")
			_, err = client.DeviceUsers(t.Context(), "guo1")
			assertUnexpected(t, err, strings.Replace(test.list, "devices", "users", 1), "/api/v1/devices/guo1/users")
			assertCalls(t, network, 4)
			if strings.Contains(err.Error(), secretPage) {
				t.Errorf("the error shows the body: %v", err)
			}
		})
	}
}

func assertUnexpected(t *testing.T, err error, wanted ...string) {
	t.Helper()
	if _, ok := errors.AsType[*UnexpectedAnswerError](err); !ok {
		t.Errorf("error %v (%T), want an unexpected answer", err, err)
		return
	}
	assertText(t, err, wanted...)
}

func TestARefusalIsAnAPIError(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		body   string
		want   APIError
		text   string
	}{
		"an invalid token": {
			status: 401, body: `{"errorCode":"E0000011","errorSummary":"Invalid token provided","errorLink":"E0000011","errorId":"oaeX1","errorCauses":[]}`,
			want: APIError{Status: 401, Code: "E0000011", Summary: "Invalid token provided", ID: "oaeX1"},
			text: "Okta answered 401 E0000011 (Invalid token provided; errorId oaeX1) to GET /api/v1/devices",
		},
		"causes": {
			status: 400, body: `{"errorCode":"E0000001","errorSummary":"Api validation failed: search","errorId":"oaeX2",
				"errorCauses":[{"errorSummary":"no such operator"},7,{"errorSummary":null},{"other":1},{"errorSummary":"Api validation failed: search"},{"errorSummary":"c"},{"errorSummary":"d"}]}`,
			want: APIError{Status: 400, Code: "E0000001", Summary: "Api validation failed: search: no such operator", ID: "oaeX2"},
			text: "Okta answered 400 E0000001 (Api validation failed: search: no such operator; errorId oaeX2) to GET /api/v1/devices",
		},
		"causes without a summary": {
			status: 400, body: `{"errorCode":"E0000001","errorCauses":[{"errorSummary":"a"},{"errorSummary":"b"}]}`,
			want: APIError{Status: 400, Code: "E0000001", Summary: "a: b"},
			text: "Okta answered 400 E0000001 (a: b) to GET /api/v1/devices",
		},
		"an id alone": {
			status: 403, body: `{"errorCode":"E0000006","errorId":"oaeX3"}`,
			want: APIError{Status: 403, Code: "E0000006", ID: "oaeX3"},
			text: "Okta answered 403 E0000006 (errorId oaeX3) to GET /api/v1/devices",
		},
		"fields of odd types": {
			status: 403, body: `{"errorCode":"E0000006","errorSummary":7,"errorId":["x"],"errorCauses":"none"}`,
			want: APIError{Status: 403, Code: "E0000006"},
			text: "Okta answered 403 E0000006 to GET /api/v1/devices",
		},
		"a proxy's page":        {status: 502, body: "<html>canary</html>", want: APIError{Status: 502}, text: "Okta answered 502 Bad Gateway to GET /api/v1/devices"},
		"no body":               {status: 404, body: "", want: APIError{Status: 404}, text: "Okta answered 404 Not Found to GET /api/v1/devices"},
		"JSON that is no error": {status: 500, body: `["canary"]`, want: APIError{Status: 500}, text: "Okta answered 500 Internal Server Error to GET /api/v1/devices"},
		"an unknown status":     {status: 599, body: `{"canary":1}`, want: APIError{Status: 599}, text: "Okta answered 599 to GET /api/v1/devices"},
		"a redirect to nowhere": {status: 304, body: "", want: APIError{Status: 304}, text: "Okta answered 304 Not Modified to GET /api/v1/devices"},
		"control characters": {
			status: 400, body: `{"errorCode":"E1\n2","errorSummary":"a\u202eb\u001b[31m\r\nc","errorId":"i\u0000"}`,
			want: APIError{Status: 400, Code: `E1\n2`, Summary: `a\u202eb\x1b[31m\r\nc`, ID: `i\x00`},
			text: `Okta answered 400 E1\n2 (a\u202eb\x1b[31m\r\nc; errorId i\x00) to GET /api/v1/devices`,
		},
		"the token, echoed": {
			status: 401, body: `{"errorCode":"E0000011","errorSummary":"` + token + ` is wrong","errorCauses":[{"errorSummary":"not ` + token + `!"}]}`,
			want: APIError{Status: 401, Code: "E0000011", Summary: "*** is wrong: not ***!"},
			text: "Okta answered 401 E0000011 (*** is wrong: not ***!) to GET /api/v1/devices",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, client := acmeClient(t)
			network.RegisterResponder(http.MethodGet, acmeDevice, always(test.status, test.body))
			_, err := client.DevicesPage(t.Context(), DeviceQuery{})
			var refused *APIError
			if !errors.As(err, &refused) {
				t.Fatalf("error %v (%T)", err, err)
			}
			test.want.Method, test.want.Path, test.want.Scheme = http.MethodGet, devicesPath, "SSWS"
			if diff := cmp.Diff(test.want, *refused, cmp.AllowUnexported(APIError{})); diff != "" {
				t.Error(diff)
			}
			if err.Error() != test.text {
				t.Errorf("text %q, want %q", err, test.text)
			}
		})
	}
}

func TestALongSummaryIsCut(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	network.RegisterResponder(http.MethodGet, acmeDevice, always(400, `{"errorCode":"E1","errorSummary":"`+strings.Repeat("ä", 5000)+`"}`))
	_, err := client.DevicesPage(t.Context(), DeviceQuery{})
	var refused *APIError
	if !errors.As(err, &refused) || len([]rune(refused.Summary)) != 200 {
		t.Errorf("error %v", err)
	}
}

func TestA429KeepsItsRateLimit(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	network.RegisterResponder(http.MethodGet, acmeDevice, always(429, `{"errorCode":"E0000047"}`,
		"X-Rate-Limit-Limit: 50", "X-Rate-Limit-Remaining: 0", "X-Rate-Limit-Reset: 1767225600"))
	_, err := client.DevicesPage(t.Context(), DeviceQuery{})
	var refused *APIError
	if !errors.As(err, &refused) || refused.Status != http.StatusTooManyRequests || refused.RateLimit.Limit != 50 || !refused.RateLimit.Known {
		t.Errorf("error %+v", err)
	}
}

func TestAnAnswerThatIsTooLargeIsNoAnswer(t *testing.T) {
	t.Parallel()
	network, client := mocked(t)
	network.RegisterResponder(http.MethodGet, acme+wellKnownPath, always(http.StatusOK, `{"id":"00o1","x":"`+strings.Repeat("x", wellKnownLimit)+`"}`))
	_, err := fetchOrganization(t.Context(), client, origin(t, acme))
	assertText(t, err, "GET https://acme.okta.com/.well-known/okta-organization", "more than 65536 bytes")
	if !errors.Is(err, failure.ErrBodyTooLarge) {
		t.Errorf("error %v", err)
	}
}
