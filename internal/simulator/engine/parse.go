// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// oktaRecord is a device as the connector's parser reads it. It shares nothing with the inventory: the connector may be
// pointed at another Okta.
type oktaRecord struct {
	ID                  *string `json:"id"`
	Status              *string `json:"status"`
	CreatedAt           *string `json:"created"`
	LastUpdated         *string `json:"lastUpdated"`
	LastSeen            *string `json:"lastSeen"`
	ResourceType        *string `json:"resourceType"`
	ResourceAlternateID *string `json:"resourceAlternateId"`
	ResourceID          *string `json:"resourceId"`
	Profile             *struct {
		DisplayName           *string    `json:"displayName"`
		Platform              *string    `json:"platform"`
		Registered            *looseBool `json:"registered"`
		SecureHardwarePresent *looseBool `json:"secureHardwarePresent"`
		OSVersion             *string    `json:"osVersion"`
		SerialNumber          *string    `json:"serialNumber"`
		Manufacturer          *string    `json:"manufacturer"`
		Model                 *string    `json:"model"`
		UDID                  *string    `json:"udid"`
		IMEI                  *string    `json:"imei"`
		SID                   *string    `json:"sid"`
		DiskEncryptionType    *string    `json:"diskEncryptionType"`
	} `json:"profile"`
	ResourceDisplayName *struct {
		Value     *string    `json:"value"`
		Sensitive *looseBool `json:"sensitive"`
	} `json:"resourceDisplayName"`
	Links map[string]*struct {
		Href  *string `json:"href"`
		Hints *struct {
			Allow *[]*string `json:"allow"`
		} `json:"hints"`
	} `json:"_links"`
	Embedded json.RawMessage `json:"_embedded"` // a list of devices has none, unless somebody asks for it
}

// looseBool is a bool as the parser reads it: "yes" and 1 are true.
type looseBool bool

// UnmarshalJSON implements json.Unmarshaler.
func (b *looseBool) UnmarshalJSON(raw []byte) error {
	value, problem, _ := pythonBool(raw)
	if problem != "" {
		return errors.New(problem)
	}
	*b = looseBool(value)
	return nil
}

func (d *oktaRecord) created() string { return *d.CreatedAt }

// complete reports whether a device has all that the parser requires. It is what most devices are, and much cheaper
// than to say what another one lacks.
func (d *oktaRecord) complete() bool {
	profile := d.Profile
	if d.ID == nil || d.Status == nil || d.CreatedAt == nil || d.LastUpdated == nil || profile == nil ||
		profile.DisplayName == nil || profile.Platform == nil || profile.Registered == nil || profile.SecureHardwarePresent == nil {
		return false
	}
	if name := d.ResourceDisplayName; name != nil && (name.Value == nil || name.Sensitive == nil) {
		return false
	}
	for _, link := range d.Links {
		if link == nil || link.Href == nil || link.Hints == nil || link.Hints.Allow == nil {
			return false
		}
		for _, verb := range *link.Hints.Allow {
			if verb == nil {
				return false
			}
		}
	}
	return true
}

// parseDevices reads a page. The first device that does not parse is the whole page's error.
func parseDevices(page json.RawMessage) ([]oktaRecord, error) {
	if pythonFalse(page) {
		return nil, nil
	}
	switch kind := pythonType(page); kind {
	case "dict", "str":
		return nil, notMapping("str") // of the names of its members, and of its characters
	case "int", "float", "bool":
		return nil, &raisedError{"'" + kind + "' object is not iterable"}
	}
	var raws []json.RawMessage
	if err := json.Unmarshal(page, &raws); err != nil {
		return nil, err
	}
	devices := make([]oktaRecord, len(raws))
	for i, raw := range raws {
		if json.Unmarshal(raw, &devices[i]) == nil && devices[i].complete() && devices[i].Embedded == nil && pythonType(raw) == "dict" {
			continue
		}
		if kind := pythonType(raw); kind != "dict" {
			return nil, notMapping(kind)
		}
		if problems := deviceForm.problems("", raw); len(problems) > 0 {
			return nil, validationError(problems)
		}
	}
	return devices, nil
}

func notMapping(kind string) error {
	return &raisedError{"okta_modules.asset_connector.device_models.OktaDevice() argument after ** must be a mapping, not " + kind}
}

// form is what the parser takes for a value: one of Python's types, or an object with fields of their own.
type form struct {
	kind     string // str, bool, list or dict
	model    string // of an object that is a type of its own
	optional bool   // null and absent are taken
	absent   bool   // absent is taken, null is not
	fields   []formField
	each     *form // of a list's elements, or of an object whose fields have any name
}

type formField struct {
	name string
	form form
}

