// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// hundred is how many organizations there are.
const hundred = 100

// front makes another organization of the simulated one: the same devices, at a URL and with an id of its own. Its
// calls are in the simulator's log.
func front(t *testing.T, clouds *acctest.Clouds, id string) string {
	t.Helper()
	behind, err := url.Parse(clouds.Ready.OktaURL)
	if err != nil {
		t.Fatal(err)
	}
	var own string
	proxy := &httputil.ReverseProxy{
		Rewrite: func(request *httputil.ProxyRequest) { request.SetURL(behind) },
		ModifyResponse: func(answer *http.Response) error {
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				return err
			}
			if answer.Request.URL.Path == "/.well-known/okta-organization" {
				var about map[string]any
				if err := json.Unmarshal(body, &about); err != nil {
					return err
				}
				about["id"] = id
				if body, err = json.Marshal(about); err != nil {
					return err
				}
			}
			body = bytes.ReplaceAll(body, []byte(behind.String()), []byte(own))
			answer.Body = io.NopCloser(bytes.NewReader(body))
			answer.ContentLength = int64(len(body))
			answer.Header.Set("Content-Length", strconv.Itoa(len(body)))
			for index, link := range answer.Header["Link"] {
				answer.Header["Link"][index] = strings.ReplaceAll(link, behind.String(), own)
			}
			return nil
		},
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	own = server.URL
	return own
}

// calls counts what was asked of both clouds, without the connectors' own calls.
func calls(t *testing.T, clouds *acctest.Clouds) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, cloud := range []string{acctest.Okta, acctest.Sekoia} {
		counts[cloud] = len(clouds.Requests(t).Of(cloud))
	}
	clouds.ResetRequests(t)
	return counts
}

// TestAccHundredOrganizations applies the example with a hundred organizations, which one simulator stands in for.
func TestAccHundredOrganizations(t *testing.T) {
	t.Parallel()
	const devices = 3

	// A connector that syncs all the time would only keep the machine busy.
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd, c.SyncInterval = devices, 0, 1000*time.Hour })
	urls, tokens := map[string]string{}, map[string]string{}
	for index := range hundred {
		key := fmt.Sprintf("org%03d", index)
		urls[key], tokens[key] = front(t, clouds, "00o"+key), clouds.Ready.OktaToken
	}
	written, err := os.ReadFile("../../examples/several-organizations/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	values, err := json.Marshal(map[string]any{"okta_organizations": urls, "okta_api_tokens": tokens})
	if err != nil {
		t.Fatal(err)
	}
	cli := acctest.NewCLI(t, clouds, map[string]string{"OKTA_CLIENT_ORGURL": "", "OKTA_API_TOKEN": ""})
	cli.Write(t, "main.tf", string(written))
	cli.Write(t, "terraform.tfvars.json", string(values))
	clouds.ResetRequests(t)

	// Of each organization, each process asks what it is, its first page of devices for the test, and its devices. Of
	// Sekoia it asks four things once for all tests.
	const toOkta, once = 3 * hundred, 4
	run := func(atMost int, arguments ...string) string {
		began := time.Now()
		printed := cli.Succeed(t, arguments...)
		counts := calls(t, clouds)
		t.Logf("terraform %s: %v, %d calls to Okta, %d to Sekoia", arguments[0], time.Since(began).Round(time.Millisecond),
			counts[acctest.Okta], counts[acctest.Sekoia])
		if counts[acctest.Okta] != toOkta || counts[acctest.Sekoia] > atMost {
			t.Errorf("want %d calls to Okta and at most %d to Sekoia", toOkta, atMost)
		}
		return printed
	}
	run(once+hundred, "plan", "-out=plan") // is there a connector of this name?
	run(once+18*hundred, "apply", "plan")  // make, wait, read
	var outputs struct {
		Organizations struct {
			Value map[string]struct {
				Passed         bool   `json:"passed"`
				OrganizationID string `json:"organization_id"`
				Devices        int    `json:"devices"`
				Assets         int    `json:"assets"`
				Covered        int    `json:"covered"`
			} `json:"value"`
		} `json:"organizations"`
	}
	cli.JSON(t, &outputs, "output", "-json")
	for key, got := range outputs.Organizations.Value {
		if !got.Passed || got.OrganizationID != "00o"+key || got.Devices != devices || got.Assets != devices || got.Covered != devices {
			t.Errorf("%s is %+v", key, got)
		}
	}
	if len(outputs.Organizations.Value) != hundred {
		t.Errorf("there are %d organizations", len(outputs.Organizations.Value))
	}
	if printed := run(once+8*hundred, "plan"); !strings.Contains(printed, "No changes.") && !strings.Contains(printed, "without changing any real infrastructure") {
		t.Errorf("a plan behind the apply changes something:\n%s", printed)
	}
}
