// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credentials

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// lies makes the true services answer otherwise; nil: the truth.
func (w *World) lies(lie func(cloud string, req *http.Request) *http.Response) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lie = lie
}

// rewrites changes what the true services answer.
func (w *World) rewrites(change func(cloud string, req *http.Request, resp *http.Response) *http.Response) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rewrite = change
}

// sent redirects some calls of a cloud.
func sent(of, path string, status int) func(*World, string) {
	return func(w *World, url string) {
		w.lies(func(cloud string, req *http.Request) *http.Response {
			if cloud != of || !strings.HasSuffix(req.URL.Path, path) {
				return nil
			}
			return redirect(req, status, url)
		})
	}
}

// both is two settings.
func both(first, then func(*World, string)) func(*World, string) {
	return func(w *World, url string) {
		first(w, url)
		then(w, url)
	}
}

// truly puts the true organization into the okta object.
func truly(block func(*World, string) map[string]any) func(*World, string) {
	return func(w *World, _ string) { w.Provider["okta"] = block(w, "https://"+ownHost) }
}

// answerWays are those in which an answer of a service names the URL. The provider must never follow it.
func answerWays() []Way {
	devices := dataRun("sekoia_okta_devices", nil)
	moved := []string{"redirect", "answered 3", "Location", "answered 4"} // within an origin a redirect leads to nothing
	var ways []Way
	for _, status := range []int{301, 302, 303, 307, 308} {
		ways = append(ways, Way{
			Name: fmt.Sprintf("Okta redirects its devices, %d", status), Cloud: okta, run: devices, allows: refused, names: moved,
			set: both(truly(tokenBlock), sent(okta, devicesPath, status)),
		})
	}
	for _, status := range []int{302, 307, 308} {
		ways = append(ways, Way{
			Name: fmt.Sprintf("the token endpoint redirects, %d", status), Cloud: okta, run: devices, allows: refused, names: moved,
			set: both(truly(appBlock), sent(okta, tokenPath, status)),
		})
	}
	return append(ways,
		Way{Name: "Okta's well-known document is redirected", Cloud: okta, run: devices, allows: refused, names: append(moved, "base_url"), set: both(truly(tokenBlock), sent(okta, wellKnownPath, 302))},
		Way{Name: `Okta's Link: rel="next"`, Cloud: okta, run: devices, allows: refused, names: []string{"Link", "answered 4"}, set: both(truly(tokenBlock), linked)},
		Way{Name: "the custom domain's document: organization", Cloud: okta, run: custom, allows: refused, set: func(w *World, url string) {
			w.tells(func(host string) any { return w.organizationOf(url, "https://"+host) })
		}},
		Way{Name: "Okta's own document: alternate", Cloud: okta, run: custom, allows: refused, set: func(w *World, url string) {
			w.rewrites(func(cloud string, req *http.Request, resp *http.Response) *http.Response {
				if cloud != okta || req.URL.Path != wellKnownPath {
					return resp
				}
				return answer(req, http.StatusOK, w.organizationOf("https://"+ownHost, url))
			})
		}},
		Way{Name: "Okta's own document: organization", Cloud: okta, run: devices, allows: passes, set: both(truly(tokenBlock), func(w *World, url string) {
			w.rewrites(func(cloud string, req *http.Request, resp *http.Response) *http.Response {
				if cloud != okta || req.URL.Path != wellKnownPath {
					return resp
				}
				return answer(req, http.StatusOK, w.organizationOf(url, url))
			})
		})},
		Way{Name: "Okta's devices name it in their links", Cloud: okta, run: devices, allows: passes, set: both(truly(tokenBlock), naming(okta, "href", "url"))},
		Way{Name: "Okta's token endpoint names it", Cloud: okta, run: devices, allows: passes, set: both(truly(appBlock), naming(okta, "token_endpoint", "issuer", "resource", "api_url"))},
		Way{Name: "Sekoia's answers name it", Cloud: sekoia, run: appliedTruly, allows: passes, set: naming(sekoia, "next", "url", "href", "api_url", "location")},
	)
}

