// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/cli"
)

// Test runs an acceptance test on these clouds with the real Terraform CLI. The provider is the clouds' own unless the
// case or its steps have one (steps whose HCL has a provider block must: terraform-plugin-testing wants it there). It
// never skips: without a Terraform it fails.
func Test(t *testing.T, clouds *Clouds, testCase resource.TestCase) {
	t.Helper()
	Terraform(t)

	// Without it, terraform-plugin-testing skips if TF_ACC is not set.
	testCase.IsUnitTest = true
	ofSteps := slices.ContainsFunc(testCase.Steps, func(step resource.TestStep) bool { return step.ProtoV6ProviderFactories != nil })
	if testCase.ProtoV6ProviderFactories == nil && !ofSteps {
		testCase.ProtoV6ProviderFactories = clouds.Factories()
	}
	resource.Test(t, testCase)
}

// Terraform is the Terraform or OpenTofu that the tests run, as cli.Find finds it. If there is none, the test fails.
func Terraform(t testing.TB) cli.Program {
	t.Helper()
	found, err := terraform()
	if err != nil {
		t.Fatalf("There is no Terraform and no OpenTofu to test with: %v", err)
	}
	return found
}

// terraform looks once for all tests of a process, and passes what it found to terraform-plugin-testing: the path, and
// the registry's host, which is a part of the provider's address.
var terraform = sync.OnceValues(func() (cli.Program, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return cli.Program{}, err
	}
	found, err := cli.Find(context.Background(), os.Getenv(cli.PathVariable), filepath.Join(cache, "terraform-provider-sekoia", "terraform"))
	if err != nil {
		return cli.Program{}, err
	}
	return found, errors.Join(os.Setenv(cli.PathVariable, found.Path), os.Setenv(resource.EnvTfAccProviderHost, found.Host()))
})

// Feature is a part of the provider that only some releases of Terraform and OpenTofu can use.
type Feature struct {
	name string
	// The first release that has it; nil: none.
	terraform, openTofu *version.Version
}

// The features that tests with the real CLI are about.
var (
	Actions          = Feature{"actions", tfversion.Version1_14_0, nil}
	Query            = Feature{"the query command", tfversion.Version1_14_0, nil}
	ImportByIdentity = Feature{"import by identity", tfversion.Version1_12_0, tfversion.Version1_12_0}
)

// leftOutVariable names a file in which each test that leaves something out writes a line. scripts/test prints it.
const leftOutVariable = "TEST_LEFT_OUT"

// Has reports whether the CLI has a feature. If the CLI lacks it, Has prints what the test leaves out. The test then
// asserts that the CLI really lacks the feature.
func Has(t testing.TB, feature Feature) bool {
	t.Helper()
	found := Terraform(t)
	if feature.in(found) {
		return true
	}
	line := fmt.Sprintf("%s: left out, for %s lacks %s.", t.Name(), found, feature.name)
	t.Log(line)
	if err := note(os.Getenv(leftOutVariable), line); err != nil {
		t.Errorf("note what is left out: %v", err)
	}
	return false
}

func (f Feature) in(program cli.Program) bool {
	since := f.terraform
	if program.OpenTofu {
		since = f.openTofu
	}
	return since != nil && program.Version.Core().GreaterThanOrEqual(since)
}

// note adds a line to a file, if there is one.
func note(name, line string) error {
	if name == "" {
		return nil
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // G304, G703: the file that scripts/test made up
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(file, line)
	return errors.Join(err, file.Close())
}
