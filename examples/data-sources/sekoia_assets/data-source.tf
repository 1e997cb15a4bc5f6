data "sekoia_okta_device_connector" "acme" {
  name = "Okta devices"
}

# The devices that this connector has brought to Sekoia.
data "sekoia_assets" "devices" {
  connector_id = data.sekoia_okta_device_connector.acme.id
  type         = "host"
}

output "asset_count" {
  value = data.sekoia_assets.devices.total
}

# The Okta id of each asset.
output "okta_ids" {
  value = {
    for asset in data.sekoia_assets.devices.assets : asset.id => one([
      for seen in asset.connectors : seen.external_id if seen.connector_id == data.sekoia_okta_device_connector.acme.id
    ])
  }
}
