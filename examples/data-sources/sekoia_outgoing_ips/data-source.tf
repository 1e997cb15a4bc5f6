terraform {
  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
    okta = {
      source = "okta/okta"
    }
  }
}

data "sekoia_outgoing_ips" "region" {}

# With Okta's own provider: the zone that the API token for Sekoia is bound to.
resource "okta_network_zone" "sekoia" {
  name = "Sekoia connectors"
  type = "IP"

  # Okta accepts prefixes and ranges, not single addresses.
  gateways = [
    for address in data.sekoia_outgoing_ips.region.addresses :
    strcontains(address, "/") ? address : strcontains(address, ":") ? "${address}/128" : "${address}/32"
  ]
}
