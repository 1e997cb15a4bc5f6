// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"strings"
	"testing"
)

func TestEveryKindOfFailureHasItsOwnWords(t *testing.T) {
	t.Parallel()
	whats, hints := map[string]Failure{}, map[string]Failure{}
	for kind := FailureDNS; kind < FailureCanceled; kind++ {
		known, ok := explanations[kind]
		if !ok || known.do == "" || known.what == "" && !known.itself {
			t.Errorf("%s: %+v", kind, known)
		}
		for words, said := range map[string]map[string]Failure{known.what: whats, known.do: hints} {
			if other, twice := said[words]; twice && words != "" {
				t.Errorf("%s says the same as %s", kind, other)
			}
			said[words] = kind
		}
		for line := range strings.SplitSeq(known.do, "\n") {
			if len(line) > 130 {
				t.Errorf("%s: a line of %d characters", kind, len(line))
			}
		}
	}
}
