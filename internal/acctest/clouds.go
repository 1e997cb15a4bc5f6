// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"maps"
	"net/http"
	"os"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/config"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/provider"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/shape"
)

// LiveVariable chooses the real services, with the credentials in the environment, for the tests that can run on them.
const LiveVariable = "TF_ACC_LIVE"

// Live reports whether the tests that can use the real services run on them.
func Live() bool { return os.Getenv(LiveVariable) == "1" }

// Clouds are an Okta organization and a Sekoia community for one test.
type Clouds struct {
	// Ready says where they are and which credentials they take.
	Ready simulator.Ready
	// Live is true for the real services, which take no admin calls.
	Live bool
	// Stop ends the simulator before the test does, as a crash would; nil for the real services.
	Stop func()

	environment map[string]string
	admin       *http.Client
}

// Start begins a simulator that ends with the test, on free ports. Each change alters its configuration, which begins
// as the command's defaults. Every request and every answer is checked against the vendors' documents, unless a change
// sets Middleware.
func Start(t testing.TB, changes ...func(*simulator.Config)) *Clouds {
	t.Helper()
	settings := simulator.DefaultConfig()
	for _, change := range changes {
		change(&settings)
	}
	if settings.Middleware == nil {
		settings.Middleware = shape.Watch(t, shape.Options{OddDevices: true}).Middleware
	}
	started, err := simulator.Start(settings)
	if err != nil {
		t.Fatalf("start the simulator: %v", err)
	}
	client := &http.Client{Transport: &http.Transport{}}
	stop := sync.OnceFunc(func() {
		client.CloseIdleConnections()
		if err := started.Close(); err != nil {
			t.Errorf("end the simulator: %v", err)
		}
	})
	t.Cleanup(stop)
	ready := started.Ready()
	clouds := &Clouds{Ready: ready, Stop: stop, admin: client, environment: map[string]string{
		"SEKOIA_BASE_URL":    ready.SekoiaURL,
		"SEKOIA_API_KEY":     ready.SekoiaAPIKey,
		"OKTA_CLIENT_ORGURL": ready.OktaURL,
		"OKTA_API_TOKEN":     ready.OktaToken,
	}}
	return clouds
}

// StartAny is Start, or the real services if Live is true: for tests that need no admin call. Its changes are for the
// simulator.
func StartAny(t testing.TB, changes ...func(*simulator.Config)) *Clouds {
	t.Helper()
	if !Live() {
		return Start(t, changes...)
	}
	environment := map[string]string{}
	for _, name := range []string{
		"SEKOIA_REGION", "SEKOIA_BASE_URL", "SEKOIA_API_KEY", "SEKOIA_COMMUNITY_ID", "OKTA_CLIENT_ORGURL", "OKTA_API_TOKEN",
	} {
		if value := os.Getenv(name); value != "" {
			environment[name] = value
		}
	}
	for _, name := range []string{"SEKOIA_API_KEY", "OKTA_CLIENT_ORGURL", "OKTA_API_TOKEN"} {
		if environment[name] == "" {
			t.Fatalf("%s=1 runs this test on the real services, and %s is not set", LiveVariable, name)
		}
	}
	return &Clouds{Live: true, environment: environment, Ready: simulator.Ready{
		OktaURL: environment["OKTA_CLIENT_ORGURL"], OktaToken: environment["OKTA_API_TOKEN"],
		SekoiaURL: environment["SEKOIA_BASE_URL"], SekoiaAPIKey: environment["SEKOIA_API_KEY"],
		CommunityID: environment["SEKOIA_COMMUNITY_ID"],
	}}
}

// Environment is what the provider sees of the environment, with changes; an empty value removes a variable.
func (c *Clouds) Environment(changes map[string]string) map[string]string {
	environment := maps.Clone(c.environment)
	for name, value := range changes {
		if value == "" {
			delete(environment, name)
		} else {
			environment[name] = value
		}
	}
	return environment
}

// Factories serve the provider in this process, with an environment that knows both clouds. They do not read the
// environment of this process, so tests run in parallel.
func (c *Clouds) Factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return c.FactoriesWith(nil)
}

// FactoriesWith is Factories with another environment: see Environment.
func (c *Clouds) FactoriesWith(changes map[string]string) map[string]func() (tfprotov6.ProviderServer, error) {
	environment := c.Environment(changes)
	return map[string]func() (tfprotov6.ProviderServer, error){
		"sekoia": func() (tfprotov6.ProviderServer, error) { return serve(environment) },
	}
}

// Server is the provider as Terraform talks to it, in this process, for what no configuration can reach. It sees only
// this environment.
func Server(t testing.TB, environment map[string]string) tfprotov6.ProviderServer {
	t.Helper()
	server, err := serve(environment)
	if err != nil {
		t.Fatalf("serve the provider: %v", err)
	}
	return server
}

func serve(environment map[string]string) (tfprotov6.ProviderServer, error) {
	lookup := func(name string) (string, bool) {
		value, found := environment[name]
		return value, found
	}
	return provider.NewServer(provider.New("test", provider.Environment{Lookup: lookup}))(), nil
}

// Variables are okta_url and okta_token for a test's HCL, and more.
func (c *Clouds) Variables(more config.Variables) config.Variables {
	variables := config.Variables{
		"okta_url":   config.StringVariable(c.Ready.OktaURL),
		"okta_token": config.StringVariable(c.Ready.OktaToken),
	}
	maps.Copy(variables, more)
	return variables
}
