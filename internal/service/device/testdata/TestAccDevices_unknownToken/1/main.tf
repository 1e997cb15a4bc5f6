# The token comes from what does not exist yet, and Terraform reads the data source all the same.
terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "okta_url" {
  type = string
}

variable "okta_token" {
  type      = string
  sensitive = true
}

resource "terraform_data" "vault" {
  input = var.okta_token
}

provider "sekoia" {
  okta = {
    base_url  = var.okta_url
    api_token = terraform_data.vault.output
  }
}

data "sekoia_okta_devices" "all" {}