var (
	text         = form{kind: "str"}
	optionalText = form{kind: "str", optional: true}
	flag         = form{kind: "bool"}
	texts        = form{kind: "list", each: &text}

	// deviceForm is the parser of the newest public connector: Okta/okta_modules/asset_connector/device_models.py.
	deviceForm = form{kind: "dict", model: "OktaDevice", fields: []formField{
		{"id", text}, {"status", text}, {"created", text}, {"lastUpdated", text}, {"lastSeen", optionalText},
		{"profile", form{kind: "dict", model: "OktaDeviceProfile", fields: []formField{
			{"displayName", text}, {"platform", text}, {"registered", flag}, {"secureHardwarePresent", flag},
			{"osVersion", optionalText}, {"serialNumber", optionalText}, {"sid", optionalText}, {"diskEncryptionType", optionalText},
			{"manufacturer", optionalText}, {"model", optionalText}, {"imei", optionalText}, {"udid", optionalText},
		}}},
		{"resourceType", optionalText},
		{"resourceDisplayName", form{
			kind: "dict", model: "OktaDeviceDisplayName", optional: true, fields: []formField{{"value", text}, {"sensitive", flag}},
		}},
		{"resourceAlternateId", optionalText}, {"resourceId", optionalText},
		{"_links", form{kind: "dict", optional: true, each: &form{kind: "dict", model: "OktaDeviceLink", fields: []formField{
			{"href", text},
			{"hints", form{kind: "dict", model: "OktaDeviceLinkHints", fields: []formField{{"allow", texts}}}},
		}}}},
		{"_embedded", form{kind: "dict", model: "OktaDeviceEmbeddedResources", optional: true, fields: []formField{
			{"users", form{kind: "list", absent: true, each: &form{kind: "dict"}}},
		}}},
	}}
)

// problem is one thing that the parser does not take. Its words hold the value, shortened: so does the real line.
type problem struct {
	at, words, kind string
	value           json.RawMessage
}

// problems checks a value, and names all that is wrong with it in the order of the fields.
func (f *form) problems(at string, value json.RawMessage) []problem {
	kind := pythonType(value)
	if kind == "NoneType" && f.optional {
		return nil
	}
	if f.kind == "bool" {
		if _, words, name := pythonBool(value); words != "" {
			return []problem{{at, words, name, value}}
		}
		return nil
	}
	if kind != f.kind {
		words, name := f.wanted()
		return []problem{{at, words, name, value}}
	}
	switch f.kind {
	case "dict":
		return f.memberProblems(at, value)
	case "list":
		var elements []json.RawMessage
		_ = json.Unmarshal(value, &elements) // the parser of the whole page read it
		var found []problem
		for i, element := range elements {
			found = append(found, f.each.problems(fmt.Sprintf("%s.%d", at, i), element)...)
		}
		return found
	}
	return nil
}

func (f *form) memberProblems(at string, value json.RawMessage) []problem {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(value, &members) // likewise
	var found []problem
	for _, field := range f.fields {
		member, present := members[field.name]
		switch {
		case present:
			found = append(found, field.form.problems(below(at, field.name), member)...)
		case !field.form.optional && !field.form.absent:
			found = append(found, problem{below(at, field.name), "Field required", "missing", value})
		}
	}
	if f.each != nil {
		for _, name := range memberNames(value) {
			found = append(found, f.each.problems(below(at, name), members[name])...)
		}
	}
	return found
}

// memberNames are the names of an object's members, in their order.
func memberNames(object json.RawMessage) []string {
	decoder := json.NewDecoder(bytes.NewReader(object))
	_, _ = decoder.Token() // the bracket
	var names []string
	for decoder.More() {
		name, _ := decoder.Token()
		var value json.RawMessage
		_ = decoder.Decode(&value)
		if text := fmt.Sprint(name); !slices.Contains(names, text) {
			names = append(names, text)
		}
	}
	return names
}

func below(at, name string) string { return strings.TrimPrefix(at+"."+name, ".") }

// wanted says what a value of this form should be, and the kind of error that another one is.
func (f *form) wanted() (words, kind string) {
	switch {
	case f.kind == "str":
		return "Input should be a valid string", "string_type"
	case f.kind == "list":
		return "Input should be a valid list", "list_type"
	case f.model != "":
		return "Input should be a valid dictionary or instance of " + f.model, "model_type"
	}
	return "Input should be a valid dictionary", "dict_type"
}

// validationError is how the parser reports what a device lacks: several lines, with values of the device in them.
func validationError(problems []problem) error {
	plural := "s"
	if len(problems) == 1 {
		plural = ""
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%d validation error%s for OktaDevice", len(problems), plural)
	for _, each := range problems {
		fmt.Fprintf(&out, "\n%s\n  %s [type=%s, input_value=%s, input_type=%s]\n    For further information visit https://errors.pydantic.dev/2.12/v/%s",
			each.at, each.words, each.kind, shortened(pythonValue(each.value)), pythonType(each.value), each.kind)
	}
	return &raisedError{out.String()}
}

// shortened keeps the beginning and the end of a long value: fifty bytes with the dots, as the parser does, and no half
// characters.
func shortened(value string) string {
	if len(value) <= 50 {
		return value
	}
	head, tail := 25, len(value)-24
	for !utf8.RuneStart(value[head]) {
		head--
	}
	for !utf8.RuneStart(value[tail]) {
		tail++
	}
	return value[:head] + "..." + value[tail:]
}
