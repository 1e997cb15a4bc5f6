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

data "sekoia_okta_device_coverage" "test" {
  connector_id = var.connector_id
}

output "coverage" {
  value = data.sekoia_okta_device_coverage.test
}
