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
	customers := map[string]map[string]string{}
	for key, base := range urls {
		customers[key] = map[string]string{"base_url": base, "token_version": "1"}
	}
	variables := func(values map[string]any) string {
		encoded, err := json.Marshal(values)
		if err != nil {
			t.Fatal(err)
		}
		return string(encoded)
	}
	cli := acctest.NewCLI(t, clouds, map[string]string{"OKTA_CLIENT_ORGURL": "", "OKTA_API_TOKEN": ""})
	cli.Write(t, "main.tf", example(t, "several-organizations/main.tf"))
	cli.Write(t, "terraform.tfvars.json", variables(map[string]any{"customers": customers, "okta_api_tokens": tokens}))
	reading := acctest.NewCLI(t, clouds, map[string]string{"OKTA_CLIENT_ORGURL": "", "OKTA_API_TOKEN": ""})
	reading.Write(t, "main.tf", example(t, "several-organizations/reading/main.tf"))
	clouds.ResetRequests(t)

	// Of each organization, the root that applies asks what it is, and its first page of devices for the test. The root
	// that reads asks for all its devices too. Of Sekoia, each asks four things once for all tests.
	const once = 4
	run := func(cli *acctest.CLI, toOkta, toSekoia int, arguments ...string) string {
		began := time.Now()
		printed := cli.Succeed(t, arguments...)
		counts := calls(t, clouds)
		t.Logf("terraform %s: %v, %d calls to Okta, %d to Sekoia", arguments[0], time.Since(began).Round(time.Millisecond),
			counts[acctest.Okta], counts[acctest.Sekoia])
		if counts[acctest.Okta] != toOkta || counts[acctest.Sekoia] > toSekoia {
			t.Errorf("want %d calls to Okta and at most %d to Sekoia", toOkta, toSekoia)
		}
		return printed
	}
	run(cli, 2*hundred, once+10, "plan", "-out=plan")     // the lists of connectors and accounts, once for all
	run(cli, 2*hundred, once+14*hundred, "apply", "plan") // make and wait: a busy machine asks more often
	if printed := run(cli, 0, once, "plan"); !strings.Contains(printed, "No changes.") {
		t.Errorf("a plan after the apply changes something:\n%s", printed)
	}
	var made, read struct {
		ConnectorIDs struct {
			Value map[string]string `json:"value"`
		} `json:"connector_ids"`
		Customers struct {
			Value map[string]struct {
				Passed         bool   `json:"passed"`
				OrganizationID string `json:"organization_id"`
				Assets         int    `json:"assets"`
				Covered        int    `json:"covered"`
			} `json:"value"`
		} `json:"customers"`
	}
	cli.JSON(t, &made, "output", "-json")
	reading.Write(t, "terraform.tfvars.json", variables(map[string]any{
		"customers": customers, "okta_api_tokens": tokens, "connector_ids": made.ConnectorIDs.Value,
	}))
	run(reading, 3*hundred, once+7*hundred, "apply", "-auto-approve")
	reading.JSON(t, &read, "output", "-json")
	for key, got := range read.Customers.Value {
		if !got.Passed || got.OrganizationID != "00o"+key || got.Assets != devices || got.Covered != devices {
			t.Errorf("%s is %+v", key, got)
		}
	}
	if len(read.Customers.Value) != hundred {
		t.Errorf("there are %d organizations", len(read.Customers.Value))
	}
}

// TestAccSeveralOrganizations does what the guide says of two customers: one whose token is missing, wrong or rotated,
// one that is renamed, and one that leaves.
func TestAccSeveralOrganizations(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
	globex := front(t, clouds, "00oGlobex")
	cli := acctest.NewCLI(t, clouds, map[string]string{"OKTA_CLIENT_ORGURL": "", "OKTA_API_TOKEN": ""})
	cli.Write(t, "main.tf", example(t, "several-organizations/main.tf"))
	set := func(customers map[string][2]string, tokens map[string]string) {
		values := map[string]map[string]string{}
		for key, customer := range customers {
			values[key] = map[string]string{"base_url": customer[0], "token_version": customer[1]}
		}
		encoded, err := json.Marshal(map[string]any{"customers": values, "okta_api_tokens": tokens})
		if err != nil {
			t.Fatal(err)
		}
		cli.Write(t, "terraform.tfvars.json", string(encoded))
	}
	good := clouds.Ready.OktaToken
	both := map[string][2]string{"acme": {clouds.Ready.OktaURL, "1"}, "globex": {globex, "1"}}
	set(both, map[string]string{"acme": good})
	cli.Fail(t, "Okta globex: there is no API token", "plan")
	set(both, map[string]string{"acme": good, "globex": good})
	cli.Succeed(t, "apply", "-auto-approve")
	for name, tokens := range map[string]map[string]string{"missing": {"acme": good}, "empty": {"acme": good, "globex": ""}} {
		set(both, tokens)
		if printed := cli.Succeed(t, "plan"); !strings.Contains(printed, "No changes.") {
			t.Errorf("a token that is %s without a change changes something:\n%s", name, printed)
		}
	}

	// Both are rotated, one to a token that Okta rejects: the other is updated all the same.
	both = map[string][2]string{"acme": {clouds.Ready.OktaURL, "2"}, "globex": {globex, "2"}}
	set(both, map[string]string{"acme": good, "globex": "00notthetokenofglobexnotthetokenofglobex00"})
	if printed := acctest.Flat(cli.Succeed(t, "plan")); !strings.Contains(printed, "Warning: Okta globex: Okta rejected the API token (401)") {
		t.Errorf("the plan does not warn:\n%s", printed)
	}
	cli.Fail(t, "Error: Okta globex: Okta rejected the API token (401)", "apply", "-auto-approve")
	set(both, map[string]string{"acme": good, "globex": good})
	if printed := cli.Succeed(t, "plan"); !strings.Contains(printed, "Plan: 0 to add, 1 to change, 0 to destroy.") || strings.Contains(printed, `customer["acme"] will`) {
		t.Errorf("the rotated one is changed again, or the other is not:\n%s", printed)
	}

	// One is rotated alone, and the other's connector is not touched.
	cli.Succeed(t, "apply", "-auto-approve")
	both["acme"] = [2]string{clouds.Ready.OktaURL, "3"}
	set(both, map[string]string{"acme": good, "globex": good})
	if printed := cli.Succeed(t, "apply", "-auto-approve"); !strings.Contains(printed, "0 added, 1 changed, 0 destroyed") {
		t.Errorf("a rotation of one is:\n%s", printed)
	}

	// One gets another key, and the other leaves.
	cli.Write(t, "moved.tf", "moved {\n  from = sekoia_okta_device_connector.customer[\"acme\"]\n  to   = sekoia_okta_device_connector.customer[\"acme-eu\"]\n}\n")
	set(map[string][2]string{"acme-eu": {clouds.Ready.OktaURL, "3"}}, map[string]string{"acme-eu": good})
	if printed := cli.Succeed(t, "apply", "-auto-approve"); !strings.Contains(printed, "0 added, 1 changed, 1 destroyed") {
		t.Errorf("a customer that is renamed and one that leaves are:\n%s", printed)
	}
	if state := clouds.State(t); len(state.Connectors) != 1 || len(state.Accounts) != 1 || len(state.Assets) == 0 {
		t.Errorf("left in Sekoia: %d connectors, %d accounts, %d assets", len(state.Connectors), len(state.Accounts), len(state.Assets))
	}
}
