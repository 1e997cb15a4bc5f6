// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credential

import (
	"context"
	"errors"
	"net/http"

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

// Error says what was refused and why.
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
