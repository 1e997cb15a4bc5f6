// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package ocsftest holds events against OCSF 1.6.0, for tests. Its schema has the attributes, types, enums, required
// fields and constraints of the class inventory_info and of the objects device, os, metadata, product and enrichment,
// as https://github.com/ocsf/ocsf-schema has them at tag 1.6.0, without profiles and without a word of its texts; other
// objects are only objects in it. It shares nothing with package ocsf, which it checks.
package ocsftest

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

//go:embed inventory_info.schema.json
var document []byte

var schema = sync.OnceValues(func() (*openapi3.Schema, error) {
	read := &openapi3.Schema{}
	if err := json.Unmarshal(document, read); err != nil {
		return nil, fmt.Errorf("read the schema of inventory_info: %w", err)
	}
	return read, nil
})

// Captions are what OCSF 1.6.0 calls a value of an enum: by the attribute's path, then by the value. Only those are
// here that an event of inventory_info from a device can have.
var captions = map[string]map[int64]string{
	"activity_id":       {0: "Unknown", 1: "Log", 2: "Collect", 99: "Other"},
	"severity_id":       {0: "Unknown", 1: "Informational", 2: "Low", 3: "Medium", 4: "High", 5: "Critical", 6: "Fatal", 99: "Other"},
	"device.type_id":    {0: "Unknown", 1: "Server", 2: "Desktop", 3: "Laptop", 4: "Tablet", 5: "Mobile", 6: "Virtual", 99: "Other"},
	"device.os.type_id": {0: "Unknown", 99: "Other", 100: "Windows", 200: "Linux", 201: "Android", 300: "macOS", 301: "iOS", 302: "iPadOS"},
}

// Validate tells where an event, as JSON decodes it, is not one of OCSF 1.6.0's inventory_info. A null counts as
// absent.
//
// Two ways in which all events of Sekoia's connector differ from OCSF are expected of the event instead of what OCSF
// says: times are in seconds, where timestamp_t counts milliseconds; and device.os.type is type_id's caption in lower
// case.
func Validate(event map[string]any) error {
	valid, err := schema()
	if err != nil {
		return err
	}
	present, _ := withoutNulls(event).(map[string]any)
	problems := []error{timesInMilliseconds(present), checkCaptions(present), checkType(present)}
	if err := valid.VisitJSON(present, openapi3.MultiErrors()); err != nil {
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

// withoutNulls is a copy of a value without the members of objects that are null.
func withoutNulls(value any) any {
	switch value := value.(type) {
	case map[string]any:
		kept := make(map[string]any, len(value))
		for name, member := range value {
			if member != nil {
				kept[name] = withoutNulls(member)
			}
		}
		return kept
	case []any:
		kept := make([]any, len(value))
		for index, element := range value {
			kept[index] = withoutNulls(element)
		}
		return kept
	default:
		return value
	}
}

// at is the value at a path of names, nil where there is none.
func at(event map[string]any, path string) any {
	var value any = event
	for name := range strings.SplitSeq(path, ".") {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

// oldest and newest bound the times of devices: a number of milliseconds instead of seconds is outside, and so is the
// reverse.
const oldest, newest = 1e9, 1e10

// timesInMilliseconds makes seconds what OCSF wants, and tells which are no seconds.
func timesInMilliseconds(event map[string]any) error {
	var problems []error
	device, _ := event["device"].(map[string]any)
	for _, time := range []struct {
		of   map[string]any
		name string
	}{{event, "time"}, {device, "created_time"}, {device, "first_seen_time"}, {device, "last_seen_time"}} {
		seconds, found := time.of[time.name].(float64)
		if !found {
			continue // the schema tells of another type
		}
		if seconds < oldest || seconds > newest {
			problems = append(problems, fmt.Errorf("%s: %v is no time in seconds", time.name, seconds))
		}

		// The nearest: seconds with three decimal places are no exact float64.
		time.of[time.name] = math.Round(seconds*1e6) / 1e3
	}
	return errors.Join(problems...)
}

// checkCaptions compares each enum's value with the text next to it.
func checkCaptions(event map[string]any) error {
	var problems []error
	for path, names := range captions {
		value, found := at(event, path).(float64)
		if !found {
			continue
		}
		sibling := strings.TrimSuffix(path, "_id")
		if sibling == "activity" {
			sibling = "activity_name"
		}
		want := names[int64(value)]
		if path == "device.os.type_id" {
			want = strings.ToLower(want)
		}
		if got := at(event, sibling); got != nil && got != want {
			problems = append(problems, fmt.Errorf("%s: %v next to %s %v, which is %q", sibling, got, path, value, want))
		}
	}
	return errors.Join(problems...)
}

// checkType: OCSF computes type_uid and type_name from class and activity.
func checkType(event map[string]any) error {
	class, _ := event["class_uid"].(float64)
	activity, _ := event["activity_id"].(float64)
	if want := class*100 + activity; event["type_uid"] != want {
		return fmt.Errorf("type_uid: %v, want %v", event["type_uid"], want)
	}
	if want := fmt.Sprintf("%v: %v", event["class_name"], event["activity_name"]); event["type_name"] != nil && event["type_name"] != want {
		return fmt.Errorf("type_name: %v, want %q", event["type_name"], want)
	}
	return nil
}
