resource "sekoia_okta_device_connector" "acme" {
  name     = "Okta devices"
  base_url = "https://acme.okta.com"

  api_token_wo         = var.okta_api_token # write-only: never in a plan or a state
  api_token_wo_version = "2026-11"          # change it to send a new token

  sync = { wait_for = "synced" }
}

variable "okta_api_token" {
  type      = string
  sensitive = true
  ephemeral = true
}
