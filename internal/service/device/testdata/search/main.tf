# An expression of the test.
terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "search" {
  type = string
}

data "sekoia_okta_devices" "found" {
  search = var.search
}
