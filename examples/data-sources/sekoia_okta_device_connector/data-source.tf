# Is the connector that somebody made on the web page healthy?
data "sekoia_okta_device_connector" "acme" {
  name      = "Okta devices"
  log_lines = 50
}

output "status" {
  value = data.sekoia_okta_device_connector.acme.status
}

output "asset_count" {
  value = data.sekoia_okta_device_connector.acme.asset_count
}

# A connector with a wrong token is RUNNING for a long while: its log tells.
output "errors" {
  value = [for line in data.sekoia_okta_device_connector.acme.logs : "${line.date} ${line.message}" if line.level == "error"]
}
