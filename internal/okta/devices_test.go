// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"

	"github.com/google/go-cmp/cmp"
	"github.com/jarcoal/httpmock"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

func TestDevicesListsEachDeviceOnceInOrderWithOneCallForEachPage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ devices, limit, calls int }{
		"no devices are one call":                     {devices: 0, calls: 1},
		"one page is one call":                        {devices: 150, calls: 1},
		"a full page without a link is one call":      {devices: 200, calls: 1},
		"2,500 devices are 13 calls":                  {devices: 2500, calls: 13},
		"a smaller page is asked for where it is set": {devices: 7, limit: 2, calls: 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, client := acmeClient(t)
			network.RegisterResponder(http.MethodGet, acmeDevice, inventory(test.devices))
			count := 0
			if test.limit > 0 {
				client.pageSize = test.limit
			}
			for device, err := range eachDevice(t.Context(), client, DeviceQuery{}) {
				if err != nil {
					t.Fatal(err)
				}
				if want := deviceID(count); device.ID != want {
					t.Fatalf("element %d is %s, want %s", count, device.ID, want)
				}
				count++
			}
			if count != test.devices {
				t.Errorf("%d devices, want %d", count, test.devices)
			}
			assertCalls(t, network, test.calls)
		})
	}
}

func TestDevicesAsksForTheNextPageWhileTheLastOneIsConsumedAndNeverTwoAhead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		network, client := acmeClient(t)
		network.RegisterResponder(http.MethodGet, acmeDevice, inventory(5*PageSize))
		count := 0
		for _, err := range eachDevice(t.Context(), client, DeviceQuery{}) {
			if err != nil {
				t.Fatal(err)
			}
			page := count/PageSize + 1
			count++
			synctest.Wait()
			if got, want := network.GetTotalCallCount(), min(page+1, 5); got != want {
				t.Fatalf("%d calls while page %d is consumed, want %d", got, page, want)
			}
		}
		if count != 5*PageSize {
			t.Errorf("%d devices", count)
		}
	})
}

func TestTheNextPageIsAskedForBeforeTheLastOneIsDecoded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		network, client := acmeClient(t)
		network.RegisterResponder(http.MethodGet, acmeDevice, inventory(2*PageSize))
		pages := 0
		for _, err := range client.pages(t.Context(), client.devicesURL(DeviceQuery{})) {
			pages++
			synctest.Wait()
			if got := network.GetTotalCallCount(); got != 2 || err != nil {
				t.Errorf("%d calls before page %d is decoded, want 2; error %v", got, pages, err)
			}
		}
		if pages != 2 {
			t.Errorf("%d pages, want 2", pages)
		}
	})
}

func TestLeavingTheLoopCancelsTheCallUnderWayAndWaitsForItsEnd(t *testing.T) {
	t.Parallel()
	// The bubble fails the test where a goroutine is left behind.
	synctest.Test(t, func(t *testing.T) {
		network, client := acmeClient(t)
		var cancelled atomic.Bool
		pages := inventory(3 * PageSize)
		network.RegisterResponder(http.MethodGet, acmeDevice, func(request *http.Request) (*http.Response, error) {
			if !request.URL.Query().Has("after") {
				return pages(request)
			}
			<-request.Context().Done()
			cancelled.Store(true)
			return nil, request.Context().Err()
		})
		begin := time.Now()
		for _, err := range eachDevice(t.Context(), client, DeviceQuery{}) {
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			break
		}
		synctest.Wait()
		// Without being cancelled, the call ends with its own timeout, which takes no real time here.
		if !cancelled.Load() || time.Since(begin) != 0 {
			t.Error("the next page's call continues after the loop was left")
		}
		assertCalls(t, network, 2)
	})
}

// A slowNetwork answers like another one, and takes a second to notice that a call was cancelled.
type slowNetwork struct {
	http.RoundTripper
	underWay atomic.Int32
}

func (n *slowNetwork) RoundTrip(request *http.Request) (*http.Response, error) {
	n.underWay.Add(1)
	defer n.underWay.Add(-1)
	if !request.URL.Query().Has("after") {
		return n.RoundTripper.RoundTrip(request)
	}
	<-request.Context().Done()
	<-time.After(time.Second)
	return nil, request.Context().Err()
}

func TestNoCallIsUnderWayAfterTheLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answering := httpmock.NewMockTransport()
		answering.RegisterResponder(http.MethodGet, acmeDevice, inventory(3*PageSize))
		network := &slowNetwork{RoundTripper: answering}
		httpClient, err := transport.New(transport.Options{Base: network})
		if err != nil {
			t.Fatal(err)
		}
		client := New(Config{HTTP: httpClient, Origin: origin(t, acme), Token: credential.NewSecret(token)})
		for _, err := range eachDevice(t.Context(), client, DeviceQuery{}) {
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if got := network.underWay.Load(); got != 1 {
				t.Fatalf("%d calls are under way in the loop, want 1", got)
			}
			break
		}
		if got := network.underWay.Load(); got != 0 {
			t.Errorf("%d calls are under way after the loop", got)
		}
	})
}

func TestDevicesEndsWithTheCallersContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		network, client := acmeClient(t)
		network.RegisterResponder(http.MethodGet, acmeDevice, func(request *http.Request) (*http.Response, error) {
			if !request.URL.Query().Has("after") {
				return inventory(2 * PageSize)(request)
			}
			<-request.Context().Done()
			return nil, request.Context().Err()
		})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		count := 0
		var last error
		for _, err := range eachDevice(ctx, client, DeviceQuery{}) {
			if count++; count == PageSize {
				cancel()
			}
			last = err
		}
		if count != PageSize+1 || !errors.Is(last, context.Canceled) {
			t.Errorf("%d elements and the error %v, want %d and a cancelled context", count, last, PageSize+1)
		}
	})
}

func TestDevicesGivesThePagesBeforeAnErrorAndThenTheError(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	network.RegisterResponder(http.MethodGet, acmeDevice, func(request *http.Request) (*http.Response, error) {
		if request.URL.Query().Get("after") == "cursor-200" {
			return reply(http.StatusForbidden, `{"errorCode":"E0000006"}`), nil
		}
		return inventory(3 * PageSize)(request)
	})
	count := 0
	var last error
	for _, err := range eachDevice(t.Context(), client, DeviceQuery{}) {
		if last = err; err == nil {
			count++
		}
	}
	if count != PageSize || Advise(last).Kind != advice.Denied {
		t.Errorf("%d devices and the error %v, want %d and a refusal", count, last, PageSize)
	}
	assertCalls(t, network, 2)
}

func TestDevicesCanBeRangedOverAgain(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	network.RegisterResponder(http.MethodGet, acmeDevice, inventory(3))
	client.pageSize = 2
	devices := eachDevice(t.Context(), client, DeviceQuery{})
	for range 2 {
		count := 0
		for _, err := range devices {
			if err != nil {
				t.Fatal(err)
			}
			count++
		}
		if count != 3 {
			t.Errorf("%d devices, want 3", count)
		}
	}
	assertCalls(t, network, 4)
}

// pagesOf answers the first call with the first body, and so on; every page but the last has a next link.
func pagesOf(bodies ...string) httpmock.Responder {
	return func(request *http.Request) (*http.Response, error) {
		number := 0
		_, _ = fmt.Sscanf(request.URL.Query().Get("after"), "%d", &number)
		if number == len(bodies)-1 {
			return reply(http.StatusOK, bodies[number]), nil
		}
		return reply(http.StatusOK, bodies[number], fmt.Sprintf(`Link: <%s?after=%d>; rel="next"`, acmeDevice, number+1)), nil
	}
}

func TestDevicesLeavesOutWhatALaterPageRepeats(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	network.RegisterResponder(http.MethodGet, acmeDevice, pagesOf(
		`[{"id":"a","profile":{}},{"id":"b","profile":{}},{"profile":{}}]`, `[]`, `[{"id":"b","profile":{}},{"id":"c","profile":{}},{"profile":{}}]`))
	var ids []string
	for device, err := range eachDevice(t.Context(), client, DeviceQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, device.ID)
	}
	if diff := cmp.Diff([]string{"a", "b", "", "c", ""}, ids); diff != "" {
		t.Error(diff)
	}
}

