// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credential_test

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// ownURL is a URL of one of Okta's own domains as a reader of the rule would write it down, with nothing of the package
// that it checks. The letters are spelt out, for without regard to case a k is also the Kelvin sign.
var ownURL = regexp.MustCompile(`^[hH][tT][tT][pP][sS]://((?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)*(?:` +
	eitherCase("okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil", "trex-gov.com") + `))(?::(?:443)?)?(?s:[/?#].*)?$`)

func eitherCase(words ...string) string {
	var alternatives []string
	for _, word := range words {
		var pattern strings.Builder
		for _, letter := range word {
			pattern.WriteString("[" + string(letter) + strings.ToUpper(string(letter)) + "]")
		}
		alternatives = append(alternatives, pattern.String())
	}
	return strings.Join(alternatives, "|")
}

// FuzzTrust looks for a URL that is trusted and should not be, for a list of hosts that trusts more than it names, and
// for an origin that is another one when it is read again.
func FuzzTrust(f *testing.F) {
	for _, raw := range []string{
		"https://acme.okta.com", "https://ACME.OKTA.COM:443/x?y#z", "https://okta.com.evil.example", "https://evilokta.com", "https://acme.okta.com@evil.example",
		"https://acme.okta.com.", "https://acme.o\u212ata.com", "https://acme.okta.com:8443", "http://acme.okta.com", "https://acme.okta.com:", "https://acme.okta.com:0443",
		"https://[::1]:8080", "http://127.0.0.1", "http://127.1", "https://localhost", "https://LOCALHOST:1/", "https://[::ffff:127.0.0.1]", "https://0x7f000001", "https://2130706433",
		`https://evil.example\@acme.okta.com`, "https:acme.okta.com", "//acme.okta.com", "https://acme.okta.com%2eevil.example", "https://acme.okta.com%00.evil.example",
		"https://a_b.okta.com", "https://-a.okta.com", "https://xn--a.okta.mil", "https://[fe80::1%25eth0]:1", "https://idp.acme.example", "user:secret@acme.okta.com", " https://acme.okta.com",
	} {
		f.Add(raw, "idp.acme.example, [::1]:8443,127.0.0.2:80")
	}
	for _, hosts := range []string{"", ",", "*", "*.example", "a,b:1,[::1],::1", "a/b", "a?b", "a#b", "https://a", "u:p@a", "a:0", "a:65536", "a:", "A.Example:0443", "a%41", "1.2.3", "a b", "ü.example"} {
		f.Add("https://a.example", hosts)
	}
	f.Fuzz(func(t *testing.T, raw, hosts string) {
		listed := readTrusted(t, hosts)
		origin := readOrigin(t, raw)
		u, err := url.Parse(raw)
		if err != nil {
			return
		}
		own := ownURL.FindStringSubmatch(raw)
		isOwn := len(own) == 2 && len(own[1]) <= 253
		isLocal := isThisMachine(u.Hostname()) && u.User == nil && (u.Scheme == "http" || u.Scheme == "https")
		for _, trust := range []credential.Trust{{}, {OktaHosts: listed}, {OktaHosts: listed, Loopback: true}} {
			grade, reason := trust.Okta(u)
			here := credential.HostPort{Host: origin.Host, Port: origin.Port}
			isListed := slices.Contains(trust.OktaHosts, here) && u.User == nil && (u.Scheme == "https" || isThisMachine(u.Hostname()))
			trusted := grade == credential.OktaTrusted
			if trusted != (reason == "") || isOwn && !trusted {
				t.Errorf("%q is %d, for the reason %q", raw, grade, reason)
			}
			if allowed := isOwn || isListed || isLocal && trust.Loopback; trusted && !allowed {
				t.Errorf("%q is trusted, and is neither Okta's own, nor listed, nor this machine", raw)
			}
			// A custom domain can only be there.
			if grade == credential.OktaUntrusted && (origin.Scheme != "https" || origin.Port != "443" || !strings.Contains(origin.Host, ".") || u.User != nil) {
				t.Errorf("%q would be asked whether it is a custom domain", raw)
			}
			checkShown(t, reason)
		}
	})
}

// isThisMachine knows the three forms of it.
func isThisMachine(host string) bool {
	if regexp.MustCompile(`^[lL][oO][cC][aA][lL][hH][oO][sS][tT]$`).MatchString(host) || host == "::1" {
		return true
	}
	numbers := strings.Split(host, ".")
	for _, number := range numbers {
		if n, err := strconv.Atoi(number); err != nil || n < 0 || n > 255 || strconv.Itoa(n) != number {
			return false
		}
	}
	return len(numbers) == 4 && numbers[0] == "127"
}

// readOrigin reads an origin, and what it writes again. It is zero where there is none.
func readOrigin(t *testing.T, raw string) credential.Origin {
	t.Helper()
	origin, err := credential.ParseOrigin(raw)
	if err != nil {
		checkShown(t, err.Error())
		if !origin.IsZero() {
			t.Errorf("%q is %+v, and an error", raw, origin)
		}
		return origin
	}
	again, err := credential.ParseOrigin(origin.String())
	if err != nil || again != origin {
		t.Errorf("%q is %+v, written %q, and that is %+v, %v", raw, origin, origin, again, err)
	}
	return origin
}

// readTrusted reads a list of hosts, and finds each of them in it as it is.
func readTrusted(t *testing.T, hosts string) []credential.HostPort {
	t.Helper()
	if _, err := credential.ParseTrustedHosts("someone:hunter2@" + hosts); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a list that begins with a password: %v", err)
	}
	listed, err := credential.ParseTrustedHosts(hosts)
	if err != nil {
		checkShown(t, err.Error())
		return nil
	}
	var items []string
	for item := range strings.SplitSeq(hosts, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, strings.ToLower(item))
		}
	}
	if len(items) != len(listed) {
		t.Fatalf("%q has %d items, and %d hosts: %v", hosts, len(items), len(listed), listed)
	}
	for index, host := range listed {
		written := host.Host
		if address, err := netip.ParseAddr(host.Host); err == nil && address.Is6() {
			written = "[" + written + "]"
		}
		item := items[index]
		if item != written+":"+host.Port && (host.Port != "443" || item != written && item != written+":") {
			t.Errorf("%q is taken for %+v", item, host)
		}
		if strings.Trim(host.Host, "abcdefghijklmnopqrstuvwxyz0123456789-.:") != "" || host.Host == "" {
			t.Errorf("%q is no host", host.Host)
		}
		if port, err := strconv.Atoi(host.Port); err != nil || port < 1 || port > 65535 || strconv.Itoa(port) != host.Port {
			t.Errorf("%q is no port", host.Port)
		}
	}
	return listed
}

// checkShown tells of a text that is not fit for a diagnostic.
func checkShown(t *testing.T, text string) {
	t.Helper()
	// The longest sentence of the package has two quotations in it, each of 200 runes at most.
	if n := utf8.RuneCountInString(text); n > 700 {
		t.Errorf("%d runes: %q", n, text)
	}
	if credential.Sanitize(text) != text && utf8.RuneCountInString(text) <= 200 || strings.ContainsAny(text, "\n\r\x1b\u202e\u2066\u200b") || !utf8.ValidString(text) {
		t.Errorf("not fit to be shown: %q", text)
	}
}
