// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/provider"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/protocol"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

// World is both clouds, and a Terraform whose provider can reach nothing else.
type World struct {
	*protocol.Terraform
	simulator *simulator.Simulator
	ready     simulator.Ready
	network   *network
	connector *connectorNetwork
	admin     *http.Client
	// second is a second Okta organization; nil: there is none.
	second *simulator.Simulator
	// key is the service app's.
	key appKey
	// otherToken is a second token that Okta takes.
	otherToken string
	// takenBack is a name that the account may keep: a rename writes the account first, and if it is killed before it
	// writes the connector and then taken back, nothing shows that. The next write of the account sends the name with
	// it.
	takenBack any
	// killed are the calls of the process that was killed last.
	killed []sent
	// data is what a data source or a list gave last.
	data string
}

// connectorNetwork is how the simulated connector reaches Okta. It notes what the connector does last, which is what it
// was started with.
type connectorNetwork struct {
	mu         sync.Mutex
	clouds     http.RoundTripper
	credential string
	host       string
}

// RoundTrip implements http.RoundTripper.
func (c *connectorNetwork) RoundTrip(req *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.credential, c.host = req.Header.Get("Authorization"), req.URL.Host
	clouds := c.clouds
	c.mu.Unlock()
	if req.URL.Host == otherName {
		return redirect{clouds}.RoundTrip(req)
	}
	return clouds.RoundTrip(req)
}

// used are the token and the host that the connector used last.
func (c *connectorNetwork) used() (token, host string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.TrimPrefix(c.credential, "SSWS "), c.host
}

const (
	// speed divides the times that Sekoia takes.
	speed = 10
	// rest is how long a connector sleeps after a cycle that found nothing, before speed divides it: longer than any
	// case.
	rest = 48 * time.Hour
)

// fewDevices is how many devices a world has that needs no more.
const fewDevices = 3

