// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credential

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
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
	Port string // 443 if the variable names none
}

// Trust says where a credential may go. A plan runs on a change that anyone may have proposed, so nothing of it comes
// from the configuration: the lists are the environment's.
type Trust struct {
	// OktaHosts are the hosts of SEKOIA_TRUSTED_OKTA_HOSTS.
	OktaHosts []HostPort
	// SekoiaOrigin is that of SEKOIA_BASE_URL from the environment; zero if it is unset.
	SekoiaOrigin Origin
	// Loopback means that Sekoia's URL is loopback: then loopback is trusted for Okta too.
	Loopback bool
}

// ParseTrustedHosts reads the value of SEKOIA_TRUSTED_OKTA_HOSTS: "host[:port],…", without scheme, path and wildcards;
// an IPv6 address stands in brackets. A host alone means port 443. Spaces around an item, and empty items, are ignored.
// The error names the first item that can't be taken, and says why.
func ParseTrustedHosts(value string) ([]HostPort, error) {
	var hosts []HostPort
	for item := range strings.SplitSeq(value, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		host, reason := parseHostPort(item)
		if reason != "" {
			if at := strings.LastIndex(item, "@"); at >= 0 {
				item = redacted + item[at:] // before it may be a password
			}
			return nil, fmt.Errorf("%s: the item \"%s\" %s", TrustedOktaHostsVariable, Sanitize(item), reason)
		}
		hosts = append(hosts, host)
	}
	return hosts, nil
}

// parseHostPort reads one item, or says why it can't be taken.
func parseHostPort(item string) (HostPort, string) {
	const form = "is not of the form host or host:port"
	if strings.ContainsAny(item, "/?#") {
		return HostPort{}, form + ": leave scheme and path out"
	}
	if address, err := netip.ParseAddr(item); err == nil && address.Is6() {
		return HostPort{}, "needs brackets: [" + Sanitize(item) + "]"
	}
	u, err := url.Parse("https://" + item)
	if err != nil {
		return HostPort{}, form
	}
	o, reason := plainOrigin(u)
	if reason != "" {
		return HostPort{}, "can't be taken (" + reason + "; wildcards are not allowed)"
	}
	return HostPort{Host: o.Host, Port: o.Port}, ""
}

// OktaTrust is how far a URL is trusted with an Okta credential.
type OktaTrust int

const (
	// OktaRefused never gets a credential, and is not asked whether it is a custom domain.
	OktaRefused OktaTrust = iota
	// OktaUntrusted gets no credential either, but may prove to be an organization's custom domain.
	OktaUntrusted
	// OktaTrusted gets the credential without further proof.
	OktaTrusted
)

// Okta returns how far u is trusted with an Okta credential, and if it is not, why, in half a sentence ("the port is
// 8443, not 443"). Trusted are https on port 443 of one of Okta's own domains, the hosts of SEKOIA_TRUSTED_OKTA_HOSTS,
// and this machine if Sekoia's URL is this machine too. Only the URL's scheme, userinfo, host and port count. Plain
// http is for loopback alone, listed or not.
func (t Trust) Okta(u *url.URL) (OktaTrust, string) {
	o, reason := plainOrigin(u)
	if reason != "" {
		return OktaRefused, reason
	}
	loopback := IsLoopback(o.Host)
	switch {
	case loopback && t.Loopback:
		return OktaTrusted, ""
	case o.Scheme != "https" && !loopback:
		return OktaRefused, "the scheme is http, not https"
	case o.Scheme == "https" && o.Port == "443" && IsOktaDomain(o.Host), slices.Contains(t.OktaHosts, HostPort{o.Host, o.Port}):
		return OktaTrusted, ""
	case loopback:
		return OktaRefused, "the host is this machine, which is trusted only if Sekoia's URL is this machine too"
	case o.Port != "443":
		return OktaRefused, "the port is " + o.Port + ", not 443"
	case isAddress(o.Host) || !strings.Contains(o.Host, "."):
		return OktaRefused, "the host is neither one of Okta's own domains nor a name that a custom domain can have"
	default:
		return OktaUntrusted, "the host is not one of Okta's own domains"
	}
}

