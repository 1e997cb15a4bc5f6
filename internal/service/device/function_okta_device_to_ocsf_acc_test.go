// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/ocsf/ocsftest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/shape"
)

// pushed is what the simulated connector pushed of each device, by the device's id.
func pushed(t *testing.T, clouds *acctest.Clouds) map[string]map[string]any {
	t.Helper()
	events := map[string]map[string]any{}
	for _, asset := range clouds.State(t).Assets {
		var event map[string]any
		if err := json.Unmarshal(asset.OCSF, &event); err != nil {
			t.Fatalf("asset %s: %v", asset.UUID, err)
		}
		events[asset.Connectors[0].ExternalID] = event
	}
	return events
}

// present is a value without the members of objects that are null: the connector leaves these out.
func present(value any) any {
	switch value := value.(type) {
	case map[string]any:
		kept := map[string]any{}
		for name, member := range value {
			if member != nil {
				kept[name] = present(member)
			}
		}
		return kept
	case []any:
		kept := make([]any, len(value))
		for index, element := range value {
			kept[index] = present(element)
		}
		return kept
	default:
		return value
	}
}

// rareDevices are what the simulator's own inventory does not have.
var rareDevices = []map[string]any{
	rare("ACTIVE", "LINUX", map[string]any{"diskEncryptionType": "SYSTEM_VOLUME"}),
	rare("ACTIVE", "ChromeOS", map[string]any{"diskEncryptionType": "Full"}),
	rare("CREATED", "Windows", map[string]any{"sid": "", "imei": "", "diskEncryptionType": "", "serialNumber": "", "udid": "", "manufacturer": ""}),
	rare("NEWER", "ios", map[string]any{"sid": nil, "imei": "1", "meid": "2", "diskEncryptionType": "NEWER", "model": "“”\n\\${}%{}"}),
}

func rare(status, platform string, fields map[string]any) map[string]any {
	profile := map[string]any{"displayName": "Rare", "platform": platform, "registered": true, "secureHardwarePresent": false, "osVersion": "1"}
	maps.Copy(profile, fields)
	return map[string]any{"status": status, "lastUpdated": "2026-11-02T02:00:00.001+02:00", "profile": profile}
}

// The simulator's mapping and the provider's share no code: both have to be right, or wrong in the same way.
func TestAccOCSF_everyDevice(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		devices, odd int
		rare         []map[string]any
		arrive       int
	}{
		"all of 1,000 devices are what the connector pushed": {devices: 1000, rare: rareDevices, arrive: 1000 + len(rareDevices)},
		// The odd ones are on the last page, and the connector drops a page with one.
		"devices that the connector does not take are mapped too": {devices: 250, odd: 20, arrive: 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			anyDevices := shape.Watch(t, shape.Options{AnyDevices: true}).Middleware
			clouds := acctest.Start(t, func(c *simulator.Config) {
				c.Devices, c.Odd, c.OddFrom, c.Middleware = test.devices, test.odd, test.devices-test.odd, anyDevices
			})
			for index, device := range test.rare {
				clouds.PutDevice(t, fmt.Sprintf("guorare%d", index), device)
			}
			cli := syncEverything(t, clouds)
			var outputs struct {
				Events struct{ Value map[string]map[string]any } `json:"events"`
			}
			cli.JSON(t, &outputs, "output", "-json")
			arrived := pushed(t, clouds)
			if all := test.devices + len(test.rare); len(outputs.Events.Value) != all || len(arrived) != test.arrive {
				t.Fatalf("%d devices were mapped and %d pushed, want %d and %d", len(outputs.Events.Value), len(arrived), all, test.arrive)
			}
			for id, want := range arrived {
				got := outputs.Events.Value[id]
				if diff := cmp.Diff(want, present(got)); diff != "" {
					t.Errorf("device %s: the connector pushed (-), the function says (+)\n%s", id, diff)
				}
				if err := ocsftest.Validate(got); err != nil {
					t.Errorf("device %s: %v", id, err)
				}
			}
		})
	}
}

// syncEverything applies a connector, waits until it has synced, and returns the folder.
func syncEverything(t *testing.T, clouds *acctest.Clouds) *acctest.CLI {
	t.Helper()
	cli := acctest.NewCLI(t, clouds, map[string]string{"TF_VAR_okta_url": clouds.Ready.OktaURL, "TF_VAR_okta_token": clouds.Ready.OktaToken})
	copyFile(t, cli, "testdata/TestAccOCSF_everyDevice/1/main.tf")
	cli.Succeed(t, "apply", "-auto-approve")
	return cli
}

// copyFile puts a file as main.tf into the folder that Terraform runs in.
func copyFile(t *testing.T, cli *acctest.CLI, name string) {
	t.Helper()
	written, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	cli.Write(t, "main.tf", string(written))
}

