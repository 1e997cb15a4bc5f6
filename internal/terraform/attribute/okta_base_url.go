// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"errors"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// OktaBaseURLValidator refuses a text that is not the base URL of an Okta organization (another scheme than https, the
// admin console's host, a path, userinfo, a domain written twice), and suggests the right one. It accepts http for
// loopback hosts only. It does not decide whether the host can be trusted: a custom domain passes. A host that Sekoia's
// connector can't use is a warning.
func OktaBaseURLValidator() validator.String {
	return textValidator{
		description: "the base URL of an Okta organization, such as https://acme.okta.com: https, no admin host, no path",
		summary:     "Not the base URL of an Okta organization",
		problem: func(_, text string) string {
			if err := CheckOktaBaseURL(text); err != nil {
				return err.Error()
			}
			return ""
		},
		warning: func(text string) (summary, detail string) {
			// Sekoia's connector (2.9.0) calls Okta with okta-sdk-python 2.9.13, which looks for -admin anywhere in the
			// URL.
			if !strings.Contains(readOktaBaseURL(text).host, "-admin") {
				return "", ""
			}
			return "Sekoia's connector can't use this URL",
				"Sekoia's connector uses Okta's Python SDK, which refuses any URL with -admin in it. Use the organization's own host."
		},
	}
}

// CheckOktaBaseURL returns nil for a URL that OktaBaseURLValidator accepts. Otherwise the error lists all problems, and
// its last line has the URL that was probably meant. It never repeats userinfo, a query or a fragment, which may hold
// secrets.
func CheckOktaBaseURL(raw string) error {
	reading := readOktaBaseURL(raw)
	if len(reading.problems) == 0 {
		return nil
	}
	text := strings.Join(reading.problems, " ")
	if meant := reading.meant(); meant != "" {
		return errors.New(text + "\nIt should be: " + meant)
	}
	return errors.New(text + "\nIt should look like: https://acme.okta.com")
}

// oktaBaseURLReading is a base URL as a person wrote it, taken apart as far as possible, with its mistakes corrected.
type oktaBaseURLReading struct {
	problems           []string
	scheme, host, port string
}

// meant returns the URL that was probably meant, or "" if the host is not known. A word without a dot is not a host of
// Okta's. It may be a token in the wrong attribute, so it is not repeated.
func (r *oktaBaseURLReading) meant() string {
	if !strings.ContainsAny(r.host, ".:") && !credential.IsLoopback(r.host) {
		return ""
	}
	host := r.host
	switch {
	case r.port != "":
		host = net.JoinHostPort(r.host, r.port)
	case strings.Contains(host, ":"):
		host = "[" + host + "]"
	}
	return r.scheme + "://" + host
}

// expect notes a problem unless ok is true.
func (r *oktaBaseURLReading) expect(ok bool, problem string) {
	if !ok {
		r.problems = append(r.problems, problem)
	}
}

func readOktaBaseURL(raw string) *oktaBaseURLReading {
	reading := &oktaBaseURLReading{scheme: "https"}
	text := strings.TrimSpace(raw)
	if text == "" {
		reading.expect(false, "The URL is empty.")
		return reading
	}
	reading.expect(text == raw, "There is white space around the URL.")
	reading.readAuthority(reading.readScheme(text))
	reading.checkHost()
	reading.checkPort()
	return reading
}

// schemeWord is what a scheme looks like (RFC 3986 section 3.1).
var schemeWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*$`)

// readScheme takes the scheme (or several) off, and returns the rest. Other things before a colon are not a scheme: a
// host before its port, or a user name before a password.
func (r *oktaBaseURLReading) readScheme(text string) (rest string) {
	found := ""
	for {
		word, after, _ := strings.Cut(text, ":")
		isScheme := schemeWord.MatchString(word) && len(after) < len(text)-len(word) &&
			(strings.HasPrefix(after, "//") || strings.EqualFold(word, "https") || strings.EqualFold(word, "http"))
		if !isScheme {
			break
		}
		if found == "" {
			r.expect(strings.HasPrefix(after, "//") && !strings.HasPrefix(after, "///"), "The scheme must be followed by ://.")
		} else {
			r.expect(false, "The scheme is written twice.")
		}
		found, text = strings.ToLower(word), strings.TrimLeft(after, "/")
	}
	r.expect(found != "", "The scheme is missing.")
	if found != "" {
		r.scheme = found
	}
	return text
}

// hostLabels is compiled when it is needed: with all letters of Unicode, that takes a while.
var hostLabels = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\pL\pN_-]+(\.[\pL\pN_-]+)*$`) })

