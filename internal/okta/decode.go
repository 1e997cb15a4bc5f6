// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

func decodeDevices(a *answer) ([]Device, int, error)   { return nil, 0, a.notJSON() }
func decodeDevice(a *answer) (*Device, error)          { return nil, a.notJSON() }
func decodeUsers(a *answer) ([]DeviceUser, int, error) { return nil, 0, a.notJSON() }
