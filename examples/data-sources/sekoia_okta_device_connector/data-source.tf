# The health of a connector that someone created on the web page.
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

# A connector with a wrong token stays RUNNING for a long time. Its log shows the error.
output "errors" {
  value = [
    for line in data.sekoia_okta_device_connector.acme.logs : "${line.date} ${line.message}" if line.level == "error"
  ]
}
