# Looks up the devices of an inventory by serial number. Okta may not know some of them.
terraform {
  required_version = ">= 1.11"

  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "serial_numbers" {
  type        = set(string)
  description = "The serial numbers in the inventory."
}

# SEKOIA_API_KEY, OKTA_CLIENT_ORGURL and OKTA_API_TOKEN come from the environment.
provider "sekoia" {}

# One listing. With for_each, sekoia_okta_device would make a call for each device, and fail if one is absent.
data "sekoia_okta_devices" "all" {}

locals {
  # A serial number may occur twice, for example after a device was enrolled again.
  by_serial_number = {
    for device in data.sekoia_okta_devices.all.devices : device.serial_number => device...
    if device.serial_number != null
  }
}

output "found" {
  value = {
    for serial_number in var.serial_numbers : serial_number => [
      for device in local.by_serial_number[serial_number] :
      { id = device.id, status = device.status, registered = device.registered }
    ] if contains(keys(local.by_serial_number), serial_number)
  }
}

output "unknown_to_okta" {
  value = setsubtract(var.serial_numbers, keys(local.by_serial_number))
}
