// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"net/http"
	"testing"
)

func TestNextLinkIsRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines []string
		want  string
	}{
		"none at all":               {nil, ""},
		"self alone":                {[]string{`<http://a/1>; rel="self"`}, ""},
		"a line of its own":         {[]string{`<http://a/1>; rel="self"`, `<http://a/2>; rel="next"`}, "http://a/2"},
		"one line for both":         {[]string{`<http://a/1>; rel="self", <http://a/2?x=1,2>; rel="next"`}, "http://a/2?x=1,2"},
		"a line that is not a link": {[]string{"nothing"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := nextLink(http.Header{"Link": c.lines}); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// What pydantic makes of the values was tried.
func TestLongValuesAreShortened(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"{'displayName': 'Laptop 7', 'platform': 'WINDOWS'}":                              "{'displayName': 'Laptop 7', 'platform': 'WINDOWS'}",
		"{'displayName': 'Tablet 📱 017', 'secureHardwarePresent': True, 'managed': True}": "{'displayName': 'Tablet ...: True, 'managed': True}",
		"{'displayName': 'Планшет 1', 'model': 'Планшет на столе в приемной'}":            "{'displayName': 'План...е в приемной'}",
	} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			if got := shortened(value); got != want {
				t.Errorf("it is %s, want %s", got, want)
			}
		})
	}
}
