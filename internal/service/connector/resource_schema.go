// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/resourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform"
)

// The words of sync.wait_for.
const (
	waitForNone    = "none"
	waitForStarted = "started"
	waitForSynced  = "synced"
)

// The words of connection_test.on_failure.
const (
	onFailureError   = "error"
	onFailureWarning = "warning"
)

var uuidPattern = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func uuidValidator() validator.String {
	return stringvalidator.RegexMatches(uuidPattern,
		"must be a UUID in lower case, such as 6bffbac8-3a5d-4b1e-9d5c-0d3b6f6f2f0a")
}

// Schema describes the resource to Terraform and, through the generated pages, to people.
func (r *Resource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "An **Okta Device** asset connector of Sekoia.io: it brings the device inventory of one Okta " +
			"organisation into Sekoia's assets.\n\n`terraform plan` makes the connection test, so that a wrong token, an admin " +
			"URL or a missing permission stops a pull request; `terraform apply` creates the connector, which starts and syncs.",
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
			"okta_organization_id": organizationAttribute(),
		},
	}
}

// ConfigValidators says that the account is either made from a base URL or given.
// That it is not both is seen at plan: the block that Terraform generates for an
// import holds the account that the connector has, beside its base URL.
func (r *Resource) ConfigValidators(context.Context) []resource.ConfigValidator {
	return []resource.ConfigValidator{
		resourcevalidator.AtLeastOneOf(path.MatchRoot("base_url"), path.MatchRoot("account_id")),
	}
}

func nameAttribute() schema.Attribute {
	return schema.StringAttribute{
		Required: true,
		MarkdownDescription: "The name of the connector, and of its account when that is created. A change renames both in place " +
			"(the account only where nothing else uses it).",
		Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
	}
}

func baseURLAttribute() schema.Attribute {
	return schema.StringAttribute{
		CustomType: terraform.BaseURLType{},
		Optional:   true,
		Computed:   true,
		MarkdownDescription: "Either this or `account_id` is set. The URL of the Okta organisation: `https://` and its host, such as `https://acme.okta.com`; not the " +
			"admin console's host. A custom domain works where Okta's own host confirms it. A change to another address of the " +
			"same organisation is made in place; a change to another organisation replaces the connector, because its checkpoint " +
			"would skip that organisation's older devices. With `account_id` it is what that account holds.",
		Validators:    []validator.String{terraform.OktaBaseURLValidator()},
		PlanModifiers: []planmodifier.String{terraform.KeepEquivalentBaseURL()},
	}
}

func apiTokenAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional:  true,
		Sensitive: true,
		MarkdownDescription: "The Okta API token, kept in Terraform's state. Prefer `api_token_wo`, which never enters state or " +
			"plan; use this one where Terraform is older than 1.11. A change sends the token and restarts the connector.",
		Validators: []validator.String{
			stringvalidator.LengthAtLeast(1),
			stringvalidator.ConflictsWith(path.MatchRoot("api_token_wo"), path.MatchRoot("api_token_wo_version")),
		},
	}
}

func apiTokenWriteOnlyAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional:  true,
		WriteOnly: true,
		Sensitive: true,
		MarkdownDescription: "The Okta API token, write-only: it is sent to Okta for the test and to Sekoia, and is stored in no plan " +
			"and no state. Pass it from an `ephemeral` variable or resource, for Terraform writes the values of other variables into a saved " +
			"plan. Needs `api_token_wo_version`, which tells when to send it again.",
		Validators: []validator.String{
			stringvalidator.LengthAtLeast(1),
			stringvalidator.AlsoRequires(path.MatchRoot("api_token_wo_version")),
		},
	}
}

func apiTokenVersionAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional: true,
		MarkdownDescription: "Any text that changes when `api_token_wo` does, such as `2026-11`. A change tests the token, sends it " +
			"and restarts the connector once.",
		Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
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
		Optional: true,
		Computed: true,
		MarkdownDescription: "The UUID of the Sekoia community that the connector belongs to. Unset: the provider's `community_id` at " +
			"the time of the create, else the only community that the API key sees. A change of the argument replaces the connector.",
		Validators:    []validator.String{uuidValidator()},
		PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
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
					"test depends on changes. `always`: at every plan. Unset: the provider's `connection_test_mode`, else `on_change`. " +
					"The environment variable `SEKOIA_CONNECTION_TEST` can lower it.",
				Validators: []validator.String{stringvalidator.OneOf(terraform.ModeWords()...)},
			},
			"on_failure": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "`error` (where unset): a failed test stops the plan or the apply. `warning`: it is reported and " +
					"the run goes on. Where a credential may go is not relaxed by it.",
				Validators: []validator.String{stringvalidator.OneOf(onFailureError, onFailureWarning)},
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
				MarkdownDescription: "Any texts; a change of them restarts the connector, which then fetches the devices that were " +
					"created since its last cycle. A full sync again is a replacement (`terraform apply -replace=…`).",
			},
			"wait_for": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "`none`: an apply ends with the call that starts the connector. `started` (where unset): it waits " +
					"until the connector runs. `synced`: until its first fetch cycle has ended.",
				Validators: []validator.String{stringvalidator.OneOf(waitForNone, waitForStarted, waitForSynced)},
			},
		},
	}
}

func timeoutsAttribute(ctx context.Context) schema.Attribute {
	return timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Update: true, Delete: true,
		CreateDescription: "How long a create may take, the wait for the sync included, such as `30m`. Default 10 minutes.",
		UpdateDescription: "How long an update may take, the wait for the sync included. Default 10 minutes.",
		DeleteDescription: "How long a delete may take. Default 10 minutes.",
	})
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
		Optional: true,
		Computed: true,
		MarkdownDescription: "The UUID of the account (Sekoia's module configuration) that holds the base URL and the token. Unset: an account " +
			"is made for this connector alone. Set it to put the connector on an account that exists, such as that of Okta's users or " +
			"system-log connectors: `base_url` and the token are then not accepted, the account is read and never changed or deleted, and the " +
			"connection test does what can be done without the token. A change replaces the connector.",
		Validators:    []validator.String{uuidValidator()},
		PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

func organizationAttribute() schema.Attribute {
	return schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "The id of the Okta organisation as the connection test saw it, known at plan where the test ran, so that a " +
			"policy can pin it. It stays until `base_url` changes. Null where the connection was never tested.",
	}
}
