// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
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
func (r *Resource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "An **Okta Device** asset connector of Sekoia.io: it brings the device inventory of one Okta " +
			"organization into Sekoia's assets.\n\nA plan makes the connection test, so that a wrong token, an admin " +
			"URL or a missing permission stops a pull request; an apply creates the connector, which starts and syncs.",
		Attributes: map[string]schema.Attribute{
			"name":                 nameAttribute(),
			"base_url":             baseURLAttribute(),
			"api_token":            apiTokenAttribute(),
			"api_token_wo":         apiTokenWriteOnlyAttribute(),
			"api_token_wo_version": apiTokenVersionAttribute(),
			"enabled":              enabledAttribute(),
			"community_id":         communityAttribute(),
			"connection_test":      connectionTestAttribute(),
			"sync":                 syncAttribute(),
			"timeouts":             timeoutsAttribute(ctx),
			"id":                   idAttribute(),
			"account_id":           accountAttribute(),
			"drift":                driftAttribute(),
			"okta_organization_id": organizationAttribute(),
		},
	}
}

func nameAttribute() schema.Attribute {
	return schema.StringAttribute{
		Required: true,
		MarkdownDescription: "The name of the connector and of its account. A change renames both in place. The account keeps its name if " +
			"something else uses it.",
		Validators: []validator.String{attribute.NotEmpty()},
	}
}

func baseURLAttribute() schema.Attribute {
	return schema.StringAttribute{
		CustomType: attribute.BaseURLType{},
		Required:   true,
		MarkdownDescription: "The URL of the Okta organization: `https://` and its host, such as `https://acme.okta.com`. The admin console's host " +
			"does not work. A custom domain works if Okta's own host confirms it. A change to another address of the same organization is made in " +
			"place. A change to another organization replaces the connector, because its checkpoint would skip that organization's older devices. " +
			"If the test can't tell (modes `off` and `apply`), the connector is replaced.",
		Validators:    []validator.String{attribute.OktaBaseURLValidator()},
		PlanModifiers: []planmodifier.String{attribute.KeepEquivalentBaseURL()},
	}
}

func apiTokenAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional:  true,
		Sensitive: true,
		MarkdownDescription: "The Okta API token, kept in Terraform's state. Prefer `api_token_wo`, which never enters state or plan. Use this one " +
			"with Terraform or OpenTofu older than 1.11. A change sends the token and restarts the connector.",
		Validators: []validator.String{
			attribute.OktaTokenValidator(),
			attribute.ConflictsWith("api_token_wo", "api_token_wo_version"),
		},
	}
}

func apiTokenWriteOnlyAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional:  true,
		WriteOnly: true,
		Sensitive: true,
		MarkdownDescription: "The Okta API token, write-only: it is sent to Okta for the test and to Sekoia, and is stored in no plan and no state. " +
			"Pass it from an `ephemeral` variable or resource, because Terraform writes the values of other variables into a saved plan. It needs " +
			"`api_token_wo_version`: a new token alone is no change to Terraform, and is not sent.",
		Validators: []validator.String{
			attribute.OktaTokenValidator(),
			attribute.Requires("api_token_wo_version"),
		},
	}
}

func apiTokenVersionAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional: true,
		MarkdownDescription: "Any text that changes when `api_token_wo` does, such as `2026-11`. A change tests the token, sends it and restarts the " +
			"connector once. To go back to an earlier token, use a new text too: after an apply that was killed, the old text may stand for a token " +
			"that Sekoia no longer has.",
		Validators: []validator.String{attribute.NotEmpty()},
	}
}

func enabledAttribute() schema.Attribute {
	return schema.BoolAttribute{
		Optional:            true,
		Computed:            true,
		Default:             booldefault.StaticBool(true),
		MarkdownDescription: "Whether the connector runs. Default `true`. A connector that was stopped by hand is started again.",
	}
}

func communityAttribute() schema.Attribute {
	return schema.StringAttribute{
		CustomType: attribute.UUIDType{},
		Optional:   true,
		Computed:   true,
		MarkdownDescription: "The UUID of the Sekoia community that the connector belongs to. If unset: the provider's `community_id` at the time of " +
			"the create, else the only community that the API key sees. A change of the argument replaces the connector.",
		Validators:    []validator.String{attribute.UUIDValidator()},
		PlanModifiers: []planmodifier.String{attribute.KeepEquivalentUUID()},
	}
}

func connectionTestAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
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
					"a credential may go, and a new `base_url` that the test gets no answer from is always an error.",
				Validators: []validator.String{attribute.OneOf(onFailureError, onFailureErrorAtApply, onFailureWarning)},
			},
		},
	}
}

func syncAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "When a sync is triggered, and how far an apply waits for it.",
		Attributes: map[string]schema.Attribute{
			"triggers": schema.MapAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Any texts. A change restarts the connector, which then fetches the devices that were created since its last " +
					"cycle. For a full sync, replace the connector (apply with `-replace=…`).",
			},
			"wait_for": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "`none`: an apply ends with the call that starts the connector. `started` (the default): it waits " +
					"until the connector runs. `synced`: until its first fetch cycle has ended.",
				Validators: []validator.String{attribute.OneOf(waitWords...)},
			},
		},
	}
}

func timeoutsAttribute(ctx context.Context) schema.Attribute {
	made := timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Update: true, Delete: true,
		CreateDescription: "How long a create may take, with the wait for the sync, such as `30m`. Default 10 minutes.",
		UpdateDescription: "How long an update may take, with the wait for the sync. Default 10 minutes.",
		DeleteDescription: "How long a delete may take. Default 10 minutes.",
	})
	if nested, ok := made.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = "How long each operation may take. A connector that was created stays created if its wait times out."
		return nested
	}
	return made
}

func idAttribute() schema.Attribute {
	return schema.StringAttribute{
		Computed:            true,
		MarkdownDescription: "The UUID of the connector (Sekoia's connector configuration).",
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

func accountAttribute() schema.Attribute {
	return schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "The UUID of the account (Sekoia's module configuration) that holds the base URL and the token. It is made for this " +
			"connector alone, and removed with it unless others use it. Null while the account is gone. To manage a connector on an account that " +
			"exists, import it.",
		PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

func driftAttribute() schema.Attribute {
	return schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "What is wrong with the connector in Sekoia, in words; null while all is well. An apply repairs it in place. " +
			"`its account says …`: somebody changed the account's base URL. `its account is gone`: the account was deleted; the next apply makes " +
			"another. `it was moved to another account`: the next apply moves it back. `it was deleted, its account is still there`: the next apply " +
			"creates it again on that account, and `id` changes.",
	}
}

func organizationAttribute() schema.Attribute {
	return schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "The id of the Okta organization as the connection test saw it. It stays until `base_url` changes. Null if the " +
			"connection was never tested. To pin it in a policy before an apply, use the data source `sekoia_okta_connection_test`.",
	}
}
