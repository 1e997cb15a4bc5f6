// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Redactor replaces credentials that the simulator knows in text that is shown.
type Redactor struct {
	mu      sync.RWMutex
	secrets []string
}

// Hide makes clean replace a secret from now on, also as it is written in a query or a path. Shorter than eight
// characters is not replaced: it would tear other text apart.
func (d *Redactor) Hide(secret string) {
	if len(secret) < 8 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
		if !slices.Contains(d.secrets, form) {
			d.secrets = append(d.secrets, form)
		}
	}
}

// Clean replaces every secret in text.
func (d *Redactor) Clean(text string) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, secret := range d.secrets {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return text
}
