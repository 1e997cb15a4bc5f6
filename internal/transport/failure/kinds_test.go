// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package failure

import (
	"strings"
	"testing"
)

func TestEveryKindHasItsOwnWords(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for _, k := range kinds {
		if k.do == "" && k.what != "canceled" {
			t.Errorf("%s: nothing to do", k.what)
		}
		for _, words := range []string{k.what, k.do} {
			if said[words] && words != "" {
				t.Errorf("two kinds say %q", words)
			}
			said[words] = true
		}
		if lines := strings.Count(k.do, "\n") + 1; lines > 2 {
			t.Errorf("%s: %d lines of advice", k.what, lines)
		}
	}
}
