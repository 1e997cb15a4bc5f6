// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/lifecycle"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

var (
	logTypes = map[string]attr.Type{"date": types.StringType, "level": types.StringType, "message": types.StringType}
	logType  = types.ObjectType{AttrTypes: logTypes}

	// observedTypes are the attributes of a connector that a data source reads.
	observedTypes = map[string]attr.Type{
		"id":           types.StringType,
		"name":         types.StringType,
		"base_url":     types.StringType,
		"account_id":   types.StringType,
		"community_id": types.StringType,
		"status":       types.StringType,
		"enabled":      types.BoolType,
		"asset_count":  types.Int64Type,
		"created_at":   types.StringType,
		"updated_at":   types.StringType,
		"logs":         types.ListType{ElemType: logType},
	}
	observedType = types.ObjectType{AttrTypes: observedTypes}
)

// observedAttributes describe observedTypes, all as read from Sekoia.
func observedAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{
		"enabled": schema.BoolAttribute{
			Computed: true,
			MarkdownDescription: "Whether the connector is started: `false` for the statuses `STOPPED`, `STOPPING` and " +
				"`CRITICAL_ERROR`. Null if Sekoia gives no status.",
		},
		"asset_count": schema.Int64Attribute{
			Computed: true,
			MarkdownDescription: "How many assets the connector has brought, including those that other connectors see too. Null, with " +
				"a warning, if the API key may not read assets.",
		},
		"logs": schema.ListNestedAttribute{
			Computed: true,
			MarkdownDescription: "The newest lines of the connector's log, newest first: see `log_lines`. Null if none are asked for. " +
				"Null, with a warning, if the API key may not read logs.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"date":    schema.StringAttribute{Computed: true, MarkdownDescription: "When the line was written, in RFC 3339."},
				"level":   schema.StringAttribute{Computed: true, MarkdownDescription: "`info`, `warning`, `error`, or another level."},
				"message": schema.StringAttribute{Computed: true, MarkdownDescription: "What the connector wrote."},
			}},
		},
	}
	for name, description := range map[string]string{
		"id":   "The UUID of the connector (Sekoia's API calls it a connector configuration).",
		"name": "The name of the connector.",
		"base_url": "The base URL of the Okta organization that it reads, as its account holds it. Null where the account is gone, where Sekoia does " +
			"not give it, and, with a warning, where the API key may not read accounts.",
		"account_id":   "The UUID of the account (module configuration) that it reads with.",
		"community_id": "The UUID of the community that it is in.",
		"status": "`RUNNING`, `STOPPED`, `ERROR` (running, with more than five errors in its log within 24 hours), `CRITICAL_ERROR` (stopped by " +
			"itself), `STARTING`, `STOPPING`, or a value that Sekoia has added since. A connector with a wrong token is `RUNNING` for a long while: " +
			"`logs` and `asset_count` tell more.",
		"created_at": "When it was created, as Sekoia writes it.",
		"updated_at": "When it last changed, as Sekoia writes it.",
	} {
		attributes[name] = schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	return attributes
}

// values are the attributes of one connector. What is not known is null.
func (o *observed) values() map[string]attr.Value {
	status, enabled := types.StringNull(), types.BoolNull()
	if o.connector.Status != nil {
		status, enabled = types.StringValue(string(*o.connector.Status)), types.BoolValue(o.connector.Status.Enabled())
	}
	assets := types.Int64Null()
	if o.assets != nil {
		assets = types.Int64Value(int64(*o.assets))
	}
	return map[string]attr.Value{
		"id":           textOrNull(o.connector.ID),
		"name":         types.StringValue(o.connector.Name),
		"base_url":     types.StringPointerValue(o.baseURL),
		"account_id":   textOrNull(o.connector.AccountID),
		"community_id": textOrNull(o.connector.CommunityID),
		"status":       status,
		"enabled":      enabled,
		"asset_count":  assets,
		"created_at":   textOrNull(o.connector.CreatedAt),
		"updated_at":   textOrNull(o.connector.UpdatedAt),
		"logs":         logList(o.logs),
	}
}

func logList(lines []sekoia.LogLine) types.List {
	if lines == nil {
		return types.ListNull(logType)
	}
	elements := make([]attr.Value, len(lines))
	for index, line := range lines {
		date := types.StringNull()
		if !line.Date.IsZero() {
			date = types.StringValue(line.Date.Format(time.RFC3339Nano))
		}
		elements[index] = types.ObjectValueMust(logTypes, map[string]attr.Value{
			"date": date, "level": textOrNull(line.Level), "message": types.StringValue(lifecycle.WithoutValues(line.Message)),
		})
	}
	return types.ListValueMust(logType, elements)
}

func textOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}
