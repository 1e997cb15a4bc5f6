// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credentials

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// The two clouds.
const (
	okta   = "okta"
	sekoia = "sekoia"
)

// connectorUserAgent is how the simulated connector names itself.
const connectorUserAgent = "sekoia-connector"

// canary is in all that the attacker says: no diagnostic may repeat it.
const canary = "SAID-BY-THE-ATTACKER"

// internet is all that the provider and the simulated connector can reach. It notes where credentials go.
type internet struct {
	clouds http.RoundTripper // the simulator's
	// sites are the true services: where a host's requests go in the simulator.
	sites map[string]string
	// credentials are what nobody else may see; accessTokens are not among them, because each is in an Authorization
	// header.
	oktaSecrets, sekoiaSecrets []string
	organization               string // the organization's id

	mu sync.Mutex
	// allowed are the origins that a cloud's credentials may go to.
	allowed map[string][]string
	// custom lets only Sekoia's connector go to the custom domain.
	custom bool
	// lie answers in a true service's place; nil, or a nil answer: the truth.
	lie func(cloud string, req *http.Request) *http.Response
	// wellKnown is what the attacker says of himself as an organization; nil: that he is acme's custom domain.
	wellKnown func(host string) any
	// others are answers of other places, by origin and path.
	others map[string]func(*http.Request) *http.Response
	// rewrite changes what a true service answered.
	rewrite func(cloud string, req *http.Request, resp *http.Response) *http.Response
	leaks   []string
	carried int // requests with a credential
}

// RoundTrip implements http.RoundTripper.
func (n *internet) RoundTrip(req *http.Request) (*http.Response, error) {
	body := readBody(req)
	n.note(req, body)
	n.mu.Lock()
	lie, rewrite := n.lie, n.rewrite
	n.mu.Unlock()
	cloud, known := n.site(req.URL)
	if !known {
		return n.attacker(req)
	}
	if lie != nil {
		if told := lie(cloud, req); told != nil {
			return told, nil
		}
	}
	answered, err := n.forward(req, n.sites[cloud])
	if err == nil && rewrite != nil {
		answered = rewrite(cloud, req, answered)
	}
	return answered, err
}

func readBody(req *http.Request) []byte {
	if req.Body == nil {
		return nil
	}
	content, _ := io.ReadAll(req.Body) // it is in memory
	_ = req.Body.Close()
	req.Body = io.NopCloser(bytes.NewReader(content))
	return content
}

// site returns the true service that answers at a URL.
func (n *internet) site(u *url.URL) (string, bool) {
	switch place := origin(u); place {
	case "https://" + ownHost, "https://" + customHost, "https://" + listedHost:
		return okta, true
	case "https://" + sekoiaHost:
		return sekoia, true
	default:
		return "", false
	}
}

// origin is where a request goes, always written in the same way.
func origin(u *url.URL) string {
	place := lower(u.Scheme) + "://" + lower(u.Host)
	switch u.Scheme {
	case "https":
		place = strings.TrimSuffix(place, ":443")
	case "http":
		place = strings.TrimSuffix(place, ":80")
	}
	return strings.TrimSuffix(place, ":")
}

// lower is only for ASCII: the Kelvin sign has a k as its lower case, but is another letter.
func lower(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r - 'A' + 'a'
		}
		return r
	}, text)
}

func (n *internet) forward(req *http.Request, to string) (*http.Response, error) {
	target, err := url.Parse(to)
	if err != nil {
		return nil, err
	}
	sent := req.Clone(req.Context())
	sent.URL.Scheme, sent.URL.Host, sent.Host = target.Scheme, target.Host, target.Host

	// Some of Sekoia's regions have their API below /api.
	if path, found := strings.CutPrefix(sent.URL.Path, "/api"); found && !strings.HasPrefix(sent.URL.Path, devicesPath) {
		sent.URL.Path, sent.URL.RawPath = path, ""
	}
	answered, err := n.clouds.RoundTrip(sent)
	if answered != nil {
		answered.Request = req
	}
	return answered, err
}

