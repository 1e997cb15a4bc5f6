// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	install "github.com/hashicorp/hc-install"
	"github.com/hashicorp/hc-install/checkpoint"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/src"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

// pathVariable names the Terraform CLI for terraform-plugin-testing too.
const pathVariable = "TF_ACC_TERRAFORM_PATH"

// installTimeout bounds the download of Terraform.
const installTimeout = 5 * time.Minute

// Test runs an acceptance test on these clouds with the real Terraform CLI. The provider is the clouds' own unless the
// case or its steps have one (steps whose HCL has a provider block must: terraform-plugin-testing wants it there). It
// never skips: without a Terraform it fails.
func Test(t *testing.T, clouds *Clouds, testCase resource.TestCase) {
	t.Helper()
	TerraformPath(t)

	// Without it, terraform-plugin-testing skips where TF_ACC is not set.
	testCase.IsUnitTest = true
	ofSteps := slices.ContainsFunc(testCase.Steps, func(step resource.TestStep) bool { return step.ProtoV6ProviderFactories != nil })
	if testCase.ProtoV6ProviderFactories == nil && !ofSteps {
		testCase.ProtoV6ProviderFactories = clouds.Factories()
	}
	resource.Test(t, testCase)
}

// TerraformPath is the Terraform CLI: that of TF_ACC_TERRAFORM_PATH, else of PATH, else one that is fetched. Where
// there is none the test fails.
func TerraformPath(t testing.TB) string {
	t.Helper()
	found, err := terraformPath()
	if err != nil {
		t.Fatalf("There is no Terraform CLI to test with: %v. Put terraform on PATH, or name it in %s.", err, pathVariable)
	}
	return found
}

// terraformPath looks once for all tests of a process, and tells terraform-plugin-testing what it found.
var terraformPath = sync.OnceValues(func() (string, error) {
	found, err := findTerraform(os.Getenv(pathVariable), exec.LookPath, fetchTerraform)
	if err != nil {
		return "", err
	}
	return found, os.Setenv(pathVariable, found)
})

// findTerraform looks in the order that DESIGN "Commands" gives.
func findTerraform(named string, look func(string) (string, error), fetch func() (string, error)) (string, error) {
	if named != "" {
		found, err := look(named)
		if err != nil {
			return "", fmt.Errorf("%s: %w", pathVariable, err)
		}
		return filepath.Abs(found)
	}
	if found, err := look("terraform"); err == nil {
		return filepath.Abs(found)
	}
	found, err := fetch()
	if err != nil {
		return "", fmt.Errorf("it is not on PATH, and could not be fetched: %w", err)
	}
	return found, nil
}

// fetchTerraform downloads the newest release into a folder that later runs find again.
func fetchTerraform() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "terraform-provider-sekoia", "terraform")
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), installTimeout)
	defer cancel()
	return install.NewInstaller().Ensure(ctx, []src.Source{
		&checkpoint.LatestVersion{Product: product.Terraform, InstallDir: folder},
	})
}
