// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// Scopes that have to do with devices. Reading needs the first; the others are asked for on Sekoia's page
// (ScopeDeviceTrustRead is not in Okta's document) and are needed by nothing here.
const (
	ScopeDevicesRead     = "okta.devices.read"
	ScopeDeviceTrustRead = "okta.deviceTrust.read"
	ScopeDevicesManage   = "okta.devices.manage"
)

// A ServiceApp is an API service app of Okta: a credential that gets itself access tokens (OAuth 2.0 client credentials
// with private_key_jwt). One value shares its tokens among all clients that it is given to. It is safe for concurrent
// use.
type ServiceApp struct {
	clientID string
	key      *PrivateKey
	scopes   []string

	mu      sync.Mutex
	sources map[credential.Origin]*tokenSource
}

// NewServiceApp makes the credential. It calls nobody. No scopes: [ScopeDevicesRead] alone.
func NewServiceApp(clientID string, key *PrivateKey, scopes []string) *ServiceApp {
	if len(scopes) == 0 {
		scopes = []string{ScopeDevicesRead}
	}
	sorted := slices.Clone(scopes)
	slices.Sort(sorted)
	return &ServiceApp{
		clientID: clientID, key: key, scopes: slices.Compact(sorted), sources: map[credential.Origin]*tokenSource{},
	}
}

// Scopes are those that tokens are asked for, sorted.
func (a *ServiceApp) Scopes() []string { return slices.Clone(a.scopes) }

// Fingerprint is the same for credentials that are the same: a key to compare by within a process.
func (a *ServiceApp) Fingerprint() string {
	return strings.Join([]string{a.clientID, a.key.parts.fingerprint, strings.Join(a.scopes, " ")}, "\n")
}

// String gives the client's id, which is no secret, and nothing else.
func (a *ServiceApp) String() string { return "service app " + credential.Sanitize(a.clientID) }

// Format writes String, whatever the verb and flags.
func (a *ServiceApp) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, a.String()) }

// at is where the app's tokens for an organization come from. They are asked for with the first caller's client.
func (a *ServiceApp) at(client *http.Client, origin credential.Origin) *tokenSource {
	a.mu.Lock()
	defer a.mu.Unlock()
	source := a.sources[origin]
	if source == nil {
		source = &tokenSource{app: a, http: client, origin: origin, tokens: memo.New()}
		a.sources[origin] = source
	}
	return source
}
