// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package soak_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

// inventory changes the organization's devices: some go, some come, some are other ones than before.
func (l *life) inventory() {
	known := l.clouds.State(l).Devices
	for range l.random.IntN(6) {
		var device map[string]any
		at := l.random.IntN(len(known))
		if err := json.Unmarshal(known[at], &device); err != nil {
			l.Fatal(err)
		}
		known = slices.Delete(known, at, at+1) // one that goes now can't be changed again
		id, _ := device["id"].(string)
		switch l.random.IntN(3) {
		case 0:
			l.clouds.DeleteDevice(l, id)
		case 1:
			fresh := fmt.Sprintf("guoSoak%013d", l.random.IntN(1_000_000))
			device["id"], device["resourceId"] = fresh, fresh
			l.clouds.PutDevice(l, fresh, device)
		default:
			device["status"] = l.pick("ACTIVE", "SUSPENDED", "DEACTIVATED")
			l.clouds.PutDevice(l, id, device)
		}
	}
}

// othersName is the name of accounts that somebody else uses.
const othersName = "Somebody else's"

// byHand is somebody at work on Sekoia's page. It reports whether a connector or its account was changed so that only
// the state knows what it was. The wishes then stay.
func (l *life) byHand() bool {
	accounts, connectors := l.held()
	if len(connectors) == 0 || l.random.IntN(3) > 0 {
		return false
	}

	// The simulator lists them in an order of its own.
	slices.SortFunc(connectors, func(a, b acctest.Connector) int { return cmp.Compare(a.Name, b.Name) })
	connector := connectors[l.random.IntN(len(connectors))]
	account := accounts[connector.ModuleConfigurationUUID]
	path := connectorsPath + "/" + connector.UUID
	switch l.random.IntN(7) {
	case 0:
		l.clouds.PatchConnector(l, connector.UUID, map[string]any{"display_status": "STOPPED"})
	case 1:
		l.clouds.PatchConnector(l, connector.UUID, map[string]any{"display_status": "CRITICAL_ERROR"})
	case 2:
		l.clouds.Sekoia(l, http.MethodPatch, path, map[string]any{"name": "renamed by hand"}, nil)
	case 3:
		l.clouds.PatchAccount(l, account.UUID, map[string]any{"value": map[string]any{"base_url": "https://other.okta.com"}})
		return true
	case 4:
		l.clouds.Sekoia(l, http.MethodDelete, accountsPath+"/"+account.UUID, nil, nil)
		return true
	case 5:
		l.clouds.Sekoia(l, http.MethodPatch, path, map[string]any{"module_configuration_uuid": l.otherAccount(account)}, nil)
		return true
	default:
		l.clouds.Sekoia(l, http.MethodDelete, path, nil, nil)
		return true
	}
	return false
}

// otherAccount makes an account that is somebody else's.
func (l *life) otherAccount(like acctest.Account) string {
	var made acctest.Account
	l.clouds.Sekoia(l, http.MethodPost, accountsPath, map[string]any{
		"name": othersName, "module_uuid": like.ModuleUUID, "community_uuid": like.CommunityUUID,
		"value": map[string]any{"base_url": "https://other.okta.com", "apikey": l.clouds.Ready.OktaToken},
	}, &made)
	l.others = append(l.others, made.UUID)
	return made.UUID
}

// strike sets random faults.
func (l *life) strike() {
	var faults []acctest.Fault
	for range l.random.IntN(4) {
		faults = append(faults, l.fault())
	}
	if l.random.IntN(6) == 0 {
		faults = append(faults, blind()...)
	}
	l.tally.struck += len(faults)
	fmt.Fprintf(&l.story, "\nwishes %+v\nfaults %+v\n", l.wishes, faults)
	l.clouds.SetFaults(l, faults...)
}

// blind loses the reply to a connector's creation, and hides whether the connector exists.
func blind() []acctest.Fault {
	return []acctest.Fault{
		{Cloud: acctest.Sekoia, Method: http.MethodPost, Path: connectorsPath, Kind: "drop_reply"},
		{Cloud: acctest.Sekoia, Method: http.MethodGet, Path: connectorsPath, Kind: "status", Status: http.StatusForbidden, Skip: 3, Body: map[string]any{}},
	}
}

// calls are what a fault can strike.
var calls = map[string][]acctest.Fault{
	acctest.Okta: {
		{}, {Path: "/.well-known/okta-organization"}, {Path: "/api/v1/devices"}, {Path: "/api/v1/devices/*"},
	},
	acctest.Sekoia: {
		{},
		{Method: http.MethodGet},
		{Method: http.MethodPost, Path: accountsPath},
		{Method: http.MethodPost, Path: connectorsPath},
		{Method: http.MethodPost, Path: connectorsPath + "/*"}, // start and stop
		{Method: http.MethodPatch},
		{Method: http.MethodDelete},
		{Method: http.MethodGet, Path: connectorsPath + "/*"}, // the wait and its log
		{Path: "/v1/me*"},
		{Method: http.MethodGet, Path: accountsPath + "/*"}, // the account and who uses it
		{Path: "/v2/asset-management/*"},
	},
}

// fault is a random one: what it does, to which calls, how often, and whether Sekoia's connector meets it too.
func (l *life) fault() acctest.Fault {
	cloud := l.pick(slices.Sorted(maps.Keys(calls))...)
	struck := calls[cloud][l.random.IntN(len(calls[cloud]))]
	struck.Cloud, struck.Skip, struck.Connector = cloud, l.random.IntN(4), l.random.IntN(3) == 0
	if times := 1 + l.random.IntN(10); times < 6 { // or always
		struck.Times = &times
	}
	switch struck.Kind = l.pick("status", "status", "status", "reset", "drop_reply", "truncate", "delay", "hold"); struck.Kind {
	case "status":
		l.status(&struck)
	case "delay":
		struck.Delay = "300ms"
	case "hold":
		// An update waits five minutes for a fetch cycle that does not end, so the connector's own calls are not held.
		struck.Connector = false

		// A person who set no shorter timeout would wait for half a minute, and so would this.
		if !l.hasty || struck.Times == nil {
			struck.Kind = "reset"
		}
	}
	return struck
}

func (l *life) status(struck *acctest.Fault) {
	struck.Status = []int{
		http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusOK, http.StatusNotFound,
	}[l.random.IntN(9)]
	struck.Body = map[string]any{"code": "soak", "message": "no"}
	switch struck.Status {
	case http.StatusTooManyRequests:
		struck.Headers = map[string]string{"Retry-After": "1"}
	case http.StatusOK:
		struck.Body = "<html><body>Welcome to the hotel's network</body></html>"
		struck.Headers = map[string]string{"Content-Type": "text/html"}
	case http.StatusNotFound:
		// A 404 that is not true makes a connector look gone: no provider can distinguish it from one that is gone.
		struck.Status = http.StatusConflict
	}
}
