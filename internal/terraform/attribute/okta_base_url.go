// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"errors"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

var _ validator.String = oktaBaseURLValidator{}

// OktaBaseURLValidator refuses what is no base URL of an Okta organization (another scheme than https, the admin
// console's host, a path, userinfo, a domain written twice), and says the URL that it should be. http is taken for
// loopback hosts alone. Whether the host may be trusted is not its business: a custom domain passes. A host that
// Sekoia's connector can't use is a warning.
func OktaBaseURLValidator() validator.String { return oktaBaseURLValidator{} }

type oktaBaseURLValidator struct{}

// Description says what is taken.
func (oktaBaseURLValidator) Description(context.Context) string {
	return "the base URL of an Okta organization, such as https://acme.okta.com: https, no admin host, no path"
}

// MarkdownDescription is Description.
func (v oktaBaseURLValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

// ValidateString adds one error with everything that is wrong, and a warning for a host that Sekoia's connector
// refuses.
func (oktaBaseURLValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := CheckOktaBaseURL(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Not the base URL of an Okta organization", err.Error())
	}
	if refusedBySDK(req.ConfigValue.ValueString()) {
		resp.Diagnostics.AddAttributeWarning(req.Path, "Sekoia's connector can't use this URL",
			"Sekoia's connector uses Okta's Python SDK, which refuses any URL with -admin in it. Use the organization's own host.")
	}
}

// refusedBySDK reports whether a base URL has -admin in its host without being an admin console's, which is an error
// already. Sekoia's connector (2.9.0) calls Okta with okta-sdk-python 2.9.13, which looks for -admin anywhere in the
// URL.
func refusedBySDK(raw string) bool {
	return strings.Contains(readOktaBaseURL(raw).host, "-admin")
}

// CheckOktaBaseURL is what OktaBaseURLValidator does, as an error: nil, or what is wrong, and the URL that it should be
// where that can be told. The error never repeats userinfo, a query or a fragment, for these may hold secrets.
func CheckOktaBaseURL(raw string) error {
	reading := readOktaBaseURL(raw)
	if len(reading.problems) == 0 {
		return nil
	}
	text := strings.Join(reading.problems, " ")
	if should := reading.should(); should != "" {
		text += "\nIt should be: " + should
	} else {
		text += "\nIt should look like: https://acme.okta.com"
	}
	return errors.New(text)
}

// oktaBaseURLReading is a base URL as a person wrote it, taken apart as far as it can be.
type oktaBaseURLReading struct {
	problems     []string
	scheme, host string
	port         string
}

func (r *oktaBaseURLReading) problem(text string) { r.problems = append(r.problems, text) }

// should is the URL that was most likely meant, "" where the host can't be told. A word without a dot is no host of
// Okta's: a token that was put into the wrong attribute is not repeated.
func (r *oktaBaseURLReading) should() string {
	if !strings.ContainsAny(r.host, ".:") && !transport.IsLoopback(r.host) {
		return ""
	}
	host := r.host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if r.port != "" {
		host = net.JoinHostPort(r.host, r.port)
	}
	return r.scheme + "://" + host
}

// schemeWord is what a scheme looks like (RFC 3986 section 3.1).
var schemeWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*$`)

func readOktaBaseURL(raw string) *oktaBaseURLReading {
	reading := &oktaBaseURLReading{scheme: "https"}
	text := strings.TrimSpace(raw)
	if text == "" {
		reading.problem("The URL is empty.")
		return reading
	}
	if text != raw {
		reading.problem("There is white space around the URL.")
	}
	text = reading.readScheme(text)
	reading.readAuthority(text)
	reading.readHost()
	reading.readPort()
	return reading
}

// readScheme takes the scheme (or several) off, and returns the rest.
func (r *oktaBaseURLReading) readScheme(text string) string {
	rest, found := text, ""
	for {
		word, after, colon := strings.Cut(rest, ":")
		if !colon || !isScheme(word, after) {
			break
		}
		if found != "" {
			r.problem("The scheme is written twice.")
		} else if !strings.HasPrefix(after, "//") || strings.HasPrefix(after, "///") {
			r.problem("Between the scheme and the host stands ://.")
		}
		found, rest = strings.ToLower(word), strings.TrimLeft(after, "/")
	}
	switch found {
	case "https":
	case "":
		r.problem("The scheme is missing.")
	default:
		// Only the host can tell whether http is right.
		r.scheme = found
	}
	return rest
}

// isScheme tells a scheme from what else stands before a colon: a host before its port, or a user name before a
// password.
func isScheme(word, after string) bool {
	return schemeWord.MatchString(word) &&
		(strings.HasPrefix(after, "//") || strings.EqualFold(word, "https") || strings.EqualFold(word, "http"))
}

// readAuthority takes apart what follows the scheme: userinfo, host, port, and what should not be there.
func (r *oktaBaseURLReading) readAuthority(text string) {
	end := strings.IndexAny(text, `/?#\`)
	if end < 0 {
		end = len(text)
	}
	authority, rest := text[:end], text[end:]
	if rest != "" && rest != "/" {
		r.problem("Nothing may follow the host: no path, no query.")
	}
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		r.problem("A user name or password has no place in the URL.")
		authority = authority[at+1:]
	}
	parsed, err := url.Parse("https://" + authority)
	if err != nil || parsed.Hostname() == "" || !plausibleHost(parsed.Hostname()) {
		r.problem("There is no host that could be read.")
		return
	}
	r.host, r.port = strings.ToLower(parsed.Hostname()), parsed.Port()
}

