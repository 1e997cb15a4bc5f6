# The function on elements of both data sources, on an object written by hand, and on one that is known after apply.
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

data "sekoia_okta_device" "one" {
  id = var.device_id
}

data "sekoia_okta_devices" "all" {}

locals {
  one     = provider::sekoia::okta_device_to_ocsf(data.sekoia_okta_device.one)
  element = one([for device in data.sekoia_okta_devices.all.devices : provider::sekoia::okta_device_to_ocsf(device) if device.id == var.device_id])

  # Terraform makes a text of a number, and a truth value of a text.
  by_hand = provider::sekoia::okta_device_to_ocsf({
    id                      = "guohand"
    status                  = "ACTIVE"
    display_name            = "By hand"
    platform                = "MACOS"
    manufacturer            = null
    model                   = null
    serial_number           = 4711
    imei                    = null
    udid                    = null
    sid                     = null
    disk_encryption_type    = null
    registered              = "true"
    secure_hardware_present = false
    created                 = "2026-11-02T00:00:00.123Z"
    last_updated            = null
    color                   = "blue"
  })
}

resource "terraform_data" "later" {
  input = "Known later"
}

output "one" {
  value = local.one
}

output "same" {
  value = local.one == local.element
}

output "by_hand" {
  value = local.by_hand
}

# A number of seconds is the same number as one in HCL, whole and with a fraction, and survives arithmetic and JSON.
output "numbers" {
  value = [
    local.by_hand.time == 1793577600.123,
    local.by_hand.device.first_seen_time - 0.023 == 1793577600.123 - 0.023,
    jsondecode(jsonencode(local.by_hand.time)) == local.by_hand.time,
    local.by_hand.device.type_id == 2,
    formatdate("YYYY-MM-DD", timeadd("1970-01-01T00:00:00Z", "${floor(local.by_hand.time)}s")) == "2026-11-02",
  ]
}

output "later" {
  value = provider::sekoia::okta_device_to_ocsf(merge(data.sekoia_okta_device.one, { display_name = terraform_data.later.output })).device.hostname
}
