# terraform test -filter=tests/simulator.tftest.hcl: the real provider against the simulator. The environment has SEKOIA_BASE_URL,
# SEKOIA_API_KEY, OKTA_CLIENT_ORGURL and OKTA_API_TOKEN, and TF_VAR_okta_base_url and TF_VAR_okta_api_token.
variables {
  customer = "acme"
}

run "brings_all_devices" {
  assert {
    condition     = output.coverage_ratio == 1
    error_message = "Not all devices arrived."
  }
}

run "changes_nothing_the_second_time" {
  command = plan

  assert {
    condition     = sekoia_okta_device_connector.this.drift == null && output.connector_id == run.brings_all_devices.connector_id
    error_message = "A second plan changes the connector."
  }
}
