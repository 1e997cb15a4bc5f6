// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

// Sanitize makes text from the network fit for a diagnostic or a log.
func Sanitize(text string) string { return text }
