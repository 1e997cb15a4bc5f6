# One device, chosen by whichever variable is set.
terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "device_id" {
  type    = string
  default = null
}

variable "serial_number" {
  type    = string
  default = null
}

variable "display_name" {
  type    = string
  default = null
}

data "sekoia_okta_device" "chosen" {
  id            = var.device_id
  serial_number = var.serial_number
  display_name  = var.display_name
}
