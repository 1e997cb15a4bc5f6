# terraform apply -invoke=action.sekoia_okta_device_connector_sync.acme
action "sekoia_okta_device_connector_sync" "acme" {
  config {
    connector_id = sekoia_okta_device_connector.acme.id
    timeout      = "20m"
  }
}