func TestEachPageCountsWhatIsNoDevice(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	network.RegisterResponder(http.MethodGet, acmeDevice, pagesOf(`[{"id":"a"},7,null,"x",[{}],{"id":"b"}]`, `[{"id":"c"}]`))
	var story []string
	for page, err := range client.Devices(t.Context(), DeviceQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		story = append(story, fmt.Sprintf("%d devices, unreadable %d, another page follows: %t", len(page.Devices), page.Unreadable, page.HasNext))
	}
	want := []string{"2 devices, unreadable 4, another page follows: true", "1 devices, unreadable 0, another page follows: false"}
	if diff := cmp.Diff(want, story); diff != "" {
		t.Error(diff)
	}
}

func TestDevicesRefusesALinkThatLeadsAstray(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		links []string
		want  string
		calls int
	}{
		"another host":             {links: []string{`<https://evil.example/api/v1/devices?after=1>; rel="next"`}, want: "another origin, https://evil.example", calls: 1},
		"another host of Okta's":   {links: []string{`<https://other.okta.com/api/v1/devices?after=1>; rel="next"`}, want: "another origin", calls: 1},
		"another port":             {links: []string{`<https://acme.okta.com:8443/api/v1/devices?after=1>; rel="next"`}, want: "another origin", calls: 1},
		"another scheme":           {links: []string{`<http://acme.okta.com/api/v1/devices?after=1>; rel="next"`}, want: "another origin", calls: 1},
		"another host, no scheme":  {links: []string{`<//evil.example/api/v1/devices?after=1>; rel="next"`}, want: "another origin", calls: 1},
		"a password in it":         {links: []string{`<https://u:p@acme.okta.com/api/v1/devices?after=1>; rel="next"`}, want: "a valid URL without a user name", calls: 1},
		"no URL at all":            {links: []string{`<https://acme.okta.com/%zz>; rel="next"`}, want: "does not lead to a valid URL", calls: 1},
		"the page itself":          {links: []string{`</api/v1/devices?limit=200>; rel="next"`}, want: "back to a page that was read already, after 1 pages", calls: 1},
		"the page, with fragment":  {links: []string{`</api/v1/devices?limit=200#x>; rel="next"`}, want: "back to a page that was read already", calls: 1},
		"a page before the last":   {links: []string{`<?after=1>; rel="next"`, `<?after=2>; rel="next"`, `<?after=1>; rel="next"`}, want: "after 3 pages", calls: 3},
		"a target that is empty":   {links: []string{`<>; rel="next"`}, want: "can't be read", calls: 1},
		"a target without its end": {links: []string{`<https://acme.okta.com/api/v1/devices?after=1; rel="next"`}, want: "can't be read", calls: 1},
		"two next pages":           {links: []string{`<?after=1>; rel="next", <?after=2>; rel="next"`}, want: "two next pages", calls: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, client := acmeClient(t)
			calls := 0
			network.RegisterRegexpResponder(http.MethodGet, anything, func(*http.Request) (*http.Response, error) {
				calls++
				return reply(http.StatusOK, `[]`, "Link: "+test.links[calls-1]), nil
			})
			var got error
			for _, err := range eachDevice(t.Context(), client, DeviceQuery{}) {
				got = err
			}
			if _, ok := errors.AsType[*UnexpectedAnswerError](got); !ok {
				t.Fatalf("error %v, want an unexpected answer", got)
			}
			assertText(t, got, test.want, "GET /api/v1/devices")
			assertCalls(t, network, test.calls)
		})
	}
}

