// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// Origin is where a request goes: what decides whether a credential may go along. The scheme and the host are lower case, an
// IPv6 host has no brackets, the port is always there. Two origins are the same when they compare equal.
type Origin struct {
	Scheme string
	Host   string
	Port   string
}

// OriginOf returns the origin of an absolute URL; the zero Origin for nil. The port of http (80) and https (443) is filled in; a
// port is otherwise kept as written.
func OriginOf(u *url.URL) Origin {
	if u == nil {
		return Origin{}
	}
	o := Origin{Scheme: strings.ToLower(u.Scheme), Host: strings.ToLower(u.Hostname()), Port: u.Port()}
	if o.Port == "" {
		o.Port = defaultPort(o.Scheme)
	}
	return o
}

// ParseOrigin returns the origin of an http or https URL; its path, query and fragment play no part. The error of an URL that
// can't be taken never repeats it, for it may hold a password.
func ParseOrigin(raw string) (Origin, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return Origin{}, errors.New("not a URL")
	}
	if reason := malformed(u); reason != "" {
		return Origin{}, errors.New(reason)
	}
	return OriginOf(u), nil
}

// IsZero reports whether the origin is unset.
func (o Origin) IsZero() bool { return o == Origin{} }

// String returns the origin as a URL without a path, the scheme's own port left out: https://acme.okta.com.
func (o Origin) String() string {
	if o.IsZero() {
		return ""
	}
	return o.URL().String()
}

// URL returns the origin as a URL without a path.
func (o Origin) URL() *url.URL {
	host := o.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if o.Port != "" && o.Port != defaultPort(o.Scheme) {
		host = net.JoinHostPort(o.Host, o.Port)
	}
	return &url.URL{Scheme: o.Scheme, Host: host}
}

func defaultPort(scheme string) string {
	switch scheme {
	case "http":
		return "80"
	case "https":
		return "443"
	default:
		return ""
	}
}

// malformed says why a URL can't be a service's address whatever it is trusted for, and nothing ("") where it can.
func malformed(u *url.URL) string {
	switch {
	case u == nil:
		return "there is no URL"
	case u.Scheme == "":
		return "the scheme (https://) is missing"
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Sprintf("the scheme is %s, not https", Sanitize(u.Scheme))
	case u.Opaque != "" || u.Hostname() == "":
		return "the host is missing"
	case u.User != nil:
		return "there is a user name or a password in the URL"
	default:
		return ""
	}
}