// Sekoia returns nil if the Sekoia key may go to u: https://*.sekoia.io on port 443, the origin of SEKOIA_BASE_URL from
// the environment, and loopback on any port. The error's text says so, and names the variable.
func (t Trust) Sekoia(u *url.URL) error {
	if unusable(u) == "" && OriginOf(u) == t.SekoiaOrigin {
		return nil // whoever set the variable decides how the host is written
	}
	o, reason := plainOrigin(u)
	switch {
	case reason != "":
	case IsLoopback(o.Host):
		return nil
	case !strings.HasSuffix(o.Host, "."+sekoiaDomain):
		reason = "the host " + o.Host + " is not below " + sekoiaDomain
	case o.Scheme != "https":
		reason = "the scheme is http, not https"
	case o.Port != "443":
		reason = "the port is " + o.Port + ", not 443"
	default:
		return nil
	}
	return fmt.Errorf("the Sekoia API key may not be sent to this URL: %s. It goes to https://*.%s, to this machine, and to the URL in "+
		"the environment variable %s, which no configuration can set", reason, sekoiaDomain, sekoiaBaseURLVariable)
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

// oktaDomains are the domains that Okta itself runs organizations on (Okta's documentation of its cells and their
// domains).
var oktaDomains = []string{"okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil", "trex-gov.com"}

const sekoiaDomain = "sekoia.io"

// IsOktaDomain reports whether host is one of Okta's own domains or a name below one, compared label by label, whatever
// the case of its letters. A trailing dot, or a letter that only looks like an ASCII one, makes it another name.
func IsOktaDomain(host string) bool {
	host = lowerASCII(host)
	return isName(host) && slices.ContainsFunc(oktaDomains, func(domain string) bool {
		return host == domain || strings.HasSuffix(host, "."+domain)
	})
}

// IsOktaAdminHost reports whether host is the administration site of an organization (acme-admin.okta.com), which has
// no API.
func IsOktaAdminHost(host string) bool {
	label, _, _ := strings.Cut(lowerASCII(host), ".")
	return strings.HasSuffix(label, "-admin") && IsOktaDomain(host)
}

// IsLoopback reports whether host is localhost, an address of 127.0.0.0/8 or ::1, written as such: not in another form
// of the same address, not with a trailing dot, without brackets.
func IsLoopback(host string) bool {
	return lowerASCII(host) == "localhost" || isAddress(host) && netip.MustParseAddr(host).IsLoopback()
}

// isAddress reports whether host is an IP address in its usual form. The shortened, octal, decimal and hexadecimal
// forms that some resolvers take are not, nor are zones and IPv4 addresses inside IPv6.
func isAddress(host string) bool {
	address, err := netip.ParseAddr(host)
	return err == nil && address.Zone() == "" && !address.Is4In6() && address.String() == host
}

// isName reports whether host is a host name (RFC 1123) in ASCII without a trailing dot, and can't be taken for an
// address: its last label is no number (URL Standard, 3.5).
func isName(host string) bool {
	if host == "" || len(host) > 253 {
		return false
	}
	labels := strings.Split(lowerASCII(host), ".")
	last := labels[len(labels)-1]
	return !slices.ContainsFunc(labels, func(label string) bool { return !isLabel(label) }) && !isNumber(last)
}

func isLabel(label string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789-"
	return label != "" && len(label) <= 63 && strings.Trim(label, letters) == "" &&
		!strings.HasPrefix(label, "-") && !strings.HasSuffix(label, "-")
}

func isNumber(label string) bool {
	hexadecimal, found := strings.CutPrefix(label, "0x")
	return strings.Trim(label, "0123456789") == "" || found && strings.Trim(hexadecimal, "0123456789abcdef") == ""
}

// isPort reports whether port is a number from 1 to 65535 in its usual form.
func isPort(port string) bool {
	n, err := strconv.Atoi(port)
	return err == nil && n >= 1 && n <= 65535 && strconv.Itoa(n) == port
}
