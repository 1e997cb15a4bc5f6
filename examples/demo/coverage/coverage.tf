# Reports which devices arrived in Sekoia, and why the others are missing. Put it next to the connector.

data "sekoia_okta_device_coverage" "acme" {
  connector_id = sekoia_okta_device_connector.acme.id

  # If this run changes the connector, read the coverage after its sync.
  depends_on = [sekoia_okta_device_connector.acme]
}

output "devices_covered" {
  description = "How many devices of Okta are assets in Sekoia."
  value       = length(data.sekoia_okta_device_coverage.acme.covered)
}

output "devices_missing_by_reason" {
  description = "How many devices are missing in Sekoia, and why."
  value       = data.sekoia_okta_device_coverage.acme.missing_by_reason
}

output "coverage" {
  description = "For a comment on a pull request, or the summary of a CI job."
  value       = data.sekoia_okta_device_coverage.acme.summary_markdown
}
