# One device, found in each of the three ways.
terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "device_id" {
  type = string
}

data "sekoia_okta_device" "by_id" {
  id = var.device_id
}

data "sekoia_okta_device" "by_serial_number" {
  serial_number = data.sekoia_okta_device.by_id.serial_number
}

data "sekoia_okta_device" "by_display_name" {
  display_name = data.sekoia_okta_device.by_id.display_name
}
