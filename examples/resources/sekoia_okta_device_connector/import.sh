# The UUID is in the address of the connector's page in Sekoia.
terraform import sekoia_okta_device_connector.acme 0f7a3c52-9f5e-4d0b-8a53-6a3f0b5b7c11
