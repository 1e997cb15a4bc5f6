# Each filter by itself, and all of them at once.
terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "name" {
  type        = string
  description = "Part of a display name."
}

variable "after" {
  type        = string
  description = "A time, in RFC 3339."
}

data "sekoia_okta_devices" "name" {
  display_name_contains = var.name
}

data "sekoia_okta_devices" "platform" {
  platform = ["MACOS", "WINDOWS"]
}

data "sekoia_okta_devices" "status" {
  status = ["SUSPENDED"]
}

data "sekoia_okta_devices" "registered" {
  registered = true
}

data "sekoia_okta_devices" "recent" {
  last_updated_after = var.after
}

data "sekoia_okta_devices" "expression" {
  search = "profile.platform eq \"IOS\" and status eq \"ACTIVE\""
}

data "sekoia_okta_devices" "everything" {
  status                = ["ACTIVE"]
  platform              = ["MACOS"]
  display_name_contains = var.name
  registered            = true
  last_updated_after    = var.after
}
