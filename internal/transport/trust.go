// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"errors"
	"net/url"
)

// TrustedOktaHostsVariable names the environment variable that lists further hosts which may be given an Okta credential.
const TrustedOktaHostsVariable = "SEKOIA_TRUSTED_OKTA_HOSTS"

// HostPort is one host of that list.
type HostPort struct {
	Host string // lower case, IPv6 without brackets
	Port string // always there
}

// Trust says where a credential may go.
type Trust struct {
	OktaHosts    []HostPort
	SekoiaOrigin Origin
	Loopback     bool
}

// OktaTrust is how far a URL is trusted with an Okta credential.
type OktaTrust int

// The grades of trust.
const (
	// OktaRefused is never given a credential, nor asked whether it is a custom domain.
	OktaRefused OktaTrust = iota
	// OktaUntrusted is not given a credential unless it proves to be an organisation's custom domain.
	OktaUntrusted
	// OktaOwn is https on port 443 of one of Okta's own domains.
	OktaOwn
	// OktaListed is listed in SEKOIA_TRUSTED_OKTA_HOSTS.
	OktaListed
	// OktaLoopback is this machine, where Sekoia's URL is this machine too.
	OktaLoopback
)

// ParseTrustedHosts reads the value of SEKOIA_TRUSTED_OKTA_HOSTS.
func ParseTrustedHosts(value string) ([]HostPort, error) { return nil, errors.New("not there yet") }

// Okta says how far u is trusted with an Okta credential.
func (t Trust) Okta(u *url.URL) OktaTrust { return OktaRefused }

// OktaReason says in a sentence without full stop why u has not the trust of OktaOwn, OktaListed or OktaLoopback; "" where it has.
func (t Trust) OktaReason(u *url.URL) string { return "" }

// Sekoia returns nil where the Sekoia key may go.
func (t Trust) Sekoia(u *url.URL) error { return errors.New("not there yet") }

// IsOktaDomain reports whether host is one of Okta's own domains or below one.
func IsOktaDomain(host string) bool { return false }

// IsOktaAdminHost reports whether host is the administration site of an organisation.
func IsOktaAdminHost(host string) bool { return false }

// IsLoopback reports whether host is localhost, an address of 127.0.0.0/8 or ::1, written as such.
func IsLoopback(host string) bool { return false }
