// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

const (
	// renewalShare is the last part of a token's life in which one caller renews it while the others go on with it.
	renewalShare = 10
	// maxRenewalAhead bounds that part.
	maxRenewalAhead = time.Minute
)

// An accessToken is what the token endpoint gave.
type accessToken struct {
	authorization
	key    *dpopKey // that it is bound to; nil: none
	scopes []string
	// renew and expire are by the local clock, counted from before the token was asked for: never too late.
	renew, expire time.Time
}

// A tokenSource keeps one organisation's access token, and renews it: one caller at a time asks, whoever else needs one
// waits for that answer.
type tokenSource struct {
	app    *ServiceApp
	http   *http.Client
	origin credential.Origin

	mu      sync.Mutex
	current *accessToken
	renewal *renewal // under way; nil: none
	// dpop is the key of the proofs, nil until a proof was demanded.
	dpop *dpopKey
	// tokenNonce and callNonce are what the token endpoint and the API demand in the next proof.
	tokenNonce, callNonce string
}

// A renewal is one caller's asking for a token, which others wait for.
type renewal struct {
	done  chan struct{}
	token *accessToken
	err   error
	// gone tells that the caller who asked gave up: whoever waits asks anew.
	gone bool
}

// credential implements authorizer.
func (s *tokenSource) credential(ctx context.Context) (authorization, error) {
	token, err := s.token(ctx)
	if err != nil {
		return authorization{}, err
	}
	if !slices.Contains(token.scopes, ScopeDevicesRead) {
		return authorization{}, &ScopeError{Missing: ScopeDevicesRead, Granted: slices.Clone(token.scopes), Asked: s.app.Scopes()}
	}
	made := token.authorization
	if token.key != nil {
		made.proved = new(string)
		made.sign = s.signCall(token.key, token.secret, made.proved)
	}
	return made, nil
}

// token is the access token, which is renewed where it has to be.
func (s *tokenSource) token(ctx context.Context) (*accessToken, error) {
	for {
		token, mine, other := s.look(time.Now())
		switch {
		case token != nil:
			return token, nil
		case mine != nil:
			return s.lead(ctx, mine)
		}
		select {
		case <-other.done:
			if !other.gone {
				return other.token, other.err
			}
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for an access token of %s: %w", s.origin, context.Cause(ctx))
		}
	}
}

// look says what a caller is to do: take the token, renew it (mine), or wait for another one's renewal.
func (s *tokenSource) look(now time.Time) (token *accessToken, mine, other *renewal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch usable := s.current != nil && now.Before(s.current.expire); {
	case usable && (now.Before(s.current.renew) || s.renewal != nil):
		return s.current, nil, nil
	case s.renewal != nil:
		return nil, nil, s.renewal
	default:
		s.renewal = &renewal{done: make(chan struct{})}
		return nil, s.renewal, nil
	}
}

// lead asks for a token, for this caller and for those who wait.
func (s *tokenSource) lead(ctx context.Context, mine *renewal) (*accessToken, error) {
	// A panic below must not leave the others waiting.
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if mine.err == nil && mine.token != nil {
			s.current = mine.token
		}
		s.renewal = nil
		close(mine.done)
	}()
	mine.gone = true
	mine.token, mine.err = s.fetch(ctx)
	mine.gone = mine.err != nil && ctx.Err() != nil
	return mine.token, mine.err
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
