#!/usr/bin/env bash
# Writes a plan as Markdown for a pull request: plan-comment.sh [PLAN_FILE]. It needs jq. It also works for a plan that
# failed, because Terraform then writes the plan file too. It shows addresses, actions and the provider's own summaries,
# and no other value.
set -euo pipefail
plan=${1:-plan.tfplan}

if [ ! -f "$plan" ]; then
  printf '## ❌ There is no plan\n\nTerraform stopped before it wrote one. The log of the job says why.\n'
  exit
fi

"${TERRAFORM:-terraform}" show -json "$plan" | jq --raw-output '
  def modules: recurse(.child_modules[]?);
  def counted($action): [.resource_changes[]? | select(.change.actions | index($action))] | length;
  # A summary is there if the data source was read before the plan failed.
  def summaries: [.prior_state.values.root_module // empty | modules | .resources[]?.values.summary_markdown | strings];
  def failed_checks: [.checks[]? | select(.status == "fail") | .address.to_display as $check |
    .instances[]?.problems[]?.message | "* **\($check)**: \(.)"];
  def changes: [.resource_changes[]? | select(.change.actions != ["no-op"] and .change.actions != ["read"]) |
    "| `\(.address)` | \(.change.actions | join(", then ")) |"];

  (if .errored then "## ❌ The plan failed\n\nNothing can be applied. The log of the job has the error."
   elif (changes | length) == 0 then "## ✅ No changes"
   else "## 📝 \(counted("create")) to create, \(counted("update")) to update, \(counted("delete")) to delete" end),
  (if (changes | length) > 0 then "", "| resource | action |", "|:--|:--|", changes[] else empty end),
  (failed_checks | if length > 0 then "", "**Checks that failed**", "", .[] else empty end),
  (summaries[] | "", .)
'
