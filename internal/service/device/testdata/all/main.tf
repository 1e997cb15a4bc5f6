# All devices, with everything else from the environment.
terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

data "sekoia_okta_devices" "all" {}
