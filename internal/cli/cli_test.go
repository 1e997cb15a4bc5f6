// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"errors"
	"strings"
	"testing"
)

func TestFindLooksInOrder(t *testing.T) {
	t.Parallel()
	none := errors.New("none")
	const named, terraform, tofu, fetched = "/named/tofu", "/path/terraform", "/path/tofu", "/fetched/terraform"
	cases := map[string]struct {
		named   string
		there   map[string]string // what can be run
		fetched string
		want    string
		says    string
	}{
		"the one that is named comes first": {
			named: named, there: map[string]string{named: named, "terraform": terraform}, fetched: fetched, want: named,
		},
		"then terraform on PATH":                  {there: map[string]string{"terraform": terraform, "tofu": tofu}, fetched: fetched, want: terraform},
		"then tofu on PATH":                       {there: map[string]string{"tofu": tofu}, fetched: fetched, want: tofu},
		"then one that is downloaded":             {fetched: fetched, want: fetched},
		"a name that leads nowhere is an error":   {named: "/nowhere", there: map[string]string{"terraform": terraform}, says: PathVariable},
		"nowhere to be found is an error as well": {says: "could not be downloaded"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			look := func(file string) (string, error) {
				if found := test.there[file]; found != "" {
					return found, nil
				}
				return "", none
			}
			fetch := func() (string, error) {
				if test.fetched == "" {
					return "", none
				}
				return test.fetched, nil
			}
			got, err := find(test.named, look, fetch)
			if got != test.want || (err != nil) != (test.says != "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("found %q, %v", got, err)
			}
		})
	}
}

func TestProgramIsKnownByItsVersionCommand(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		printed                         string
		is, command, address, complaint string
	}{
		"Terraform": {
			printed: "Terraform v1.11.0\non linux_amd64\n", is: "Terraform 1.11.0", command: "terraform", address: "registry.terraform.io/sekoia-io/sekoia",
		},
		"OpenTofu": {
			printed: "OpenTofu v1.12.6\non linux_amd64\n", is: "OpenTofu 1.12.6", command: "tofu", address: "registry.opentofu.org/sekoia-io/sekoia",
		},
		"a release candidate of the first release": {
			printed: "Terraform v1.11.0-rc2\n", is: "Terraform 1.11.0-rc2", command: "terraform", address: "registry.terraform.io/sekoia-io/sekoia",
		},
		"after a warning, with the line ends of Windows": {
			printed: "Warning: x\r\nOpenTofu v1.11.14\r\non windows_amd64\r\n", is: "OpenTofu 1.11.14", command: "tofu",
			address: "registry.opentofu.org/sekoia-io/sekoia",
		},
		"a Terraform that is too old": {printed: "Terraform v1.10.5\n", complaint: "is Terraform 1.10.5, and the provider needs 1.11.0 or later"},
		"an OpenTofu that is too old": {printed: "OpenTofu v1.10.9\n", complaint: "is OpenTofu 1.10.9, and the provider needs 1.11.0 or later"},
		"another program":             {printed: "hello\n", complaint: "neither Terraform nor OpenTofu"},
		"no version":                  {printed: "Terraform vX\n", complaint: "the version of"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := read("/path", test.printed)
			switch {
			case test.complaint != "" && (err == nil || !strings.Contains(err.Error(), test.complaint)):
				t.Errorf("%v does not say %q", err, test.complaint)
			case test.complaint == "" && err != nil:
				t.Error(err)
			case test.complaint == "" && (got.String() != test.is || got.Command() != test.command || got.Address("sekoia-io/sekoia") != test.address):
				t.Errorf("it is %s, %s, %s", got, got.Command(), got.Address("sekoia-io/sekoia"))
			}
		})
	}
}
