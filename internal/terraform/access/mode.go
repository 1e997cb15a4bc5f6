// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package access

import (
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
)

// Mode says when the connection test runs. Modes are ordered: a lower one makes fewer calls.
type Mode int

// The modes, lowest first.
const (
	// ModeOff never tests.
	ModeOff Mode = iota
	// ModeApply tests as the first step of a create or an update, never at plan.
	ModeApply
	// ModeOnChange tests at plan where something that the test depends on changed. It is the default.
	ModeOnChange
	// ModeAlways tests at every plan.
	ModeAlways
)

var modeWords = []string{ModeOff: "off", ModeApply: "apply", ModeOnChange: "on_change", ModeAlways: "always"}

// ModeWords are the words that a configuration may say, lowest mode first.
func ModeWords() []string { return slices.Clone(modeWords) }

// String is the word that a configuration says.
func (m Mode) String() string {
	if m < ModeOff || m > ModeAlways {
		return fmt.Sprintf("Mode(%d)", int(m))
	}
	return modeWords[m]
}

// ParseMode reads one of ModeWords. Any other word is an error that lists them.
func ParseMode(word string) (Mode, error) {
	index := slices.Index(modeWords, word)
	if index < 0 {
		return ModeOnChange, errors.New(attribute.ProblemOfWord(word, modeWords))
	}
	return Mode(index), nil
}

// ModeSettings are the places above a resource where a mode may be set.
type ModeSettings struct {
	// Provider is the provider block's connection_test_mode. It may be unknown.
	Provider types.String
	// Environment is the value of diagnostic.ModeVariable, nil where it is not set.
	Environment *Mode
}

// InForce is the lower of the environment's mode (where set) and the first set of: the resource's, the provider's, the
// environment's, on_change. An unknown value counts as apply: nothing is tested at plan, everything before it is
// written.
func (s ModeSettings) InForce(resource types.String) Mode {
	mode := ModeOnChange
	if s.Environment != nil {
		mode = *s.Environment
	}
	for _, value := range []types.String{resource, s.Provider} {
		if value.IsNull() {
			continue
		}
		mode = configuredMode(value)
		break
	}
	if s.Environment != nil && *s.Environment < mode {
		mode = *s.Environment
	}
	return mode
}

// configuredMode reads a value that is not null. Another word than ModeWords can't come here past the schema; it counts
// as the default.
func configuredMode(value types.String) Mode {
	if value.IsUnknown() {
		return ModeApply
	}
	mode, err := ParseMode(value.ValueString())
	if err != nil {
		return ModeOnChange
	}
	return mode
}
