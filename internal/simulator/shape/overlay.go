// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package shape

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const everyOperation = "x-every-operation"

// lay merges an overlay into a document.
func lay(document, overlay object) error {
	overlay = maps.Clone(overlay)
	every, _ := overlay[everyOperation].(object)
	delete(overlay, everyOperation)
	merge(document, overlay)
	paths, ok := document["paths"].(object)
	if !ok {
		return fmt.Errorf("there are no paths")
	}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item, _ := paths[path].(object)
		for _, method := range []string{"get", "put", "post", "patch", "delete"} {
			operation, ok := item[method].(object)
			if ok && asksForCredential(document, operation) {
				merge(operation, every)
			}
		}
	}
	return nil
}

// asksForCredential reports whether an operation has a security requirement, its own or the document's.
func asksForCredential(document, operation object) bool {
	security, own := operation["security"].([]any)
	if !own {
		security, _ = document["security"].([]any)
	}
	return len(security) > 0
}

// merge lays from over to: objects are merged, lists appended, anything else replaced. A $ref replaces what was there,
// and what was a $ref stays one.
func merge(to, from object) {
	if _, isReference := to["$ref"]; isReference {
		return
	}
	if reference, isReference := from["$ref"]; isReference {
		clear(to)
		to["$ref"] = reference
		return
	}
	for name, value := range from {
		switch value := value.(type) {
		case object:
			inner, ok := to[name].(object)
			if !ok {
				inner = object{}
				to[name] = inner
			}
			merge(inner, value)
		case []any:
			old, _ := to[name].([]any)
			// An empty list stays one and does not become null: "security": [] has a meaning.
			to[name] = append(append(make([]any, 0, len(old)+len(value)), old...), value...)
		default:
			to[name] = value
		}
	}
}

// tighten dissolves each allOf into one schema, and closes every schema that lists its properties and does not say that
// there may be others.
func tighten(document object) error {
	resolver := &resolver{document: document}
	each(document, func(schema object) {
		if _, ok := schema["allOf"].([]any); ok && resolver.err == nil {
			resolver.dissolve(schema)
		}
	})
	each(document, func(schema object) {
		properties, ok := schema["properties"].(object)
		if _, says := schema["additionalProperties"]; !ok || says || len(properties) == 0 {
			return
		}
		schema["type"] = "object"
		schema["additionalProperties"] = false
	})
	return resolver.err
}

// resolver follows references inside a document.
type resolver struct {
	document object
	depth    int
	err      error
}

// maxReferences bounds how deep a chain of references inside allOf goes; a circle would never end.
const maxReferences = 32

// dissolve merges the parts of an allOf into the schema that has it.
func (r *resolver) dissolve(schema object) {
	parts, ok := schema["allOf"].([]any)
	if !ok {
		return
	}
	if r.depth++; r.depth > maxReferences {
		r.err = fmt.Errorf("an allOf refers to itself")
		return
	}
	defer func() { r.depth-- }()
	delete(schema, "allOf")
	for _, part := range parts {
		resolved := r.resolve(part)
		if r.err != nil {
			return
		}
		r.dissolve(resolved)
		merge(schema, resolved)
	}
}

// resolve returns a copy of a schema, or of the one that it refers to.
func (r *resolver) resolve(part any) object {
	schema, ok := part.(object)
	if !ok {
		r.err = fmt.Errorf("a part of an allOf is not a schema")
		return nil
	}
	reference, isReference := schema["$ref"].(string)
	if !isReference {
		return deepCopy(schema)
	}
	var found any = r.document
	for name := range strings.SplitSeq(strings.TrimPrefix(reference, "#/"), "/") {
		inner, _ := found.(object)
		found = inner[name]
	}
	referred, ok := found.(object)
	if !ok {
		r.err = fmt.Errorf("nothing is at %s", reference)
		return nil
	}
	if _, again := referred["$ref"]; again {
		r.err = fmt.Errorf("%s is a reference to a reference", reference)
		return nil
	}
	return deepCopy(referred)
}

// deepCopy copies a JSON value.
func deepCopy[T any](value T) T {
	var copied any = value
	switch inner := copied.(type) {
	case object:
		members := make(object, len(inner))
		for name, member := range inner {
			members[name] = deepCopy(member)
		}
		copied = members
	case []any:
		items := make([]any, len(inner))
		for i, item := range inner {
			items[i] = deepCopy(item)
		}
		copied = items
	}
	result, _ := copied.(T) // a nil interface stays one
	return result
}
