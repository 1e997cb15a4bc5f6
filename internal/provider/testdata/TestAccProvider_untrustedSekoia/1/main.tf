# The key comes from the environment, the URL from whoever wrote this.
terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "base_url" {
  type = string
}

variable "okta_url" {
  type = string
}

variable "okta_token" {
  type      = string
  sensitive = true
}

variable "authority" {
  type        = string
  description = "A file with certificate authorities."
}

provider "sekoia" {
  base_url = var.base_url

  http = {
    ca_certificate_file = var.authority
  }
}

resource "sekoia_okta_device_connector" "test" {
  name                 = "Okta devices"
  base_url             = var.okta_url
  api_token_wo         = var.okta_token
  api_token_wo_version = "1"
}
