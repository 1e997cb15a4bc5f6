// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/lifecycle"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
)

// The words of connection_test.on_failure.
const (
	onFailureError        = "error"
	onFailureErrorAtApply = "error_at_apply"
	onFailureWarning      = "warning"
)

// waitWords are the words of sync.wait_for.
var waitWords = []string{string(lifecycle.WaitNone), string(lifecycle.WaitStarted), string(lifecycle.WaitSynced)}

// Schema describes the resource to Terraform and, through the generated pages, to people.
func (*connectorResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "An **Okta Device** asset connector of Sekoia.io: it brings the device inventory of one Okta organization into Sekoia's " +
			"assets.\n\nA plan makes the connection test, so that a wrong token, an admin URL or a missing permission stops a pull request. " +
			"An apply creates the connector, which starts and syncs.",
		Attributes: resourceAttributes,
	}
}

// resourceAttributes has no defaults inside nested attributes: with one, the framework plans the object even if the
// configuration does not have it.
var resourceAttributes = map[string]schema.Attribute{
	"name": schema.StringAttribute{
		Required: true,
		MarkdownDescription: "The name of the connector and of its account. A change renames both in place. The account keeps its name if " +
			"something else uses it.",
		Validators: []validator.String{attribute.RequiredNotEmpty()},
	},
	"base_url": schema.StringAttribute{
		CustomType: attribute.BaseURLType{},
		Required:   true,
		MarkdownDescription: "The URL of the Okta organization: `https://` and its host, such as `https://acme.okta.com`. The admin " +
			"console's host does not work. A custom domain works if Okta's own host confirms it. Another address of the same organization is a " +
			"change in place. Another organization replaces the connector, because its checkpoint would skip that organization's older " +
			"devices. Without a test at plan (modes `off` and `apply`), every new URL replaces it.",
		Validators:    []validator.String{attribute.OktaBaseURLValidator()},
		PlanModifiers: []planmodifier.String{attribute.KeepEquivalentBaseURL()},
	},
	"enabled": schema.BoolAttribute{
		Optional: true, Computed: true, Default: booldefault.StaticBool(true),
		MarkdownDescription: "Whether the connector runs. Default `true`. An apply starts a connector that was stopped by hand.",
	},
	"community_id": schema.StringAttribute{
		CustomType: attribute.UUIDType{},
		Optional:   true, Computed: true,
		MarkdownDescription: "The UUID of the connector's Sekoia community. If unset: the provider's `community_id` when the connector is " +
			"created, else the only community that the API key sees. A change of the argument replaces the connector.",
		Validators:    []validator.String{attribute.UUIDValidator()},
		PlanModifiers: []planmodifier.String{attribute.KeepEquivalentUUID()},
	},
	"api_token": schema.StringAttribute{
		Optional: true, Sensitive: true,
		MarkdownDescription: "The Okta API token, kept in Terraform's state. Prefer `api_token_wo`, which never enters state or plan. Use this one " +
			"with Terraform or OpenTofu older than 1.11. A change sends the token and restarts the connector.",
		Validators: []validator.String{attribute.OktaTokenValidator(), attribute.ConflictsWith("api_token_wo", "api_token_wo_version")},
	},
	"api_token_wo": schema.StringAttribute{
		Optional: true, Sensitive: true, WriteOnly: true,
		MarkdownDescription: "The Okta API token, write-only. It is sent to Okta for the test and to Sekoia, and is stored in no plan and no state. " +
			"Pass it from an `ephemeral` variable or resource, because Terraform writes the values of other variables into a saved plan. It needs " +
			"`api_token_wo_version`: a new token alone is no change to Terraform, and is not sent.",
		Validators: []validator.String{attribute.OktaTokenValidator(), attribute.Requires("api_token_wo_version")},
	},
	"api_token_wo_version": schema.StringAttribute{
		Optional: true,
		MarkdownDescription: "Any text, such as `2026-11`. Change it whenever `api_token_wo` changes: the new token is then tested and sent, " +
			"and the connector restarts once. Use a new text to go back to an earlier token too: after an apply that was killed, the old text " +
			"may stand for a token that Sekoia no longer has.",
		Validators: []validator.String{attribute.NotEmpty()},
	},
	"connection_test": schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "When the connection is tested, and what a failure does.",
		Attributes: map[string]schema.Attribute{
			"mode": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "`off`: never. `apply`: before the first write of an apply. `on_change`: at plan too, when what the " +
					"test depends on changes. `always`: at every plan. If unset: the provider's `connection_test_mode`, else `on_change`. " +
					"The environment variable `SEKOIA_CONNECTION_TEST` can lower it.",
				Validators: []validator.String{attribute.OneOf(access.ModeWords()...)},
			},
			"on_failure": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "`error` (the default): a failed test stops the plan or the apply. `error_at_apply`: it is a warning at plan and an " +
					"error before this connector is written, so one customer's bad token does not stop the plan of the others. A plan that replaces the " +
					"connector still fails, because its delete comes first. `warning`: it is reported, and the run continues. None of them relaxes where " +
					"a credential may go. If the test of a new `base_url` gets no answer, that is always an error.",
				Validators: []validator.String{attribute.OneOf(onFailureError, onFailureErrorAtApply, onFailureWarning)},
			},
		},
	},
	"sync": schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "When a sync is triggered, and how far an apply waits for it.",
		Attributes: map[string]schema.Attribute{
			"triggers": schema.MapAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Any texts. A change restarts the connector, which then fetches the devices that were created since its last " +
					"cycle. The first ones are only noted: there is nothing to compare them with. For a full sync, replace the connector (apply with `-replace=…`).",
			},
			"wait_for": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "`none`: an apply ends with the call that starts the connector. `started` (the default): it waits " +
					"until the connector runs. `synced`: it waits until the first fetch cycle has ended.",
				Validators: []validator.String{attribute.OneOf(waitWords...)},
			},
		},
	},
	"timeouts": schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "How long an operation may take, as a duration such as `30m`. Default 10 minutes each.",
		Attributes: map[string]schema.Attribute{
			"create": timeoutAttribute("A create, with its wait for the sync."),
			"update": timeoutAttribute("An update, with its wait for the sync."),
			"delete": timeoutAttribute("A delete. It takes effect after an apply has stored it in the state."),
		},
	},
	"id": schema.StringAttribute{
		Computed:            true,
		MarkdownDescription: "The UUID of the connector (Sekoia's connector configuration).",
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	},
	"account_id": schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "The UUID of the account (Sekoia's module configuration) that holds the base URL and the token. It is created " +
			"for this connector alone, and deleted with it unless others use it. Null if the account is gone. To use an account that exists, " +
			"import its connector.",
		PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	},
	"drift": schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "What is wrong with the connector in Sekoia. Null if nothing is. The next apply repairs it in place. `its " +
			"account says …`: somebody changed the account's base URL. `its account is gone`: the apply creates another account. `it was moved " +
			"to another account`: the apply moves it back. `it was deleted, its account is still there`: the apply creates it again on that " +
			"account, and `id` changes.",
	},
	"okta_organization_id": schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "The id of the Okta organization as the connection test saw it. It stays until `base_url` changes. Null if the " +
			"connection was never tested. To pin it in a policy before an apply, use the data source `sekoia_okta_connection_test`.",
	},
}

func timeoutAttribute(description string) schema.Attribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: description, Validators: []validator.String{attribute.Timeout()}}
}
