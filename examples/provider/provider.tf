terraform {
  required_version = ">= 1.11" # write-only arguments

  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

# Everything can come from the environment: SEKOIA_API_KEY and SEKOIA_REGION, and for the data sources
# OKTA_CLIENT_ORGURL and OKTA_API_TOKEN.
provider "sekoia" {
  region = "fra1"

  okta = {
    base_url  = "https://acme.okta.com"
    api_token = var.okta_api_token
  }
}

variable "okta_api_token" {
  type      = string
  sensitive = true
  ephemeral = true
}
