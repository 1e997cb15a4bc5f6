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

variable "on_failure" {
  type    = string
  default = null
}

data "sekoia_okta_device_coverage" "test" {
  connector_id = var.connector_id
  on_failure   = var.on_failure
}

output "coverage" {
  value = data.sekoia_okta_device_coverage.test
}
