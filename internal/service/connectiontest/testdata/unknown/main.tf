# Settings of the provider that come from what does not exist yet.
terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "settings" {
  type = object({
    base_url     = optional(string)
    api_token    = optional(string)
    api_key      = optional(string)
    community_id = optional(string)
  })
  description = "What is known. What is left out is not known before the apply."
}

variable "okta_url" {
  type = string
}

variable "okta_token" {
  type = string
}

resource "terraform_data" "later" {
  input = {
    base_url  = var.okta_url
    api_token = var.okta_token
    api_key   = "of the environment"
    community = "00000000-0000-4000-8000-000000000000"
  }
}

provider "sekoia" {
  api_key      = var.settings.api_key == null ? terraform_data.later.output.api_key : var.settings.api_key
  community_id = var.settings.community_id == null ? terraform_data.later.output.community : var.settings.community_id

  okta = {
    base_url  = var.settings.base_url == null ? terraform_data.later.output.base_url : var.settings.base_url
    api_token = var.settings.api_token == null ? terraform_data.later.output.api_token : var.settings.api_token
  }
}

data "sekoia_okta_connection_test" "test" {}

output "report" {
  value = data.sekoia_okta_connection_test.test
}
