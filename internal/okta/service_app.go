// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

// Scopes that have to do with devices. Reading needs the first. Sekoia's page asks for the others too
// (ScopeDeviceTrustRead is not in Okta's document), but nothing here needs them.
const (
	ScopeDevicesRead     = "okta.devices.read"
	ScopeDeviceTrustRead = "okta.deviceTrust.read"
	ScopeDevicesManage   = "okta.devices.manage"
)

// A ServiceApp is Okta's API service app: a credential that gets itself access tokens (OAuth 2.0 client credentials
// with private_key_jwt). All clients that it is given to share its tokens. It is safe for concurrent use.
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
	sorted := slices.Compact(slices.Sorted(slices.Values(scopes)))
	return &ServiceApp{clientID: clientID, key: key, scopes: sorted, sources: map[credential.Origin]*tokenSource{}}
}

// Scopes are those that tokens are asked for, sorted.
func (a *ServiceApp) Scopes() []string { return slices.Clone(a.scopes) }

// Fingerprint is the same for credentials that are the same: a key to compare by within a process.
func (a *ServiceApp) Fingerprint() string {
	return strings.Join([]string{a.clientID, a.key.fingerprint, strings.Join(a.scopes, " ")}, "\n")
}

// Format writes the client's id, which is no secret, and nothing else, whatever the verb and flags.
func (a *ServiceApp) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, "service app "+credential.Sanitize(a.clientID))
}

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

// An accessToken is what a call is sent with: what the token endpoint gave, or an API token.
type accessToken struct {
	scheme string
	secret credential.Secret
	key    *dpopKey // that it is bound to; nil if it is not bound
	scopes []string
	// renew is when the next one is asked for, by the local clock: before expiry, when this one ends.
	renew, expiry time.Time
	renewing      atomic.Bool
}

// A tokenSource keeps one organization's access token, and renews it for all who need one.
type tokenSource struct {
	app    *ServiceApp
	http   *http.Client
	origin credential.Origin

	// tokens lets all who need a new token share one request.
	tokens  *memo.Memo
	current atomic.Pointer[accessToken] // nil: none yet, or Okta refused it
	dpop    atomic.Pointer[dpopKey]     // nil: no proof was demanded yet
}

// authorization returns a token that may read devices.
func (s *tokenSource) authorization(ctx context.Context) (*accessToken, error) {
	token, err := s.token(ctx)
	if err == nil && !slices.Contains(token.scopes, ScopeDevicesRead) {
		return nil, &ScopeError{granted: token.scopes, asked: s.app.scopes}
	}
	return token, err
}

// token returns the access token, a new one if there is none that is good. Near its end the next one is asked for in
// the background. If that fails, the old one is used up first.
func (s *tokenSource) token(ctx context.Context) (*accessToken, error) {
	if token := s.current.Load(); token != nil && time.Now().Before(token.expiry) {
		if !time.Now().Before(token.renew) && token.renewing.CompareAndSwap(false, true) {
			go func() { _, _ = s.next(context.WithoutCancel(ctx)) }()
		}
		return token, nil
	}
	token, err := s.next(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, &failure.CallError{Method: http.MethodPost, URL: s.origin.String() + tokenPath, Err: context.Cause(ctx)}
	}
	return token, err
}

// next asks for a token, unless somebody else just did.
func (s *tokenSource) next(ctx context.Context) (*accessToken, error) {
	isFresh := func(token *accessToken) bool { return token == s.current.Load() && time.Now().Before(token.renew) }
	return memo.Renew(ctx, s.tokens, "token", isFresh, func(ctx context.Context) (*accessToken, error) { //nolint:wrapcheck // fetch's error says it all
		token, err := s.fetch(ctx)
		if err == nil {
			s.current.Store(token)
		}
		return token, err
	})
}

// refused reports whether a call that Okta refused is worth another try. A nonce that the API demands is kept for it,
// and a token that Okta no longer accepts is thrown away.
func (s *tokenSource) refused(used *accessToken, refused *APIError, got *answer) bool {
	// RFC 9449 has 401 for it (section 9). Okta's API answers 400 to a bad proof.
	if used.key != nil && strings.Contains(strings.Join(got.header.Values("WWW-Authenticate"), " "), codeUseNonce) {
		return used.key.learn(got)
	}

	// Another 401, a proxy's for example, says nothing about the token.
	if refused.Status != http.StatusUnauthorized || !hasCode(refused, "E0000011", "E0000004", "invalid_token") {
		return false
	}
	s.current.CompareAndSwap(used, nil)
	return true
}
