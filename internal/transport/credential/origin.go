// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credential

import (
	"errors"
	"net"
	"net/url"
	"strings"
)

// Origin is where a request goes: what decides whether a credential may go along. Scheme and host are lower case, an
// IPv6 host has no brackets, the port is always there. Two origins are the same when they compare equal.
type Origin struct {
	Scheme string
	Host   string
	Port   string
}

// OriginOf returns the origin of an absolute URL, and the zero Origin for nil. The port of http (80) and https (443) is
// filled in; otherwise it is kept as written.
func OriginOf(u *url.URL) Origin {
	if u == nil {
		return Origin{}
	}
	o := Origin{Scheme: lowerASCII(u.Scheme), Host: lowerASCII(u.Hostname()), Port: u.Port()}
	if o.Port == "" {
		o.Port = defaultPorts[o.Scheme]
	}
	return o
}

// ParseOrigin returns the origin of an http or https URL; path, query and fragment play no part. The error for a URL
// that can't be taken never repeats it, for it may hold a password.
func ParseOrigin(raw string) (Origin, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return Origin{}, errors.New("it is not a URL")
	}
	if reason := unusable(u); reason != "" {
		return Origin{}, errors.New(reason)
	}
	return OriginOf(u), nil
}

// IsZero reports whether the origin is unset.
func (o Origin) IsZero() bool { return o == Origin{} }

// String returns the origin as a URL without a path and without the scheme's own port: https://acme.okta.com. The zero
// Origin is an empty string.
func (o Origin) String() string {
	if o.IsZero() {
		return ""
	}
	return o.URL().String()
}

// URL returns the origin as a URL without a path.
func (o Origin) URL() *url.URL {
	host := o.Host
	switch {
	case o.Port != "" && o.Port != defaultPorts[o.Scheme]:
		host = net.JoinHostPort(o.Host, o.Port)
	case strings.Contains(host, ":"):
		host = "[" + host + "]"
	}
	return &url.URL{Scheme: o.Scheme, Host: host}
}

// defaultPorts are those of the schemes.
var defaultPorts = map[string]string{"http": "80", "https": "443"}

// unusable says why no service can be called at u, whatever it is trusted for; "" if one can.
func unusable(u *url.URL) string {
	switch {
	case u == nil:
		return "there is no URL"
	case u.Scheme == "":
		return "the scheme (https://) is missing"
	case u.Scheme != "http" && u.Scheme != "https":
		return "the scheme is " + Sanitize(u.Scheme) + ", not https"
	case u.Opaque != "" || u.Hostname() == "":
		return "the host is missing"
	case u.User != nil:
		return "it contains a user name or a password"
	default:
		return ""
	}
}

// lowerASCII is strings.ToLower for ASCII letters only. Some other letters have an ASCII one as their lower case
// (U+212A, the Kelvin sign, has k), and a host written with one of those is not the host that it would become.
func lowerASCII(s string) string {
	lower := []byte(s)
	for i, b := range lower {
		if 'A' <= b && b <= 'Z' {
			lower[i] = b + ('a' - 'A')
		}
	}
	return string(lower)
}
