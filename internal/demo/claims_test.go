// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"strings"
	"testing"
)

func TestClaims(t *testing.T) {
	t.Parallel()
	read := call{Cloud: "sekoia", Method: "GET", Path: "/v1/me", Status: 200}
	write := call{Cloud: "sekoia", Method: "POST", Path: "/v1/symphony/module-configurations", Status: 201}
	pushed := call{Cloud: "sekoia", Method: "POST", Path: "/v2/asset-management/asset-connector/x", UserAgent: connectorAgent}
	listed := call{Cloud: "okta", Method: "GET", Path: "/api/v1/devices", Status: 200, Authorized: true, UserAgent: connectorAgent}
	refused := call{Cloud: "okta", Method: "GET", Path: "/api/v1/devices", Status: 401, UserAgent: connectorAgent}
	tests := map[string]struct {
		problem error
		says    string // "" for a claim that holds
	}{
		"the expected exit code":                           {codeIs(answer{code: 2}, 2), ""},
		"another exit code":                                {codeIs(answer{code: 1}, 2), "the exit code is 1, not 2"},
		"a part that is there":                             {contains("a plan", "plan"), ""},
		"a part that is not there":                         {contains("a plan", "state"), `"state" is not there`},
		"no secret in a text":                              {lacks("nothing", "token"), ""},
		"a secret in a text is found but not repeated":     {lacks("my token", "token"), "it was found"},
		"an empty secret proves nothing":                   {lacks("nothing", ""), "it was found"},
		"calls that read":                                  {noWrites([]call{read}), ""},
		"the connector's own calls are not the provider's": {noWrites([]call{pushed}), ""},
		"a call that writes":                               {noWrites([]call{read, write}), "POST /v1/symphony/module-configurations (201)"},
		"a connector that was let in at last":              {lastConnectorCall([]call{refused, listed, read}), ""},
		"a connector that is refused":                      {lastConnectorCall([]call{listed, refused}), "refused"},
		"a connector that asked for nothing":               {lastConnectorCall([]call{read}), "it made no call to Okta"},
		"the first of several problems":                    {firstProblem(nil, equal(1, 2), equal(3, 4)), "it is 1, not 2"},
		"no problem at all":                                {firstProblem(nil, nil), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			switch {
			case test.says == "" && test.problem != nil:
				t.Errorf("it should hold, but: %v", test.problem)
			case test.says != "" && test.problem == nil:
				t.Error("it should not hold")
			case test.says != "" && !strings.Contains(test.problem.Error(), test.says):
				t.Errorf("%q does not say %q", test.problem, test.says)
			}
		})
	}
}

func TestSummaryNamesWhatTheProviderChanged(t *testing.T) {
	t.Parallel()
	got := summary([]call{
		{Cloud: "sekoia", Method: "GET", Path: "/v1/me"},
		{Cloud: "sekoia", Method: "PATCH", Path: "/v1/symphony/module-configurations/a"},
		{Cloud: "sekoia", Method: "POST", Path: "/v1/symphony/connector-configurations/c/stop"},
		{Cloud: "sekoia", Method: "POST", Path: "/v2/asset-management/asset-connector/c", UserAgent: connectorAgent},
		{Cloud: "sekoia", Method: "POST", Path: "/v1/symphony/connector-configurations/c/start"},
		{Cloud: "sekoia", Method: "DELETE", Path: "/elsewhere"},
	})
	if want := "PATCH account, stop, start, DELETE /elsewhere"; got != want {
		t.Errorf("it is %q, not %q", got, want)
	}
}

func TestPresentLeavesOutWhatIsDeleted(t *testing.T) {
	t.Parallel()
	if got := present([]object{{}, {Deleted: true}, {}}); got != 2 {
		t.Errorf("it is %d, not 2", got)
	}
}

func TestUnboxedFindsWrappedSentences(t *testing.T) {
	t.Parallel()
	got := unboxed("╷\n│ Error: Okta refused\n│ the token\n│ \n│   with x.y,\n╵\n")
	if want := "Error: Okta refused the token with x.y,"; got != want {
		t.Errorf("it is %q, not %q", got, want)
	}
}

func TestBar(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ part, whole, length int }{
		"nothing of nothing has no bar":        {0, 0, 0},
		"all has a whole bar":                  {7, 7, 40},
		"a little can be seen":                 {1, 1000, 1},
		"nothing of something has none either": {0, 10, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := len([]rune(bar(test.part, test.whole))); got != test.length {
				t.Errorf("it has %d characters, not %d", got, test.length)
			}
		})
	}
}

func TestNewTokensDiffer(t *testing.T) {
	t.Parallel()
	first, second := newToken(), newToken()
	if first == second || len(first) != 42 || !strings.HasPrefix(first, "00") {
		t.Errorf("these are no two tokens: %d and %d characters", len(first), len(second))
	}
}
