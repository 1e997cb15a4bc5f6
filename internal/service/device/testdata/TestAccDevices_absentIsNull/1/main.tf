# One device about which Okta says little, without and with its users.
terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

data "sekoia_okta_devices" "bare" {
  display_name_contains = "Bare"
}

data "sekoia_okta_devices" "with_users" {
  display_name_contains = "Bare"
  include_users         = true
}
