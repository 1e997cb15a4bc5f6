// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

// Values of the parameter expand (Okta API 2026.06.3, listDevices).
const (
	expandUser        = "user"
	expandUserSummary = "userSummary"
)

// wire is the device as Okta writes it; expand is one of the constants above or "".
func (d *oktaDevice) wire(base, expand string) fields {
	written := make(fields, len(d.body), len(d.body)+3)
	copy(written, d.body)
	written = append(written, field{"_links", d.links(base)})
	if expand != "" {
		users := fields{{"users", d.wireUsers(base, expand == expandUserSummary)}}
		written = append(written, field{"_embedded", users})
	}
	return written
}

// wireWithProviders is the answer to a request for this one device.
func (d *oktaDevice) wireWithProviders(base string) fields {
	provider := fields{{"provider", "oktaVerify"}, {"payloadVersion", "1.0"}, {"payload", fields{{"clientVersion", "9.27.0"}}}}
	return d.wire(base, "").With("providers", []any{provider})
}

// links are the calls that Okta offers for a device; what the life cycle allows depends on the status.
func (d *oktaDevice) links(base string) fields {
	self := base + devicesPath + "/" + d.id
	links := fields{{"self", hinted(self, "GET", "PATCH", "PUT")}, {"users", hinted(self+"/users", "GET")}}
	var steps []string
	switch d.body.Text("status") {
	case "ACTIVE", "UNSUSPENDED":
		steps = []string{"suspend", "deactivate"}
	case "SUSPENDED":
		steps = []string{"unsuspend", "deactivate"}
	default:
		steps = []string{"activate"}
	}
	for _, step := range steps {
		links = append(links, field{step, hinted(self+"/lifecycle/"+step, "POST")})
	}
	return links
}

func hinted(href string, allow ...string) fields {
	methods := make([]any, len(allow))
	for i, method := range allow {
		methods[i] = method
	}
	return fields{{"href", href}, {"hints", fields{{"allow", methods}}}}
}

// wireUsers are the device's enrollments.
func (d *oktaDevice) wireUsers(base string, summary bool) []any {
	users := make([]any, len(d.users))
	for i, enrolled := range d.users {
		users[i] = enrolled.wire(base, summary)
	}
	return users
}

func (u deviceUser) wire(base string, summary bool) any {
	if u.user == nil {
		return u.raw
	}
	user := u.user.wire(base)
	if summary {
		user = u.user.wireSummary(base)
	}
	return u.link.With("user", user)
}

// wireSummary is what expand=userSummary shows of a user.
func (u *oktaUser) wireSummary(base string) fields {
	return fields{
		{"id", u.id}, {"realmId", u.realm},
		{"profile", u.profile.Without("mobilePhone", "secondEmail")},
		{"_links", fields{{"self", fields{{"href", base + usersPath + u.id}}}}},
	}
}

// wire is the whole user, as Okta writes it everywhere else. The credentials name the provider of the password and no
// more: no password, no recovery question.
func (u *oktaUser) wire(base string) fields {
	self := base + usersPath + u.id
	links := fields{{"self", fields{{"href", self}}}, {"type", fields{{"href", base + "/api/v1/meta/types/user/" + u.kind}}}}
	for _, call := range [...]struct{ name, path string }{
		{"suspend", "/lifecycle/suspend"}, {"resetPassword", "/lifecycle/reset_password"}, {"expirePassword", "/lifecycle/expire_password"},
		{"changePassword", "/credentials/change_password"}, {"deactivate", "/lifecycle/deactivate"},
	} {
		links = append(links, field{call.name, fields{{"href", self + call.path}, {"method", "POST"}}})
	}
	written := append(fields{{"id", u.id}}, u.body...)
	return append(written,
		field{"type", fields{{"id", u.kind}}},
		field{"profile", u.profile},
		field{"credentials", fields{{"password", fields{}}, {"provider", fields{{"type", "OKTA"}, {"name", "OKTA"}}}}},
		field{"_links", links})
}

// wire is the body of /.well-known/okta-organization.
func (o organization) wire(base string) fields {
	links := fields{{"organization", fields{{"href", base}}}}
	if o.alternate != "" {
		links = append(links, field{"alternate", fields{{"href", o.alternate}}})
	}
	return fields{{"id", o.id}, {"_links", links}, {"pipeline", o.pipeline}}
}
