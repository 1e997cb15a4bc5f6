# A connector for each of several Okta organizations, and what each of them has brought, without provider aliases.
terraform {
  required_version = ">= 1.11"

  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "okta_organizations" {
  type        = map(string)
  description = "The base URL of each Okta organization, by a key of your own."
}

variable "okta_api_tokens" {
  type        = map(string)
  ephemeral   = true
  sensitive   = true
  description = "An API token of each, by the same key."
}

variable "okta_api_token_version" {
  type        = string
  default     = "1"
  description = "Change it with the tokens, to send the new ones."
}

provider "sekoia" {
  okta_organizations = {
    for key, base_url in var.okta_organizations : key => { base_url = base_url, api_token = var.okta_api_tokens[key] }
  }
}

resource "sekoia_okta_device_connector" "each" {
  for_each = var.okta_organizations

  name                 = "Okta ${each.key}"
  base_url             = each.value
  api_token_wo         = var.okta_api_tokens[each.key]
  api_token_wo_version = var.okta_api_token_version

  sync = {
    wait_for = "synced"
  }
}

data "sekoia_okta_connection_test" "each" {
  for_each = var.okta_organizations

  okta_organization = each.key
}

data "sekoia_okta_devices" "each" {
  for_each = var.okta_organizations

  okta_organization = each.key
}

data "sekoia_okta_device_connector" "each" {
  for_each = sekoia_okta_device_connector.each

  id        = each.value.id
  log_lines = 0
}

data "sekoia_okta_device_coverage" "each" {
  for_each = sekoia_okta_device_connector.each

  okta_organization = each.key
  connector_id      = each.value.id
}

output "organizations" {
  value = {
    for key in keys(var.okta_organizations) : key => {
      passed          = data.sekoia_okta_connection_test.each[key].passed
      organization_id = data.sekoia_okta_connection_test.each[key].okta_organization_id
      devices         = data.sekoia_okta_devices.each[key].total
      status          = data.sekoia_okta_device_connector.each[key].status
      assets          = data.sekoia_okta_device_connector.each[key].asset_count
      covered         = length(data.sekoia_okta_device_coverage.each[key].covered)
    }
  }
}
