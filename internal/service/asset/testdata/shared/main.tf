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

data "sekoia_okta_device_coverage" "once" {
  connector_id = var.connector_id
}

data "sekoia_okta_device_coverage" "again" {
  connector_id = var.connector_id
}

data "sekoia_okta_devices" "all" {}

output "covered" {
  value = [
    length(data.sekoia_okta_device_coverage.once.covered),
    length(data.sekoia_okta_device_coverage.again.covered),
    data.sekoia_okta_devices.all.total,
  ]
}
