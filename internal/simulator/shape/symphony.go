// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package shape

import (
	"errors"
	"fmt"
	"strings"
)

// symphonyFile is Sekoia's own Swagger of the Symphony API (January 2025). It has what Sekoia's newer document lost:
// the bodies of POST and PATCH, whose fields stand in it as "in: query". Only they are taken from it, for the newer
// document is right about all else.
const symphonyFile = "symphony.2025.shape.json"

// layBodies lays the bodies that the Swagger describes over the operations of a document. An operation that the
// document does not have is left out: no client of ours calls it.
func layBodies(document, swagger object) error {
	base, _ := swagger["basePath"].(string)
	from, _ := swagger["paths"].(object)
	to, _ := document["paths"].(object)
	if base == "" || len(from) == 0 || len(to) == 0 {
		return errors.New("there are no paths")
	}
	laid := 0
	for path, item := range from {
		operations, _ := item.(object)
		described, known := to[base+path].(object)
		if !known {
			continue
		}
		for _, method := range []string{"post", "patch"} {
			operation, _ := operations[method].(object)
			target, has := described[method].(object)
			body, err := bodyOf(operation)
			if err != nil {
				return fmt.Errorf("%s %s: %w", strings.ToUpper(method), path, err)
			}
			if !has || body == nil {
				continue
			}
			target["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": body}}}
			laid++
		}
	}
	if laid == 0 {
		return errors.New("it describes no body")
	}
	return nil
}

// bodyOf is the schema of an operation's body; nil if it takes none.
func bodyOf(operation object) (object, error) {
	parameters, _ := operation["parameters"].([]any)
	properties, required := object{}, []any{}
	for _, each := range parameters {
		parameter, _ := each.(object)
		name, _ := parameter["name"].(string)
		if place, _ := parameter["in"].(string); name == "" || place != "query" {
			return nil, fmt.Errorf("a parameter is not a field of the body: %v", each)
		}
		schema := deepCopy(parameter)
		for _, word := range []string{"name", "in", "required"} {
			delete(schema, word)
		}
		properties[name] = schema
		if needed, _ := parameter["required"].(bool); needed {
			required = append(required, name)
		}
	}
	if len(properties) == 0 {
		return nil, nil //nolint:nilnil // start and stop take none
	}
	body := object{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		body["required"] = required
	}
	return body, nil
}
