// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"slices"
	"testing"
)

func TestVariable(t *testing.T) {
	t.Parallel()
	environment := []string{"A=1", "B=2", "A=3", "C", "AB=4"}
	for name, want := range map[string]string{"A": "3", "B": "2", "C": "", "D": ""} {
		if got := variable(environment, name); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
}

func TestWithout(t *testing.T) {
	t.Parallel()
	environment := []string{"TF_LOG=trace", "PATH=/bin", "SEKOIA_API_KEY=k", "NOT_TF_=1", "OKTA_CLIENT_ORGURL=u"}
	got := without(environment, "TF_", "SEKOIA_", "OKTA_")
	if want := []string{"PATH=/bin", "NOT_TF_=1"}; !slices.Equal(got, want) {
		t.Errorf("left: %v, not %v", got, want)
	}
	if environment[0] != "TF_LOG=trace" {
		t.Error("the caller's environment was changed")
	}
}

func TestTerraformEnvironmentIsTheDemosOwn(t *testing.T) {
	t.Parallel()
	s := &stage{token: "token", version: "7", folder: "folder", settings: settings{environment: []string{
		"TF_CLI_ARGS_plan=-destroy", "TF_VAR_okta_api_token=other", "SEKOIA_CONNECTION_TEST=off", "HOME=/home",
	}}}
	environment := s.terraformEnvironment()
	for name, want := range map[string]string{
		"TF_CLI_ARGS_plan": "", "SEKOIA_CONNECTION_TEST": "", "TF_VAR_okta_api_token": "token",
		"TF_VAR_okta_api_token_version": "7", "HOME": "/home", "CHECKPOINT_DISABLE": "1",
	} {
		if got := variable(environment, name); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
}
