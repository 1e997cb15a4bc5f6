// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connectiontest

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
)

var (
	checkTypes = map[string]attr.Type{
		"id": types.StringType, "status": types.StringType, "message": types.StringType, "hint": types.StringType,
	}
	checkType = types.ObjectType{AttrTypes: checkTypes}

	stateTypes = map[string]attr.Type{
		access.OktaOrganizationAttribute: types.StringType,
		"passed":                         types.BoolType,
		"checks":                         types.ListType{ElemType: checkType},
		"okta_organization_id":           types.StringType,
		"summary_markdown":               types.StringType,
	}
)

// stateValues are the data source's attributes for a report.
func stateValues(key types.String, report *preflight.Report, where func(input string) string) map[string]attr.Value {
	checks := make([]attr.Value, len(report.Checks))
	for index, check := range report.Checks {
		message := check.Message
		if check.Status == preflight.StatusFailed {
			message = check.Text() // of what passed, nothing may change that need not
		}
		checks[index] = types.ObjectValueMust(checkTypes, map[string]attr.Value{
			"id":      types.StringValue(string(check.ID)),
			"status":  types.StringValue(string(check.Status)),
			"message": types.StringValue(message),
			"hint":    textOrNull(strings.TrimSpace(check.Hint + "\n" + where(check.Input))),
		})
	}
	return map[string]attr.Value{
		access.OktaOrganizationAttribute: key,
		"passed":                         types.BoolValue(report.Passed()),
		"checks":                         types.ListValueMust(checkType, checks),
		"okta_organization_id":           textOrNull(report.OrganizationID),
		"summary_markdown":               types.StringValue(report.Markdown()),
	}
}

func textOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}
