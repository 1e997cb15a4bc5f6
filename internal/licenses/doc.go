// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Command licenses lists the licenses of other people's code. `make generate` runs it to write THIRD_PARTY_LICENSES:
// whatever is linked into a binary of a release on any operating system of .goreleaser.yml, with the texts that these
// licenses ask to be passed on. `make lint` runs it with -check, for the modules of the tests too: a license that is
// not in its list of allowed ones fails.
//
// go-licenses (tools/go.mod) finds the files and names the licenses. It does not check the tools: they are run, and no
// part of them is distributed.
package main
