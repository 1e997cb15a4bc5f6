# One connector, each argument of which can be set. Unset variables are null, as if the argument were left out.

variable "okta_url" {
  type = string
}

variable "okta_token" {
  type      = string
  sensitive = true
  default   = null
}

variable "token_version" {
  type    = string
  default = "1"
}

variable "token_in_state" {
  type      = string
  sensitive = true
  default   = null
}

variable "name" {
  type    = string
  default = "Okta devices"
}

variable "enabled" {
  type    = bool
  default = null
}

variable "community_id" {
  type    = string
  default = null
}

variable "mode" {
  type    = string
  default = null
}

variable "on_failure" {
  type    = string
  default = null
}

variable "triggers" {
  type    = map(string)
  default = null
}

variable "wait_for" {
  type    = string
  default = null
}

variable "update_timeout" {
  type    = string
  default = null
}

locals {
  tests = var.mode != null || var.on_failure != null
  syncs = var.triggers != null || var.wait_for != null
}

resource "sekoia_okta_device_connector" "test" {
  name                 = var.name
  base_url             = var.okta_url
  api_token            = var.token_in_state
  api_token_wo         = var.okta_token
  api_token_wo_version = nonsensitive(var.okta_token == null) ? null : var.token_version
  enabled              = var.enabled
  community_id         = var.community_id
  connection_test      = local.tests ? { mode = var.mode, on_failure = var.on_failure } : null
  sync                 = local.syncs ? { triggers = var.triggers, wait_for = var.wait_for } : null
  timeouts             = var.update_timeout == null ? null : { update = var.update_timeout }
}
