// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package wire

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestStringsAreWrittenAsJSON(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "plain", `quo"ted`, `back\slash`, "new\nline", "\x00\x1f", "<&>", "会議室 📱", "broken\xff", "\u2028"} {
		var got string
		if err := json.Unmarshal(AppendJSON(nil, text), &got); err != nil {
			t.Errorf("%q is written as %s: %v", text, AppendJSON(nil, text), err)
		}
		if want := strings.ToValidUTF8(text, "\ufffd"); got != want {
			t.Errorf("%q is read back as %q", text, got)
		}
	}
}
