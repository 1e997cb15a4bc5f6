# The root module that reads: what each customer's connector has brought. It creates nothing, so nothing is lost if it
# fails.
terraform {
  required_version = ">= 1.11"

  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "customers" {
  type        = map(object({ base_url = string }))
  description = "The Okta organization of each customer, by a key of your own."
}

variable "okta_api_tokens" {
  type        = map(string)
  ephemeral   = true
  sensitive   = true
  description = "The API token of each customer, by the same key."
}

variable "connector_ids" {
  type        = map(string)
  description = "The output connector_ids of the root module that applies."
}

provider "sekoia" {
  okta_organizations = {
    for key, customer in var.customers : key => {
      base_url  = customer.base_url
      api_token = lookup(var.okta_api_tokens, key, null)
    }
  }
}

data "sekoia_okta_connection_test" "customer" {
  for_each = var.customers

  okta_organization = each.key
}

data "sekoia_okta_device_connector" "customer" {
  for_each = var.connector_ids

  id        = each.value
  log_lines = 0
}

data "sekoia_okta_device_coverage" "customer" {
  for_each = var.connector_ids

  okta_organization = each.key
  connector_id      = each.value
  on_failure        = "warning" # what can't be read is null, and the summary says why
}

output "customers" {
  value = {
    for key in keys(var.connector_ids) : key => {
      passed          = data.sekoia_okta_connection_test.customer[key].passed
      organization_id = data.sekoia_okta_connection_test.customer[key].okta_organization_id
      status          = data.sekoia_okta_device_connector.customer[key].status
      assets          = data.sekoia_okta_device_connector.customer[key].asset_count
      covered         = try(length(data.sekoia_okta_device_coverage.customer[key].covered), null)
    }
  }
}

output "summary_markdown" {
  value = join("\n", [for coverage in data.sekoia_okta_device_coverage.customer : coverage.summary_markdown])
}
