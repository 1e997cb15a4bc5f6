// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

func TestRequestLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.okta("/api/v1/devices?limit=1&search=" + w.ready.OktaToken)
	w.sekoia(http.MethodGet, accountsPath+"?match[name]="+w.ready.SekoiaAPIKey, "")
	_, _ = w.send(t.Context(), http.MethodGet, w.ready.SekoiaURL+"/v1/me", "", "")
	_, _ = w.send(t.Context(), http.MethodGet, w.ready.OktaURL+"/.well-known/okta-organization", "", "")
	got := w.admin(http.MethodGet, "/requests", "")
	if strings.Contains(got.text, w.ready.OktaToken) || strings.Contains(got.text, w.ready.SekoiaAPIKey) {
		t.Errorf("the log has a secret: %s", got.text)
	}
	if len(got.list()) != 4 {
		t.Fatalf("four calls are logged as %s", got.text)
	}
	for i, want := range []map[string]any{
		{"cloud": "okta", "method": "GET", "path": "/api/v1/devices", "query": "limit=1&search=***", "status": 400.0, "authorized": true, "user_agent": "test"},
		{"cloud": "sekoia", "method": "GET", "path": accountsPath, "query": "match[name]=***", "status": 200.0, "authorized": true, "user_agent": "test"},
		{"cloud": "sekoia", "method": "GET", "path": "/v1/me", "query": "", "status": 401.0, "authorized": false, "user_agent": "test"},
		{"cloud": "okta", "method": "GET", "path": "/.well-known/okta-organization", "query": "", "status": 200.0, "authorized": false, "user_agent": "test"},
	} {
		entry, _ := got.at(i).(map[string]any)
		if at, err := time.Parse(time.RFC3339Nano, reply{body: entry}.str("at")); err != nil || time.Since(at) > time.Minute {
			t.Errorf("call %d was at %v: %v", i, entry["at"], err)
		}
		delete(entry, "at")
		if encode(entry) != encode(want) {
			t.Errorf("call %d is logged as %v, want %v", i, entry, want)
		}
	}
	w.admin(http.MethodDelete, "/requests", "")
	if text := w.admin(http.MethodGet, "/requests", "").text; text != "[]" {
		t.Errorf("after the deletion the log is %s", text)
	}
}

func TestConnectorsCallsAreInTheLogUnderItsName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.connector(w.account())
	w.eventually("the connector calls both clouds", func() bool {
		return len(w.requests(byConnectorTo(cloudOkta))) > 0 && len(w.requests(byConnectorTo(cloudSekoia))) > 0
	})
}

func TestStateShowsNoSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	accountID := w.account()
	id := w.connector(accountID)
	w.eventually("the assets arrive, and the checkpoint moves", func() bool {
		return w.assets(id) == 5 && w.admin(http.MethodGet, "/state", "").at("connectors", 0, "checkpoint") != nil
	})
	state := w.admin(http.MethodGet, "/state", "")
	if state.str("accounts", 0, "value", "apikey") != "set" || state.str("accounts", 0, "value", "base_url") != w.ready.OktaURL {
		t.Errorf("the account is shown as %v", state.at("accounts", 0))
	}
	if state.str("connectors", 0, "uuid") != id || state.str("connectors", 0, "checkpoint") == "" {
		t.Errorf("the connector is shown as %v", state.at("connectors", 0))
	}
	if len(state.list("assets")) != 5 || len(state.list("devices")) != 5 {
		t.Fatalf("%d assets and %d devices, want 5", len(state.list("assets")), len(state.list("devices")))
	}
	if state.str("assets", 0, "connectors", 0, "external_id") != state.str("devices", 0, "id") ||
		state.at("assets", 0, "ocsf", "class_uid") != 5001.0 {
		t.Errorf("the first asset is shown as %v, the first device as %v", state.at("assets", 0), state.at("devices", 0))
	}
	for _, secret := range []string{w.ready.OktaToken, w.ready.SekoiaAPIKey, w.sim.held.ConnectorKey()} {
		if strings.Contains(state.text, secret) {
			t.Error("the state has a secret")
		}
	}
	w.admin(http.MethodPatch, "/accounts/"+accountID, `{"value":{"apikey":null}}`)
	if state = w.admin(http.MethodGet, "/state", ""); state.at("accounts", 0, "value", "apikey") != nil {
		t.Errorf("an account without a token is shown as %v", state.at("accounts", 0))
	}
}