// note looks for credentials in a request.
func (n *internet) note(req *http.Request, body []byte) {
	// What somebody else stored goes where he stored it.
	if req.Header.Get("Authorization") == "SSWS "+planted && req.UserAgent() == connectorUserAgent {
		return
	}
	place := origin(req.URL)
	var text strings.Builder
	_ = req.Header.Write(&text)
	text.WriteString(req.URL.String() + "\n" + req.Host + "\n")
	text.Write(body)
	if u := req.URL.User; u != nil {
		password, _ := u.Password()
		text.WriteString("\n" + u.Username() + "\n" + password)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	told := text.String()
	atOkta, atSekoia := slices.Contains(n.allowed[okta], place), slices.Contains(n.allowed[sekoia], place)
	atOkta = atOkta || n.custom && place == "https://"+customHost && req.UserAgent() == connectorUserAgent
	ofOkta, ofSekoia := holds(told, n.oktaSecrets), holds(told, n.sekoiaSecrets)
	sensitive := ofOkta || ofSekoia
	for _, name := range []string{"Authorization", "Cookie", "Proxy-Authorization", "Dpop"} {
		sensitive = sensitive || len(req.Header.Values(name)) > 0
	}
	sensitive = sensitive || strings.Contains(told, "client_assertion=")
	if sensitive {
		n.carried++
	}
	switch {
	case sensitive && !atOkta && !atSekoia:
		n.leaks = append(n.leaks, fmt.Sprintf("a credential was sent to %s (%s)", place, req.Method))
	case ofSekoia && !atSekoia:
		n.leaks = append(n.leaks, "Sekoia's key was sent to "+place)
	case ofOkta && atSekoia && !atOkta:
		n.noteStored(req, body, place)
	}
}

// noteStored looks at an Okta token on its way to Sekoia: only in an account's body, and with a URL that it may go to.
func (n *internet) noteStored(req *http.Request, body []byte, place string) {
	var account struct {
		Value struct {
			BaseURL string `json:"base_url"`
			APIKey  string `json:"apikey"`
		} `json:"value"`
	}
	if json.Unmarshal(body, &account) != nil || !holds(account.Value.APIKey, n.oktaSecrets) {
		n.leaks = append(n.leaks, fmt.Sprintf("Okta's token was sent to %s (%s), and not as an account's", place, req.Method))
		return
	}
	if !n.mayStore(account.Value.BaseURL) {
		n.leaks = append(n.leaks, fmt.Sprintf("Okta's token was stored with %q", account.Value.BaseURL))
	}
}

// mayStore reports whether a text leads to an allowed origin, and to nothing else for any reader: it is that origin but
// for the case of its letters, its scheme's port and a slash at its end.
func (n *internet) mayStore(text string) bool {
	text = strings.TrimSuffix(lower(text), "/")
	text = strings.TrimSuffix(strings.TrimSuffix(text, ":443"), ":")
	return slices.Contains(n.allowed[okta], text) || n.custom && text == "https://"+customHost
}

// holds reports whether a text has one of the secrets in it, in one form or another.
func holds(text string, secrets []string) bool {
	for _, secret := range secrets {
		for _, form := range []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret))} {
			if strings.Contains(text, form) {
				return true
			}
		}
	}
	return false
}

// attacker answers as well as the services would, and better if that gets him a credential.
func (n *internet) attacker(req *http.Request) (*http.Response, error) {
	path := req.URL.Path
	n.mu.Lock()
	other := n.others[origin(req.URL)+path]
	n.mu.Unlock()
	switch {
	case other != nil:
		return other(req), nil
	case strings.HasSuffix(path, wellKnownPath):
		n.mu.Lock()
		tell := n.wellKnown
		n.mu.Unlock()
		if tell != nil {
			return answer(req, http.StatusOK, tell(req.URL.Host)), nil
		}
		return answer(req, http.StatusOK, n.organizationOf("https://"+ownHost, "https://"+req.URL.Host)), nil
	case strings.HasSuffix(path, tokenPath):
		return answer(req, http.StatusOK, map[string]any{
			"access_token": "of-the-attacker", "token_type": "Bearer", "expires_in": 3600, "scope": "okta.devices.read", "error_description": canary,
		}), nil
	case strings.HasSuffix(path, devicesPath):
		return answer(req, http.StatusOK, []any{}), nil
	case strings.Contains(path, devicesPath+"/"):
		return answer(req, http.StatusOK, map[string]any{"id": "guo00000000000000001", "status": "ACTIVE", "profile": map[string]any{"displayName": "one"}}), nil
	default:
		return n.forward(req, n.sites[sekoia])
	}
}

const (
	wellKnownPath = "/.well-known/okta-organization"
	tokenPath     = "/oauth2/v1/token" //nolint:gosec // a path
	devicesPath   = "/api/v1/devices"
)

// organizationOf is a well-known document with the true organization's id.
func (n *internet) organizationOf(host, alternate string) map[string]any {
	return map[string]any{
		"id": n.organization, "pipeline": "idx", "said": canary,
		"_links": map[string]any{"organization": map[string]any{"href": host}, "alternate": map[string]any{"href": alternate}},
	}
}

// answer is a whole answer.
func answer(req *http.Request, status int, body any) *http.Response {
	content, err := json.Marshal(body)
	if text, isText := body.(string); isText || err != nil {
		content = []byte(text)
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(content)), ContentLength: int64(len(content)), Request: req,
	}
}

// redirect sends a caller elsewhere.
func redirect(req *http.Request, status int, to string) *http.Response {
	sent := answer(req, status, canary)
	sent.Header["Location"] = []string{to}
	return sent
}
