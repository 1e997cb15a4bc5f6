terraform {
  required_version = ">= 1.11"

  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

# Instead of the okta block, you can set OKTA_CLIENT_ORGURL, OKTA_API_CLIENT_ID, OKTA_API_PRIVATE_KEY,
# OKTA_API_PRIVATE_KEY_ID and OKTA_API_SCOPES in the environment.
provider "sekoia" {
  region = "fra1"

  okta = {
    base_url       = "https://acme.okta.com"
    client_id      = "0oa1b2c3d4e5f6g7h8i9"
    private_key    = var.okta_private_key  # PEM, or the JWK that Okta shows
    private_key_id = "terraform"           # its KID at Okta, needed if the app has several keys
    scopes         = ["okta.devices.read"] # the default
  }
}

variable "okta_private_key" {
  type      = string
  sensitive = true
  ephemeral = true
}
