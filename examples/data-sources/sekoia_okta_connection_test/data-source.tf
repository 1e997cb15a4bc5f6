# A check block warns at each plan and apply. It stops neither.
check "okta_connection" {
  data "sekoia_okta_connection_test" "acme" {}

  assert {
    condition = data.sekoia_okta_connection_test.acme.passed

    error_message = join("\n", [
      for check in data.sekoia_okta_connection_test.acme.checks : "${check.id}: ${check.message}"
      if check.status == "failed"
    ])
  }
}