// newWorld begins both clouds. The caller must Close it.
func newWorld(ctx context.Context, like setup) (*World, error) {
	w := &World{connector: &connectorNetwork{}, otherToken: strings.Repeat("00other", 6)}
	var err error
	if w.key, err = serviceKey(); err != nil {
		return nil, err
	}
	settings := simulator.DefaultConfig()
	settings.Offline, settings.Devices, settings.Odd, settings.Speed = true, max(like.devices, fewDevices), 0, speed
	settings.SyncInterval = rest
	settings.ConnectorTransport = w.connector
	if like.app {
		settings.ServiceApps = w.key.app(like.dpop)
	}
	if w.simulator, err = simulator.Start(settings); err != nil {
		return nil, err
	}
	w.ready = w.simulator.Ready()
	clouds := w.simulator.Transport()
	w.admin = &http.Client{Transport: clouds}
	w.connector.clouds = clouds
	w.network = &network{
		clouds: clouds, hosts: map[string]string{otherName: okta}, counts: map[Call]int{}, owners: map[string]string{},
	}
	if like.second {
		if err := w.beginSecond(); err != nil {
			return nil, errors.Join(err, w.Close())
		}
	}
	for cloud, address := range map[string]string{okta: w.ready.OktaURL, sekoia: w.ready.SekoiaURL} {
		parsed, err := url.Parse(address)
		if err != nil {
			return nil, errors.Join(err, w.Close())
		}
		w.network.hosts[parsed.Host] = cloud
	}
	environment := w.environment(like)
	lookup := func(name string) (string, bool) {
		value, found := environment[name]
		return value, found
	}
	w.Terraform = &protocol.Terraform{Serve: func() (tfprotov6.ProviderServer, error) {
		return providerserver.NewProtocol6WithError(provider.New("test", provider.Environment{Lookup: lookup, Network: w.network}))()
	}}
	if like.second {
		w.Provider = w.organizations()
	}
	tokens := map[string]any{"valid": []string{w.ready.OktaToken, w.otherToken}}
	if err := w.call(ctx, http.MethodPut, w.ready.AdminURL+"/_simulator/tokens", tokens, nil); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// environment is what the provider's process finds.
func (w *World) environment(like setup) map[string]string {
	environment := map[string]string{
		"SEKOIA_BASE_URL": w.ready.SekoiaURL, "SEKOIA_API_KEY": w.ready.SekoiaAPIKey, "OKTA_CLIENT_ORGURL": w.ready.OktaURL,
	}
	if like.app {
		environment["OKTA_API_CLIENT_ID"], environment["OKTA_API_PRIVATE_KEY"] = clientID, w.key.text
		environment["OKTA_API_SCOPES"] = strings.Join(appScopes, " ")
	} else {
		environment["OKTA_API_TOKEN"] = w.ready.OktaToken
	}
	return environment
}

const (
	// secondHost is where the second organization seems to be.
	secondHost = "127.0.0.1:4"
	// otherName is another host of the first organization, as a custom domain is.
	otherName = "127.0.0.1:5"
	// offlineHost is where each organization's simulator is.
	offlineHost = "127.0.0.1:1"
)

// beginSecond begins a second organization.
func (w *World) beginSecond() error {
	settings := simulator.DefaultConfig()
	settings.Offline, settings.Devices, settings.Odd, settings.Seed = true, fewDevices, 0, 2
	settings.OktaPublicURL, settings.ServiceApps = "http://"+secondHost, w.key.app(true)
	var err error
	if w.second, err = simulator.Start(settings); err != nil {
		return err
	}
	w.network.hosts[secondHost] = secondOkta
	w.network.second = redirect{w.second.Transport()}
	return nil
}

// redirect reaches a simulator that listens nowhere under another host's name.
type redirect struct{ to http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (r redirect) RoundTrip(req *http.Request) (*http.Response, error) {
	moved := req.Clone(req.Context())
	moved.URL.Host, moved.Host = offlineHost, ""
	return r.to.RoundTrip(moved)
}

// organizations is the provider block of two organizations, each with a credential of its own kind.
func (w *World) organizations() map[string]any {
	return map[string]any{"okta_organizations": map[string]any{
		"first":  map[string]any{"base_url": w.ready.OktaURL, "api_token": w.ready.OktaToken},
		"second": map[string]any{"base_url": "http://" + secondHost, "client_id": clientID, "private_key": w.key.text},
	}}
}

// Close ends the clouds.
func (w *World) Close() error {
	err := w.simulator.Close()
	if w.second != nil {
		err = errors.Join(err, w.second.Close())
	}
	return err
}

// call makes a call to the simulator, past the provider.
func (w *World) call(ctx context.Context, method, address string, body, into any) error {
	return acctest.Call(ctx, w.admin, w.ready, method, address, body, into)
}

// held is what Sekoia holds, without what is deleted and what a stranger made.
func (w *World) held(ctx context.Context) (accounts []acctest.Account, connectors []acctest.Connector, err error) {
	var state acctest.State
	if err := w.call(ctx, http.MethodGet, w.ready.AdminURL+"/_simulator/state", nil, &state); err != nil {
		return nil, nil, err
	}
	for _, account := range state.Accounts {
		if !account.Deleted && account.CreatedBy != stranger {
			accounts = append(accounts, account)
		}
	}
	for _, connector := range state.Connectors {
		if !connector.Deleted {
			connectors = append(connectors, connector)
		}
	}
	return accounts, connectors, nil
}

// secrets are texts that no diagnostic may show.
func (w *World) secrets() []string {
	secrets := []string{w.ready.OktaToken, w.otherToken, w.ready.SekoiaAPIKey, canary, lyingToken}
	if w.key.text != "" {
		secrets = append(secrets, w.key.secret())
	}
	if w.network != nil {
		secrets = append(secrets, w.network.credentials()...)
	}
	return secrets
}

func itoa(n int) string { return strconv.Itoa(n) }
