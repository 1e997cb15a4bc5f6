// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/protocol"
)

// TestWhatIsWrongIsFound shows that a cell of the matrix can be wrong.
func TestWhatIsWrongIsFound(t *testing.T) {
	t.Parallel()
	call := Call{Cloud: sekoia, Method: http.MethodGet, Path: "/v1/symphony/connector-configurations/{id}", Nth: 1}
	path := strings.Replace(call.Path, "{id}", "00000000-0000-4000-8000-000000000001", 1)
	struck := []sent{{Call: call, path: path, struck: true}}
	failed := func(detail string) Diagnostics {
		return Diagnostics{{Severity: tfprotov6.DiagnosticSeverityError, Summary: "The connector could not be read", Detail: detail}}
	}
	whole := "Sekoia answered 500 to GET " + path + "\nTry again."
	for name, test := range map[string]struct {
		err  error
		said Diagnostics
		made []sent
		took time.Duration
		nth  int
		want Outcome
		says string
	}{
		"an error that says it all":                     {err: protocol.ErrFailed, said: failed(whole), want: Failed},
		"an error without the cloud":                    {err: protocol.ErrFailed, said: failed("500 from GET " + path + "\nTry again."), want: Wrong, says: "no error names"},
		"an error without the call":                     {err: protocol.ErrFailed, said: failed("Sekoia answered 500\nTry again."), want: Wrong, says: "no error names"},
		"an error of another object":                    {err: protocol.ErrFailed, said: failed("Sekoia answered 500 to GET /v1/symphony\nTry again."), want: Wrong, says: "no error names"},
		"an error that leaves its reader alone":         {err: protocol.ErrFailed, said: failed("Sekoia answered 500 to GET " + path), want: Wrong, says: "no error names"},
		"an error of many lines":                        {err: protocol.ErrFailed, said: failed(whole + strings.Repeat("\nmore", 20)), want: Wrong, says: "lines"},
		"an error that shows what an unknown host says": {err: protocol.ErrFailed, said: failed(whole + canary), want: Wrong, says: "shows TEXT"},
		"an inconsistent result":                        {err: errors.New("inconsistent result"), want: Wrong, says: "inconsistent result"},
		"a success with a call more":                    {made: append(struck, struck...), want: Retried},
		"a success":                                     {want: Passed},
		"a success that took an hour":                   {took: time.Hour, want: Wrong, says: "it took 1h"},
		"a call that was not made":                      {made: []sent{{}}, want: Wrong, says: "not made"},
		"a look that was not made":                      {made: []sent{{}}, nth: 2, want: NotMade},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &World{Terraform: &protocol.Terraform{}}
			w.ready.OktaToken, w.ready.SekoiaAPIKey, w.otherToken = "token-one", "key", "token-two"
			r := Result{Case: Case{Call: call, clean: 1}, Said: test.said, Took: test.took}
			r.Call.Nth = max(test.nth, 1)
			made := test.made
			if made == nil {
				made = struck
			}
			r.judge(test.err, w, made)
			if r.Outcome != test.want || !strings.Contains(strings.Join(r.Complaints, "\n"), test.says) {
				t.Errorf("%s: %q, want %s: %q", r.Outcome, r.Complaints, test.want, test.says)
			}
		})
	}
}

func TestWhatIsLeftOverIsFound(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		disturb func(t *testing.T, w *World)
		says    string
	}{
		"an account too many": {
			disturb: func(t *testing.T, w *World) {
				t.Helper()
				err := w.call(t.Context(), http.MethodPost, w.ready.SekoiaURL+"/v1/symphony/module-configurations", map[string]any{
					"name": "Other", "module_uuid": oktaModule, "community_uuid": w.ready.CommunityID,
					"value": map[string]any{"base_url": w.ready.OktaURL, "apikey": w.ready.OktaToken},
				}, nil)
				if err != nil {
					t.Fatal(err)
				}
			},
			says: "after the destroy: 1 accounts",
		},
		"a connector that Terraform has forgotten": {
			disturb: func(_ *testing.T, w *World) { w.State = protocol.State{} },
			says:    "exists already",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				operation := apply("update", map[string]any{}, map[string]any{})
				w, err := operation.world(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				defer w.Close() //nolint:errcheck // what does not end fails the bubble
				test.disturb(t, w)
				if found := strings.Join(operation.aftermath(t.Context(), w), "\n"); !strings.Contains(found, test.says) {
					t.Errorf("found %q, want %q", found, test.says)
				}
			})
		})
	}
}

func TestARequestToAnotherHostIsNoted(t *testing.T) {
	t.Parallel()
	n := &network{hosts: map[string]string{}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+elsewhere+"/x", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "SSWS x")
	answered, err := n.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answered.Body.Close() //nolint:errcheck // it is in memory
	if strays := n.strays(); len(strays) != 1 || strays[0] != "GET http://"+elsewhere+"/x with Authorization" {
		t.Errorf("noted: %q", strays)
	}
}
