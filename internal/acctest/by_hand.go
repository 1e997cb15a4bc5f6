// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import "testing"

// Sekoia makes a call to the simulated Sekoia with its key, for what a person does by hand, without Terraform. body and
// into may be nil.
func (c *Clouds) Sekoia(t testing.TB, method, path string, body, into any) {
	t.Helper()
	if c.Live {
		t.Fatalf("%s %s by hand is for the simulator only", method, path)
	}
	c.do(t, method, c.Ready.SekoiaURL+path, body, into)
}
