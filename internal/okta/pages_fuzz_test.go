// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// linked is a network whose pages lead on as a script has it, for ever.
type linked struct {
	pages [][]string
	asked []*http.Request
}

func (l *linked) RoundTrip(request *http.Request) (*http.Response, error) {
	answer := reply(http.StatusOK, "[]")
	answer.Header["Link"] = l.pages[len(l.asked)%len(l.pages)]
	answer.Request = request
	l.asked = append(l.asked, request)
	return answer, nil
}

// FuzzPages looks for Link headers that carry the credential to another place than Okta's, or that lead on without end.
// A line of the script is a page, and a tab is between its headers.
func FuzzPages(f *testing.F) {
	next := func(target string) string { return "<" + target + `>; rel="next"` }
	for _, seed := range []string{
		"", next(acmeDevice + "?after=1"), next("?after=1") + "\n" + next("?after=2"), next("https://evil.example/"), next("//evil.example/"), next(`\\evil.example\`), next("https://acme.okta.com@evil.example/"),
		next("http://acme.okta.com/"), next("https://acme.okta.com:8443/"), next("https://acme.okta.com:443/x"), next("https://user:pass@acme.okta.com/"), next("https://ACME.OKTA.COM/y"),
		next("https://acme.okta.com./"), next("https://acme.o\u212ata.com/"), next("#a"), next("?after=1#b") + "\n" + next("?after=1#c"), next("%"), next("javascript:alert(1)"), next("../../../x"),
		"<a>; rel=self\t" + next("b"), next("?a") + "\n" + next("?b") + "\n" + next("?a"), next(""), next(" "), "x\n\n" + next("/y"), next("https:acme.okta.com"), next("https:///evil.example"), next("x://acme.okta.com"),
		next("/"+strings.Repeat("M", 3000)) + "\n" + next("https://evil.example/"),
	} {
		f.Add(seed)
	}
	home := origin(f, acme)
	const most = 6
	f.Fuzz(func(t *testing.T, script string) {
		network := &linked{}
		for line := range strings.SplitSeq(script, "\n") {
			network.pages = append(network.pages, strings.Split(line, "\t"))
		}
		guarded, err := transport.New(transport.Options{Base: network})
		if err != nil {
			t.Fatal(err)
		}
		client := New(Config{HTTP: guarded, Origin: home, Token: credential.NewSecret(token)})
		client.maxPages = most
		var problem error
		for _, err := range eachDevice(t.Context(), client, DeviceQuery{}) {
			problem = err
		}
		seen := map[string]bool{}
		for _, request := range network.asked {
			there := request.URL
			if !strings.EqualFold(there.Scheme, "https") || !slices.Contains([]string{"acme.okta.com", "acme.okta.com:443"}, strings.ToLower(there.Host)) || there.User != nil {
				t.Errorf("the token was sent to %q", there)
			}
			if seen[there.String()] || there.Fragment != "" {
				t.Errorf("%q was asked for twice", there)
			}
			seen[there.String()] = true
		}
		if len(network.asked) == 0 || len(network.asked) > most {
			t.Errorf("%d pages were asked for", len(network.asked))
		}
		last := network.pages[(len(network.asked)-1)%len(network.pages)]
		if target, err := nextLink(last); problem == nil && (target != "" || err != nil) {
			t.Errorf("it ended without an error where the last page leads on to %q, %v", target, err)
		}
		checkShown(t, problem)
	})
}

// checkShown tells of an error that is not fit for a diagnostic, or that holds one of these secrets.
func checkShown(t *testing.T, err error, secrets ...string) {
	t.Helper()
	if err == nil {
		return
	}
	text := err.Error()
	// The longest has a code, a summary, five causes and an id, each of 200 runes at most, and a path.
	if n := utf8.RuneCountInString(text); n > 2500 {
		t.Errorf("%d runes: %q", n, text)
	}
	for part := range strings.SplitSeq(text, " ") {
		if utf8.RuneCountInString(part) <= 200 && credential.Sanitize(part) != part {
			t.Errorf("not fit to be shown: %q", text)
		}
	}
	if strings.ContainsAny(text, "\n\r\x00\x1b\u202e\u2066\u200b") || !utf8.ValidString(text) {
		t.Errorf("not fit to be shown: %q", text)
	}
	for _, secret := range append(secrets, token) {
		if secret != "" && strings.Contains(text, secret) {
			t.Errorf("it shows a secret: %q", text)
		}
	}
}
