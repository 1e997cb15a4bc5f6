// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Options say what the organization is like. Start from [DefaultOptions]: several zero values mean something else than
// the default.
type Options struct {
	// Devices is how many devices the organization has at the start, at most a million.
	Devices int
	// Seed makes the inventory: the same seed gives the same devices.
	Seed int64
	// UsersPerDevice is how many users each device has, at most 1,000; shared devices have more.
	UsersPerDevice int
	// Odd is how many devices lack a field that Sekoia's connector requires; -1 is a hundredth of Devices.
	Odd int
	// OddFrom is the index from which such devices begin; -1 is the last tenth, or earlier if they are more than that.
	OddFrom int
	// ServiceApps are the organization's, each with the public keys that it proves itself by.
	ServiceApps []ServiceApp
	// TokenLifetime is how long their access tokens last; 0 is an hour.
	TokenLifetime time.Duration
	// DPoPNonceLifetime is how long a nonce for DPoP proofs is accepted; 0 is a day.
	DPoPNonceLifetime time.Duration
	// RateLimit is how many calls a minute Okta allows; 0 is no limit.
	RateLimit int
	// RateLimitWindow is what stands for that minute in tests that can't wait for one, in whole seconds; 0 is a minute.
	RateLimitWindow time.Duration
	// OktaPublicURL is the URL of the Okta side if something stands in front of it. "" is its own URL.
	OktaPublicURL string
}

// DefaultOptions is a small organization with a few odd devices.
func DefaultOptions() Options {
	return Options{Devices: 50, Seed: 1, UsersPerDevice: 1, Odd: -1, OddFrom: -1}
}

// Validate says what is wrong with options. It is not a method, because [Options] are embedded in a type with more to
// validate.
func Validate(o *Options) error {
	switch {
	case o.Devices < 0 || o.UsersPerDevice < 0 || o.RateLimit < 0:
		return errors.New("devices, users per device and the rate limit are not negative")
	case o.Devices > 1_000_000 || o.UsersPerDevice > 1000:
		return errors.New("there are at most 1000000 devices, and 1000 users of each")
	case o.Odd < -1 || o.OddFrom < -1:
		return errors.New("odd devices and their first index are not less than -1")
	case o.RateLimitWindow < 0 || o.RateLimitWindow%time.Second != 0:
		return errors.New("the rate limit's window is whole seconds, and not negative")
	}
	if odd, from := oddDevices(o, o.Devices); odd > 0 && odd > o.Devices-from {
		return fmt.Errorf("of %d devices, %d can't be odd from index %d on", o.Devices, odd, from)
	}
	return errors.Join(o.validateServiceApps(), o.validatePublicURL())
}

func (o *Options) validatePublicURL() error {
	if o.OktaPublicURL != "" {
		public, err := url.Parse(o.OktaPublicURL)
		if err != nil || public.Host == "" || (public.Scheme != "http" && public.Scheme != "https") {
			return fmt.Errorf("the public URL %q must begin with http:// or https://", o.OktaPublicURL)
		}
	}
	return nil
}
