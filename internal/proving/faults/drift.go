// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

const (
	accountsPath   = "/v1/symphony/module-configurations"
	connectorsPath = "/v1/symphony/connector-configurations"
)

// repairs are applies after somebody changed by hand what the resource made: one for each drift that Read finds.
func repairs() []Operation {
	stopped := map[string]any{"enabled": false}
	return []Operation{
		repair("repair: the account says another URL", nil, pointedElsewhere, restarted),
		repair("repair: the account is gone", nil, accountDeleted, restarted),
		repair("repair: moved to another account", nil, moved, restarted),
		repair("repair: moved, and the account is gone", nil, accountDeleted, adopted, restarted),
		repair("repair: the connector is deleted", nil, connectorDeleted),
		repair("repair: the connector is deleted, and it is to be stopped", stopped, connectorDeleted),
		repair("repair and update: moved, another name and token", map[string]any{
			"name": "Renamed", "api_token_wo": "other", "api_token_wo_version": "2",
		}, moved, restarted),
	}
}

// change is what somebody does by hand to an account and the connector on it.
type change func(ctx context.Context, w *World, account acctest.Account, connector acctest.Connector) error

// repair applies a configuration after changes by hand.
func repair(name string, after map[string]any, byHand ...change) Operation {
	if after == nil {
		after = map[string]any{}
	}
	made := apply(name, map[string]any{}, after)
	applied := made.prepare
	made.prepare = func(ctx context.Context, w *World) error {
		if err := applied(ctx, w); err != nil {
			return err
		}
		accounts, connectors, err := w.held(ctx)
		if err != nil || len(accounts) != 1 || len(connectors) != 1 {
			return fmt.Errorf("%d accounts, %d connectors, %w", len(accounts), len(connectors), err)
		}
		for _, change := range byHand {
			if err := change(ctx, w, accounts[0], connectors[0]); err != nil {
				return err
			}
		}
		return nil
	}
	return made
}

// pointedElsewhere points the account at another host.
func pointedElsewhere(ctx context.Context, w *World, account acctest.Account, _ acctest.Connector) error {
	return w.call(ctx, http.MethodPatch, w.ready.AdminURL+"/_simulator/accounts/"+account.UUID,
		map[string]any{"value": map[string]any{"base_url": "http://" + otherName}}, nil)
}

func accountDeleted(ctx context.Context, w *World, account acctest.Account, _ acctest.Connector) error {
	return w.call(ctx, http.MethodDelete, w.ready.SekoiaURL+accountsPath+"/"+account.UUID, nil, nil)
}

func connectorDeleted(ctx context.Context, w *World, _ acctest.Account, connector acctest.Connector) error {
	return w.call(ctx, http.MethodDelete, w.ready.SekoiaURL+connectorsPath+"/"+connector.UUID, nil, nil)
}

// moved puts the connector on a stranger's account.
func moved(ctx context.Context, w *World, _ acctest.Account, connector acctest.Connector) error {
	id, err := w.strange(ctx, "Another account", "http://"+otherName)
	if err != nil {
		return err
	}
	return w.put(ctx, connector.UUID, id)
}

// adopted puts the connector on an account that nobody else uses.
func adopted(ctx context.Context, w *World, _ acctest.Account, connector acctest.Connector) error {
	id, err := w.account(ctx, "Another account", "http://"+otherName)
	if err != nil {
		return err
	}
	return w.put(ctx, connector.UUID, id)
}

func (w *World) put(ctx context.Context, connector, account string) error {
	return w.call(ctx, http.MethodPatch, w.ready.SekoiaURL+connectorsPath+"/"+connector, map[string]any{"module_configuration_uuid": account}, nil)
}

// restarted stops the connector and starts it, so that it runs with what was changed.
func restarted(ctx context.Context, w *World, _ acctest.Account, connector acctest.Connector) error {
	for _, verb := range []string{"/stop", "/start"} {
		if err := w.call(ctx, http.MethodPost, w.ready.SekoiaURL+connectorsPath+"/"+connector.UUID+verb, nil, nil); err != nil {
			return err
		}
		<-time.After(settled)
	}
	return nil
}

// account makes an account past the provider, with another token than the resource's.
func (w *World) account(ctx context.Context, name, baseURL string) (id string, err error) {
	var account struct {
		UUID string `json:"uuid"`
	}
	err = w.call(ctx, http.MethodPost, w.ready.SekoiaURL+accountsPath, map[string]any{
		"name": name, "module_uuid": oktaModule, "community_uuid": w.ready.CommunityID,
		"value": map[string]any{"base_url": baseURL, "apikey": w.otherToken},
	}, &account)
	return account.UUID, err
}

// stranger is what a person or another tool made without this provider.
const stranger = "5f1c5f9e-6a51-4d0b-9a9c-2f8f4f3f1f10"

// strange makes an account of somebody else. Nothing may change or remove it.
func (w *World) strange(ctx context.Context, name, baseURL string) (id string, err error) {
	if id, err = w.account(ctx, name, baseURL); err != nil {
		return "", err
	}
	return id, w.call(ctx, http.MethodPatch, w.ready.AdminURL+"/_simulator/accounts/"+id, map[string]any{"created_by": stranger}, nil)
}

// wronged returns what is wrong with the accounts that strangers made.
func (w *World) wronged(ctx context.Context) []string {
	var state struct {
		Accounts []struct {
			UUID      string `json:"uuid"`
			CreatedAt string `json:"created_at"`
			CreatedBy string `json:"created_by"`
			UpdatedAt string `json:"updated_at"`
			Deleted   bool   `json:"deleted"`
		} `json:"accounts"`
	}
	if err := w.call(ctx, http.MethodGet, w.ready.AdminURL+"/_simulator/state", nil, &state); err != nil {
		return []string{err.Error()}
	}
	var wrong []string
	for _, account := range state.Accounts {
		if account.CreatedBy == stranger && (account.UpdatedAt != account.CreatedAt || account.Deleted) {
			wrong = append(wrong, fmt.Sprintf("somebody else's account was changed: %+v", account))
		}
	}
	return wrong
}
