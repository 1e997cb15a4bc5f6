# terraform test -filter=tests/simulator.tftest.hcl: the real provider against the simulator. It needs these variables in
# the environment: SEKOIA_BASE_URL, SEKOIA_API_KEY, OKTA_CLIENT_ORGURL, OKTA_API_TOKEN, TF_VAR_okta_base_url and
# TF_VAR_okta_api_token.
variables {
  customer = "acme"
}

run "brings_all_devices" {
  assert {
    condition     = output.coverage_ratio == 1
    error_message = "Not all devices arrived."
  }
}

run "has_nothing_to_repair" {
  command = plan

  assert {
    condition     = sekoia_okta_device_connector.this.drift == null && sekoia_okta_device_connector.this.enabled
    error_message = "The connector is not as it was created."
  }
}
