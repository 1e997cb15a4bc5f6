// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// The keys of the resource's private state. It travels with the state, is shown
// to nobody, and holds no secret.
const (
	// privateConnector holds the connector's UUID: the second plan call of a
	// replacement has no prior state, but it has this. Only a state that an
	// update left behind when the provider's process died lacks it.
	privateConnector = "connector"
	// privateAccount holds the UUID of the account that this resource made or took over.
	privateAccount = "account"
	// privateGiven is there while the account is one that the configuration gave.
	privateGiven = "account_given"
	// privateAccountOwed is there after a delete that removed the connector, but not its account.
	privateAccountOwed = "account_owed"
	// privateRestart is there while a restart is owed.
	privateRestart = "restart_owed"
)

// privateReader and privateWriter are what requests and responses of the framework offer; its own type is internal.
type privateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type privateWriter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// private is the private state, read.
type private struct {
	connectorID string
	accountID   string
	given       bool
	accountOwed bool
	restartOwed bool
}

// cutOff tells that an update of this resource never came to its end: where the provider's process dies in one, Terraform
// (1.11.4) keeps the attributes as they were before, and throws the private state away. In a create it keeps nothing, in a
// delete everything.
func (p private) cutOff() bool { return p.connectorID == "" }

func readPrivate(ctx context.Context, from privateReader) (private, diag.Diagnostics) {
	var (
		result private
		diags  diag.Diagnostics
	)

	get := func(key string, into any) {
		raw, d := from.GetKey(ctx, key)
		diags.Append(d...)

		if len(raw) == 0 {
			return
		}

		if err := json.Unmarshal(raw, into); err != nil {
			diags.AddError("The resource's private state can't be read",
				"Its key "+key+" holds something that this provider did not write: "+err.Error()+
					"\nRemove the resource from the state and import it again.")
		}
	}

	get(privateConnector, &result.connectorID)
	get(privateAccount, &result.accountID)
	get(privateGiven, &result.given)
	get(privateAccountOwed, &result.accountOwed)
	get(privateRestart, &result.restartOwed)

	return result, diags
}

// setPrivate writes one key; a zero value removes it.
func setPrivate[T comparable](ctx context.Context, to privateWriter, key string, value T) diag.Diagnostics {
	var zero T
	if value == zero {
		return to.SetKey(ctx, key, nil)
	}

	raw, err := json.Marshal(value)
	if err != nil {
		var diags diag.Diagnostics
		diags.AddError("The resource's private state can't be written", err.Error())

		return diags
	}

	return to.SetKey(ctx, key, raw)
}
