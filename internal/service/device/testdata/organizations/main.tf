# Two organizations in one configuration, and the environment's beside them.
terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "organizations" {
  type = map(object({
    base_url  = string
    api_token = optional(string)
  }))
  sensitive = true
}

variable "keys" {
  type    = set(string)
  default = []
}

variable "device_id" {
  type    = string
  default = null
}

provider "sekoia" {
  okta_organizations = var.organizations

  http = {
    max_retries = 0
  }
}

data "sekoia_okta_devices" "each" {
  for_each = var.keys

  okta_organization = each.key
}

data "sekoia_okta_devices" "environment" {}

data "sekoia_okta_device" "one" {
  count = var.device_id == null ? 0 : 1

  okta_organization = "beta"
  id                = var.device_id
}

output "totals" {
  value = merge(
    { environment = data.sekoia_okta_devices.environment.total },
    { for key, devices in data.sekoia_okta_devices.each : key => devices.total },
  )
}

output "device" {
  value = one(data.sekoia_okta_device.one[*].id)
}
