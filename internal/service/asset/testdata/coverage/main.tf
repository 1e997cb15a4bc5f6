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

variable "connector_version" {
  type    = string
  default = null
}

data "sekoia_okta_device_coverage" "test" {
  connector_id              = var.connector_id
  assumed_connector_version = var.connector_version
}

output "coverage" {
  value = data.sekoia_okta_device_coverage.test
}
