# What arrived in Sekoia, and what did not. Put this next to the connector when you need to know.

data "sekoia_okta_device_coverage" "acme" {
  connector_id = sekoia_okta_device_connector.acme.id

  # Read after the connector has synced, if this run changes it.
  depends_on = [sekoia_okta_device_connector.acme]
}

output "devices_covered" {
  description = "How many devices of Okta are assets in Sekoia."
  value       = length(data.sekoia_okta_device_coverage.acme.covered)
}

output "devices_missing_by_reason" {
  description = "How many are not, and why."
  value       = data.sekoia_okta_device_coverage.acme.missing_by_reason
}

output "coverage" {
  description = "For a comment on a pull request, or the summary of a CI job."
  value       = data.sekoia_okta_device_coverage.acme.summary_markdown
}