// hostLabels is compiled when it is needed: with all letters of Unicode, that takes a while.
var hostLabels = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\pL\pN_-]+(\.[\pL\pN_-]+)*$`) })

func plausibleHost(host string) bool {
	return hostLabels().MatchString(host) || net.ParseIP(host) != nil
}

func (r *oktaBaseURLReading) readHost() {
	if r.host == "" {
		r.checkScheme()
		return
	}
	if single := withoutDoubledDomain(r.host); single != r.host {
		r.problem("The domain is written twice.")
		r.host = single
	}
	if transport.IsOktaAdminHost(r.host) {
		r.problem("This is the host of the admin console.")
		r.host = withoutAdmin(r.host)
	}
	r.checkScheme()
	if isBareOktaDomain(r.host) {
		r.problem("The host names no organization.")
		r.host = ""
	}
}

func (r *oktaBaseURLReading) checkScheme() {
	if r.scheme == "https" || (r.scheme == "http" && transport.IsLoopback(r.host)) {
		return
	}
	if r.scheme == "http" {
		r.problem("Only https keeps the token secret.")
	} else {
		r.problem("The scheme is https.")
	}
	r.scheme = "https"
}

// readPort refuses ports that can't be, and any but 443 on Okta's own domains. Another host's port is a matter of
// trust.
func (r *oktaBaseURLReading) readPort() {
	if r.port == "" {
		return
	}
	number, err := strconv.Atoi(r.port)
	switch {
	case err != nil || number < 1 || number > 65535:
		r.problem("The port is not one.")
		r.port = ""
	case transport.IsOktaDomain(r.host) && number != 443:
		r.problem("Okta answers on port 443.")
		r.port = ""
	case number == 443 && r.scheme == "https":
		r.port = ""
	}
}

// oktaDomains are those of CONTRACT "Okta's own domains", to take a host apart; whether one is trusted is asked of
// transport.
var oktaDomains = []string{"okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil", "trex-gov.com"}

func isBareOktaDomain(host string) bool {
	for _, domain := range oktaDomains {
		if host == domain || host == "www."+domain {
			return true
		}
	}
	return false
}

// withoutDoubledDomain mends acme.okta.com.okta.com, acme.okta.com.oktapreview.com and acme.okta.com.com.
func withoutDoubledDomain(host string) string {
	for {
		shorter := dropDoubled(host)
		if shorter == host {
			return host
		}
		host = shorter
	}
}

func dropDoubled(host string) string {
	if strings.HasSuffix(host, ".com.com") {
		return strings.TrimSuffix(host, ".com")
	}
	for _, last := range oktaDomains {
		before, found := strings.CutSuffix(host, "."+last)
		if !found {
			continue
		}
		for _, first := range oktaDomains {
			if before == first || strings.HasSuffix(before, "."+first) {
				return before
			}
		}
	}
	return host
}

// withoutAdmin turns acme-admin.okta.com into acme.okta.com.
func withoutAdmin(host string) string {
	first, rest, _ := strings.Cut(host, ".")
	return strings.TrimSuffix(first, "-admin") + "." + rest
}
