// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-sekoia serves the provider to Terraform.
package main

import (
	"flag"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/provider"
)

// version is set by the build of a release.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "serve for a debugger, and print what Terraform needs to find this process")
	flag.Parse()
	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	if err := tf6server.Serve(provider.Address, provider.NewServer(provider.New(version, provider.Environment{Lookup: os.LookupEnv})), options...); err != nil {
		log.Fatal(err)
	}
}