func TestAdminMergesAnyField(t *testing.T) {
	t.Parallel()
	w := newWorld(t, unchecked)
	accountID, other := w.account(), w.account()
	id := w.connector(accountID)
	w.admin(http.MethodPatch, "/accounts/"+accountID, `{"created_by":"someone","value":{"base_url":"https://moved.okta.com"},"name":null}`)
	account := w.want(200, w.sekoia(http.MethodGet, accountsPath+"/"+accountID, ""))
	if account.str("created_by") != "someone" || account.str("value", "base_url") != "https://moved.okta.com" || account.at("name") != nil {
		t.Errorf("the account is %s", account.text)
	}
	if w.admin(http.MethodGet, "/state", "").str("accounts", 0, "value", "apikey") != "set" {
		t.Error("a new base URL took the token away")
	}
	w.admin(http.MethodPatch, "/accounts/"+accountID, `{"value":{"base_url":null,"extra":{"deep":{"a":1}}}}`)
	w.admin(http.MethodPatch, "/accounts/"+accountID, `{"value":{"extra":{"deep":{"b":2}}}}`)
	account = w.want(200, w.sekoia(http.MethodGet, accountsPath+"/"+accountID, ""))
	if encode(account.at("value")) != `{"extra":{"deep":{"a":1,"b":2}}}` {
		t.Errorf("the account's value is %s", account.text)
	}
	w.admin(http.MethodPatch, "/connectors/"+id, `{"module_configuration_uuid":"`+other+`","name":"renamed"}`)
	connector := w.want(200, w.sekoia(http.MethodGet, connectorsPath+"/"+id, ""))
	if connector.str("module_configuration_uuid") != other || connector.str("name") != "renamed" {
		t.Errorf("the connector is %s", connector.text)
	}
	for path, body := range map[string]string{
		"/accounts/" + accountID:        `{"uuid":"x"}`,
		"/accounts/" + accountID + "?":  `{"usage":1}`,
		"/accounts/" + accountID + "?1": `{"usage":{"connectors":-1}}`,
		"/accounts/" + accountID + "?2": `{"usage":{"elephants":1}}`,
		"/accounts/" + accountID + "?3": "[]",
		"/connectors/" + id:             `{"display_status":1}`,
		"/connectors/" + id + "?1":      `{"uuid":"x"}`,
		"/connectors/" + id + "?2":      "null",
		"/connectors/" + id + "?3":      `{"display_status":""}`,
		"/connectors/" + id + "?4":      `{"checkpoint":null}`,
		"/connectors/" + id + "?5":      `{"value":{"sekoia_api_key":"k"}}`,
		"/connectors/" + id + "?6":      `{"usage":{"connectors":1}}`,
	} {
		if got := w.adminAnswer(http.MethodPatch, path, body); got.status != 400 || got.str("message") == "" {
			t.Errorf("PATCH %s %s: %d %s, want 400 with a sentence", path, body, got.status, got.text)
		}
	}
	for _, path := range []string{"/accounts/" + id, "/connectors/" + accountID} {
		if got := w.adminAnswer(http.MethodPatch, path, "{}"); got.status != 404 {
			t.Errorf("PATCH %s: %d, want 404", path, got.status)
		}
	}
}

