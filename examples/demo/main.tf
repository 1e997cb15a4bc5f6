# `make demo` runs this against the simulator. It also runs unchanged against the real services. Set SEKOIA_API_KEY, the
# variables in variables.tf and, if your region is not fra1, SEKOIA_REGION.

terraform {
  required_version = ">= 1.11" # write-only arguments

  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

provider "sekoia" {
  # The data sources read devices with this token. The key for Sekoia comes from the environment: SEKOIA_API_KEY.
  okta = {
    base_url  = var.okta_base_url
    api_token = var.okta_api_token
  }
}

# Sekoia takes its device inventory from this Okta organization.
resource "sekoia_okta_device_connector" "acme" {
  name     = "Okta devices"
  base_url = var.okta_base_url

  api_token_wo         = var.okta_api_token         # write-only: never in a plan or a state
  api_token_wo_version = var.okta_api_token_version # change it to send a new token

  sync = {
    wait_for = "synced"               # apply ends when the devices have arrived
    triggers = { run = var.sync_run } # a new text makes it stop, start, and fetch new devices
  }
}

# The same devices, as Okta has them after the sync.
data "sekoia_okta_devices" "all" {
  depends_on = [sekoia_okta_device_connector.acme]
}
