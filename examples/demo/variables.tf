variable "okta_base_url" {
  description = "The Okta organization, for example https://acme.okta.com."
  type        = string
}

variable "okta_api_token" {
  description = "An API token of that organization. Ephemeral: Terraform keeps it in no plan and no state."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "okta_api_token_version" {
  description = "Any text. Change it together with the token."
  type        = string
  default     = "1"
}

variable "sync_run" {
  description = "Any text. Change it to make the connector sync at once."
  type        = string
  default     = "1"
}
