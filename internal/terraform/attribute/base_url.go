// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// BaseURLType is the type of a string that holds a base URL.
type BaseURLType = stringType[baseURL]

// BaseURL is a base URL. Two of them mean the same if they differ only in the case of scheme and host, trailing slashes
// and the scheme's default port.
type BaseURL = stringValue[baseURL]

type baseURL struct{}

func (baseURL) name() string { return "BaseURLType" }

func (baseURL) canonical(raw string) string { return CanonicalBaseURL(raw) }

// NewBaseURL returns a known value.
func NewBaseURL(value string) BaseURL { return known[baseURL](value) }

// SameBaseURL reports whether two base URLs mean the same.
func SameBaseURL(a, b string) bool { return same[baseURL](a, b) }

// KeepEquivalentBaseURL plans the state's base URL if the configuration's means the same.
func KeepEquivalentBaseURL() planmodifier.String { return keep[baseURL]() }

// ParseBaseURL parses a base URL. The error does not repeat it, for it may hold a password.
func ParseBaseURL(raw string) (*url.URL, error) {
	parsed, err := url.Parse(raw)
	if err != nil || parsed.Host == "" {
		return nil, errors.New("this is not a URL such as https://acme.okta.com")
	}
	return parsed, nil
}

// CanonicalBaseURL returns the same text for base URLs that mean the same, and for no others. It is for comparing only:
// text that is not a URL has a canonical form too. Only the letters of ASCII have a case in a host: one with U+212A,
// the Kelvin sign, is not the host with a k that may be trusted.
func CanonicalBaseURL(raw string) string {
	parsed, err := ParseBaseURL(raw)
	if err != nil {
		return fmt.Sprintf("text %q", raw)
	}
	return fmt.Sprintf("URL %q", []string{
		credential.OriginOf(parsed).String(), parsed.User.String(), fmt.Sprint(parsed.User != nil),
		strings.TrimRight(parsed.EscapedPath(), "/"), // a path that ends in an escaped slash is another path
		parsed.RawQuery, fmt.Sprint(parsed.ForceQuery), parsed.EscapedFragment(),
	})
}
