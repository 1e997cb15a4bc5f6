# Syncs if Okta has more or fewer devices than at the last apply.
resource "terraform_data" "inventory" {
  input = data.sekoia_okta_devices.all.total

  lifecycle {
    action_trigger {
      events  = [after_update]
      actions = [action.sekoia_okta_device_connector_sync.on_new_devices]
    }
  }
}

data "sekoia_okta_devices" "all" {}

action "sekoia_okta_device_connector_sync" "on_new_devices" {
  config {
    connector_id     = sekoia_okta_device_connector.acme.id
    wait_for         = "started" # don't wait for the fetch cycle
    start_if_stopped = true
  }
}