// custom applies a connector at a host that claims to be a custom domain.
func custom(ctx context.Context, w *World, _ string) Run {
	return applied(nil)(ctx, w, "https://claims.example")
}

func appliedTruly(ctx context.Context, w *World, _ string) Run {
	return applied(nil)(ctx, w, "https://"+ownHost)
}

// tells sets how the attacker describes himself.
func (w *World) tells(tell func(host string) any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wellKnown = tell
}

// linked puts a next page into the listing of devices.
func linked(w *World, url string) {
	w.rewrites(func(cloud string, req *http.Request, resp *http.Response) *http.Response {
		if cloud == okta && req.URL.Path == devicesPath && req.URL.Query().Get("after") == "" {
			resp.Header["Link"] = []string{"<" + strings.TrimRight(url, "/") + devicesPath + `?after=1&limit=200>; rel="next"`}
		}
		return resp
	})
}

// naming puts the URL into every object of a service's answers, under these names.
func naming(of string, names ...string) func(*World, string) {
	return func(w *World, url string) {
		w.rewrites(func(cloud string, req *http.Request, resp *http.Response) *http.Response {
			if cloud != of || resp.StatusCode == http.StatusNoContent || req.URL.Path == wellKnownPath {
				return resp
			}
			resp.Header["Location"], resp.Header["Content-Location"] = []string{url}, []string{url}
			return edited(req, resp, func(object map[string]any) {
				for _, name := range names {
					object[name] = url
				}
			})
		})
	}
}

// sekoiaWays are those in which a configuration names Sekoia's URL.
func sekoiaWays() []Way {
	connectors := dataRun("sekoia_okta_device_connectors", nil)
	plain := func(w *World, url string) { w.Provider["base_url"] = url }
	with := func(variable, value string) func(*World, string) {
		return func(w *World, url string) {
			w.Environment[variable] = value
			w.Provider["base_url"] = url
		}
	}
	keyInBlock := func(w *World, url string) {
		delete(w.Environment, "SEKOIA_API_KEY")
		w.Provider["base_url"], w.Provider["api_key"] = url, w.ready.SekoiaAPIKey
	}
	region := func(w *World, url string) { w.Provider["region"] = url }
	moved := []string{"redirect", "answered 3", "Location", "answered 4"} // within an origin a redirect leads to nothing
	ways := []Way{
		{Name: "base_url, key from the environment: apply", Cloud: sekoia, set: plain, run: appliedTruly, chosen: true},
		{Name: "base_url, key from the environment: connectors", Cloud: sekoia, set: plain, run: connectors},
		{Name: "base_url, key next to it: connectors", Cloud: sekoia, set: keyInBlock, run: connectors},
		{Name: "base_url with SEKOIA_BASE_URL: connectors", Cloud: sekoia, set: with("SEKOIA_BASE_URL", "https://sekoia.inside.example:8443"), run: connectors},
		{Name: "base_url with SEKOIA_REGION: connectors", Cloud: sekoia, set: with("SEKOIA_REGION", "fra1"), run: connectors},
		{Name: "base_url with SEKOIA_TRUSTED_OKTA_HOSTS: connectors", Cloud: sekoia, set: with("SEKOIA_TRUSTED_OKTA_HOSTS", evilHost), run: connectors},
		{Name: "region", Cloud: sekoia, set: region, run: connectors, allows: refused, names: []string{"region"}},
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		ways = append(ways,
			Way{Name: fmt.Sprintf("Sekoia redirects a GET, %d", status), Cloud: sekoia, run: connectors, allows: refused, names: moved, set: sent(sekoia, "connector-configurations", status)},
			Way{Name: fmt.Sprintf("Sekoia redirects a POST, %d", status), Cloud: sekoia, run: appliedTruly, allows: refused, names: moved, set: postSent(status)})
	}
	return ways
}

// postSent redirects the POST that carries the token.
func postSent(status int) func(*World, string) {
	return func(w *World, url string) {
		w.lies(func(cloud string, req *http.Request) *http.Response {
			if cloud != sekoia || req.Method != http.MethodPost {
				return nil
			}
			return redirect(req, status, url)
		})
	}
}
