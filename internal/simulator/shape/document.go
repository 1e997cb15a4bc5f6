// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package shape

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
)

//go:embed documents/*.json
var documents embed.FS

// object is a JSON object of a document.
type object = map[string]any

// document is one cloud's description, ready to check against. It is never changed once it is loaded.
type document struct {
	spec   *openapi3.T
	routes []route
	failed *openapi3.Schema // what an error looks like on a path that nobody describes
}

// route is a path of the document, with a template's segments in braces.
type route struct {
	path     string
	segments []string
	item     *openapi3.PathItem
}

// Each document is loaded once in a process: hundreds of simulators run in one, and a document never changes.
var (
	loadSekoia     = sync.OnceValues(func() (*document, error) { return load(Sekoia, nil) })
	loadOkta       = sync.OnceValues(func() (*document, error) { return load(Okta, nil) })
	loadOktaOdd    = sync.OnceValues(func() (*document, error) { return load(Okta, allowLackingFields) })
	loadOktaAnyhow = sync.OnceValues(func() (*document, error) { return load(Okta, allowAnyDevice) })
)

// allowLackingFields lets a device and its profile lack what Okta's document requires, and have an empty display name.
func allowLackingFields(document object) {
	for _, name := range []string{"Device", "DeviceProfile"} {
		delete(schemaOf(document, name), "required")
	}
	properties, _ := schemaOf(document, "DeviceProfile")["properties"].(object)
	if displayName, ok := properties["displayName"].(object); ok {
		delete(displayName, "minLength")
	}
}

// allowAnyDevice lets a device, and a user's place on it, be any object.
func allowAnyDevice(document object) {
	for _, name := range []string{"Device", "DeviceUser"} {
		schema := schemaOf(document, name)
		clear(schema)
		schema["type"], schema["additionalProperties"] = "object", true
	}
}

// load reads a cloud's shape and overlay; relax changes the result, nil does not.
func load(cloud Cloud, relax func(object)) (*document, error) {
	shape, err := readDocument(string(cloud) + ".shape.json")
	if err != nil {
		return nil, err
	}
	overlay, err := readDocument(string(cloud) + ".overlay.json")
	if err != nil {
		return nil, err
	}
	downgrade(shape)
	if cloud == Sekoia {
		symphony, err := readDocument(symphonyFile)
		if err != nil {
			return nil, err
		}
		if err := layBodies(shape, symphony); err != nil {
			return nil, fmt.Errorf("lay the bodies of %s over %s's shape: %w", symphonyFile, cloud, err)
		}
	}
	if err := lay(shape, overlay); err != nil {
		return nil, fmt.Errorf("lay the overlay over %s's shape: %w", cloud, err)
	}
	if relax != nil {
		relax(shape)
	}
	if err := tighten(shape); err != nil {
		return nil, fmt.Errorf("tighten %s's shape: %w", cloud, err)
	}
	return parse(shape)
}

func readDocument(name string) (object, error) {
	text, err := documents.ReadFile("documents/" + name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	var parsed object
	if err := json.Unmarshal(text, &parsed); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return parsed, nil
}

// parse hands a document to kin-openapi.
func parse(raw object) (*document, error) {
	text, err := json.Marshal(raw)
	if err != nil {
		return nil, fmt.Errorf("write the document: %w", err)
	}
	loader := openapi3.NewLoader()
	spec, err := loader.LoadFromData(text)
	if err != nil {
		return nil, fmt.Errorf("load the document: %w", err)
	}
	if err := spec.Validate(loader.Context, openapi3.DisableExamplesValidation()); err != nil {
		return nil, fmt.Errorf("validate the document: %w", err)
	}
	parsed := &document{spec: spec}
	for path, item := range spec.Paths.Map() {
		parsed.routes = append(parsed.routes, route{path, strings.Split(path, "/"), item})
	}
	// A path without templates comes before one with: "assets" is not a {uuid}.
	slices.SortFunc(parsed.routes, func(a, b route) int {
		return strings.Compare(strings.ReplaceAll(a.path, "{", "\uffff"), strings.ReplaceAll(b.path, "{", "\uffff"))
	})
	if failed := spec.Components.Schemas["Error"]; failed != nil {
		parsed.failed = failed.Value
	}
	return parsed, nil
}

// find returns the route of a path, with the values of its template, or nil if the document has none.
func (d *document) find(path string) (found *route, values map[string]string) {
	segments := strings.Split(path, "/")
	for i := range d.routes {
		if values, ok := d.routes[i].match(segments); ok {
			return &d.routes[i], values
		}
	}
	return nil, nil
}

func (r *route) match(segments []string) (map[string]string, bool) {
	if len(segments) != len(r.segments) {
		return nil, false
	}
	values := map[string]string{}
	for i, segment := range r.segments {
		switch {
		case strings.HasPrefix(segment, "{"):
			if segments[i] == "" {
				return nil, false
			}
			values[strings.Trim(segment, "{}")] = segments[i]
		case segment != segments[i]:
			return nil, false
		}
	}
	return values, true
}

// forKin is the route in kin-openapi's terms.
func (d *document) forKin(found *route, method string) *routers.Route {
	return &routers.Route{
		Spec: d.spec, Path: found.path, PathItem: found.item, Method: method, Operation: found.item.GetOperation(method),
	}
}

// downgrade rewrites OpenAPI 3.1 to the 3.0 that means the same: lists of types and anyOf with null become nullable,
// const an enum of one, and a number in exclusiveMinimum a minimum that is excluded. Only what Sekoia's document has is
// known. A document of 3.0 is left as it is.
func downgrade(document object) {
	if version, _ := document["openapi"].(string); !strings.HasPrefix(version, "3.1") {
		return
	}
	document["openapi"] = "3.0.3"
	each(document, downgradeSchema)
}

func downgradeSchema(schema object) {
	if types, ok := schema["type"].([]any); ok {
		types = slices.Clone(types)
		if at := slices.Index(types, any("null")); at >= 0 {
			types = slices.Delete(types, at, at+1)
			schema["nullable"] = true
		}
		if len(types) == 1 {
			schema["type"] = types[0]
		}
	}
	if options, ok := schema["anyOf"].([]any); ok {
		kept := slices.DeleteFunc(slices.Clone(options), func(option any) bool {
			inner, _ := option.(object)
			return inner["type"] == "null"
		})
		if len(kept) < len(options) {
			schema["nullable"] = true
		}
		schema["anyOf"] = kept
		if len(kept) == 1 {
			// An allOf of one may stand next to nullable, even if its only element is a $ref. tighten dissolves it.
			delete(schema, "anyOf")
			schema["allOf"] = kept
		}
	}
	if value, ok := schema["const"]; ok {
		delete(schema, "const")
		schema["enum"] = []any{value}
	}
	if least, ok := schema["exclusiveMinimum"].(float64); ok {
		schema["minimum"], schema["exclusiveMinimum"] = least, true
	}
}

// each calls change for every object of a document, the inner ones first.
func each(value any, change func(object)) {
	switch value := value.(type) {
	case object:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			each(value[name], change)
		}
		change(value)
	case []any:
		for _, item := range value {
			each(item, change)
		}
	}
}

// schemaOf is a schema of the components, or an empty schema if there is none.
func schemaOf(document object, name string) object {
	components, _ := document["components"].(object)
	schemas, _ := components["schemas"].(object)
	if schema, ok := schemas[name].(object); ok {
		return schema
	}
	return object{}
}
