// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

func TestAdminSaysWhatWentWrong(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer http.HandlerFunc // nil if nothing listens
		wrong  string
	}{
		"a refusal":               {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }, "418"},
		"an answer of no JSON":    {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) }, "reading the answer"},
		"nobody to answer a call": {nil, "asking the simulator"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(test.answer)
			defer server.Close()
			if test.answer == nil {
				server.Close()
			}
			s := &stage{clouds: simulator.Ready{AdminURL: server.URL}}
			if _, err := s.cloudState(t.Context()); err == nil || !strings.Contains(err.Error(), test.wrong) {
				t.Errorf("%v does not say %q", err, test.wrong)
			}
		})
	}
}
