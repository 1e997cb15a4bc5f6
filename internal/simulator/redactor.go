// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net/url"
	"slices"
	"strings"
	"sync"
)

// redactor replaces credentials that the simulator knows in text that is shown.
type redactor struct {
	mu      sync.RWMutex
	secrets []string
}

// hide makes clean replace a secret from now on, also as it is written in a query or a path. Shorter than eight
// characters is not replaced: it would tear other text apart.
func (d *redactor) hide(secret string) {
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

// clean replaces every secret in text.
func (d *redactor) clean(text string) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, secret := range d.secrets {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return text
}