func TestAdminSetsTheDisplayStatus(t *testing.T) {
	t.Parallel()
	w := newWorld(t, unchecked)
	id := w.connector(w.account())
	w.eventually(statusRunning, func() bool { return w.status(id) == statusRunning })
	set := func(status string) { w.admin(http.MethodPatch, "/connectors/"+id, `{"display_status":`+status+`}`) }
	idle := func() bool {
		w.admin(http.MethodDelete, "/requests", "")
		return !slices.ContainsFunc(w.waitABit(), byConnectorTo(cloudOkta))
	}
	for _, status := range []string{statusCriticalError, statusStopped, statusStopping} {
		set(`"` + status + `"`)
		if got := w.status(id); got != status {
			t.Errorf("it is %s, want %s", got, status)
		}
		w.eventually("a connector that is "+status+" does nothing", idle)
		w.want(204, w.sekoia(http.MethodPost, connectorsPath+"/"+id+"/start", ""))
		w.eventually("it was started", func() bool { return w.status(id) == statusRunning })
	}
	set(`"STOPPED"`)
	set(`"ERROR"`)
	if got := w.status(id); got != statusError {
		t.Errorf("it is %s, want ERROR", got)
	}
	w.admin(http.MethodDelete, "/requests", "")
	w.eventually("a connector in ERROR runs", func() bool { return len(w.requests(byConnectorTo(cloudOkta))) > 0 })
	set("null")
	got := w.want(200, w.sekoia(http.MethodGet, connectorsPath+"/"+id, ""))
	if strings.Contains(got.text, "display_status") {
		t.Errorf("a status that was taken away is shown: %s", got.text)
	}
	w.want(204, w.sekoia(http.MethodPost, connectorsPath+"/"+id+"/stop", ""))
	w.eventually(statusStopped, func() bool { return w.status(id) == statusStopped })
	set(`"SOMETHING_NEW"`)
	if got := w.status(id); got != "SOMETHING_NEW" {
		t.Errorf("it is %s", got)
	}
}

// waitABit returns what is in the log after some cycles' time.
func (w *world) waitABit() []request {
	timer := time.NewTimer(400 * time.Millisecond)
	defer timer.Stop()
	<-timer.C
	return w.sim.front.log.list()
}

func TestTokensAreRevokedAndRotated(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.admin(http.MethodPut, "/tokens", `{"valid":["the-new-token"]}`)
	if got := w.okta("/api/v1/devices"); got.status != 401 || got.str("errorCode") != "E0000011" {
		t.Errorf("a revoked token: %d %s", got.status, got.text)
	}
	got, err := w.send(t.Context(), http.MethodGet, w.ready.OktaURL+"/api/v1/devices?search=the-new-token", "SSWS the-new-token", "")
	if err != nil || got.status != 400 {
		t.Errorf("the new token: %d %v", got.status, err)
	}
	if text := w.admin(http.MethodGet, "/requests", "").text; strings.Contains(text, "the-new-token") {
		t.Errorf("the log has the new token: %s", text)
	}
	for _, wrong := range []string{"x", "{}", "null", `{"valid":"a"}`, `{"valid":[""]}`, `{"valid":[null]}`, `{"tokens":[]}`, `{"valid":[]} {"valid":[]}`} {
		if got = w.adminAnswer(http.MethodPut, "/tokens", wrong); got.status != 400 {
			t.Errorf("the tokens %s are answered %d", wrong, got.status)
		}
	}
}

func TestServiceAppsAreReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys := encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public()}}})
	for body, status := range map[string]int{
		"null": 400, "{}": 400, `[{"client_id":"a"}]`: 400, `[{"client":"a"}]`: 400, "[] []": 400, "[]": 204,
		`[{"client_id":"a","jwks":` + keys + `,"scopes":["okta.devices.read"],"dpop":true,"no_admin_role":true}]`: 204,
	} {
		if got := w.adminAnswer(http.MethodPut, "/service-apps", body); got.status != status {
			t.Errorf("%s: %d, want %d", body, got.status, status)
		}
	}
}

func TestInventoryAndOrganizationAreChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.admin(http.MethodPut, "/devices/guo-new", `{"profile":{"displayName":"n","platform":"IOS","registered":true}}`)
	if got := w.okta("/api/v1/devices"); len(got.list()) != 6 || got.str(5, "id") != "guo-new" {
		t.Errorf("the new device is not at the end: %s", got.text)
	}
	if got := w.adminAnswer(http.MethodDelete, "/devices/guo-new", ""); got.status != 204 {
		t.Errorf("deleting it: %d", got.status)
	}
	if got := w.adminAnswer(http.MethodDelete, "/devices/guo-new", ""); got.status != 404 {
		t.Errorf("deleting it again: %d", got.status)
	}
	if got := w.adminAnswer(http.MethodPut, "/devices/guo-new", "[]"); got.status != 400 {
		t.Errorf("a device that is a list: %d", got.status)
	}
	w.admin(http.MethodPut, "/organization", `{"id":"00other","pipeline":"v1","alternate":"https://id.acme.test"}`)
	got := w.metadata()
	if got.str("id") != "00other" || got.str("pipeline") != "v1" || got.str("_links", "alternate", "href") != "https://id.acme.test" {
		t.Errorf("the organization is %s", got.text)
	}
	for _, wrong := range []string{"x", "null", `{"id":"a"} x`, `{"pipeline":"v2"}`, `{"name":"x"}`} {
		if refused := w.adminAnswer(http.MethodPut, "/organization", wrong); refused.status != 400 {
			t.Errorf("the organization %s is answered %d", wrong, refused.status)
		}
	}
}

func TestFaultsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for name, faults := range map[string]string{
		"no JSON":                    "x",
		"an object":                  "{}",
		"null in the list":           "[null]",
		"no kind":                    "[{}]",
		"a kind that is not there":   `[{"kind":"explode"}]`,
		"a cloud that is not there":  `[{"kind":"reset","cloud":"aws"}]`,
		"a field that is not there":  `[{"kind":"reset","probability":1}]`,
		"a status without a status":  `[{"kind":"status"}]`,
		"a status that is none":      `[{"kind":"status","status":99}]`,
		"a delay without a duration": `[{"kind":"delay"}]`,
		"a delay that is none":       `[{"kind":"delay","delay":"soon"}]`,
		"a delay that is negative":   `[{"kind":"delay","delay":"-1s"}]`,
		"a skip that is negative":    `[{"kind":"reset","skip":-1}]`,
		"times that are negative":    `[{"kind":"reset","times":-1}]`,
		"no list":                    "null",
		"two lists":                  "[] []",
		"a status of another kind":   `[{"kind":"reset","status":503}]`,
		"headers of another kind":    `[{"kind":"hold","headers":{"Retry-After":"1"}}]`,
		"a body of another kind":     `[{"kind":"delay","delay":"1s","body":{}}]`,
		"a path without a slash":     `[{"kind":"reset","path":"v1/me"}]`,
		"a path with a query":        `[{"kind":"reset","path":"/v1/me?extended=true"}]`,
		"a path with a star inside":  `[{"kind":"reset","path":"/v1/*/me"}]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := w.adminAnswer(http.MethodPut, "/faults", faults); got.status != 400 || got.str("message") == "" {
				t.Errorf("answered %d %s, want 400 with a sentence", got.status, got.text)
			}
		})
	}
}

// statuses makes a call several times and returns how each ended. 0 is no answer.
func (w *world) statuses(method, path string, times int) []int {
	var got []int
	for range times {
		answered, err := w.send(w.t.Context(), method, w.ready.SekoiaURL+path, "Bearer "+w.ready.SekoiaAPIKey, "")
		if err != nil {
			answered.status = 0
		}
		got = append(got, answered.status)
	}
	return got
}

func TestWhichCallsAFaultStrikes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults string
		want   []int
	}{
		"every call, without times":          {`[{"kind":"status","status":503}]`, []int{503, 503, 503, 503}},
		"none, with times 0":                 {`[{"kind":"status","status":503,"times":0}]`, []int{200, 200, 200, 200}},
		"the first two, with times":          {`[{"kind":"status","status":503,"times":2}]`, []int{503, 503, 200, 200}},
		"the third, with skip and times":     {`[{"kind":"status","status":503,"skip":2,"times":1}]`, []int{200, 200, 503, 200}},
		"the first fault that matches wins":  {`[{"kind":"status","status":503},{"kind":"status","status":500}]`, []int{503, 503, 503, 503}},
		"the next fault when one is used up": {`[{"kind":"status","status":503,"times":1},{"kind":"status","status":500,"times":1}]`, []int{503, 500, 200, 200}},
		"its own cloud alone":                {`[{"cloud":"okta","kind":"status","status":503}]`, []int{200, 200, 200, 200}},
		"its own method alone":               {`[{"method":"POST","kind":"status","status":503}]`, []int{200, 200, 200, 200}},
		"its method in small letters":        {`[{"method":"get","kind":"status","status":503,"times":1}]`, []int{503, 200, 200, 200}},
		"its own path alone":                 {`[{"path":"/v1/m","kind":"status","status":503}]`, []int{200, 200, 200, 200}},
		"any path":                           {`[{"path":"*","kind":"status","status":503,"times":1}]`, []int{503, 200, 200, 200}},
		"a path that it begins":              {`[{"path":"/v1/m*","kind":"status","status":503}]`, []int{503, 503, 503, 503}},
		"any call, with all of them":         {`[{"cloud":"sekoia","method":"GET","path":"/v1/me","kind":"status","status":503,"times":1}]`, []int{503, 200, 200, 200}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			w.admin(http.MethodPut, "/faults", c.faults)
			if got := w.statuses(http.MethodGet, "/v1/me", 4); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			w.admin(http.MethodPut, "/faults", "[]")
			if got := w.statuses(http.MethodGet, "/v1/me", 1); got[0] != 200 {
				t.Errorf("after the faults were taken away: %v", got)
			}
		})
	}
}

func TestWhatAFaultAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for name, c := range map[string]struct {
		fault, header string
		okta, sekoia  string
	}{
		"an error of the cloud's form without a body": {`"status":429`, "application/json", "E0000047", `"code"`},
		"an error that nobody lists":                  {`"status":500`, "application/json", "E0000009", `"message"`},
		"nothing at all where it is no error":         {`"status":204`, "application/json", "", ""},
		"null in place of a body":                     {`"status":429,"body":null`, "application/json", "E0000047", `"code"`},
		"a body that is JSON":                         {`"status":403,"body":{"a":[1]}`, "application/json", `{"a":[1]}`, `{"a":[1]}`},
		"a body that is JSON in a text":               {`"status":403,"body":"{\"a\":1}"`, "application/json", `{"a":1}`, `{"a":1}`},
		"a body that is a page":                       {`"status":502,"body":"<html>"`, "text/html; charset=utf-8", "<html>", "<html>"},
		"headers of its own":                          {`"status":429,"headers":{"Content-Type":"x/y","Retry-After":"3"}`, "x/y", "E0000047", `"code"`},
	} {
		w.admin(http.MethodPut, "/faults", `[{"kind":"status",`+c.fault+"}]")
		for cloud, got := range map[string]reply{c.okta: w.okta("/api/v1/devices"), c.sekoia: w.sekoia(http.MethodPost, accountsPath, "{}")} {
			if !strings.Contains(got.text, cloud) || got.header.Get("Content-Type") != c.header {
				t.Errorf("%s: %d %s %q, want %q", name, got.status, got.header.Get("Content-Type"), got.text, cloud)
			}
			if strings.Contains(c.fault, "Retry-After") && got.header.Get("Retry-After") != "3" {
				t.Errorf("%s: the header is missing", name)
			}
		}
	}
	w.admin(http.MethodPut, "/faults", "[]")
	if got := len(w.admin(http.MethodGet, "/state", "").list("accounts")); got != 0 {
		t.Errorf("a fault of kind status had an effect: %d accounts", got)
	}
}

func TestEffectOfEachFault(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind   string
		tls    bool
		failed error // that the client sees
		effect bool
		logged int
	}{
		"reset comes before the effect":           {faultReset, false, syscall.ECONNRESET, false, 0},
		"reset comes before the effect, with TLS": {faultReset, true, syscall.ECONNRESET, false, 0},
		"drop_reply comes after the effect":       {faultDropReply, false, syscall.ECONNRESET, true, 201},
		"truncate sends half a body":              {faultTruncate, false, io.ErrUnexpectedEOF, true, 201},
		"delay answers as usual":                  {faultDelay, false, nil, true, 201},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(cfg *Config) { cfg.TLS = c.tls })
			good, _ := goodBodies(w)
			before := len(w.admin(http.MethodGet, "/state", "").list("accounts"))
			w.admin(http.MethodDelete, "/requests", "")
			w.admin(http.MethodPut, "/faults", `[{"kind":"`+c.kind+`","delay":"50ms","method":"POST"}]`)
			began := time.Now()
			got, err := w.send(t.Context(), http.MethodPost, w.ready.SekoiaURL+accountsPath, "Bearer "+w.ready.SekoiaAPIKey, encode(good))
			if !errors.Is(err, c.failed) || (c.failed == nil && got.status != 201) {
				t.Errorf("the client saw %d, %v; want %v", got.status, err, c.failed)
			}
			if took := time.Since(began); took < 50*time.Millisecond {
				t.Errorf("it took %s, which is less than the delay", took)
			}
			after := len(w.admin(http.MethodGet, "/state", "").list("accounts"))
			if (after > before) != c.effect {
				t.Errorf("there were %d accounts and are %d", before, after)
			}
			if log := w.requests(func(request) bool { return true }); len(log) != 1 || log[0].Status != c.logged {
				t.Errorf("it is logged as %+v", log)
			}
		})
	}
	t.Run("truncate of an answer without a body is a reset", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		id := w.account()
		w.admin(http.MethodPut, "/faults", `[{"kind":"truncate"}]`)
		if got := w.statuses(http.MethodDelete, accountsPath+"/"+id, 1); got[0] != 0 {
			t.Errorf("answered %v", got)
		}
		if got := len(w.admin(http.MethodGet, "/state", "").list("accounts")); got != 0 {
			t.Error("it had no effect")
		}
	})
}

func TestHeldCallsGoOnWhenTheFaultsAreReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	good, _ := goodBodies(w)
	before := len(w.admin(http.MethodGet, "/state", "").list("accounts"))
	w.admin(http.MethodPut, "/faults", `[{"kind":"hold","path":"/v1/symphony/*"}]`)
	var calls sync.WaitGroup
	answered := make(chan int, 3)
	for range cap(answered) {
		calls.Go(func() {
			got, _ := w.send(context.WithoutCancel(t.Context()), http.MethodPost, w.ready.SekoiaURL+accountsPath, "Bearer "+w.ready.SekoiaAPIKey, encode(good))
			answered <- got.status
		})
	}
	held := func(r request) bool { return r.Path == accountsPath && r.Method == http.MethodPost && r.Status == 0 }
	w.eventually("all are held", func() bool { return len(w.requests(held)) == cap(answered) })
	w.want(200, w.sekoia(http.MethodGet, "/v1/me", ""))
	if got := len(w.admin(http.MethodGet, "/state", "").list("accounts")); got != before {
		t.Errorf("a call that is held had an effect: %d accounts", got)
	}
	w.admin(http.MethodPut, "/faults", "[]")
	calls.Wait()
	for range cap(answered) {
		if status := <-answered; status != 201 {
			t.Errorf("a call that was held is answered %d", status)
		}
	}
}

func TestFaultsSpareTheConnector(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	accountID := w.account()
	w.admin(http.MethodPut, "/faults", `[{"kind":"status","status":503,"method":"GET","cloud":"okta"},{"kind":"reset","path":"/v2/*","method":"POST"}]`)
	id := w.connector(accountID)
	w.eventually("the connector syncs", func() bool { return w.assets(id) == 5 })
	w.admin(http.MethodPut, "/faults", `[{"kind":"status","status":503,"cloud":"okta","connector":true}]`)
	w.waitForLog(id, lineError, 1)
	if got := w.okta("/api/v1/devices"); got.status != 503 {
		t.Errorf("a fault that strikes the connector too spares others: %d", got.status)
	}
}

func TestUnknownAdminCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for _, c := range [][2]string{{http.MethodGet, "/nothing"}, {http.MethodPost, "/faults"}, {http.MethodDelete, "/devices/" + uuid.NewString()}} {
		if got := w.adminAnswer(c[0], c[1], ""); got.status < 400 || got.status >= 500 {
			t.Errorf("%s %s: %d", c[0], c[1], got.status)
		}
	}
	if got := w.adminAnswer(http.MethodPut, "/faults", strings.Repeat(" ", wire.MaxPush+1)); got.status != 400 {
		t.Errorf("a body that is far too large: %d", got.status)
	}
}
