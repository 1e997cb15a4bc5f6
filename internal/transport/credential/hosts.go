// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credential

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

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

// isSekoiaDomain reports whether host is a name below sekoia.io.
func isSekoiaDomain(host string) bool {
	return isName(host) && strings.HasSuffix(lowerASCII(host), "."+sekoiaDomain)
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
