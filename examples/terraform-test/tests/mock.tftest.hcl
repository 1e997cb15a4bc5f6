# terraform test -filter=tests/mock.tftest.hcl: needs no service, no key and no simulator.
mock_provider "sekoia" {
  mock_resource "sekoia_okta_device_connector" {
    defaults = {
      id                   = "0f7a3c52-9f5e-4d0b-8a53-6a3f0b5b7c11"
      okta_organization_id = "00o1abcdefGHIJKLM0h8"
      drift                = null
    }
  }

  mock_data "sekoia_okta_device_coverage" {
    defaults = {
      coverage_ratio    = 1
      missing_by_reason = {}
    }
  }
}

variables {
  customer       = "acme"
  okta_base_url  = "https://acme.okta.com"
  okta_api_token = "00-not-a-token"
}

# These runs apply, which costs nothing here. In a plan, the coverage is not known yet, and the check would fail the
# run.
run "passes_if_all_devices_arrive" {
  assert {
    condition     = sekoia_okta_device_connector.this.name == "Okta acme"
    error_message = "The connector's name does not have the customer in it."
  }

  assert {
    condition     = output.coverage_ratio == 1 && output.connector_id == "0f7a3c52-9f5e-4d0b-8a53-6a3f0b5b7c11"
    error_message = "The outputs are not those of the connector and of its coverage."
  }
}

run "warns_if_devices_are_missing" {
  override_data {
    target = data.sekoia_okta_device_coverage.this
    values = {
      coverage_ratio    = 0.5
      missing_by_reason = { lacks_field = 30 }
    }
  }

  expect_failures = [check.devices_arrive]
}
