// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Command simulator runs both clouds until it is told to stop.
package main

func main() {}
