// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// searchable is an organization of four devices, which are known by the last letter of their ids.
func searchable(t *testing.T) *Inventory {
	t.Helper()
	inv := inventoryOf(func(cfg *Options) { cfg.Devices = 0 })
	for id, body := range map[string]string{
		"guoA": `{"status":"ACTIVE","lastUpdated":"2026-01-01T00:00:00.000Z","created":"2025-01-01T00:00:00.000Z",
			"profile":{"displayName":"Kiosk \"Nord\" \\ 1","platform":"WINDOWS","registered":true,"managed":true,"sid":"S-1-5-21","osVersion":"10.0"}}`,
		"guoB": `{"status":"SUSPENDED","lastUpdated":"2026-02-01T00:00:00.000Z","created":"2025-02-01T00:00:00.000Z",
			"profile":{"displayName":"Büro 2","platform":"MACOS","registered":false,"udid":"AB-CD","serialNumber":null}}`,
		"guoC": `{"status":"ACTIVE","lastUpdated":"2026-03-01T00:00:00.000Z","created":"2025-03-01T00:00:00.000Z",
			"profile":{"displayName":"phone or (tablet) 3","platform":"IOS","registered":true,"serialNumber":"XYZ1"}}`,
		"guod": `{"status":"CREATED","lastUpdated":"2026-04-01T00:00:00.000Z","created":"2025-04-01T00:00:00.000Z",
			"profile":{"platform":"IOS","secureHardwarePresent":true,"serialNumber":"xyz2"}}`,
	} {
		// The second call sets created, which a new device does not choose.
		for range 2 {
			if err := inv.PutDevice(id, json.RawMessage(body)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return inv
}

func TestSearchFinds(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		`status eq "ACTIVE"`:                                               "AC",
		`STATUS EQ "active"`:                                               "AC",
		`status sw "su"`:                                                   "B",
		`id eq "guoA"`:                                                     "A",
		`id eq "guoa"`:                                                     "",
		`id eq "guoD"`:                                                     "",
		`id sw "guo"`:                                                      "ABCd",
		`profile.platform eq "IOS"`:                                        "Cd",
		`profile.displayname co "NORD"`:                                    "A",
		`profile.displayName co "\"nord\""`:                                "A",
		`profile.displayName eq "kiosk \"Nord\" \\ 1"`:                     "A",
		`profile.displayName co "BÜRO"`:                                    "B",
		`profile.displayName co "\u0042\u00fcro"`:                          "B",
		`profile.displayName co "or (tablet) 3"`:                           "C",
		`profile.displayName co ""`:                                        "ABC",
		`profile.serialNumber co "z"`:                                      "Cd",
		`profile.serialNumber sw "XYZ"`:                                    "Cd",
		`profile.udid co "b-c"`:                                            "B",
		`profile.sid sw "S-1"`:                                             "A",
		`profile.osVersion eq "10.0"`:                                      "A",
		`profile.registered eq true`:                                       "AC",
		`profile.registered eq false`:                                      "B",
		`profile.secureHardwarePresent eq true`:                            "d",
		`profile.serialNumber pr`:                                          "Cd",
		`profile.registered pr`:                                            "ABC",
		`lastUpdated pr`:                                                   "ABCd",
		`lastUpdated gt "2026-02-01T00:00:00.000Z"`:                        "Cd",
		`lastUpdated ge "2026-02-01T00:00:00.000Z"`:                        "BCd",
		`lastUpdated lt "2026-02-01T00:00:00.000Z"`:                        "A",
		`lastUpdated le "2026-02-01T01:00:00+01:00"`:                       "AB",
		`lastUpdated eq "2026-02-01T00:00:00Z"`:                            "B",
		`not (status eq "ACTIVE")`:                                         "Bd",
		`not(profile.managed eq true)`:                                     "BCd",
		`status eq "ACTIVE" and profile.platform eq "IOS"`:                 "C",
		`status eq "CREATED" or profile.platform eq "MACOS"`:               "Bd",
		`id eq "guoA" or id eq "guoB" and status eq "ACTIVE"`:              "A",
		`(id eq "guoA" or id eq "guoB") and status eq "SUSPENDED"`:         "B",
		`( (id eq "guoA") )`:                                               "A",
		`not (id eq "guoA" or id eq "guoB") and not (id eq "guod")`:        "C",
		`  status   eq   "ACTIVE"  `:                                       "AC",
		`id eq "guoA" OR id eq "guoB" Or NOT (id pr)`:                      "AB",
		strings.Repeat("(", 64) + `id eq "guoC"` + strings.Repeat(")", 64): "C",
	} {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			found, err := parseSearch(expression, false)
			if err != nil {
				t.Fatal(err)
			}
			got := map[rune]bool{}
			for _, device := range searchable(t).list() {
				if found(device) {
					got[rune(device.id[3])] = true
				}
			}
			wanted := map[rune]bool{}
			for _, letter := range want {
				wanted[letter] = true
			}
			if diff := cmp.Diff(wanted, got); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSearchRefuses(t *testing.T) {
	t.Parallel()
	for name, expression := range map[string]string{
		"nothing":                             ``,
		"blanks":                              `  `,
		"a word":                              `ACTIVE`,
		"an attribute alone":                  `status`,
		"an attribute and operator alone":     `status eq`,
		"a literal without quotes":            `status eq ACTIVE`,
		"a literal in single quotes":          `status eq 'ACTIVE'`,
		"a literal that is not closed":        `status eq "ACTIVE`,
		"a literal that ends with a quote":    `status eq "ACTIVE\"`,
		"a wrong escape":                      `profile.displayName eq "a\x"`,
		"a control character":                 "profile.displayName eq \"a\nb\"",
		"a literal that runs on":              `status eq "ACTIVE"and id pr`,
		"a literal that begins without blank": `status eq"ACTIVE"`,
		"an unknown attribute":                `profile.owner eq "x"`,
		"a profile field without its prefix":  `platform eq "IOS"`,
		"a prefix without a field":            `profile. eq "IOS"`,
		"created from others":                 `created gt "2026-01-01T00:00:00.000Z"`,
		"a link":                              `_links pr`,
		"ne":                                  `status ne "ACTIVE"`,
		"ew":                                  `profile.displayName ew "x"`,
		"an unknown operator":                 `status is "ACTIVE"`,
		"gt on a text":                        `profile.osVersion gt "10"`,
		"co on a platform":                    `profile.platform co "I"`,
		"co on a status":                      `status co "A"`,
		"co on an id":                         `id co "guo"`,
		"co on a time":                        `lastUpdated co "2026"`,
		"sw on a bool":                        `profile.registered sw "t"`,
		"a quoted bool":                       `profile.registered eq "true"`,
		"a bool for a text":                   `status eq true`,
		"a number":                            `status eq 1`,
		"null":                                `status eq null`,
		"no time":                             `lastUpdated gt "yesterday"`,
		"a time without quotes":               `lastUpdated gt 2026-01-01T00:00:00.000Z`,
		"a date alone":                        `lastUpdated gt "2026-01-01"`,
		"and without a right side":            `id pr and`,
		"or without a left side":              `or id pr`,
		"two comparisons side by side":        `id pr status pr`,
		"a parenthesis that is not closed":    `(id pr`,
		"a parenthesis that is not opened":    `id pr)`,
		"empty parentheses":                   `()`,
		"not without parentheses":             `not id pr`,
		"too many parentheses":                strings.Repeat("(", 65) + `id pr` + strings.Repeat(")", 65),
		"an endless expression":               `id eq "` + strings.Repeat("a", maxSearchLength) + `"`,
		"what is not UTF-8":                   "id eq \"\xff\"",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parseSearch(expression, false)
			if _, ok := errors.AsType[*searchError](err); !ok {
				t.Errorf("%s: the error is %v", expression, err)
			}
		})
	}
}

func TestSearchByCreatedIsForTheConnectorAlone(t *testing.T) {
	t.Parallel()
	found, err := parseSearch(`created gt "2025-02-01T00:00:00.000Z"`, true)
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	for _, device := range searchable(t).list() {
		if found(device) {
			got++
		}
	}
	if got != 2 {
		t.Errorf("%d devices were created later, not 2", got)
	}
}

func FuzzSearch(f *testing.F) {
	for _, seed := range []string{`status eq "ACTIVE"`, `not (a or b) and "`, `(((`, `profile.displayName co "\u00fc\\\""`} {
		f.Add(seed)
	}
	device := inventoryOf(nil).list()[0]
	f.Fuzz(func(t *testing.T, expression string) {
		found, err := parseSearch(expression, true)
		if (found == nil) == (err == nil) {
			t.Fatalf("%q: found %v, error %v", expression, found != nil, err)
		}
		if found != nil {
			found(device)
		}
	})
}
