# A root module whose plan runs on pull requests. Add your own backend: see the guide "Plans on pull requests".
terraform {
  required_version = ">= 1.11"

  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "okta_api_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

locals {
  okta_base_url        = "https://acme.okta.com"
  okta_organization_id = "00o1abcdefGHIJKLM0h8"
}

# The key for Sekoia comes from the environment: SEKOIA_API_KEY.
provider "sekoia" {
  okta = {
    base_url  = local.okta_base_url
    api_token = var.okta_api_token
  }
}

# Its summary is in the plan file, even if the plan fails later.
data "sekoia_okta_connection_test" "acme" {}

resource "sekoia_okta_device_connector" "acme" {
  name     = "Okta devices"
  base_url = local.okta_base_url

  api_token_wo         = var.okta_api_token
  api_token_wo_version = "2026-11"

  lifecycle {
    # A pull request that changes only the URL can't point the connector at another organization.
    precondition {
      condition     = data.sekoia_okta_connection_test.acme.okta_organization_id == local.okta_organization_id
      error_message = "This connector must read the organization ${local.okta_organization_id}."
    }
  }
}
