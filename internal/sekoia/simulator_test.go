// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/shape"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// TestLifeAgainstTheSimulator makes every call of the client to the simulator, which was written from the same
// documents by other eyes, and is as strict: what it doesn't find described there it refuses.
func TestLifeAgainstTheSimulator(t *testing.T) {
	t.Parallel()
	config := simulator.DefaultConfig()
	config.Devices, config.Odd, config.Communities = 230, 0, 3
	config.Middleware = shape.Watch(t, shape.Options{}).Middleware
	clouds, err := simulator.Start(config)
	wantNoError(t, err)
	t.Cleanup(func() {
		if err := clouds.Close(); err != nil {
			t.Errorf("closing the simulator: %v", err)
		}
	})
	ready := clouds.Ready()
	client := simulatedClient(t, ready, ready.SekoiaAPIKey)
	ctx := t.Context()
	checkKey(t, client, ready)
	settings := sekoia.AccountSettings{
		sekoia.SettingBaseURL: credential.NewSecret(ready.OktaURL), sekoia.SettingAPIKey: credential.NewSecret(ready.OktaToken),
	}
	account, err := client.CreateAccount(ctx, sekoia.AccountFields{
		ModuleID: sekoia.OktaModuleID, Name: "Okta, first", CommunityID: ready.CommunityID, Settings: settings,
	})
	wantNoError(t, err)
	if account.CommunityID != ready.CommunityID || account.ModuleID != sekoia.OktaModuleID {
		t.Errorf("got account %+v", account)
	}
	if account.BaseURL != nil && *account.BaseURL != ready.OktaURL {
		t.Errorf("got base URL %q", *account.BaseURL)
	}
	connector, err := client.CreateConnector(ctx, sekoia.ConnectorFields{
		ConnectorID: sekoia.OktaDeviceConnectorID, Name: "Okta, first", CommunityID: ready.CommunityID, AccountID: account.ID,
	})
	wantNoError(t, err)
	if connector.AccountID != account.ID || connector.CommunityID != ready.CommunityID {
		t.Errorf("got connector %+v", connector)
	}
	checkSync(t, client, connector.ID, config.Devices)
	checkFound(t, client, ready, account.ID, connector.ID)
	checkChanges(t, client, account.ID, connector.ID, settings)
	checkRemovals(t, client, account.ID, connector.ID)
	stranger := simulatedClient(t, ready, "another-key")
	_, err = stranger.Me(ctx)
	if refusal := wantError[*sekoia.APIError](t, err); refusal.Status != http.StatusUnauthorized || refusal.Code == "" {
		t.Errorf("got %v", err)
	}
}

func simulatedClient(t *testing.T, ready simulator.Ready, key string) *sekoia.Client {
	t.Helper()
	httpClient, err := transport.New(transport.Options{})
	wantNoError(t, err)
	base, err := url.Parse(ready.SekoiaURL)
	wantNoError(t, err)
	t.Cleanup(httpClient.CloseIdleConnections)
	return sekoia.New(sekoia.Config{HTTP: httpClient, BaseURL: base, APIKey: credential.NewSecret(key)})
}

// checkKey reads what the key is and may.
func checkKey(t *testing.T, client *sekoia.Client, ready simulator.Ready) {
	t.Helper()
	_, err := client.Me(t.Context())
	wantNoError(t, err)
	communities, err := client.Communities(t.Context())
	wantNoError(t, err)
	if len(communities) != 3 || communities[0] != ready.CommunityID {
		t.Errorf("got communities %v", communities)
	}
	permissions, err := client.Permissions(t.Context())
	wantNoError(t, err)
	for _, wanted := range []sekoia.Permission{
		sekoia.PermissionViewIntakes, sekoia.PermissionManageIntakes, sekoia.PermissionEditAssetConnectors,
		sekoia.PermissionViewPlaybooks, sekoia.PermissionManagePlaybooks, sekoia.PermissionViewPlaybookRuns,
		sekoia.PermissionViewIntegrations,
	} {
		if !slices.Contains(permissions, sekoia.Permission{ID: wanted.ID}) {
			t.Errorf("the permission %q is not known by this id", wanted.Title)
		}
	}
	_, err = client.CatalogueConnector(t.Context(), sekoia.OktaDeviceConnectorID)
	wantNoError(t, err)
	_, err = client.CatalogueModule(t.Context(), sekoia.OktaModuleID)
	wantNoError(t, err)
	if _, err := client.CatalogueConnector(t.Context(), sekoia.OktaModuleID); !sekoia.IsNotFound(err) {
		t.Errorf("got %v for a connector that is not in the catalogue", err)
	}
}