func TestALinkThatQuotesTheCredentialIsToldWithoutIt(t *testing.T) {
	t.Parallel()
	quoting := "/" + strings.Repeat("x", 150) + "/" + token // what is shown of a URL ends within the token
	for name, test := range map[string]struct {
		link   string
		answer httpmock.Responder
	}{
		"in the host":                          {link: "https://" + strings.ToUpper(token) + ".example/"},
		"in the path, and a refusal":           {quoting, always(http.StatusInternalServerError, "")},
		"in the path, and no list":             {quoting, always(http.StatusOK, `{}`)},
		"in the path, and no answer":           {quoting, httpmock.NewErrorResponder(errors.New("the network is down"))},
		"in the path, and a body without end":  {quoting, always(http.StatusOK, strings.Repeat(" ", transport.DefaultBodyLimit+1))},
		"in the path, and a link to elsewhere": {quoting, always(http.StatusOK, `[]`, "Link: <https://evil.example>; rel=next")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, client := acmeClient(t)
			network.RegisterResponder(http.MethodGet, acmeDevice, always(http.StatusOK, `[]`, "Link: <"+test.link+">; rel=next"))
			network.RegisterResponder(http.MethodGet, acme+quoting, test.answer)
			var got error
			for _, err := range eachDevice(t.Context(), client, DeviceQuery{}) {
				got = err
			}
			assertText(t, got, "***")
			if said := strings.ToLower(fmt.Sprintf("%v %+v %v", got, got, Advise(got))); strings.Contains(said, strings.ToLower(token[:10])) {
				t.Errorf("said: %s", said)
			}
		})
	}
}

func TestDevicesRefusesALinkThatGoesOnForEver(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	client.maxPages, client.pageSize = 4, 2
	network.RegisterResponder(http.MethodGet, acmeDevice, inventory(10))
	count := 0
	var got error
	for _, err := range eachDevice(t.Context(), client, DeviceQuery{}) {
		if got = err; err == nil {
			count++
		}
	}
	assertText(t, got, "still names a next page after 4 pages")
	if count != 6 {
		t.Errorf("%d devices before the error, want 6", count)
	}
	assertCalls(t, network, 4)
}

func TestDevicesFollowsTheLinkAsItIs(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	var asked []string
	network.RegisterRegexpResponder(http.MethodGet, anything, func(request *http.Request) (*http.Response, error) {
		asked = append(asked, request.URL.RawQuery)
		if len(asked) == 1 {
			return reply(http.StatusOK, `[]`, `Link: <https://ACME.okta.com:443/api/v1/devices?search=a%2Bb&after=x%2Fy==&limit=3>; rel="next"`), nil
		}
		return reply(http.StatusOK, `[]`), nil
	})
	for _, err := range eachDevice(t.Context(), client, DeviceQuery{Search: `profile.displayName eq "a+b & ü"`, ExpandUsers: true}) {
		t.Fatal(err)
	}
	want := []string{
		"expand=userSummary&limit=200&search=profile.displayName%20eq%20%22a%2Bb%20%26%20%C3%BC%22",
		"search=a%2Bb&after=x%2Fy==&limit=3",
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Error(diff)
	}
}

func TestDevicesPageIsTheFirstPageInOneCall(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	network.RegisterResponder(http.MethodGet, acmeDevice, always(http.StatusOK, `[{"id":"a","profile":{}},"no device"]`,
		`Link: <https://acme.okta.com/api/v1/devices?limit=200>; rel="self"`,
		`Link: <https://acme.okta.com/api/v1/devices?after=b&limit=200>; rel="next"`,
		"X-Rate-Limit-Limit: 100", "X-Rate-Limit-Remaining: 12", "X-Rate-Limit-Reset: 1767225600"))
	page, err := client.DevicesPage(t.Context(), DeviceQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Devices) != 1 || page.Devices[0].ID != "a" || page.Unreadable != 1 {
		t.Errorf("devices %v, unreadable %d", page.Devices, page.Unreadable)
	}
	if !page.HasNext {
		t.Error("no next page")
	}
	if !page.RateLimit.Known || page.RateLimit.Limit != 100 || page.RateLimit.Remaining != 12 {
		t.Errorf("rate limit %+v", page.RateLimit)
	}
	assertCalls(t, network, 1)
}

func TestDevicesPageRefusesALinkToAnotherOrigin(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	network.RegisterResponder(http.MethodGet, acmeDevice, always(http.StatusOK, `[]`, `Link: <https://evil.example/>; rel="next"`))
	_, err := client.DevicesPage(t.Context(), DeviceQuery{})
	assertText(t, err, "another origin")
}

