// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/shape"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

func TestRunRemovesWhatLiveTestsLeft(t *testing.T) {
	t.Parallel()
	config := simulator.DefaultConfig()
	config.Middleware = shape.Watch(t, shape.Options{OddDevices: true}).Middleware
	clouds, err := simulator.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := clouds.Close(); err != nil {
			t.Error(err)
		}
	})
	ready := clouds.Ready()
	environment := map[string]string{"SEKOIA_BASE_URL": ready.SekoiaURL, "SEKOIA_API_KEY": ready.SekoiaAPIKey}
	client, err := newClient(func(name string) string { return environment[name] })
	if err != nil {
		t.Fatal(err)
	}
	account := func(name string) string {
		made, err := client.CreateAccount(t.Context(), sekoia.AccountFields{
			ModuleID: sekoia.OktaModuleID, Name: name, CommunityID: ready.CommunityID,
			Settings: sekoia.AccountSettings{
				sekoia.SettingBaseURL: credential.NewSecret(ready.OktaURL), sekoia.SettingAPIKey: credential.NewSecret(ready.OktaToken),
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		return made.ID
	}
	connector := func(name, account string) {
		if _, err := client.CreateConnector(t.Context(), sekoia.ConnectorFields{
			ConnectorID: sekoia.OktaDeviceConnectorID, Name: name, CommunityID: ready.CommunityID, AccountID: account,
		}); err != nil {
			t.Fatal(err)
		}
	}
	connector("tf-acc-left", account("tf-acc-left"))
	account("tf-acc-without-connector")
	connector("Okta devices", account("Okta devices"))
	used := account("tf-acc-used")
	connector("somebody else's", used)
	var out bytes.Buffer
	err = run(t.Context(), func(name string) string { return environment[name] }, &out)
	if err == nil || !strings.Contains(err.Error(), used) || !strings.Contains(err.Error(), "in use") {
		t.Errorf("the account in use is not named: %v", err)
	}
	if got := strings.Count(out.String(), "Removed"); got != 3 {
		t.Errorf("%d objects were removed, not 3:\n%s", got, out.String())
	}
	connectors, err := client.Connectors(t.Context(), sekoia.Query{})
	if err != nil || len(connectors) != 2 {
		t.Errorf("%d connectors are left, not 2 (%v)", len(connectors), err)
	}
	accounts, err := client.Accounts(t.Context(), sekoia.Query{})
	if err != nil || len(accounts) != 2 {
		t.Errorf("%d accounts are left, not 2 (%v)", len(accounts), err)
	}
}

func TestRunSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		environment map[string]string
		says        string
	}{
		"no key":                     {nil, "SEKOIA_API_KEY is not set"},
		"a region that is no region": {map[string]string{"SEKOIA_API_KEY": "k", "SEKOIA_REGION": "Mars"}, "SEKOIA_REGION"},
		"a base URL that is no URL":  {map[string]string{"SEKOIA_API_KEY": "k", "SEKOIA_BASE_URL": "nowhere"}, "SEKOIA_BASE_URL"},
		"a base URL without TLS":     {map[string]string{"SEKOIA_API_KEY": "k", "SEKOIA_BASE_URL": "http://sekoia.example"}, "sekoia.example"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := run(t.Context(), func(name string) string { return test.environment[name] }, &bytes.Buffer{})
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v does not say %q", err, test.says)
			}
		})
	}
}
