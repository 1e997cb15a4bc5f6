terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "organizations" {
  type = map(object({
    base_url     = string
    api_token    = string
    connector_id = string
  }))
}

provider "sekoia" {
  okta_organizations = {
    for key, each in var.organizations : key => { base_url = each.base_url, api_token = each.api_token }
  }
}

data "sekoia_okta_device_coverage" "each" {
  for_each = var.organizations

  okta_organization = each.key
  connector_id      = each.value.connector_id
}

output "covered" {
  value = { for key, each in data.sekoia_okta_device_coverage.each : key => length(each.covered) }
}
