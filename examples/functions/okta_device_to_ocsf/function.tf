terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

data "sekoia_okta_devices" "all" {}

locals {
  events = [for device in data.sekoia_okta_devices.all.devices : provider::sekoia::okta_device_to_ocsf(device)]
}

# What Sekoia will store about the organization's devices, with one event on each line. Use it to test detection rules.
output "events" {
  value = join("\n", [for event in local.events : jsonencode(event)])
}

# Sekoia considers a device compliant if it is active and registered.
output "not_compliant" {
  value = [for event in local.events : event.device.uid if event.device.is_compliant == false]
}

# Devices without an encrypted disk in Sekoia: the disk is not encrypted, or Okta does not know.
output "not_encrypted" {
  value = [
    for event in local.events : event.device.uid
    if !try(contains(values(event.enrichments[0].data.Storage_encryption.partitions), "Enabled"), false)
  ]
}
