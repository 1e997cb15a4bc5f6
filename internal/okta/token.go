// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/memo"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

const (
	// renewalShare is the last part of a token's life, a tenth, in which the next one is asked for.
	renewalShare = 10
	// maxRenewalAhead bounds that part.
	maxRenewalAhead = time.Minute
	// renewalTimeout bounds a renewal while the old token is good, and renewalPause is how long that one is then used
	// before the next try.
	renewalTimeout = 10 * time.Second
	renewalPause   = 10 * time.Second
)

// An accessToken is what the token endpoint gave.
type accessToken struct {
	authorization
	key    *dpopKey // that it is bound to; nil if it is not bound
	scopes []string
	// renew is when the next one is asked for, by the local clock: before expiry, when this one ends.
	renew, expiry time.Time
}

// A tokenSource keeps one organization's access token, and renews it for all who need one.
type tokenSource struct {
	app    *ServiceApp
	http   *http.Client
	origin credential.Origin

	// tokens lets all who need a new token share one request.
	tokens *memo.Memo

	mu      sync.Mutex
	current *accessToken // nil: none yet, or Okta refused it
	// dpop is the key of the proofs, nil until a proof was demanded.
	dpop *dpopKey
	// tokenNonce and callNonce are what the token endpoint and the API demand in the next proof.
	tokenNonce, callNonce string
}

// authorize implements authorizer.
func (s *tokenSource) authorize(ctx context.Context) (authorization, error) {
	token, err := s.token(ctx)
	if err != nil {
		return authorization{}, err
	}
	if !slices.Contains(token.scopes, ScopeDevicesRead) {
		return authorization{}, &ScopeError{Missing: ScopeDevicesRead, granted: slices.Clone(token.scopes), asked: s.app.Scopes()}
	}
	made := token.authorization
	if token.key != nil {
		made.proved = new(string)
		made.sign = s.signCall(token.key, token.secret, made.proved)
	}
	return made, nil
}

// token returns the access token, a new one if there is none that is good.
func (s *tokenSource) token(ctx context.Context) (*accessToken, error) {
	token, err := memo.Renew(ctx, s.tokens, "token", s.isGood, s.renew)
	if err != nil && ctx.Err() != nil {
		return nil, &failure.CallError{Method: http.MethodPost, URL: s.origin.String() + tokenPath, Err: context.Cause(ctx)}
	}
	return token, err //nolint:wrapcheck // fetch's error says it all
}

// isGood reports whether a token is the current one, and need not be renewed yet.
func (s *tokenSource) isGood(token *accessToken) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return token == s.current && time.Now().Before(token.renew)
}

// renew asks for the next token. If that fails, all who wait get the old one while it is good: it may outlast the
// trouble.
func (s *tokenSource) renew(ctx context.Context) (*accessToken, error) {
	if s.old() != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, renewalTimeout)
		defer cancel()
	}
	token, err := s.fetch(ctx)
	if err != nil {
		token = s.old()
	}
	if token == nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = token
	return token, nil
}

// old is the current token, to be renewed later; nil if it is not good any more.
func (s *tokenSource) old() *accessToken {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil || !time.Now().Before(s.current.expiry) {
		return nil
	}
	old := *s.current
	old.renew = time.Now().Add(min(renewalPause, time.Until(old.expiry)))
	return &old
}

// refused implements authorizer: a token that Okta does not take any more is thrown away, and a nonce that its API
// demands is kept.
func (s *tokenSource) refused(used authorization, got *answer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	// RFC 9449 has 401 for it (section 9), and Okta's API answers what is wrong with a proof 400.
	if code, _ := challenge(got); code == codeUseNonce && used.sign != nil && (got.status == http.StatusUnauthorized || got.status == http.StatusBadRequest) {
		nonce := nonceOf(got)
		known := nonce == "" || nonce == *used.proved // others may have learned of it meanwhile: this call had it, or had not
		s.callNonce = nonce
		return !known
	}
	if got.status != http.StatusUnauthorized || !isInvalidToken(refusal(got)) {
		return false
	}
	if s.current != nil && s.current.secret.Equal(used.secret) {
		s.current = nil
	}
	return true
}

// signCall completes the attempts of one call with a token that is bound to the key, and notes the nonce of each.
func (s *tokenSource) signCall(key *dpopKey, token credential.Secret, proved *string) func(*http.Request) error {
	return func(request *http.Request) error {
		s.mu.Lock()
		*proved = s.callNonce
		s.mu.Unlock()
		return key.prove(request, *proved, token)
	}
}

// proof is the key to prove with and the nonce to put in; nil: no proof was demanded yet.
func (s *tokenSource) proof() (*dpopKey, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dpop, s.tokenNonce
}
