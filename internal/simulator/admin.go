// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// admin answers the calls by which a test looks at the simulator and changes it. They need no credential: they are on
// loopback, and give no secret.
type admin struct {
	log       *requestLog
	faults    *faultSet
	store     *sekoia.Store
	inventory *okta.Inventory
}

func (a *admin) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_simulator/requests", func(w http.ResponseWriter, _ *http.Request) {
		wire.WriteJSON(w, http.StatusOK, a.log.list())
	})
	mux.HandleFunc("DELETE /_simulator/requests", func(w http.ResponseWriter, _ *http.Request) {
		a.log.clear()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /_simulator/state", a.state)
	mux.HandleFunc("PUT /_simulator/faults", change(a.putFaults))
	mux.HandleFunc("PUT /_simulator/tokens", change(a.putTokens))
	mux.HandleFunc("PUT /_simulator/service-apps", change(a.putServiceApps))
	mux.HandleFunc("PUT /_simulator/catalogue", change(a.putCatalogue))
	mux.HandleFunc("PUT /_simulator/organization", change(a.putOrganization))
	mux.HandleFunc("PUT /_simulator/devices/{id}", change(func(r *http.Request, body []byte) error {
		return a.inventory.PutDevice(r.PathValue("id"), body)
	}))
	mux.HandleFunc("DELETE /_simulator/devices/{id}", change(func(r *http.Request, _ []byte) error {
		if !a.inventory.DeleteDevice(r.PathValue("id")) {
			return wire.ErrNoSuch
		}
		return nil
	}))
	mux.HandleFunc("PATCH /_simulator/accounts/{id}", change(merged(a.store.MergeAccount)))
	mux.HandleFunc("PATCH /_simulator/connectors/{id}", change(merged(a.store.MergeConnector)))
	return mux
}

// change answers 204 if a change was made, 404 if there was nothing to change, and 400 with a sentence otherwise.
func change(apply func(r *http.Request, body []byte) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := wire.ReadLimited(r.Body, wire.MaxPush)
		if err == nil {
			err = apply(r, body)
		}
		switch {
		case errors.Is(err, wire.ErrNoSuch):
			refuseChange(w, http.StatusNotFound, "not_found", err)
		case err != nil:
			refuseChange(w, http.StatusBadRequest, "invalid_parameters", err)
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	}
}

func refuseChange(w http.ResponseWriter, status int, code string, why error) {
	wire.WriteJSON(w, status, map[string]string{"code": code, "message": why.Error()})
}

// merged reads a merge patch for the object in the path.
func merged(merge func(id string, patch map[string]any) error) func(*http.Request, []byte) error {
	return func(r *http.Request, body []byte) error {
		var patch map[string]any
		if err := json.Unmarshal(body, &patch); err != nil || patch == nil {
			return errors.New("the body is not a JSON object")
		}
		return merge(r.PathValue("id"), patch)
	}
}

func (a *admin) state(w http.ResponseWriter, _ *http.Request) {
	// What the services hold, with secrets as "set".
	wire.WriteJSON(w, http.StatusOK, struct {
		sekoia.State
		Devices []json.RawMessage `json:"devices"`
	}{a.store.State(), a.inventory.Snapshot()})
}

func (a *admin) putFaults(_ *http.Request, body []byte) error {
	faults, err := parseFaults(body)
	if err != nil {
		return err
	}
	a.faults.replace(faults)
	return nil
}

func (a *admin) putTokens(_ *http.Request, body []byte) error {
	var given struct {
		Valid *[]string `json:"valid"`
	}
	if err := wire.StrictJSON(body, &given); err != nil {
		return err
	}
	if given.Valid == nil {
		return errors.New("valid: a list of tokens is needed")
	}
	if slices.Contains(*given.Valid, "") {
		return errors.New("valid: a token is empty")
	}
	for _, token := range *given.Valid {
		a.log.hidden.Hide(token)
	}
	a.inventory.SetTokens(*given.Valid)
	return nil
}

// putServiceApps replaces the apps: a list of what Config.ServiceApps holds. It revokes every access token.
func (a *admin) putServiceApps(_ *http.Request, body []byte) error {
	var given []okta.ServiceApp
	if err := wire.StrictJSON(body, &given); err != nil {
		return err
	}
	return a.inventory.ReplaceServiceApps(given)
}

func (a *admin) putCatalogue(_ *http.Request, body []byte) error {
	return a.store.ReplaceCatalogue(body)
}

func (a *admin) putOrganization(_ *http.Request, body []byte) error {
	var given struct {
		ID        *string `json:"id"`
		Pipeline  *string `json:"pipeline"`
		Alternate *string `json:"alternate"`
	}
	if err := wire.StrictJSON(body, &given); err != nil {
		return err
	}
	return a.inventory.SetOrganization(given.ID, given.Pipeline, given.Alternate)
}
