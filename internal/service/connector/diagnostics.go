// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"errors"
	"fmt"
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
	case errors.As(err, &exists):
		diags.Append(existsError(subject, &exists.Duplicate))
	case errors.As(err, &shared):
		diags.Append(sharedError(subject, shared))
	case errors.Is(err, lifecycle.ErrAccountGone):
		diags.AddError(diagnostic.About(subject, "its account was deleted since the plan"),
			"Nothing was changed. Plan again: the new plan creates another account.")
	case errors.As(err, &step):
		addStepFailure(diags, clients, subject, step)
	default:
		clients.AddSekoiaError(diags, path.Empty(), diagnostic.About(subject, "the connector was not created"), err)
	}
}

func addStepFailure(diags *diag.Diagnostics, clients *access.Clients, subject string, step *lifecycle.StepError) {
	summary := diagnostic.About(subject, lowerFirst(step.Step))
	waited, isWait := errors.AsType[*lifecycle.WaitError](step.Err)
	switch {
	case isWait && errors.Is(waited.Err, context.DeadlineExceeded):
		diagnostic.AddError(diags, path.Empty(), summary, step.Err, strings.TrimSpace(step.Left+"\nRaise the timeout to wait longer."))
	case errors.Is(step.Err, context.Canceled), errors.Is(step.Err, context.DeadlineExceeded):
		diagnostic.AddError(diags, path.Empty(), summary, step.Err, step.Left)
	default:
		clients.AddSekoiaError(diags, path.Empty(), summary, step.Err, step.Left)
	}
}

// addRemarks adds the warnings of an operation that continued.
func addRemarks(diags *diag.Diagnostics, subject string, remarks []lifecycle.Remark) {
	for _, remark := range remarks {
		hint := remark.Detail
		if remark.Err != nil {
			hint = strings.TrimSpace(hint + "\n" + sekoia.Advise(remark.Err).Do)
		}
		diagnostic.AddWarning(diags, path.Empty(), diagnostic.About(subject, lowerFirst(remark.Summary)), remark.Err, hint)
	}
}

// existsError refuses to create a connector a second time.
func existsError(subject string, duplicate *lifecycle.Duplicate) diag.Diagnostic {
	detail := importHint(&duplicate.Connector) +
		"\n\nIf this replaces the resource's own connector: create_before_destroy can't work with an unchanged name and base URL. Remove it."
	if duplicate.Created {
		detail = "Another sekoia_okta_device_connector of this run created it a moment ago: " + duplicate.Connector.ID + ".\n" +
			"Its devices would arrive twice. Remove one of the two resources."
	}
	return diag.NewAttributeErrorDiagnostic(pathName, diagnostic.About(subject, existsAlready), detail)
}

// existsWarning says at plan that a create will find a connector. The plan does not know whether the same run deletes
// that one first.
func existsWarning(subject string, duplicate *lifecycle.Duplicate) diag.Diagnostic {
	detail := "An apply stops here, unless the same apply deletes that connector first.\n" + importHint(&duplicate.Connector)
	if duplicate.Read {
		detail = "This configuration manages it: " + duplicate.Connector.ID + ".\n" +
			"If this is the same connector under a new address, add a moved block: without it, the connector is deleted and created again.\n" +
			"If this resource is only replaced (tainted, say), all is well. If another resource manages the connector, an apply stops here."
	}
	return diag.NewAttributeWarningDiagnostic(pathName, diagnostic.About(subject, existsAlready), detail)
}

const existsAlready = "a connector with this name and base URL exists already"

// importHint is what a person pastes to manage an existing connector. It has no provider argument, because the block of
// the resource is there already.
func importHint(found *sekoia.Connector) string {
	return fmt.Sprintf("To manage it, put this next to the resource, with the resource's own address:\n"+
		"import {\n  to = sekoia_okta_device_connector.NAME\n  id = %s\n}", diagnostic.HCLString(found.ID))
}

// sharedError refuses to change an account that others use too.
func sharedError(subject string, shared *lifecycle.SharedError) diag.Diagnostic {
	return diag.NewErrorDiagnostic(diagnostic.About(subject, "others use the connector's account"),
		fmt.Sprintf("A new token or base URL would change the account %s for all of them: it is used by %s.\n"+
			"Give the others an account of their own in Sekoia. Or replace this connector (apply with -replace=…): the new one gets its own account.",
			shared.AccountID, lifecycle.Users(shared.Usage)))
}

func lowerFirst(text string) string { return strings.ToLower(text[:1]) + text[1:] }
