// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package ocsftest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/ocsf/ocsftest"
)

const event = `{"activity_id":2,"activity_name":"Collect","category_name":"Discovery","category_uid":5,"class_name":"Device Inventory Info",
 "class_uid":5001,"type_name":"Device Inventory Info: Collect","type_uid":500102,"severity":"Informational","severity_id":1,
 "time":1735787045.5,"metadata":{"product":{"name":"Okta","vendor_name":"Okta","version":"N/A"},"version":"1.6.0"},
 "device":{"uid":"guo1","hostname":"WKS","type":"Desktop","type_id":2,"os":{"name":"Windows","type":"windows","type_id":100},
 "imei_list":["1"],"udid":null,"created_time":1735787045.123,"is_managed":true},
 "enrichments":[{"name":"device_info","value":"hardware","data":{"Users":[]}}]}`

func TestValidate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, new, want string }{
		"an event as it should be":                  {},
		"a required attribute is missing":           {`"severity_id":1,`, ``, `"severity_id" is missing`},
		"a required attribute is null":              {`"time":1735787045.5`, `"time":null`, `"time" is missing`},
		"the device's type is missing":              {`"type_id":2,`, ``, `"type_id" is missing`},
		"the operating system's name is missing":    {`"name":"Windows",`, ``, `"name" is missing`},
		"an enrichment without data":                {`,"data":{"Users":[]}`, ``, `"data" is missing`},
		"an attribute that OCSF does not have":      {`"udid":null`, `"serial":"1"`, `"serial" is unsupported`},
		"an enum's value that OCSF does not have":   {`"type_id":100`, `"type_id":150`, `one of the allowed values`},
		"a class of another category":               {`"class_uid":5001`, `"class_uid":5002`, `one of the allowed values`},
		"text where a truth value belongs":          {`"is_managed":true`, `"is_managed":"true"`, `value must be a boolean`},
		"one text where a list belongs":             {`["1"]`, `"1"`, `value must be an array`},
		"a time as text":                            {`"time":1735787045.5`, `"time":"2025-01-02T03:04:05Z"`, `value must be an integer`},
		"a time in milliseconds":                    {`"time":1735787045.5`, `"time":1735787045500`, `is no time in seconds`},
		"a time finer than OCSF's":                  {`1735787045.123`, `1735787045.1234`, `value must be an integer`},
		"another device type than the number":       {`"Desktop"`, `"Mobile"`, `device.type: Mobile`},
		"another operating system than the number":  {`"type":"windows"`, `"type":"macos"`, `device.os.type: macos`},
		"another severity than the number":          {`"Informational"`, `"Low"`, `severity: Low`},
		"another activity than the number":          {`"activity_name":"Collect"`, `"activity_name":"Log"`, `activity_name: Log`},
		"a type that is not of class and activity":  {`500102`, `500101`, `type_uid: 500101`},
		"a type's name that is not of these either": {`Info: Collect"`, `Info: Log"`, `type_name: Device Inventory Info: Log`},
		"a device that nothing identifies":          {`"uid":"guo1","hostname":"WKS",`, ``, `doesn't match any schema from "anyOf"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(event, c.old, c.new, 1)
			if (text == event) != (c.want == "") {
				t.Fatalf("%q is not in the event", c.old)
			}
			var decoded map[string]any
			if err := json.Unmarshal([]byte(text), &decoded); err != nil {
				t.Fatal(err)
			}
			err := ocsftest.Validate(decoded)
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
			} else if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want it to say %q", err, c.want)
			}
		})
	}
}
