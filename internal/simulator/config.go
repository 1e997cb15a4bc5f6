// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Config says what is simulated. Start from [DefaultConfig]: several zero values mean something else than the default.
type Config struct {
	// Devices is how many devices the organisation has at the start.
	Devices int
	// Seed makes the inventory: the same seed gives the same devices.
	Seed int64
	// UsersPerDevice is how many users each device has; shared devices have more.
	UsersPerDevice int
	// Odd is how many devices lack a field that Sekoia's connector requires; -1 is a hundredth of Devices.
	Odd int
	// OddFrom is the index from which such devices begin; -1 is the last tenth.
	OddFrom int
	// ServiceApps are the organisation's, each with the public keys that it proves itself by.
	ServiceApps []ServiceApp
	// TokenLifetime is how long their access tokens last; 0 is an hour.
	TokenLifetime time.Duration
	// DPoPNonceLifetime is how long a nonce for DPoP proofs is taken; 0 is a day.
	DPoPNonceLifetime time.Duration
	// Latency is waited before each answer of either cloud. It is not divided by Speed.
	Latency time.Duration
	// RateLimit is how many calls a minute Okta allows; 0 is no limit.
	RateLimit int
	// RateLimitWindow is what stands for that minute in tests that can't wait for one, in whole seconds; 0 is a minute.
	RateLimitWindow time.Duration
	// SyncInterval is how long the connector sleeps after a cycle that found nothing, before Speed divides it.
	SyncInterval time.Duration
	// Speed divides the times that Sekoia takes; 1 is real time.
	Speed float64
	// Communities is how many communities the API key sees; at least 1.
	Communities int
	// OktaAddr and SekoiaAddr are listened on; "" is loopback and a free port.
	OktaAddr, SekoiaAddr string
	// TLS makes both clouds https, with a certificate of the simulator's own CA.
	TLS bool
	// Offline makes it listen nowhere: it is reached through Simulator.Transport alone, and its URLs are loopback's.
	// Not with TLS.
	Offline bool
	// ReadyFile is written when everything listens; "" writes none.
	ReadyFile string
	// OktaPublicURL is the URL that the Okta side is known by where something stands in front of it; "" is its own.
	OktaPublicURL string
	// ConnectorTransport is how the connector reaches Okta; nil is a direct connection that trusts the simulator's CA.
	ConnectorTransport http.RoundTripper
	// Middleware is put right around each cloud's own handler, where it sees what the cloud itself answers: faults,
	// latency and the request log are outside of it. cloud is okta or sekoia; nil puts nothing.
	Middleware func(cloud string, next http.Handler) http.Handler
}

// DefaultConfig is what the command's flags default to.
func DefaultConfig() Config {
	return Config{
		Devices:        50,
		Seed:           1,
		UsersPerDevice: 1,
		Odd:            -1,
		OddFrom:        -1,
		SyncInterval:   20 * time.Minute,
		Speed:          1000,
		Communities:    1,
	}
}

// validate says what is wrong with a configuration.
func (c *Config) validate() error {
	switch {
	case c.Devices < 0 || c.UsersPerDevice < 0 || c.RateLimit < 0:
		return errors.New("devices, users per device and the rate limit are not negative")
	case c.Odd < -1 || c.OddFrom < -1:
		return errors.New("odd devices and their first index are not less than -1")
	case c.Latency < 0:
		return errors.New("the latency is not negative")
	case c.SyncInterval <= 0:
		return errors.New("the sync interval is more than 0")
	case !(c.Speed > 0):
		return errors.New("the speed is more than 0")
	case c.Communities < 1:
		return errors.New("the key sees at least one community")
	}
	if c.Offline && c.TLS {
		return errors.New("what does not listen has no TLS")
	}
	if c.RateLimitWindow < 0 || c.RateLimitWindow%time.Second != 0 {
		return errors.New("the rate limit's window is whole seconds, and not negative")
	}
	return errors.Join(c.validateServiceApps(), c.validatePublicURL())
}

func (c *Config) validatePublicURL() error {
	if c.OktaPublicURL != "" {
		public, err := url.Parse(c.OktaPublicURL)
		if err != nil || public.Host == "" || (public.Scheme != "http" && public.Scheme != "https") {
			return fmt.Errorf("the public URL %q is not one of http or https", c.OktaPublicURL)
		}
	}
	return nil
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