func TestTheLastDevicesPageHasNoNext(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	network.RegisterResponder(http.MethodGet, acmeDevice, inventory(3))
	page, err := client.DevicesPage(t.Context(), DeviceQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if page.HasNext || len(page.Devices) != 3 {
		t.Errorf("%d devices, and a next page: %t", len(page.Devices), page.HasNext)
	}
}

func TestDeviceReadsOneDevice(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	network.RegisterResponder(http.MethodGet, acmeDevice+"/guo1", always(http.StatusOK, deviceJSON(1)))
	device, err := client.Device(t.Context(), "guo1")
	if err != nil {
		t.Fatal(err)
	}
	if device.ID != deviceID(1) || device.Users != nil {
		t.Errorf("%+v", device)
	}
	assertCalls(t, network, 1)
}

func TestADeviceWithoutAnIDIsAnUnexpectedAnswer(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"no id":          `{"status":"ACTIVE"}`,
		"an empty one":   `{"id":""}`,
		"one of a shape": `{"id":{}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, client := acmeClient(t)
			network.RegisterResponder(http.MethodGet, acmeDevice+"/guo1", always(http.StatusOK, body))
			_, err := client.Device(t.Context(), "guo1")
			assertText(t, err, "GET /api/v1/devices/guo1", "without an id")
		})
	}
}

func TestADeviceThatOktaDoesNotKnowIsNotFound(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	network.RegisterRegexpResponder(http.MethodGet, anything, always(http.StatusNotFound,
		`{"errorCode":"E0000007","errorSummary":"Not found: Resource not found: guo1 (UDDevice)","errorId":"oae1","errorCauses":[]}`))
	_, err := client.Device(t.Context(), "guo1")
	if !IsNotFound(err) {
		t.Errorf("error %v, want not found", err)
	}
	_, err = client.DeviceUsers(t.Context(), "guo1")
	if !IsNotFound(err) {
		t.Errorf("error %v of the users, want not found", err)
	}
}

func TestADeviceIDStaysOneSegmentOfThePath(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ id, path string }{
		"a slash":               {id: "a/../../users", path: "/api/v1/devices/a%2F..%2F..%2Fusers"},
		"a query":               {id: "a?limit=1", path: "/api/v1/devices/a%3Flimit=1"},
		"a fragment":            {id: "a#b", path: "/api/v1/devices/a%23b"},
		"a percent sign":        {id: "a%2Fb", path: "/api/v1/devices/a%252Fb"},
		"a space and an umlaut": {id: "a ü", path: "/api/v1/devices/a%20%C3%BC"},
		"an id of Okta's":       {id: "guo4a5u7YAHhjXrMK0g4", path: "/api/v1/devices/guo4a5u7YAHhjXrMK0g4"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			network, client := acmeClient(t)
			var asked []string
			network.RegisterNoResponder(func(request *http.Request) (*http.Response, error) {
				asked = append(asked, request.URL.RequestURI())
				return reply(http.StatusNotFound, ""), nil
			})
			_, err := client.Device(t.Context(), test.id)
			assertText(t, err, "404", test.path)
			_, err = client.DeviceUsers(t.Context(), test.id)
			assertText(t, err, "404", test.path+"/users")
			if diff := cmp.Diff([]string{test.path, test.path + "/users"}, asked); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAnIDThatIsAnotherPlaceMakesNoCall(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", ".", ".."} {
		network, client := acmeClient(t)
		_, err := client.Device(t.Context(), id)
		assertText(t, err, "can't be the id")
		_, err = client.DeviceUsers(t.Context(), id)
		assertText(t, err, "can't be the id")
		assertCalls(t, network, 0)
	}
}

func TestDeviceUsersReadsAllPages(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	users := acmeDevice + "/guo1/users"
	network.RegisterResponder(http.MethodGet, users, func(request *http.Request) (*http.Response, error) {
		if request.URL.Query().Get("after") == "1" {
			return reply(http.StatusOK, `[{"user":{"id":"00u2"}}]`), nil
		}
		return reply(http.StatusOK, `[{"created":"2024-01-01T00:00:00.000Z","managementStatus":"MANAGED","screenLockType":"PASSCODE","user":{"id":"00u1",
			"status":"ACTIVE","profile":{"login":"user001@example.com","email":"user001@example.com","firstName":"User","lastName":null}}},42]`,
			`Link: <`+users+`?after=1>; rel="next"`), nil
	})
	got, err := client.DeviceUsers(t.Context(), "guo1")
	if err != nil {
		t.Fatal(err)
	}
	want := []DeviceUser{
		{
			ID: new("00u1"), Login: new("user001@example.com"), Email: new("user001@example.com"), FirstName: new("User"), Status: new("ACTIVE"),
			ManagementStatus: new("MANAGED"), ScreenLockType: new("PASSCODE"), Created: new("2024-01-01T00:00:00.000Z"),
		},
		{ID: new("00u2")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	assertCalls(t, network, 2)
}

func TestADeviceWithoutUsersHasNone(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	network.RegisterResponder(http.MethodGet, acmeDevice+"/guo1/users", always(http.StatusOK, `[]`))
	got, err := client.DeviceUsers(t.Context(), "guo1")
	if err != nil || got == nil || len(got) != 0 {
		t.Errorf("users %v, error %v", got, err)
	}
}

func TestTheCredentialGoesToTheOriginAloneAndOnlyInItsHeader(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	network.RegisterResponder(http.MethodGet, acmeDevice, func(request *http.Request) (*http.Response, error) {
		if got := request.Header.Get("Authorization"); got != "SSWS "+token {
			t.Errorf("Authorization %q", got)
		}
		if got := request.Header.Get("Accept"); got != "application/json" {
			t.Errorf("Accept %q", got)
		}
		if strings.Contains(request.URL.String(), token) {
			t.Error("the token is in the URL")
		}
		return reply(http.StatusFound, "", "Location: https://evil.example/"), nil
	})
	_, err := client.DevicesPage(t.Context(), DeviceQuery{Search: `profile.displayName eq "canary"`})
	if _, ok := errors.AsType[*failure.RedirectError](err); !ok {
		t.Fatalf("error %v, want a refused redirect", err)
	}
	if text := err.Error(); strings.Contains(text, "canary") || strings.Contains(text, token) {
		t.Errorf("the error shows a query or the token: %s", text)
	}
	assertCalls(t, network, 1)
}

func TestWithoutATokenNoCallIsMade(t *testing.T) {
	t.Parallel()
	network, httpClient := mocked(t)
	client := New(Config{HTTP: httpClient, Origin: origin(t, acme)})
	if _, err := client.Device(t.Context(), "guo1"); !errors.Is(err, errNoToken) {
		t.Errorf("error %v", err)
	}
	assertCalls(t, network, 0)
}

func TestACallWithoutAnAnswerNamesTheCallAndNotTheQuery(t *testing.T) {
	t.Parallel()
	network, client := acmeClient(t)
	network.RegisterResponder(http.MethodGet, acmeDevice, httpmock.NewErrorResponder(errors.New("the network is down")))
	_, err := client.DevicesPage(t.Context(), DeviceQuery{Search: `id eq "canary"`})
	assertText(t, err, "GET https://acme.okta.com/api/v1/devices", "the network is down")
	if strings.Contains(err.Error(), "canary") {
		t.Errorf("the error shows the search: %v", err)
	}
	if _, ok := errors.AsType[*failure.CallError](err); !ok {
		t.Errorf("error %T", err)
	}
}

func TestAnOriginThatIsNoURLIsAnError(t *testing.T) {
	t.Parallel()
	_, httpClient := mocked(t)
	client := New(Config{HTTP: httpClient, Origin: credential.Origin{Scheme: "https", Host: "a b", Port: "443"}, Token: credential.NewSecret(token)})
	_, err := client.Device(t.Context(), "guo1")
	var malformed *url.Error
	if err == nil || errors.As(err, &malformed) && strings.Contains(err.Error(), token) {
		t.Errorf("error %v", err)
	}
}
