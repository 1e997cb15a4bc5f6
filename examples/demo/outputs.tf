output "connector_id" {
  description = "The connector in Sekoia."
  value       = sekoia_okta_device_connector.acme.id
}

output "okta_organization_id" {
  description = "The organization that the connection test saw."
  value       = sekoia_okta_device_connector.acme.okta_organization_id
}

output "devices_total" {
  description = "How many devices the organization has."
  value       = data.sekoia_okta_devices.all.total
}

output "devices_by_platform" {
  description = "How many there are of each platform."
  value       = data.sekoia_okta_devices.all.count_by_platform
}
