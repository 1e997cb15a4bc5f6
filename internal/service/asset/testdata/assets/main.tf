terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "connector_id" {
  type    = string
  default = null
}

variable "type" {
  type    = string
  default = null
}

variable "search" {
  type    = string
  default = null
}

data "sekoia_assets" "test" {
  connector_id = var.connector_id
  type         = var.type
  search       = var.search
}

output "assets" {
  value = data.sekoia_assets.test
}
