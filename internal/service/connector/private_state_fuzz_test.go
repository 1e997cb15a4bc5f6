// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// keys is a private state in memory.
type keys map[string][]byte

func (k keys) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) { return k[key], nil }

func (k keys) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	if value == nil {
		delete(k, key)
	} else {
		k[key] = value
	}

	return nil
}

// FuzzPrivateState looks for a private state that makes the provider panic, that is half believed, or that is another one once it is
// written again.
func FuzzPrivateState(f *testing.F) {
	for _, seed := range [][5]string{
		{}, {`"6bffbac8"`, `"4ef895d1"`, `true`, `true`, `true`}, {`null`, `null`, `null`, `null`, `null`}, {`"`, `1`, `"true"`, `[]`, `{}`}, {`""`, `"\ud800"`, `false`, `0`, `1e999`},
		{"\x00", "\xff", " ", "\n", "tru"}, {`{"a":"\u001b[31m"}`, `1234567890123456789012345678901234567890`, `nul`, `truefalse`, `"` + strings.Repeat("a", 300)},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], seed[4])
	}

	f.Fuzz(func(t *testing.T, connector, account, given, accountOwed, restart string) {
		ctx := t.Context()
		stored := keys{}
		broken := map[string]bool{}

		for key, text := range map[string]string{
			privateConnector: connector, privateAccount: account, privateGiven: given, privateAccountOwed: accountOwed, privateRestart: restart,
		} {
			stored[key] = []byte(text)

			if text != "" && !fits(text, key == privateConnector || key == privateAccount) {
				broken[key] = true
			}
		}

		read, diags := readPrivate(ctx, stored)

		if len(diags) != len(broken) || diags.ErrorsCount() != len(diags) {
			t.Fatalf("%d keys hold something else, and these are the errors: %v", len(broken), diags)
		}

		for _, problem := range diags {
			for line := range strings.Lines(problem.Summary() + "\n" + problem.Detail()) {
				if line = strings.TrimSuffix(line, "\n"); transport.Sanitize(line) != line {
					t.Errorf("not fit to be shown: %q", line)
				}
			}
		}

		if len(broken) > 0 {
			return
		}

		written := keys{}
		diags = setPrivate(ctx, written, privateConnector, read.connectorID)
		diags.Append(setPrivate(ctx, written, privateAccount, read.accountID)...)
		diags.Append(setPrivate(ctx, written, privateGiven, read.given)...)
		diags.Append(setPrivate(ctx, written, privateAccountOwed, read.accountOwed)...)
		diags.Append(setPrivate(ctx, written, privateRestart, read.restartOwed)...)

		again, problems := readPrivate(ctx, maps.Clone(written))
		diags.Append(problems...)

		if again != read || diags.HasError() {
			t.Errorf("%+v was written and read again as %+v: %v", read, again, diags)
		}
	})
}

// fits tells whether a text is JSON's null, or of the kind of value that a key holds.
func fits(text string, isText bool) bool {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return false
	}

	switch value.(type) {
	case nil:
		return true
	case string:
		return isText
	case bool:
		return !isText
	default:
		return false
	}
}
