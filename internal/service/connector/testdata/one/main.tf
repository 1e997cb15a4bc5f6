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

variable "name" {
  type    = string
  default = null
}

variable "community_id" {
  type    = string
  default = null
}

variable "log_lines" {
  type    = number
  default = null
}

data "sekoia_okta_device_connector" "test" {
  id           = var.connector_id
  name         = var.name
  community_id = var.community_id
  log_lines    = var.log_lines
}

output "connector" {
  value = data.sekoia_okta_device_connector.test
}
