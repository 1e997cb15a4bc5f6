// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credential

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

const (
	// TrustedOktaHostsVariable names the environment variable that lists further hosts an Okta credential may go to.
	TrustedOktaHostsVariable = "SEKOIA_TRUSTED_OKTA_HOSTS"

	sekoiaBaseURLVariable = "SEKOIA_BASE_URL"
)

// HostPort is a host of SEKOIA_TRUSTED_OKTA_HOSTS.
type HostPort struct {
	Host string // lower case; an IPv6 address has no brackets
	Port string // 443 where the variable names none
}

// Trust says where a credential may go. A plan runs on a change that anyone may have proposed, so nothing of it comes
// from the configuration: the lists are the environment's.
type Trust struct {
	// OktaHosts are the hosts of SEKOIA_TRUSTED_OKTA_HOSTS.
	OktaHosts []HostPort
	// SekoiaOrigin is that of SEKOIA_BASE_URL from the environment; zero where it is unset.
	SekoiaOrigin Origin
	// Loopback says that Sekoia's URL is loopback: then loopback is trusted for Okta too.
	Loopback bool
}

// ParseTrustedHosts reads the value of SEKOIA_TRUSTED_OKTA_HOSTS: "host[:port],…", without scheme, path and wildcards;
// an IPv6 address stands in brackets. A host alone means port 443. Spaces around an item, and empty items, are passed
// over. The error names the first item that can't be taken, and says why.
func ParseTrustedHosts(value string) ([]HostPort, error) {
	var hosts []HostPort
	for item := range strings.SplitSeq(value, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		host, reason := parseHostPort(item)
		if reason != "" {
			return nil, fmt.Errorf("%s: the item %q %s", TrustedOktaHostsVariable, Sanitize(withoutUserinfo(item)), reason)
		}
		hosts = append(hosts, host)
	}
	return hosts, nil
}

// withoutUserinfo takes what may be a password out of an item that is going to be shown.
func withoutUserinfo(item string) string {
	if at := strings.LastIndex(item, "@"); at >= 0 {
		return redacted + item[at:]
	}
	return item
}

// parseHostPort reads one item, or says why it can't be taken.
func parseHostPort(item string) (HostPort, string) {
	if strings.Contains(item, "://") {
		return HostPort{}, "has a scheme: write host or host:port"
	}
	if address, err := netip.ParseAddr(item); err == nil && address.Is6() {
		return HostPort{}, "needs brackets: [" + Sanitize(item) + "]"
	}
	u, err := url.Parse("https://" + item)
	if err != nil {
		return HostPort{}, "is not of the form host or host:port"
	}
	if strings.ContainsAny(item, "/?#") {
		return HostPort{}, "has a path: write host or host:port"
	}
	o, reason := plainOrigin(u)
	if reason != "" {
		return HostPort{}, "can't be taken (" + reason + "; wildcards are not allowed)"
	}
	return HostPort{Host: o.Host, Port: o.Port}, ""
}

// OktaTrust is how far a URL is trusted with an Okta credential.
type OktaTrust int

// The grades of trust. A credential goes to the last three without further proof.
const (
	// OktaRefused is never given a credential, and is not asked whether it is a custom domain.
	OktaRefused OktaTrust = iota
	// OktaUntrusted is given no credential either, but may prove to be an organization's custom domain.
	OktaUntrusted
	// OktaOwn is https on port 443 of one of Okta's own domains.
	OktaOwn
	// OktaListed is a host of SEKOIA_TRUSTED_OKTA_HOSTS.
	OktaListed
	// OktaLoopback is this machine, where Sekoia's URL is this machine too.
	OktaLoopback
)

// Okta says how far u is trusted with an Okta credential. Only its scheme, userinfo, host and port play a part. Plain
// http is for loopback alone, listed or not.
func (t Trust) Okta(u *url.URL) OktaTrust {
	trust, _ := t.okta(u)
	return trust
}

// OktaReason says in half a sentence why Okta does not trust u ("the port is 8443, not 443"); "" where it does.
func (t Trust) OktaReason(u *url.URL) string {
	_, reason := t.okta(u)
	return reason
}

func (t Trust) okta(u *url.URL) (OktaTrust, string) {
	o, reason := plainOrigin(u)
	if reason != "" {
		return OktaRefused, reason
	}
	loopback := IsLoopback(o.Host)
	switch {
	case loopback && t.Loopback:
		return OktaLoopback, ""
	case o.Scheme != "https" && !loopback:
		return OktaRefused, "the scheme is http, not https"
	case o.Scheme == "https" && o.Port == "443" && IsOktaDomain(o.Host):
		return OktaOwn, ""
	case slices.Contains(t.OktaHosts, HostPort{Host: o.Host, Port: o.Port}):
		return OktaListed, ""
	case loopback:
		return OktaRefused, "the host is this machine, which is trusted only where Sekoia's URL is this machine too"
	case o.Port != "443":
		return OktaRefused, "the port is " + o.Port + ", not 443"
	case isAddress(o.Host) || !strings.Contains(o.Host, "."):
		return OktaRefused, "the host is neither one of Okta's own domains nor a name that a custom domain can have"
	default:
		return OktaUntrusted, "the host is not one of Okta's own domains"
	}
}

// Sekoia returns nil where the Sekoia key may go: to https://*.sekoia.io on port 443, to the origin of SEKOIA_BASE_URL
// from the environment, and to loopback on any port. The error's text says so, and names the variable.
func (t Trust) Sekoia(u *url.URL) error {
	if unusable(u) == "" && OriginOf(u) == t.SekoiaOrigin {
		return nil // whoever set the variable decides how the host is written
	}
	o, reason := plainOrigin(u)
	switch {
	case reason != "":
	case IsLoopback(o.Host):
		return nil
	case !isSekoiaDomain(o.Host):
		reason = "the host " + o.Host + " is not below " + sekoiaDomain
	case o.Scheme != "https":
		reason = "the scheme is http, not https"
	case o.Port != "443":
		reason = "the port is " + o.Port + ", not 443"
	default:
		return nil
	}
	return fmt.Errorf("the Sekoia API key may not be sent to this URL: %s. It goes to https://*.%s, to this machine, and to the URL in "+
		"the environment variable %s, which only who runs Terraform can set", reason, sekoiaDomain, sekoiaBaseURLVariable)
}

// plainOrigin returns the origin of a URL that means to every reader what it means to this one, or says why it is not
// such a URL.
func plainOrigin(u *url.URL) (Origin, string) {
	if reason := unusable(u); reason != "" {
		return Origin{}, reason
	}
	o := OriginOf(u)
	if !isName(o.Host) && !isAddress(o.Host) {
		return Origin{}, "the host is not a name in ASCII without a dot at its end, nor a plain IP address"
	}
	if !isPort(o.Port) {
		return Origin{}, "the port is not a number from 1 to 65535"
	}
	return o, ""
}
