// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// The two clouds.
const (
	okta   = "okta"
	sekoia = "sekoia"
)

// secondOkta is a second Okta organization.
const secondOkta = "okta 2"

// vendor is whose cloud it is.
func vendor(cloud string) string { return strings.Fields(cloud)[0] }

// Call is one call of an operation, as a clean run makes it.
type Call struct {
	Cloud, Method string
	// Path has {id} where an object's id stands.
	Path string
	// Nth counts the same calls of an operation, from 1.
	Nth int
}

// String is the call as the table names it.
func (c Call) String() string {
	text := c.Method + " " + c.Path
	if c.Nth > 1 {
		text += " (" + ordinal(c.Nth) + ")"
	}
	return text
}

func ordinal(n int) string {
	endings := map[int]string{1: "st", 2: "nd", 3: "rd"}
	if ending, ok := endings[n%10]; ok && n/10 != 1 {
		return itoa(n) + ending
	}
	return itoa(n) + "th"
}

// sent is a call that the provider made.
type sent struct {
	Call
	path   string // with its ids
	struck bool
}

// writes is true for a call that changes something.
func (c Call) writes() bool { return c.Method != http.MethodGet && !c.isTokenRequest() }

// wrote reports whether a call changed something, as far as its fault let it.
func (s sent) wrote() bool { return s.writes() && !s.struck }

// network is all that the provider can reach. It notes each call, and applies the fault to the chosen one.
type network struct {
	clouds http.RoundTripper
	hosts  map[string]string // host → cloud

	// second is how the second organization is reached; nil: there is none.
	second http.RoundTripper

	mu sync.Mutex
	// owners are the credentials that were sent, and the cloud that each was sent to first.
	owners map[string]string
	counts map[Call]int // by the call with Nth 0
	sent   []sent
	// astray are requests to hosts that are neither cloud, with whether they carried a credential.
	astray []string
	struck *aim
}

// aim is the call that fails, and its fault.
type aim struct {
	call  Call
	fault Fault
	// always strikes the same calls after it too.
	always bool
	// write strikes the first call that writes, whichever it is.
	write bool
	// dead is closed when the process is dead: then all calls are struck. Nil: it does not die.
	dead <-chan struct{}
}

// strikes reports whether a call is struck.
func (a *aim) strikes(call Call) bool {
	select {
	case <-a.dead:
		return true
	default:
	}
	if a.write {
		return call.Method != http.MethodGet
	}
	same := call
	same.Nth = a.call.Nth
	return same == a.call && (call.Nth == a.call.Nth || a.always && call.Nth > a.call.Nth)
}

var objectID = regexp.MustCompile(`/(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|guo[0-9A-Za-z]{10,})`)

// CallOf is a request to a cloud as a call, not counted yet.
func CallOf(cloud string, req *http.Request) Call {
	return Call{Cloud: cloud, Method: req.Method, Path: objectID.ReplaceAllString(req.URL.Path, "/{id}")}
}

// begin forgets the calls until now, and sets the aim. With nil, no call fails.
func (n *network) begin(at *aim) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.counts, n.sent, n.struck = map[Call]int{}, nil, at
}

// calls are those since begin.
func (n *network) calls() []sent {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]sent(nil), n.sent...)
}

// strays are the requests to other hosts since the beginning.
func (n *network) strays() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.astray...)
}

// RoundTrip implements http.RoundTripper.
func (n *network) RoundTrip(req *http.Request) (*http.Response, error) {
	cloud, known := n.hosts[req.URL.Host]
	if !known {
		return n.stray(req), nil
	}
	if err := n.watch(cloud, req); err != nil {
		return nil, err
	}
	struck := n.note(cloud, req)
	clouds := n.clouds
	switch {
	case cloud == secondOkta:
		clouds = n.second
	case req.URL.Host == otherName:
		clouds = redirect{clouds}
	}
	pass := func() (*http.Response, error) { return clouds.RoundTrip(req) }
	if struck == nil {
		return pass()
	}
	return struck.fault.strike(req, vendor(cloud), pass)
}

// note records a call, and returns the fault that it meets.
func (n *network) note(cloud string, req *http.Request) *aim {
	n.mu.Lock()
	defer n.mu.Unlock()
	path, call := req.URL.Path, CallOf(cloud, req)
	n.counts[call]++
	call.Nth = n.counts[call]
	made := sent{Call: call, path: path}
	if at := n.struck; at != nil {
		made.struck = at.strikes(call)
	}
	n.sent = append(n.sent, made)
	if made.struck {
		return n.struck
	}
	return nil
}

// watch records the credentials of a call: an API token or key, an access token, an assertion, a proof. One that
// another cloud has seen is astray.
func (n *network) watch(cloud string, req *http.Request) error {
	sent := []string{req.Header.Get("DPoP")}
	if _, credential, found := strings.Cut(req.Header.Get("Authorization"), " "); found {
		sent = append(sent, credential)
	}
	if req.URL.Path == tokenPath {
		form, err := formOf(req)
		if err != nil {
			return err
		}
		sent = append(sent, form)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, credential := range sent {
		if credential == "" {
			continue
		}
		if owner, known := n.owners[credential]; known && owner != cloud {
			n.astray = append(n.astray, req.Method+" "+req.URL.String()+" with a credential of "+owner)
		}
		n.owners[credential] = cloud
	}
	return nil
}

// formOf is the assertion in the form of a request for a token.
func formOf(req *http.Request) (string, error) {
	body, err := req.GetBody()
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return "", err
	}
	form, err := url.ParseQuery(string(text))
	return form.Get("client_assertion"), err
}

// credentials are all that were sent.
func (n *network) credentials() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Collect(maps.Keys(n.owners))
}

// stray answers for a host that is neither cloud.
func (n *network) stray(req *http.Request) *http.Response {
	n.mu.Lock()
	defer n.mu.Unlock()
	words := []string{req.Method, req.URL.String()}
	for _, name := range []string{"Authorization", "Cookie", "Proxy-Authorization", "DPoP"} {
		if req.Header.Get(name) != "" {
			words = append(words, "with", name)
		}
	}
	n.astray = append(n.astray, strings.Join(words, " "))
	return answer(req, http.StatusOK, jsonType, strings.NewReader("[]"))
}
