// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credentials

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"maps"
	"net/http"
	"strings"
	"sync"

	"github.com/go-jose/go-jose/v4"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/provider"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/protocol"
	sekoiaapi "github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

const (
	// clientID is the service app's.
	clientID = "0oaCredentials000001"
	// planted is the token of accounts that were there before.
	planted = "00planted-by-somebody-else"
)

// World is the clouds, the attacker, and a Terraform that can reach nothing else.
type World struct {
	*protocol.Terraform
	*internet
	// Environment is the provider's.
	Environment map[string]string
	simulator   *simulator.Simulator
	ready       simulator.Ready
	key         string // the service app's, PEM
	account     string // the UUID of an account that somebody else planted
}

// appKey is made once: keys cost time.
var appKey = sync.OnceValues(func() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) })

// NewWorld begins the clouds. The caller must Close it.
func NewWorld(ctx context.Context) (*World, error) {
	w := &World{internet: &internet{allowed: map[string][]string{}}}
	settings, err := w.settings()
	if err != nil {
		return nil, err
	}
	if w.simulator, err = simulator.Start(settings); err != nil {
		return nil, err
	}
	w.ready = w.simulator.Ready()
	w.clouds = w.simulator.Transport()
	w.sites = map[string]string{okta: w.ready.OktaURL, sekoia: w.ready.SekoiaURL}
	w.oktaSecrets, w.sekoiaSecrets = []string{w.ready.OktaToken, keyLine(w.key)}, []string{w.ready.SekoiaAPIKey}
	w.allowed[okta] = []string{"https://" + ownHost}
	w.allowed[sekoia] = []string{"https://" + sekoiaHost}
	w.Environment = map[string]string{"SEKOIA_API_KEY": w.ready.SekoiaAPIKey}
	lookup := func(name string) (string, bool) {
		value, found := w.Environment[name]
		return value, found
	}
	w.Terraform = &protocol.Terraform{Provider: map[string]any{}, Serve: func() (tfprotov6.ProviderServer, error) {
		return providerserver.NewProtocol6WithError(provider.New("test", provider.Environment{Lookup: lookup, Network: w.internet}))()
	}}
	if err := w.describe(ctx); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// keyLine is a part of a PEM that nothing else has.
func keyLine(text string) string { return strings.Split(text, "\n")[1] }

func (w *World) settings() (simulator.Config, error) {
	settings := simulator.DefaultConfig()
	settings.Offline, settings.Devices, settings.Odd, settings.Speed = true, 3, 0, 10
	settings.SyncInterval = rest
	settings.OktaPublicURL = "https://" + ownHost
	settings.ConnectorTransport = w.internet
	key, err := appKey()
	if err != nil {
		return settings, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return settings, err
	}
	keys, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), Use: "sig", Algorithm: "ES256", KeyID: "one"}}})
	w.key = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	settings.ServiceApps = []simulator.ServiceApp{{ClientID: clientID, JWKS: keys, Scopes: []string{"okta.devices.read"}, DPoP: true}}
	return settings, err
}

// describe gives the organization its custom domain, and learns its id.
func (w *World) describe(ctx context.Context) error {
	if err := w.call(ctx, http.MethodPut, w.ready.AdminURL+"/_simulator/organization", map[string]any{"alternate": "https://" + customHost}, nil); err != nil {
		return err
	}
	var organization struct {
		ID string `json:"id"`
	}
	err := w.call(ctx, http.MethodGet, w.ready.OktaURL+wellKnownPath, nil, &organization)
	w.organization = organization.ID
	return err
}

// Close ends the clouds.
func (w *World) Close() error { return w.simulator.Close() }

// call makes a call to the simulator, past the provider.
func (w *World) call(ctx context.Context, method, address string, body, into any) error {
	return acctest.Call(ctx, &http.Client{Transport: w.clouds}, w.ready, method, address, body, into)
}

// accounts are what Sekoia holds, without what is deleted, and without what was planted if nothing was written to it
// since.
func (w *World) accounts(ctx context.Context) ([]acctest.Account, error) {
	var state struct {
		Accounts []struct {
			acctest.Account
			CreatedAt string `json:"created_at"`
			UpdatedAt string `json:"updated_at"`
		} `json:"accounts"`
	}
	err := w.call(ctx, http.MethodGet, w.ready.AdminURL+"/_simulator/state", nil, &state)
	var found []acctest.Account
	for _, account := range state.Accounts {
		if !account.Deleted && (account.UUID != w.account || account.UpdatedAt != account.CreatedAt) {
			found = append(found, account.Account)
		}
	}
	return found, err
}

// takeAway moves the connectors of an account to the planted one, and deletes it.
func (w *World) takeAway(ctx context.Context, account string) error {
	var state acctest.State
	if err := w.call(ctx, http.MethodGet, w.ready.AdminURL+"/_simulator/state", nil, &state); err != nil {
		return err
	}
	for _, connector := range state.Connectors {
		if connector.ModuleConfigurationUUID != account {
			continue
		}
		err := w.call(ctx, http.MethodPatch, w.ready.SekoiaURL+"/v1/symphony/connector-configurations/"+connector.UUID,
			map[string]any{"module_configuration_uuid": w.account}, nil)
		if err != nil {
			return err
		}
	}
	return w.call(ctx, http.MethodDelete, w.ready.SekoiaURL+"/v1/symphony/module-configurations/"+account, nil, nil)
}

// plantAccount makes an account by hand, as somebody with an account in Sekoia can.
func (w *World) plantAccount(ctx context.Context, baseURL string) error {
	var account struct {
		UUID string `json:"uuid"`
	}
	err := w.call(ctx, http.MethodPost, w.ready.SekoiaURL+"/v1/symphony/module-configurations", map[string]any{
		"name": "Okta devices", "module_uuid": sekoiaapi.OktaModuleID, "community_uuid": w.ready.CommunityID,
		"value": map[string]any{"base_url": baseURL, "apikey": planted},
	}, &account)
	if err == nil {
		w.account = account.UUID
	}
	return err
}

// plant makes an account by hand, and a connector on it.
func (w *World) plant(ctx context.Context, baseURL string) (connector string, err error) {
	if err := w.plantAccount(ctx, baseURL); err != nil {
		return "", err
	}
	var made struct {
		UUID string `json:"uuid"`
	}
	err = w.call(ctx, http.MethodPost, w.ready.SekoiaURL+"/v1/symphony/connector-configurations", map[string]any{
		"name": "Okta devices", "connector_uuid": sekoiaapi.OktaDeviceConnectorID, "module_configuration_uuid": w.account, "community_uuid": w.ready.CommunityID,
		"value": map[string]any{},
	}, &made)
	return made.UUID, err
}

// connector is a configuration, with changes; nil takes an argument out.
func (w *World) connector(changes map[string]any) map[string]any {
	made := map[string]any{
		"name": "Okta devices", "base_url": "https://" + ownHost, "api_token_wo": w.ready.OktaToken, "api_token_wo_version": "1",
		"sync": map[string]any{"wait_for": "none"},
	}
	maps.Copy(made, changes)
	return made
}
