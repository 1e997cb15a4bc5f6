// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"errors"
	"net/http"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/okta"
)

// ServiceApp is an API service app of the Okta organization.
type ServiceApp = okta.ServiceApp

// Config says what is simulated. Start from [DefaultConfig]: several zero values mean something else than the default.
type Config struct {
	// Options are the Okta organization's.
	okta.Options
	// Latency is the wait before each answer of either cloud. It is not divided by Speed.
	Latency time.Duration
	// SyncInterval is how long the connector sleeps after a cycle that found nothing, before Speed divides it.
	SyncInterval time.Duration
	// Speed divides the times that Sekoia takes, at most 1,000,000; 1 is real time.
	Speed float64
	// Communities is how many communities the API key sees; from 1 to 10,000.
	Communities int
	// OktaAddr and SekoiaAddr are the addresses to listen on. "" is loopback and a free port.
	OktaAddr, SekoiaAddr string
	// TLS makes both clouds https, with a certificate of the simulator's own CA.
	TLS bool
	// Offline makes it listen nowhere: only Simulator.Transport reaches it, and its URLs are loopback's. Not with TLS.
	Offline bool
	// ReadyFile is written when everything listens; "" writes none.
	ReadyFile string
	// ConnectorTransport is how the connector reaches Okta; nil is a direct connection that trusts the simulator's CA.
	ConnectorTransport http.RoundTripper
	// Middleware wraps each cloud's own handler, and sees what the cloud itself answers: faults, latency and the
	// request log are outside of it. cloud is okta or sekoia; nil wraps nothing.
	Middleware func(cloud string, next http.Handler) http.Handler
}

// DefaultConfig is what the command's flags default to.
func DefaultConfig() Config {
	return Config{
		Options:      okta.DefaultOptions(),
		SyncInterval: 20 * time.Minute,
		Speed:        1000,
		Communities:  1,
	}
}

// validate says what is wrong with a configuration.
func (c *Config) validate() error {
	switch {
	case c.Latency < 0:
		return errors.New("the latency is not negative")
	case c.SyncInterval <= 0:
		return errors.New("the sync interval is more than 0")
	case !(c.Speed > 0 && c.Speed <= 1_000_000): // a connector that is faster never sleeps
		return errors.New("the speed is more than 0, and at most 1000000")
	case c.Communities < 1 || c.Communities > 10_000:
		return errors.New("the key sees from one community to 10000")
	}
	if c.Offline && c.TLS {
		return errors.New("what does not listen has no TLS")
	}
	return okta.Validate(&c.Options)
}

// Ready is the content of the ready file: where the simulator listens, and the credentials that it accepts. URLs have
// no trailing slash; CAFile is empty without TLS.
type Ready struct {
	OktaURL      string `json:"okta_url"`
	OktaToken    string `json:"okta_token"`
	SekoiaURL    string `json:"sekoia_url"`
	SekoiaAPIKey string `json:"sekoia_api_key"`
	CommunityID  string `json:"community_id"`
	AdminURL     string `json:"admin_url"`
	CAFile       string `json:"ca_file"`
}
