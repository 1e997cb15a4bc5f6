// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

// mainTF is a configuration as a person begins one, around some blocks.
func mainTF(blocks string) string {
	return `terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}
` + blocks
}

// contains compares as a person reads: without frames and line breaks.
func contains(text, want string) bool {
	return strings.Contains(acctest.Flat(text), want)
}
