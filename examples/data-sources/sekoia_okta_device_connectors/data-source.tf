# All Okta device connectors that the API key sees, in all its communities.
data "sekoia_okta_device_connectors" "all" {}

output "not_running" {
  value = {
    for connector in data.sekoia_okta_device_connectors.all.connectors :
    connector.id => connector.status if connector.status != "RUNNING"
  }
}

output "assets_by_organization" {
  value = {
    for connector in data.sekoia_okta_device_connectors.all.connectors :
    coalesce(connector.base_url, "unknown") => connector.asset_count...
  }
}
