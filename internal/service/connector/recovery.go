// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// takeStock writes the private state of a resource whose last update was cut off: what it had stored in Sekoia by then is not
// known, so that a restart is owed, and with it all that a restart stores. The account is this resource's own where a token of
// the state is in it (an account that the configuration gives has none there) and this API key made it.
func (r *Resource) takeStock(
	ctx context.Context, before *model, connector *sekoia.Connector, account *sekoia.Account, to privateWriter,
) diag.Diagnostics {
	diags := setPrivate(ctx, to, privateRestart, true)

	if account != nil && before.holdsToken() && before.AccountID.ValueString() == account.ID {
		made, err := r.madeByKey(ctx, account)
		if err != nil {
			return diags // the next read looks again
		}

		if made {
			diags.Append(setPrivate(ctx, to, privateAccount, account.ID)...)
		}
	}

	return append(diags, setPrivate(ctx, to, privateConnector, connector.ID)...)
}

// holdsToken tells that a token of this state was stored in the connector's account, which is so in none that a configuration gave.
func (m *model) holdsToken() bool { return !m.APIToken.IsNull() || !m.APITokenWOVersion.IsNull() }

// madeByKey tells that this API key made an account.
func (r *Resource) madeByKey(ctx context.Context, account *sekoia.Account) (bool, error) {
	me, err := r.clients.Tester().Me(ctx)
	if err != nil {
		return false, err
	}

	return account.CreatedByProfile(*me), nil
}

// madeByCreate tells that an account that this resource does not know for its own is like one that a create makes: by this API
// key, and with the connector's name. The import of a connector whose create was killed finds such a one, and takes it over
// when it stores the token in it, as a create takes over an unused one. A look that fails tells nothing: the account stays.
func (u *updating) madeByCreate(ctx context.Context, id string) bool {
	account, err := u.client.Account(ctx, id)
	if err != nil || account.Name != u.state.Name.ValueString() {
		return false
	}

	made, err := u.madeByKey(ctx, account)

	return err == nil && made
}
