import {
  to = sekoia_okta_device_connector.acme
  identity = {
    id = "0f7a3c52-9f5e-4d0b-8a53-6a3f0b5b7c11"
  }
}
