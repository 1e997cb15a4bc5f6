# Run this on a schedule. It creates nothing. It reports whether each organization's token still works, and which
# connectors may lose theirs: Okta expires a token after 30 days without use.
terraform {
  required_version = ">= 1.11"

  required_providers {
    sekoia = {
      source = "sekoia-io/sekoia"
    }
  }
}

variable "okta_organizations" {
  type        = map(string)
  description = "The base URL of each Okta organization, by a key of your own."
}

variable "okta_api_tokens" {
  type        = map(string)
  ephemeral   = true
  sensitive   = true
  description = "The API token of each organization, by the same key."
}

variable "idle_days" {
  type        = number
  default     = 20
  description = "A connector counts as idle after this many days without a line in its log."
}

provider "sekoia" {
  okta_organizations = {
    for key, base_url in var.okta_organizations : key => { base_url = base_url, api_token = var.okta_api_tokens[key] }
  }
}

# Tests each organization with this pipeline's token. A test also uses the token, so a weekly test keeps it from
# expiring.
data "sekoia_okta_connection_test" "each" {
  for_each = var.okta_organizations

  okta_organization = each.key
}

# Nobody can read the connectors' own tokens. But their logs show when they were used, and whether Okta refused them.
data "sekoia_okta_device_connectors" "all" {
  log_lines = 50
}

locals {
  failed = [for key, test in data.sekoia_okta_connection_test.each : key if !test.passed]

  idle = [
    for connector in data.sekoia_okta_device_connectors.all.connectors : connector.id
    if try(timecmp(timeadd(connector.logs[0].date, "${24 * var.idle_days}h"), plantimestamp()) < 0, true)
  ]

  failing = [
    for connector in data.sekoia_okta_device_connectors.all.connectors : connector.id
    if anytrue([
      for line in coalesce(connector.logs, []) :
      line.level == "error" && try(timecmp(timeadd(line.date, "24h"), plantimestamp()) > 0, true)
    ])
  ]
}

check "connection" {
  assert {
    condition     = length(local.failed) == 0
    error_message = "The connection test of ${join(", ", local.failed)} failed."
  }
}

check "tokens_are_used" {
  assert {
    condition     = length(local.idle) == 0
    error_message = <<-EOT
      Nothing in their logs for ${var.idle_days} days, or no log: ${join(", ", local.idle)}.
      Okta expires a token after 30 days without use.
    EOT
  }
}

check "syncs" {
  assert {
    condition     = length(local.failing) == 0
    error_message = "Errors in their logs within 24 hours: ${join(", ", local.failing)}."
  }
}

output "passed" {
  value = length(local.failed) + length(local.idle) + length(local.failing) == 0
}

output "summary_markdown" {
  value = join("\n", concat(
    flatten([for key, test in data.sekoia_okta_connection_test.each : ["## ${key}", "", test.summary_markdown]]),
    ["## Connectors", "", "| Connector | Idle | Errors within 24 hours |", "|:--|:--|:--|"],
    [
      for id in data.sekoia_okta_device_connectors.all.connectors[*].id :
      "| ${id} | ${contains(local.idle, id) ? "⚠️ yes" : "no"} | ${contains(local.failing, id) ? "⚠️ yes" : "no"} |"
    ],
  ))
}
