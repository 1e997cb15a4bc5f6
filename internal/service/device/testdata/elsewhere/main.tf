# An organization at a URL of the test, whose certificate is of the test's own authority.
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

variable "okta_token" {
  type      = string
  sensitive = true
}

variable "authority" {
  type        = string
  description = "A file with certificate authorities."
}

provider "sekoia" {
  okta = {
    base_url  = var.base_url
    api_token = var.okta_token
  }

  http = {
    ca_certificate_file = var.authority
    max_retries         = 0
  }
}

data "sekoia_okta_devices" "all" {}
