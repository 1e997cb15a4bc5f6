# Fails a pipeline if Sekoia misses too many devices. Run it after the connector has synced, in a root module of its
# own.
terraform {
  required_version = ">= 1.11"

  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "connector_id" {
  type = string
}

variable "least_coverage" {
  type        = number
  default     = 0.95
  description = "The smallest share of Okta's devices that must be in Sekoia."
}

# SEKOIA_API_KEY, OKTA_CLIENT_ORGURL and OKTA_API_TOKEN come from the environment.
provider "sekoia" {}

locals {
  to_fix = [
    for device in data.sekoia_okta_device_coverage.acme.missing : "${device.id} (${device.detail})"
    if device.reason == "lacks_field"
  ]
}

# A check warns, and the run passes.
check "no_device_lacks_a_field" {
  assert {
    condition     = length(local.to_fix) == 0
    error_message = "Fix these devices in Okta: ${join(", ", local.to_fix)}."
  }
}

data "sekoia_okta_device_coverage" "acme" {
  connector_id = var.connector_id

  # A postcondition stops the run with exit code 1. If the organization has no devices, the ratio is null.
  lifecycle {
    postcondition {
      condition     = coalesce(self.coverage_ratio, 1) >= var.least_coverage
      error_message = "Sekoia misses devices: ${jsonencode(self.missing_by_reason)}."
    }
  }
}

output "summary_markdown" {
  value = data.sekoia_okta_device_coverage.acme.summary_markdown
}
