# All devices of the organization, and what they come to.
terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

data "sekoia_okta_devices" "all" {}

output "ids" {
  value = data.sekoia_okta_devices.all.devices[*].id
}

output "total" {
  value = data.sekoia_okta_devices.all.total
}

output "count_by_platform" {
  value = data.sekoia_okta_devices.all.count_by_platform
}

output "count_by_status" {
  value = data.sekoia_okta_devices.all.count_by_status
}
