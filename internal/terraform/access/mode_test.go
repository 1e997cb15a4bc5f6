// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestModeInForce(t *testing.T) {
	t.Parallel()
	null, unknown := types.StringNull(), types.StringUnknown()
	word := types.StringValue
	environment := func(mode Mode) *Mode { return &mode }
	cases := map[string]struct {
		resource, provider types.String
		environment        *Mode
		want               Mode
	}{
		"nothing says anything, so on_change":                   {null, null, nil, ModeOnChange},
		"the resource's goes before the provider's":             {word("always"), word("off"), nil, ModeAlways},
		"the provider's stands in for the resource's":           {null, word("always"), nil, ModeAlways},
		"the environment's stands in for both":                  {null, null, environment(ModeAlways), ModeAlways},
		"the environment lowers the resource's":                 {word("always"), null, environment(ModeOff), ModeOff},
		"the environment lowers the provider's":                 {null, word("on_change"), environment(ModeApply), ModeApply},
		"the environment does not raise the resource's":         {word("off"), word("always"), environment(ModeAlways), ModeOff},
		"the environment does not raise the provider's":         {null, word("apply"), environment(ModeAlways), ModeApply},
		"an unknown resource's mode counts as apply":            {unknown, word("always"), nil, ModeApply},
		"an unknown provider's mode counts as apply":            {null, unknown, nil, ModeApply},
		"an unknown provider's mode behind a resource's own":    {word("always"), unknown, nil, ModeAlways},
		"an unknown mode is lowered by the environment":         {unknown, null, environment(ModeOff), ModeOff},
		"an unknown mode is not raised by the environment":      {unknown, null, environment(ModeAlways), ModeApply},
		"a word that the schema refuses counts as the default":  {word("sometimes"), null, nil, ModeOnChange},
		"off in the resource wins over anything the others say": {word("off"), word("always"), nil, ModeOff},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := ModeSettings{Provider: test.provider, Environment: test.environment}
			if got := settings.InForce(test.resource); got != test.want {
				t.Errorf("in force is %v, want %v", got, test.want)
			}
			clients := NewClients(Config{Mode: settings})
			if got := clients.Mode(test.resource); got != test.want {
				t.Errorf("the clients say %v, want %v", got, test.want)
			}
		})
	}
}

func TestParseMode(t *testing.T) {
	t.Parallel()
	for index, word := range ModeWords() {
		mode, err := ParseMode(word)
		if err != nil || mode != Mode(index) || mode.String() != word {
			t.Errorf("%q is read as %v, %v", word, mode, err)
		}
	}
	if _, err := ParseMode("On_Change"); err == nil {
		t.Error("a word in capitals is taken")
	} else if want := `"On_Change" must be lower case: "on_change"`; err.Error() != want {
		t.Errorf("the error is %q, want %q", err, want)
	}
	if got := Mode(7).String(); got != "Mode(7)" {
		t.Errorf("a mode that is none prints as %q", got)
	}
}
