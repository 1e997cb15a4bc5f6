// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credential

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// ErrCredentialCharacters is a credential that can't be sent in a header.
var ErrCredentialCharacters = errors.New("the credential holds a character that no HTTP header can carry: a line break at its end, perhaps")

// OriginError is a request that would have carried a credential where it may not go, or that has no address which a
// credential could be weighed against. Nothing of it was sent.
type OriginError struct {
	Reason    string
	requested Origin
}

func (e *OriginError) Error() string {
	return "refused to send a request to " + Sanitize(e.requested.String()) + ": " + e.Reason
}

// pin is the only Authorization header that a request may have, and the only origin that it may go to. The header and
// its secret are zero if the credential is in the body.
type pin struct {
	origin         Origin
	header, secret Secret
}

type pinKey struct{}

// Authorize returns a copy of req with the header "Authorization: <scheme> <secret>" and pins it to origin: the client
// of package transport sends the header to that origin alone, redirects included, and sends no Authorization header
// that was set in another way. What it refuses ends as an *OriginError, or as ErrCredentialCharacters, when the request
// is sent.
func Authorize(req *http.Request, origin Origin, scheme string, secret Secret) *http.Request {
	header := scheme + " " + secret.Reveal()
	ctx := context.WithValue(req.Context(), pinKey{}, pin{origin: origin, header: NewSecret(header), secret: secret})
	authorized := req.Clone(ctx)
	authorized.Header.Set("Authorization", header)
	return authorized
}

// Pin returns a copy of req that the client of package transport sends to origin alone, redirects included: for a
// request whose body is a credential. It may have no Authorization header.
func Pin(req *http.Request, origin Origin) *http.Request {
	return req.WithContext(context.WithValue(req.Context(), pinKey{}, pin{origin: origin}))
}

// Of returns what a request with this context is authorized by; the zero Secret if it is not.
func Of(ctx context.Context) Secret {
	pinned, _ := ctx.Value(pinKey{}).(pin)
	return pinned.secret
}

// Guard refuses what may not be sent, with an *OriginError or ErrCredentialCharacters. It looks at the request as it
// would go out, so it holds for each redirect too.
func Guard(req *http.Request) error {
	requested := OriginOf(req.URL)
	refuse := func(reason string) error { return &OriginError{requested: requested, Reason: reason} }
	if reason := unusable(req.URL); reason != "" {
		return refuse("of the URL, " + reason)
	}
	values := authorization(req.Header)
	pinned, ok := req.Context().Value(pinKey{}).(pin)
	switch {
	case len(values) > 0 && (!ok || len(values) != 1 || !pinned.header.Equal(NewSecret(values[0]))):
		return refuse("its credential was not set for any origin")
	case !ok:
		return nil
	case requested != pinned.origin: // without a header too: a redirect to elsewhere loses it, and may keep a body that holds a credential
		return refuse("its credential is for " + Sanitize(pinned.origin.String()) + " only")
	case req.Host != "" && lowerASCII(req.Host) != lowerASCII(req.URL.Host):
		return refuse("its Host header names another host")
	case len(values) > 0 && !httpguts.ValidHeaderFieldValue(values[0]):
		return ErrCredentialCharacters
	default:
		return nil
	}
}

// authorization returns the values of every header that a server reads as Authorization. A map's key need not be in
// canonical form, and net/http sends it all the same.
func authorization(h http.Header) []string {
	var values []string
	for key, list := range h {
		if http.CanonicalHeaderKey(key) == "Authorization" {
			values = append(values, list...)
		}
	}
	return values
}

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
