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
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// OktaBaseURLValidator refuses a text that is not the base URL of an Okta organization (another scheme than https, the
// admin console's host, a path, userinfo, a domain written twice), and suggests the right one. It accepts http for
// loopback hosts only. It does not decide whether the host can be trusted: a custom domain passes. A host that Sekoia's
// connector can't use is a warning.
func OktaBaseURLValidator() validator.String {
	return textValidator{
		described: "the base URL of an Okta organization, such as https://acme.okta.com: https, no admin host, no path",
		summary:   "not the base URL of an Okta organization",
		problem: func(_, text string) string {
			if err := CheckOktaBaseURL(text); err != nil {
				return err.Error()
			}
			return ""
		},
		warning: func(text string) (summary, detail string) {
			// Sekoia's connector calls Okta with okta-sdk-python 2.9.13, which looks for -admin anywhere in the URL.
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
	should := "look like: https://acme.okta.com"

	// A word without a dot is not one of Okta's hosts. It may be a token in the wrong attribute, so it is not repeated.
	if strings.ContainsAny(reading.host, ".:") || credential.IsLoopback(reading.host) {
		should = "be: " + (&url.URL{Scheme: reading.scheme, Host: reading.authority()}).String()
	}
	return errors.New(strings.Join(reading.problems, " ") + "\nIt should " + should)
}

// oktaBaseURLReading is a base URL as a person wrote it, taken apart as far as possible, with its mistakes corrected.
type oktaBaseURLReading struct {
	problems           []string
	scheme, host, port string
}

func (r *oktaBaseURLReading) authority() string {
	switch {
	case r.port != "":
		return net.JoinHostPort(r.host, r.port)
	case strings.Contains(r.host, ":"):
		return "[" + r.host + "]"
	}
	return r.host
}

// expect notes a problem unless ok is true.
func (r *oktaBaseURLReading) expect(ok bool, problem string) {
	if !ok {
		r.problems = append(r.problems, problem)
	}
}

// oktaURLParts are schemes (RFC 3986 section 3.1), userinfo, host and port, and what follows. Only https and http are
// taken for a scheme without slashes after it: other words before a colon are a host or a user name.
var oktaURLParts = regexp.MustCompile(`(?is)^((?:https?:/*|[a-z][a-z0-9+.-]*://+)*)([^/?#\\]*@)?([^/?#\\]*)(.*)$`)

func readOktaBaseURL(raw string) *oktaBaseURLReading {
	reading := &oktaBaseURLReading{scheme: "https"}
	spaced := strings.TrimSpace(raw)
	text := strings.TrimFunc(spaced, func(r rune) bool {
		return strings.ContainsRune("\"'`<>", r) || unicode.In(r, unicode.Cf, unicode.White_Space)
	})
	if text == "" {
		reading.expect(false, "The URL is empty.")
		return reading
	}
	parts := oktaURLParts.FindStringSubmatch(text)
	scheme, userinfo, authority, after := strings.ToLower(parts[1]), parts[2], parts[3], parts[4]
	reading.expect(spaced == raw, "There is white space around the URL.")
	reading.expect(text == spaced, "There are quotation marks, brackets or invisible characters around the URL.")
	reading.expect(userinfo == "", "Leave the user name and password out of the URL.")
	reading.expect(after == "" || after == "/", "Nothing may follow the host: no path, no query.")
	parsed, err := url.Parse("https://" + authority)
	if err != nil || !isHost(parsed.Hostname()) {
		reading.expect(false, "There is no valid host.")
		return reading
	}
	reading.host, reading.port = strings.ToLower(parsed.Hostname()), parsed.Port()
	if credential.IsLoopback(reading.host) && strings.HasPrefix(scheme, "http:") {
		reading.scheme = "http"
	}
	reading.expect(scheme == reading.scheme+"://", "The URL must begin with "+reading.scheme+"://.")
	reading.checkHost()
	return reading
}

// isHost reports whether a text can be a host: an address, or labels of letters, digits, hyphens and underscores.
func isHost(host string) bool {
	strange := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune("-_.", r)
	}
	return net.ParseIP(host) != nil || !strings.ContainsFunc(host, strange) && !strings.Contains("."+host+".", "..")
}

// checkHost corrects acme.okta.com.okta.com, acme.okta.com.com, acme-admin.okta.com, and the port. Another port than
// 443 on a host that is not Okta's is a matter of trust.
func (r *oktaBaseURLReading) checkHost() {
	single := withoutDoubledDomain(r.host)
	r.expect(single == r.host, "The domain is written twice.")
	r.host = single
	if credential.IsOktaAdminHost(r.host) {
		r.expect(false, "This is the host of the admin console.")
		r.host = strings.Replace(r.host, "-admin.", ".", 1)
	}
	number, err := strconv.ParseUint(r.port, 10, 16)
	if r.port != "" && (err != nil || number == 0 || credential.IsOktaDomain(r.host)) {
		r.expect(r.port == "443", "Okta answers on port 443.")
		r.port = ""
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

// withoutDoubledDomain fixes acme.okta.com.okta.com, acme.okta.com.oktapreview.com and acme.okta.com.com.
func withoutDoubledDomain(host string) string {
	for at, char := range host {
		if char == '.' && credential.IsOktaDomain(host[:at]) && (host[at+1:] == "com" || isBareOktaDomain(host[at+1:])) {
			return withoutDoubledDomain(host[:at])
		}
	}
	return host
}

// OktaTokenValidator accepts a text that can be an Okta API token as it is: without white space around it, without the
// word of the Authorization header before it, not empty, and without characters that no token has. Otherwise the error
// says what is wrong, one sentence a line. It never repeats the token.
func OktaTokenValidator() validator.String {
	return Checked("an Okta API token as Okta shows it, without SSWS before it and without white space", "not an API token",
		func(_, text string) string { return problemOfSecret("token", text, tokenCharacters) })
}

// SekoiaKeyValidator is OktaTokenValidator for an API key of Sekoia, which may have other characters.
func SekoiaKeyValidator() validator.String {
	return Checked("an API key of Sekoia, without white space", "not an API key",
		func(_, text string) string { return problemOfSecret("API key", text, visibleCharacters) })
}

var (
	// authorizationWord is what stands before a token in an Authorization header.
	authorizationWord = regexp.MustCompile(`^(?i:(ssws)|bearer)\s+`)
	// tokenCharacters are those that Okta's tokens consist of.
	tokenCharacters = regexp.MustCompile(`^[A-Za-z0-9_.-]*`)
	// visibleCharacters are those of ASCII except for quotation marks.
	visibleCharacters = regexp.MustCompile("^[^\\x00-\\x20\"'`\\x7f-\\x{10ffff}]*")
)

func problemOfSecret(what, secret string, characters *regexp.Regexp) string {
	text := strings.TrimSpace(secret)
	if text == "" {
		return "The " + what + " is empty. Is the secret set in CI?"
	}
	var problems []string
	if text != secret {
		problems = append(problems, "The "+what+` has white space or a line break around it. Wrap it in trimspace(), for example trimspace(file("token")).`)
	}
	if found := authorizationWord.FindStringSubmatch(text); found != nil {
		word := "Bearer"
		if found[1] != "" {
			word = "SSWS"
		}
		problems = append(problems, "The "+what+" begins with "+word+". Leave that word out: the provider adds it.")
		text = text[len(found[0]):]
	}
	if strange := []rune(text[len(characters.FindString(text)):]); len(strange) > 0 {
		problems = append(problems, "The "+what+" has "+problemOfCharacter(strange[0]))
	}
	return strings.Join(problems, "\n")
}

// problemOfCharacter describes a character that no secret has.
func problemOfCharacter(strange rune) string {
	switch {
	case unicode.IsSpace(strange):
		return "white space or a line break inside it. Copy it alone, and all of it."
	case strings.ContainsRune("\"'`\u2018\u2019\u201c\u201d", strange):
		return "quotation marks in it. Leave them out."
	}
	return "a character that it can't have, perhaps an invisible one. Copy it again, without anything around it."
}
