data "sekoia_okta_device" "by_serial_number" {
  serial_number = "C02XK0AAJG5H"
}

output "users" {
  value = data.sekoia_okta_device.by_serial_number.users[*].login
}
