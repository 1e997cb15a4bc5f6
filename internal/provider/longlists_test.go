// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/provider"
)

const (
	acme          = "https://acme.okta.com"
	someConnector = "b0000000-0000-4000-8000-000000000001"
)

// inventories are both clouds, with one page of devices and one of assets.
type inventories struct {
	devices, assets []any
}

// RoundTrip implements http.RoundTripper.
func (i inventories) RoundTrip(request *http.Request) (*http.Response, error) {
	var answer any
	switch path := request.URL.Path; {
	case path == "/.well-known/okta-organization":
		answer = map[string]any{"id": "00o1", "pipeline": "idx", "_links": map[string]any{"organization": map[string]any{"href": acme}}}
	case path == "/api/v1/devices":
		answer = i.devices
	case strings.HasPrefix(path, "/v2/asset-management/assets"):
		answer = map[string]any{"total": len(i.assets), "items": i.assets}
	case strings.HasPrefix(path, "/v1/symphony/connector-configurations/"):
		answer = map[string]any{"uuid": someConnector, "connector_uuid": "b6e2c8a2-4f3b-4e7a-8c1d-2e4f3a6b7c9d", "module_configuration_uuid": someConnector}
	case strings.HasPrefix(path, "/v1/symphony/module-configurations/"):
		answer = map[string]any{"uuid": someConnector, "value": map[string]any{"base_url": acme}}
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(string(body))), Request: request,
	}, nil
}

// maker makes up what the clouds hold.
type maker struct{ *rand.Rand }

// object has some of the members, some of them null.
func (m maker) object(values map[string]func() any) map[string]any {
	object := map[string]any{}
	for name, value := range values {
		switch m.IntN(4) {
		case 0:
		case 1:
			object[name] = nil
		default:
			object[name] = value()
		}
	}
	return object
}

func (m maker) text() any {
	return []any{"", "a", "Ångström", "e\u0301", "漢字 🦊", "HAL9000", "ACTIVE", "\u202e\x00", strings.Repeat("é", m.IntN(300)), "2026-01-02T03:04:05.678Z"}[m.IntN(10)]
}

func (m maker) flag() any { return m.IntN(2) == 0 }

func (m maker) texts(more map[string]func() any, names ...string) map[string]any {
	values := map[string]func() any{}
	for _, name := range names {
		values[name] = m.text
	}
	maps.Copy(values, more)
	return m.object(values)
}

func (m maker) device(id string) map[string]any {
	user := func() any {
		return m.texts(map[string]func() any{"user": func() any {
			return m.texts(map[string]func() any{"profile": func() any { return m.texts(nil, "login", "email", "firstName", "lastName") }}, "id", "status")
		}}, "created", "managementStatus", "screenLockType")
	}
	device := m.texts(map[string]func() any{
		"profile": func() any {
			return m.texts(map[string]func() any{"registered": m.flag, "secureHardwarePresent": m.flag, "managed": m.flag, "integrityJailbreak": m.flag},
				"displayName", "platform", "manufacturer", "model", "osVersion", "serialNumber", "imei", "meid", "udid", "sid", "tpmPublicKeyHash", "diskEncryptionType")
		},
		"_embedded": func() any { return map[string]any{"users": m.list(3, func(string) any { return user() })} },
	}, "status", "created", "lastUpdated")
	if m.IntN(10) > 0 {
		device["id"] = id
	}
	return device
}

func (m maker) asset(id string) map[string]any {
	asset := m.texts(map[string]func() any{
		"revoked": m.flag,
		"connectors": func() any {
			return m.list(3, func(string) any {
				share := m.texts(nil, "connector_uuid", "first_seen", "last_seen", "external_id")
				share["uuid"] = []string{someConnector, "another"}[m.IntN(2)]
				if m.IntN(2) == 0 {
					share["external_id"] = fmt.Sprint("id", m.IntN(40))
				}
				return share
			})
		},
	}, "community_uuid", "name", "type", "first_seen", "last_seen", "created_at")
	asset["uuid"] = id
	return asset
}

// list has fewer elements than most.
func (m maker) list(most int, element func(id string) any) []any {
	list := make([]any, m.IntN(most))
	for index := range list {
		list[index] = element(fmt.Sprint("id", index))
	}
	return list
}

// TestLongListsAreTheFrameworksOwn reads random inventories with each data source that has a long list, through the
// provider's server and through the framework's: the state is the same.
func TestLongListsAreTheFrameworksOwn(t *testing.T) {
	t.Parallel()
	seeds := uint64(60)
	if testing.Short() {
		seeds = 6
	}
	for seed := range seeds {
		random := maker{rand.New(rand.NewPCG(seed, 0))} //nolint:gosec // a test's, and the same each time
		clouds := inventories{
			devices: random.list(90, func(id string) any { return random.device(id) }),
			assets:  random.list(90, func(id string) any { return random.asset(id) }),
		}
		environment := map[string]string{"SEKOIA_API_KEY": "key", "OKTA_CLIENT_ORGURL": acme, "OKTA_API_TOKEN": "token"}
		lookup := func(name string) (string, bool) {
			value, found := environment[name]
			return value, found
		}
		made := provider.New("test", provider.Environment{Lookup: lookup, Network: clouds})
		for source, arguments := range map[string]map[string]tftypes.Value{
			"sekoia_okta_devices":         {"include_users": tftypes.NewValue(tftypes.Bool, seed%2 == 0)},
			"sekoia_assets":               nil,
			"sekoia_okta_device_coverage": {"connector_id": tftypes.NewValue(tftypes.String, someConnector)},
		} {
			want := stateOf(t, providerserver.NewProtocol6(made)(), source, arguments)
			if got := stateOf(t, provider.NewServer(made)(), source, arguments); !got.Equal(want) {
				difference, err := want.Diff(got)
				t.Errorf("seed %d: %s differs from the framework's: %v %v", seed, source, difference, err)
			}
		}
	}
}

// stateOf reads a data source.
func stateOf(t *testing.T, server tfprotov6.ProviderServer, source string, arguments map[string]tftypes.Value) tftypes.Value {
	t.Helper()
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	config := objectOf(t, schemas.Provider.ValueType(), nil)
	if _, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: config}); err != nil {
		t.Fatal(err)
	}
	kind := schemas.DataSourceSchemas[source].ValueType()
	answer, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: source, Config: objectOf(t, kind, arguments)})
	if err != nil {
		t.Fatal(err)
	}
	for _, diagnostic := range answer.Diagnostics {
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			t.Fatalf("%s: %s: %s", source, diagnostic.Summary, diagnostic.Detail)
		}
	}
	state, err := answer.State.Unmarshal(kind)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// objectOf has these attributes; the others are null.
func objectOf(t *testing.T, kind tftypes.Type, attributes map[string]tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	object, ok := kind.(tftypes.Object)
	if !ok {
		t.Fatal("the schema is no object")
	}
	values := map[string]tftypes.Value{}
	for name, typ := range object.AttributeTypes {
		values[name] = tftypes.NewValue(typ, nil)
	}
	maps.Copy(values, attributes)
	made, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, values))
	if err != nil {
		t.Fatal(err)
	}
	return &made
}
