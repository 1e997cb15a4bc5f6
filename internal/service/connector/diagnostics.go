// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/lifecycle"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/access"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
)

// addFailure adds the error of an operation in Sekoia: the connector's name and the step, the answer, what is left
// behind, and what to do.
func addFailure(diags *diag.Diagnostics, clients *access.Clients, subject string, err error) {
	var (
		exists *lifecycle.ExistsError
		shared *lifecycle.SharedError
		step   *lifecycle.StepError
	)
	switch {
	case err == nil:
	case errors.As(err, &exists):
		addExists(diags, subject, exists)
	case errors.As(err, &shared):
		addShared(diags, subject, shared)
	case !errors.As(err, &step):
		clients.AddSekoiaError(diags, path.Empty(), diagnostic.About(subject, "the operation failed"), err)
	case errors.Is(step.Err, context.DeadlineExceeded), errors.Is(step.Err, context.Canceled):
		diagnostic.AddError(diags, path.Empty(), stepSummary(subject, step), step.Err, stepHint(step))
	default:
		clients.AddSekoiaError(diags, path.Empty(), stepSummary(subject, step), step.Err, step.Left)
	}
}

// addRemarks adds the warnings of an operation that continued.
func addRemarks(diags *diag.Diagnostics, subject string, remarks []*lifecycle.StepError) {
	for _, remark := range remarks {
		diagnostic.AddWarning(diags, path.Empty(), stepSummary(subject, remark), remark.Err, stepHint(remark))
	}
}

// stepHint says what is left behind, and what to do. The end of the operation's own time is no failure of a call.
func stepHint(step *lifecycle.StepError) string {
	do := ""
	switch {
	case errors.Is(step.Err, context.DeadlineExceeded):
		do = "Raise the timeout to wait longer."
	case step.Err != nil && !errors.Is(step.Err, context.Canceled):
		do = sekoia.Advise(step.Err).Do
	}
	return strings.TrimSpace(step.Left + "\n" + do)
}

func stepSummary(subject string, step *lifecycle.StepError) string {
	return diagnostic.About(subject, strings.ToLower(step.Step[:1])+step.Step[1:])
}

const existsAlready = "a connector with this name and base URL exists already"

// addExists refuses to create a connector a second time.
func addExists(diags *diag.Diagnostics, subject string, found *lifecycle.ExistsError) {
	detail := importHint(found.ID) +
		"\n\nIf this replaces the resource's own connector: create_before_destroy can't work with an unchanged name and base URL. Remove it."
	if found.Created {
		detail = "Another sekoia_okta_device_connector of this run created it a moment ago: " + found.ID + ".\n" +
			"Its devices would arrive twice. Remove one of the two resources."
	}
	diags.AddAttributeError(pathName, diagnostic.About(subject, existsAlready), detail)
}

// addExistsAtPlan warns that a create will find a connector. The plan does not know whether the same run deletes that
// one first.
func addExistsAtPlan(diags *diag.Diagnostics, subject string, found *lifecycle.ExistsError) {
	detail := "An apply stops here, unless the same apply deletes that connector first.\n" + importHint(found.ID)
	if found.Read {
		detail = "This configuration manages it: " + found.ID + ".\n" +
			"If this is the same connector under a new address, add a moved block: without it, the connector is deleted and created again.\n" +
			"If this resource is only replaced (tainted, say), all is well. If another resource manages the connector, an apply stops here."
	}
	diags.AddAttributeWarning(pathName, diagnostic.About(subject, existsAlready), detail)
}

// importHint is what a person pastes to manage an existing connector. It has no provider argument, because the block of
// the resource is there already.
func importHint(id string) string {
	return "To manage it, put this next to the resource, with the resource's own address:\n" +
		"import {\n  to = sekoia_okta_device_connector.NAME\n  id = " + diagnostic.HCLString(id) + "\n}"
}

// addShared refuses to change an account that others use too.
func addShared(diags *diag.Diagnostics, subject string, shared *lifecycle.SharedError) {
	diagnostic.AddError(diags, path.Empty(), diagnostic.About(subject, "others use the connector's account"), shared,
		"This change writes the token and the base URL into it, for all of them. Give the others an account of their own in Sekoia.\n"+
			"Or replace this connector first, without this change (apply with -replace=…): the new one gets its own account.")
}
