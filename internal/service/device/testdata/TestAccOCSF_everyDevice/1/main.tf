# A synced connector, and what the provider says that Sekoia holds of each device.
terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "okta_url" {
  type = string
}

variable "okta_token" {
  type      = string
  sensitive = true
}

resource "sekoia_okta_device_connector" "all" {
  name                 = "Okta devices"
  base_url             = var.okta_url
  api_token_wo         = var.okta_token
  api_token_wo_version = "1"

  sync = { wait_for = "synced" }
}

data "sekoia_okta_devices" "all" {
  include_users = true
}

output "events" {
  value = { for device in data.sekoia_okta_devices.all.devices : device.id => provider::sekoia::okta_device_to_ocsf(device) }
}
