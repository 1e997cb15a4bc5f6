# With depends_on the data source is read at apply, when the token is known.
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

data "sekoia_okta_devices" "all" {
  depends_on = [terraform_data.vault]
}
