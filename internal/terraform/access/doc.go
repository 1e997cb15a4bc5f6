// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package access has the configured clients of both clouds, as the service packages use them: the settings of the
// provider block and of the environment, one client for Sekoia, one for each Okta organization, and what all data
// sources share so that nothing is fetched twice in a run.
package access
