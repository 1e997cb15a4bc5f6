# terraform query: every connector of the provider's community.
list "sekoia_okta_device_connector" "all" {
  provider = sekoia
}

# terraform query -generate-config-out=connectors.tf: the connectors of one organization, with everything that their
# resource blocks need.
list "sekoia_okta_device_connector" "acme" {
  provider         = sekoia
  include_resource = true
  limit            = 20

  config {
    base_url      = "https://acme.okta.com"
    name_contains = "devices"
  }
}
