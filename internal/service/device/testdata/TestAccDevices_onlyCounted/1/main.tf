# All devices, of which only the counts enter the state.
terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

data "sekoia_okta_devices" "counted" {
  include_devices = false
}
