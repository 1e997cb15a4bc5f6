# Every device that Okta has.
data "sekoia_okta_devices" "all" {}

# Only the counts, without the devices themselves.
data "sekoia_okta_devices" "counted" {
  include_devices = false
}

output "devices_by_platform" {
  value = data.sekoia_okta_devices.counted.count_by_platform
}

# Laptops that are in use but are not registered, with their users.
data "sekoia_okta_devices" "unregistered" {
  status        = ["ACTIVE"]
  platform      = ["MACOS", "WINDOWS"]
  registered    = false
  include_users = true
}

# A search expression of Okta, used as it is.
data "sekoia_okta_devices" "by_expression" {
  search = "status eq \"ACTIVE\" and profile.displayName co \"lab\""
}
