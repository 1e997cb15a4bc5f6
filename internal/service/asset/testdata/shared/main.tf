terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "connector_id" {
  type = string
}

data "sekoia_okta_device_coverage" "newest" {
  connector_id = var.connector_id
}

data "sekoia_okta_device_coverage" "old" {
  connector_id              = var.connector_id
  assumed_connector_version = "2.9"
}

data "sekoia_okta_devices" "all" {}

output "covered" {
  value = [
    length(data.sekoia_okta_device_coverage.newest.covered),
    length(data.sekoia_okta_device_coverage.old.covered),
    data.sekoia_okta_devices.all.total,
  ]
}
