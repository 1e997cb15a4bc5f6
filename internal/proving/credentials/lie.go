// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credentials

import (
	"fmt"
	"net/http"
	"strings"
)

// claims is a host that says it is a custom domain.
const claims = "claims.example"

// Lies are well-known documents that are not true, each with what is done at the host that serves it. No token may go
// there, or be stored with its URL.
func Lies() []Case {
	own, self := "https://"+ownHost, "https://"+claims
	told := map[string]func(*World) any{
		"it is its own organization":   func(w *World) any { return w.organizationOf(self, self) },
		"it is acme's custom domain":   func(w *World) any { return w.organizationOf(own, self) },
		"it is acme's, of another id":  func(*World) any { return document("00oLie", own, self) },
		"acme's host is http":          func(w *World) any { return w.organizationOf("http://"+ownHost, self) },
		"acme's host has a user":       func(w *World) any { return w.organizationOf("https://x@"+ownHost, self) },
		"acme's host has a port":       func(w *World) any { return w.organizationOf(own+":8443", self) },
		"acme's host has a path":       func(w *World) any { return w.organizationOf(own+"/@"+claims, self) },
		"acme's host is a look-alike":  func(w *World) any { return w.organizationOf(own+"."+claims, self) },
		"acme's host has a Cyrillic o": func(w *World) any { return w.organizationOf("https://acme.\u043ekta.com", self) },
		"the organization comes twice": func(w *World) any { return twice(w.organization, own, self) },
		"the organization is a list": func(w *World) any {
			return `{"id":"` + w.organization + `","pipeline":"idx","_links":{"organization":[{"href":"` + own + `"}]}}`
		},
		"no links":                         func(w *World) any { return `{"id":"` + w.organization + `","pipeline":"idx"}` },
		"a page":                           func(*World) any { return "<html>" + canary },
		"null":                             func(*World) any { return "null" },
		"a huge one":                       func(w *World) any { return document(w.organization, own, self+"/"+strings.Repeat(canary, 10000)) },
		"text that asks for a terminal":    func(*World) any { return document("\x1b[31m"+canary, own, self) },
		"a custom domain, as acme has one": func(w *World) any { return w.organizationOf(own, "https://"+customHost) },
	}
	var cases []Case
	for name, tell := range told {
		for _, mode := range []string{"off", "apply", "on_change", "always"} {
			cases = append(cases, lie(name, mode, func(w *World, _ string) { w.tells(func(string) any { return tell(w) }) }))
		}
	}
	for _, mode := range []string{"off", "apply", "on_change", "always"} {
		cases = append(cases, lie("an attacker's own organization at Okta confirms it", mode, confirmed))
	}
	return cases
}

func lie(name, mode string, set func(*World, string)) Case {
	return Case{
		Way:  Way{Name: name + ", mode " + mode, Cloud: okta, set: set, run: applied(test(mode, "warning")), allows: refused},
		Host: Host{Name: claims, text: "https://" + claims},
	}
}

func document(id, host, alternate string) any {
	return map[string]any{"id": id, "pipeline": "idx", "said": canary, "_links": map[string]any{
		"organization": map[string]any{"href": host}, "alternate": map[string]any{"href": alternate},
	}}
}

func twice(id, first, second string) string {
	return fmt.Sprintf(`{"id":%q,"pipeline":"idx","_links":{"organization":{"href":%q},"organization":{"href":%q}},"_links":{"organization":{"href":%q,"href":%q}}}`,
		id, first, second, second, first)
}

// confirmed is an organization of the attacker's on Okta's own domain, which truly has the host as its custom domain.
// Okta gets the token, and does not know it.
func confirmed(w *World, _ string) {
	const own = "https://evil.okta.com"
	w.tells(func(string) any { return document("00oEvil", own, "https://"+claims) })
	w.mu.Lock()
	defer w.mu.Unlock()
	w.allowed[okta] = append(w.allowed[okta], own)
	w.others = map[string]func(*http.Request) *http.Response{own + devicesPath: func(req *http.Request) *http.Response {
		return answer(req, http.StatusUnauthorized, map[string]any{"errorCode": "E0000011", "errorSummary": "Invalid token provided"})
	}}
}
