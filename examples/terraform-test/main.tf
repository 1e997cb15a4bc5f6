# Your own module: a connector, and a check that its devices arrive.
terraform {
  required_version = ">= 1.11"

  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "customer" {
  type = string
}

variable "okta_base_url" {
  type = string
}

variable "okta_api_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "okta_api_token_version" {
  type    = string
  default = "1"
}

variable "least_coverage" {
  type    = number
  default = 0.95
}

resource "sekoia_okta_device_connector" "this" {
  name                 = "Okta ${var.customer}"
  base_url             = var.okta_base_url
  api_token_wo         = var.okta_api_token
  api_token_wo_version = var.okta_api_token_version

  sync = { wait_for = "synced" }
}

data "sekoia_okta_device_coverage" "this" {
  connector_id = sekoia_okta_device_connector.this.id
}

locals {
  missing = jsonencode(data.sekoia_okta_device_coverage.this.missing_by_reason)
}

check "devices_arrive" {
  assert {
    condition     = coalesce(data.sekoia_okta_device_coverage.this.coverage_ratio, 1) >= var.least_coverage
    error_message = "${var.customer}: Sekoia misses devices: ${local.missing}."
  }
}

output "connector_id" {
  value = sekoia_okta_device_connector.this.id
}

output "coverage_ratio" {
  value = data.sekoia_okta_device_coverage.this.coverage_ratio
}