func TestAccOCSF_one(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices = 5 })
	clouds.PutDevice(t, "guoone", map[string]any{
		"status": "ACTIVE", "lastUpdated": "2026-11-02T00:00:01.250Z", "profile": map[string]any{
			"displayName": "One", "platform": "WINDOWS", "registered": true, "secureHardwarePresent": false, "sid": "S-1-5-21-1",
			"diskEncryptionType": "USER",
		},
	})
	always := make([]knownvalue.Check, 5)
	for index := range always {
		always[index] = knownvalue.Bool(true)
	}
	device := tfjsonpath.New("device")
	event := statecheck.ExpectKnownOutputValueAtPath
	acctest.Test(t, clouds, resource.TestCase{Steps: []resource.TestStep{{
		ConfigDirectory: config.TestStepDirectory(),
		ConfigVariables: config.Variables{"device_id": config.StringVariable("guoone")},
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectUnknownOutputValue("later"),
		}},
		ConfigStateChecks: []statecheck.StateCheck{
			event("one", device.AtMapKey("last_seen_time"), knownvalue.Float64Exact(1793577601.25)),
			event("one", tfjsonpath.New("enrichments").AtSliceIndex(0).AtMapKey("data"), knownvalue.ObjectExact(map[string]knownvalue.Check{
				"Storage_encryption": knownvalue.ObjectExact(map[string]knownvalue.Check{
					"partitions": knownvalue.MapExact(map[string]knownvalue.Check{"user": knownvalue.StringExact("Enabled")}),
				}),
				"Users": knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("windows_sid:S-1-5-21-1")}),
			})),
			statecheck.ExpectKnownOutputValue("same", knownvalue.Bool(true)),
			statecheck.ExpectKnownOutputValue("numbers", knownvalue.TupleExact(always)),
			statecheck.ExpectKnownOutputValue("later", knownvalue.StringExact("Known later")),
			event("by_hand", device.AtMapKey("uid_alt"), knownvalue.StringExact("4711")),
			event("by_hand", device.AtMapKey("is_compliant"), knownvalue.Bool(true)),
			event("by_hand", device.AtMapKey("imei_list"), knownvalue.Null()),
			event("by_hand", tfjsonpath.New("enrichments"), knownvalue.Null()),
		},
	}}})
}

func TestAccOCSF_oddArguments(t *testing.T) {
	t.Parallel()
	const whole = `{ id = "g", status = null, display_name = null, platform = null, manufacturer = null, model = null, serial_number = null,
    imei = null, udid = null, sid = null, disk_encryption_type = null, registered = null, secure_hardware_present = null, created = null,
    last_updated = null }`
	for name, test := range map[string]struct{ argument, want string }{
		"an object of nulls is mapped":       {argument: whole},
		"no object":                          {`"guo1"`, `Invalid value for "device" parameter: object required`},
		"a list":                             {`[` + whole + `]`, `Invalid value for "device" parameter: object required`},
		"null":                               {`null`, `Invalid value for "device" parameter: argument must not be null`},
		"an attribute is missing":            {strings.Replace(whole, `registered = null,`, ``, 1), `Invalid value for "device" parameter: attribute "registered" is required`},
		"an attribute is of another type":    {strings.Replace(whole, `registered = null`, `registered = "perhaps"`, 1), `a bool is required`},
		"an object where a text belongs":     {strings.Replace(whole, `model = null`, `model = { name = "x" }`, 1), `string required`},
		"two devices":                        {whole + `, ` + whole, `Too many function arguments`},
		"the whole list of the data source":  {`data.sekoia_okta_devices.all.devices`, `Invalid value for "device" parameter: object required`},
		"the data source instead of devices": {`data.sekoia_okta_devices.all`, `Invalid value for "device" parameter: attributes`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices = 1 })
			cli := acctest.NewCLI(t, clouds, nil)
			cli.Write(t, "main.tf", "terraform {\n  required_providers {\n    sekoia = { source = \"sekoia-io/sekoia\" }\n  }\n}\n\n"+
				"data \"sekoia_okta_devices\" \"all\" {}\n\noutput \"event\" {\n  value = provider::sekoia::okta_device_to_ocsf("+test.argument+")\n}\n")
			if test.want == "" {
				cli.Succeed(t, "plan")
			} else {
				cli.Fail(t, test.want, "plan")
			}
		})
	}
}

// The example of the registry's page.
func TestAccOCSF_example(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices = 50 })
	cli := acctest.NewCLI(t, clouds, nil)
	copyFile(t, cli, "../../../examples/functions/okta_device_to_ocsf/function.tf")
	cli.Succeed(t, "apply", "-auto-approve")
	var outputs struct {
		Events       struct{ Value string }   `json:"events"`
		NotCompliant struct{ Value []string } `json:"not_compliant"`
		NotEncrypted struct{ Value []string } `json:"not_encrypted"`
	}
	cli.JSON(t, &outputs, "output", "-json")
	if lines := strings.Split(outputs.Events.Value, "\n"); len(lines) != 50 || !json.Valid([]byte(lines[0])) {
		t.Errorf("%d lines, the first of which is %s", len(lines), lines[0])
	}
	if len(outputs.NotCompliant.Value) == 0 || len(outputs.NotEncrypted.Value) == 0 {
		t.Errorf("%d devices are not compliant, %d not encrypted: the inventory has some of each", len(outputs.NotCompliant.Value),
			len(outputs.NotEncrypted.Value))
	}
}
