# Fails a pipeline while Sekoia misses too many devices. Run it after the connector has synced, in a root of its own.
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
  description = "The least part of Okta's devices that has to be in Sekoia."
}

# SEKOIA_API_KEY, OKTA_CLIENT_ORGURL and OKTA_API_TOKEN come from the environment.
provider "sekoia" {}

# A check warns, and the run passes.
check "no_device_lacks_a_field" {
  assert {
    condition     = lookup(data.sekoia_okta_device_coverage.acme.missing_by_reason, "lacks_field", 0) == 0
    error_message = "Fix these devices in Okta: ${join(", ", [for device in data.sekoia_okta_device_coverage.acme.missing : "${device.id} (${device.detail})" if device.reason == "lacks_field"])}."
  }
}

data "sekoia_okta_device_coverage" "acme" {
  connector_id = var.connector_id

  # A postcondition stops the run with exit code 1. An organization without devices has no ratio.
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
