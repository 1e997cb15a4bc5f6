// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Command providerschema writes the provider's schemas as the JSON of terraform providers schema -json, as the provider
// itself gives them: with everything that it offers, also to a Terraform newer than the installed one (actions and list
// resources need 1.14, identities 1.12). make generate makes the documentation of it. It configures nothing, and makes
// no call.
package main
