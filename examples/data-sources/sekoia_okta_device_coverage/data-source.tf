data "sekoia_okta_device_connector" "acme" {
  name = "Okta devices"
}

data "sekoia_okta_device_coverage" "acme" {
  connector_id = data.sekoia_okta_device_connector.acme.id
}

# Warns at each plan if too many devices are missing. If Okta has no devices, the ratio is null.
check "devices_are_covered" {
  assert {
    condition     = coalesce(data.sekoia_okta_device_coverage.acme.coverage_ratio, 1) >= 0.95
    error_message = "Missing in Sekoia: ${jsonencode(data.sekoia_okta_device_coverage.acme.missing_by_reason)}"
  }
}

# The devices to fix in Okta, and the fields that they lack.
output "to_fix" {
  value = {
    for device in data.sekoia_okta_device_coverage.acme.missing : device.id => device.detail
    if device.reason == "lacks_field"
  }
}

# For a comment on the pull request, or the summary of a CI job.
output "coverage_summary" {
  value = data.sekoia_okta_device_coverage.acme.summary_markdown
}
