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
	cases := map[string]struct {
		resource, provider, environment types.String
		want                            Mode
	}{
		"nothing says anything, so on_change":                   {null, null, null, ModeOnChange},
		"the resource's goes before the provider's":             {word("always"), word("off"), null, ModeAlways},
		"the provider's stands in for the resource's":           {null, word("always"), null, ModeAlways},
		"the environment's stands in for both":                  {null, null, word("always"), ModeAlways},
		"the environment lowers the resource's":                 {word("always"), null, word("off"), ModeOff},
		"the environment lowers the provider's":                 {null, word("on_change"), word("apply"), ModeApply},
		"the environment does not raise the resource's":         {word("off"), word("always"), word("always"), ModeOff},
		"the environment does not raise the provider's":         {null, word("apply"), word("always"), ModeApply},
		"an unknown resource's mode counts as apply":            {unknown, word("always"), null, ModeApply},
		"an unknown provider's mode counts as apply":            {null, unknown, null, ModeApply},
		"an unknown provider's mode behind a resource's own":    {word("always"), unknown, null, ModeAlways},
		"an unknown mode is lowered by the environment":         {unknown, null, word("off"), ModeOff},
		"an unknown mode is not raised by the environment":      {unknown, null, word("always"), ModeApply},
		"off in the resource wins over anything the others say": {word("off"), word("always"), null, ModeOff},
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