// readAuthority takes apart what follows the scheme: userinfo, host, port, and what should not be there.
func (r *oktaBaseURLReading) readAuthority(text string) {
	end := strings.IndexAny(text+"/", `/?#\`)
	authority := text[:end]
	r.expect(text[end:] == "" || text[end:] == "/", "Nothing may follow the host: no path, no query.")
	at := strings.LastIndex(authority, "@")
	r.expect(at < 0, "Leave the user name and password out of the URL.")
	parsed, err := url.Parse("https://" + authority[at+1:])
	if err != nil || !hostLabels().MatchString(parsed.Hostname()) && net.ParseIP(parsed.Hostname()) == nil {
		r.expect(false, "There is no valid host.")
		return
	}
	r.host, r.port = strings.ToLower(parsed.Hostname()), parsed.Port()
}

// checkHost corrects acme.okta.com.okta.com, acme.okta.com.com and acme-admin.okta.com. Whether http is right depends
// on the host.
func (r *oktaBaseURLReading) checkHost() {
	single := withoutDoubledDomain(r.host)
	r.expect(single == r.host, "The domain is written twice.")
	r.host = single
	if credential.IsOktaAdminHost(r.host) {
		r.expect(false, "This is the host of the admin console.")
		label, rest, _ := strings.Cut(r.host, ".")
		r.host = strings.TrimSuffix(label, "-admin") + "." + rest
	}
	switch loopback := credential.IsLoopback(r.host); {
	case r.scheme == "http" && !loopback:
		r.expect(false, "Only https keeps the token secret.")
		r.scheme = "https"
	case r.scheme != "http" && r.scheme != "https":
		r.expect(false, "The scheme must be https.")
		r.scheme = "https"
	}
	if isBareOktaDomain(r.host) {
		r.expect(false, "The host names no organization.")
		r.host = ""
	}
}

// isBareOktaDomain reports whether host is one of Okta's domains itself, such as okta.com or www.okta.com.
func isBareOktaDomain(host string) bool {
	host = strings.TrimPrefix(host, "www.")
	_, above, _ := strings.Cut(host, ".")
	return credential.IsOktaDomain(host) && !credential.IsOktaDomain(above)
}

var doubledCom = regexp.MustCompile(`(\.com){2,}$`)

// withoutDoubledDomain fixes acme.okta.com.okta.com, acme.okta.com.oktapreview.com and acme.okta.com.com.
func withoutDoubledDomain(host string) string {
	host = doubledCom.ReplaceAllString(host, ".com")
	for at, char := range host {
		if char == '.' && credential.IsOktaDomain(host[:at]) && isBareOktaDomain(host[at+1:]) {
			return withoutDoubledDomain(host[:at])
		}
	}
	return host
}

// checkPort refuses an impossible port, and any but 443 on Okta's own domains. On another host it is a matter of trust.
func (r *oktaBaseURLReading) checkPort() {
	if r.port == "" {
		return
	}
	number, err := strconv.Atoi(r.port)
	valid, okta := err == nil && number >= 1 && number <= 65535, credential.IsOktaDomain(r.host)
	r.expect(valid, "The port must be from 1 to 65535.")
	r.expect(!valid || !okta || number == 443, "Okta answers on port 443.")
	if !valid || okta || number == 443 && r.scheme == "https" {
		r.port = ""
	}
}
