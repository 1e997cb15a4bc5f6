terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "organizations" {
  type = map(object({
    base_url  = string
    api_token = optional(string)
  }))
  default   = {}
  sensitive = true
}

variable "key" {
  type    = string
  default = null
}

provider "sekoia" {
  okta_organizations = var.organizations
}

data "sekoia_okta_connection_test" "test" {
  okta_organization = var.key
}

output "report" {
  value = data.sekoia_okta_connection_test.test
}
