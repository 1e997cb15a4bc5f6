# The root module that applies: one connector for each customer, and no data source, so no customer can stop the others.
terraform {
  required_version = ">= 1.11"

  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "customers" {
  type = map(object({
    base_url      = string
    token_version = string # change it together with the customer's token
  }))
  description = "The Okta organization of each customer, by a key of your own."
}

variable "okta_api_tokens" {
  type        = map(string)
  ephemeral   = true
  sensitive   = true
  description = "The API token of each customer, by the same key."
}

# The key for Sekoia comes from the environment: SEKOIA_API_KEY.
provider "sekoia" {}

resource "sekoia_okta_device_connector" "customer" {
  for_each = var.customers

  name     = "Okta ${each.key}"
  base_url = each.value.base_url

  # A token that is missing or empty, such as a secret that the CI does not have, becomes null. That stops nothing,
  # unless this customer's connector changes.
  api_token_wo         = try(coalesce(var.okta_api_tokens[each.key]), null)
  api_token_wo_version = each.value.token_version

  # A bad token is a warning at plan. At apply, it is an error of this customer's connector only.
  connection_test = { on_failure = "error_at_apply" }

  sync = { wait_for = "synced" }
}

# For the root module that reads.
output "connector_ids" {
  value = { for key, connector in sekoia_okta_device_connector.customer : key => connector.id }
}
