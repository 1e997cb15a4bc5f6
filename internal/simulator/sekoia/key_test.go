// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/shape"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// noted is what a cloud said about a call.
type noted struct{ authorized bool }

func (n *noted) Authorize() { n.authorized = true }

func (*noted) Hide(string) {}

func TestTheKeyOfEveryCallIsChecked(t *testing.T) {
	t.Parallel()
	held := NewStore(time.Now, 1, 1, &wire.Redactor{}, nil)
	cloud := newCloud(held)
	checked := shape.Watch(t, shape.Options{WrongRequests: true}).Middleware("sekoia", cloud)
	for _, each := range cloud.routes {
		if each.access == byAnyone {
			continue
		}
		path := "/" + strings.ReplaceAll(strings.Join(each.path, "/"), "{uuid}", uuid.NewString())
		for name, authorization := range map[string]string{
			"without a key": "", "with another key": "Bearer nope", "with another scheme": "SSWS " + held.apiKey,
			"with the key of a connector": "Bearer " + held.connectorKey,
		} {
			if name == "with the key of a connector" && each.access == byConnector {
				continue
			}
			request, answer, seen := httptest.NewRequest(each.method, path, http.NoBody), httptest.NewRecorder(), &noted{}
			if authorization != "" {
				request.Header.Set("Authorization", authorization)
			}
			checked.ServeHTTP(answer, wire.WithEntry(request, seen))
			var refused struct{ Code, Message string }
			if err := json.Unmarshal(answer.Body.Bytes(), &refused); err != nil {
				t.Error(err)
			}
			if answer.Code != http.StatusUnauthorized || refused.Code == "" || refused.Message == "" {
				t.Errorf("%s %s %s: %d %s, want 401 with code and message", each.method, path, name, answer.Code, answer.Body)
			}
			if seen.authorized {
				t.Errorf("%s %s %s: it is marked as authorized", each.method, path, name)
			}
		}
	}
}