// checkSync waits until all devices are assets, and reads these and the log.
func checkSync(t *testing.T, client *sekoia.Client, connectorID string, devices int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		count, err := client.CountAssets(ctx, connectorID)
		wantNoError(t, err)
		logs, err := client.ConnectorLogs(ctx, connectorID, 50)
		wantNoError(t, err)
		ended := slices.ContainsFunc(logs, func(line sekoia.LogLine) bool { return strings.HasPrefix(line.Message, "Next run") })
		if count == devices && ended {
			checkLogOrder(t, logs)
			break
		}
		<-ticker.C
	}
	ids := map[string]bool{}
	for asset, err := range client.Assets(ctx, sekoia.AssetQuery{ConnectorID: connectorID, Type: "host"}) {
		wantNoError(t, err)
		if len(asset.Connectors) == 0 || asset.Connectors[0].ExternalID == nil {
			t.Fatalf("got asset %+v", asset)
		}
		ids[*asset.Connectors[0].ExternalID] = true
	}
	if len(ids) != devices {
		t.Errorf("%d devices among the assets, want %d", len(ids), devices)
	}
}

func checkLogOrder(t *testing.T, logs []sekoia.LogLine) {
	t.Helper()
	if !slices.IsSortedFunc(logs, func(a, b sekoia.LogLine) int { return b.Date.Compare(a.Date) }) {
		t.Errorf("the log is not newest first: %v", logs)
	}
	if oldest := logs[len(logs)-1]; !strings.HasPrefix(oldest.Message, "Starting a new asset fetch cycle") || oldest.Date.IsZero() {
		t.Errorf("the oldest line is %+v", oldest)
	}
}

// checkFound lists by names that hold commas, and by community.
func checkFound(t *testing.T, client *sekoia.Client, ready simulator.Ready, accountID, connectorID string) {
	t.Helper()
	for name, found := range map[string]int{"": 1, "Okta, first": 1, "Okta": 0, "okta, first": 0} {
		accounts, err := client.Accounts(t.Context(), sekoia.Query{Kind: sekoia.OktaModuleID, CommunityID: ready.CommunityID, Name: name})
		wantNoError(t, err)
		connectors, err := client.Connectors(t.Context(), sekoia.Query{Kind: sekoia.OktaDeviceConnectorID, CommunityID: ready.CommunityID, Name: name})
		wantNoError(t, err)
		if len(accounts) != found || len(connectors) != found {
			t.Errorf("%q: %d accounts, %d connectors", name, len(accounts), len(connectors))
		}
	}
	connector, err := client.Connector(t.Context(), connectorID)
	wantNoError(t, err)
	if connector.AccountID != accountID || connector.Status == nil || !connector.Status.Enabled() {
		t.Errorf("got %+v", connector)
	}
	usage, err := client.AccountUsage(t.Context(), accountID)
	wantNoError(t, err)
	if usage != (sekoia.Usage{Connectors: 1}) {
		t.Errorf("got usage %+v", usage)
	}
}

// checkChanges changes all that can be changed, and stops and starts twice.
func checkChanges(t *testing.T, client *sekoia.Client, accountID, connectorID string, settings sekoia.AccountSettings) {
	t.Helper()
	ctx := t.Context()
	wantNoError(t, client.UpdateConnector(ctx, connectorID, sekoia.ConnectorFields{Name: "Okta, second"}))
	wantNoError(t, client.UpdateConnector(ctx, connectorID, sekoia.ConnectorFields{AccountID: accountID}))
	wantNoError(t, client.UpdateAccount(ctx, accountID, sekoia.AccountFields{Name: "Okta, second"}))
	wantNoError(t, client.UpdateAccount(ctx, accountID, sekoia.AccountFields{Settings: settings}))
	for range 2 {
		_, err := client.StopConnector(ctx, connectorID)
		wantNoError(t, err)
	}
	connector, err := client.Connector(ctx, connectorID)
	wantNoError(t, err)
	if connector.Name != "Okta, second" || connector.Status == nil || connector.Status.Enabled() {
		t.Errorf("got %+v", connector)
	}
	started, err := client.StartConnector(ctx, connectorID)
	wantNoError(t, err)
	if started.IsZero() {
		t.Error("the start's answer has no Date")
	}
	_, err = client.StartConnector(ctx, connectorID)
	wantNoError(t, err)
}

// checkRemovals removes both objects, twice.
func checkRemovals(t *testing.T, client *sekoia.Client, accountID, connectorID string) {
	t.Helper()
	ctx := t.Context()
	for range 2 {
		wantNoError(t, client.DeleteConnector(ctx, connectorID))
	}
	usage, err := client.AccountUsage(ctx, accountID)
	wantNoError(t, err)
	if !usage.Unused() {
		t.Errorf("got usage %+v", usage)
	}
	for range 2 {
		wantNoError(t, client.DeleteAccount(ctx, accountID))
	}
	if _, err := client.Connector(ctx, connectorID); !sekoia.IsNotFound(err) {
		t.Errorf("connector: got %v", err)
	}
	if _, err := client.Account(ctx, accountID); !sekoia.IsNotFound(err) {
		t.Errorf("account: got %v", err)
	}
	if _, err := client.StartConnector(ctx, connectorID); !sekoia.IsNotFound(err) {
		t.Errorf("start: got %v", err)
	}
}
