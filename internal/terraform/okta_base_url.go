// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package terraform

import (
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// OktaBaseURLValidator refuses what is no base URL of an Okta organisation (another scheme than https, the admin console's host, a
// path, userinfo, a domain written twice), and says the URL that it should be. http is taken for loopback hosts alone. Whether the host
// may be trusted is not its business.
func OktaBaseURLValidator() validator.String {
	panic("not yet")
}

// CheckOktaBaseURL is what OktaBaseURLValidator does, as an error: nil, or what is wrong and the URL that it should be. The error never
// repeats a password or a query.
func CheckOktaBaseURL(raw string) error {
	panic("not yet")
}
