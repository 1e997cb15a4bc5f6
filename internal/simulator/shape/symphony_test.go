// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package shape

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The bodies that are checked are those of Sekoia's own Swagger: fields of these names and no others.
func TestBodiesAreThoseOfTheSwagger(t *testing.T) {
	t.Parallel()
	document, err := loadSekoia()
	if err != nil {
		t.Fatal(err)
	}
	for path, methods := range map[string]map[string][]string{
		accounts:                     {"POST": {"community_uuid", "module_uuid", "name", "value"}},
		accounts + "/{uuid}":         {"PATCH": {"name", "value"}},
		connectors:                   {"POST": {"community_uuid", "connector_uuid", "module_configuration_uuid", "name", "value"}},
		connectors + "/{uuid}":       {"PATCH": {"module_configuration_uuid", "name", "value"}},
		connectors + "/{uuid}/start": {"POST": nil},
		connectors + "/{uuid}/stop":  {"POST": nil},
	} {
		for method, want := range methods {
			t.Run(method+" "+path, func(t *testing.T) {
				t.Parallel()
				operation := document.spec.Paths.Find(path).GetOperation(method)
				var got []string
				if operation.RequestBody != nil {
					got = slices.Sorted(maps.Keys(operation.RequestBody.Value.Content["application/json"].Schema.Value.Properties))
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("fields (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestSwaggerThatCannotBeLaid(t *testing.T) {
	t.Parallel()
	document := func() object {
		return object{"paths": object{"/v1/a": object{"post": object{}}}}
	}
	with := func(parameters ...any) object {
		return object{"basePath": "/v1", "paths": object{"/a": object{"post": object{"parameters": parameters}}}}
	}
	for name, c := range map[string]struct {
		swagger object
		fails   bool
	}{
		"a body":                         {with(object{"name": "n", "in": "query", "type": "string", "required": true}), false},
		"no paths":                       {object{"basePath": "/v1"}, true},
		"no body":                        {with(), true},
		"a parameter that is no field":   {with(object{"name": "n", "in": "header"}), true},
		"a path that the document lacks": {object{"basePath": "/v2", "paths": object{"/a": object{"post": object{"parameters": []any{object{"name": "n", "in": "query"}}}}}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := layBodies(document(), c.swagger); (err != nil) != c.fails {
				t.Errorf("got %v", err)
			}
		})
	}
}
