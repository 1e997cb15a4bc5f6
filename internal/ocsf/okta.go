// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package ocsf

import (
	"slices"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
)

// FromOkta is the event that Sekoia's connector makes of a device. What Okta leaves out is nil, and so is a time that
// is not RFC 3339.
//
// Sekoia's mapping prefers a device's lastSeen to its lastUpdated. Okta does not document that field (API 2026.06.3),
// and [okta.Device] does not have it, so LastSeenTime is lastUpdated here.
func FromOkta(device *okta.Device) DeviceInventoryInfo {
	created := timeOf(device.Created)
	event := DeviceInventoryInfo{
		ActivityID: 2, ActivityName: "Collect",
		CategoryUID: 5, CategoryName: "Discovery",
		ClassUID: 5001, ClassName: "Device Inventory Info",
		TypeUID: 500102, TypeName: "Device Inventory Info: Collect",
		SeverityID: 1, Severity: "Informational",
		Time:        created,
		Metadata:    Metadata{Product: Product{Name: "Okta", VendorName: "Okta", Version: "N/A"}, Version: "1.6.0"},
		Enrichments: enrichments(device),
		Device: Device{
			UIDAlt:        device.SerialNumber,
			Hostname:      device.DisplayName,
			Name:          device.DisplayName,
			VendorName:    device.Manufacturer,
			Model:         device.Model,
			UDID:          device.UDID,
			CreatedTime:   created,
			FirstSeenTime: created,
			LastSeenTime:  timeOf(device.LastUpdated),
			IsManaged:     device.Registered,
			IsCompliant:   compliant(device),
			IsTrusted:     device.SecureHardwarePresent,
		},
	}
	if device.ID != "" {
		event.Device.UID = &device.ID
	}
	if device.Platform != nil {
		event.Device.setPlatform(*device.Platform)
	}
	if imei := textOf(device.IMEI); imei != "" {
		event.Device.IMEIList = []string{imei}
	}
	return event
}

// A platform is what OCSF 1.6.0 calls one of Okta's platforms: objects endpoint (type_id) and os.
type platform struct {
	deviceType   string
	deviceTypeID int64
	osName       string
	osTypeID     int64
}

// platforms are by Okta's name in lower case, which is also the operating system's type. Okta's API has no Linux
// (2026.06.3); Sekoia's connector knows it.
var platforms = map[string]platform{
	"windows": {"Desktop", 2, "Windows", 100},
	"linux":   {"Other", 99, "Linux", 200},
	"android": {"Mobile", 5, "Android", 201},
	"macos":   {"Desktop", 2, "macOS", 300},
	"ios":     {"Mobile", 5, "iOS", 301},
}

func (d *Device) setPlatform(name string) {
	osType := strings.ToLower(name)
	known, found := platforms[osType]
	if !found {
		known, osType = platform{"Other", 99, name, 99}, "other"
	}
	d.Type, d.TypeID = &known.deviceType, &known.deviceTypeID
	d.OS = OperatingSystem{Name: &known.osName, Type: &osType, TypeID: &known.osTypeID}
}

// compliant is nil only if it depends on something unknown: a device that is not active is not compliant, registered or
// not.
func compliant(device *okta.Device) *bool {
	if textOf(device.Status) == "ACTIVE" {
		return device.Registered
	}
	return new(false)
}

// enrichments returns one, or nil if it would be empty.
func enrichments(device *okta.Device) []Enrichment {
	data := EnrichmentData{StorageEncryption: encryption(textOf(device.DiskEncryptionType))}
	if sid := textOf(device.SID); sid != "" {
		data.Users = []string{"windows_sid:" + sid}
	}
	if data.StorageEncryption == nil && data.Users == nil {
		return nil
	}
	return []Enrichment{{Name: "device_info", Value: "hardware_and_security", Data: data}}
}

// encryption maps a disk encryption type. NONE is left out. One that the mapping does not name is the whole disk to it:
// Okta's SYSTEM_VOLUME, and vendors' own words such as BitLocker.
func encryption(kind string) *StorageEncryption {
	partition := "full"
	switch strings.ToUpper(kind) {
	case "", "NONE":
		return nil
	case "ALL_INTERNAL_VOLUMES":
		partition = "all_internal"
	case "USER":
		partition = "user"
	}
	return &StorageEncryption{Partitions: map[string]string{partition: "Enabled"}}
}

// timeOf reads RFC 3339. What is finer than a millisecond, which Okta never is, is dropped.
func timeOf(text *string) *Time {
	moment, err := time.Parse(time.RFC3339, textOf(text))
	if err != nil {
		return nil
	}
	return new(Time(moment.UnixMilli()))
}

func textOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// required are the fields without which the parser of Sekoia's connector rejects a device (public source of the Okta
// module, 2.10.0 and later). Null or another type counts as absent. One such device costs the page that it is on, and
// all after it in that cycle. What the parser requires of a device's links is left out: Okta makes them all alike.
var required = []struct {
	name    string // as Okta spells it, in the profile or outside of it
	present func(*okta.Device) bool
}{
	{"id", func(d *okta.Device) bool { return d.ID != "" }},
	{"created", func(d *okta.Device) bool { return d.Created != nil }},
	{"status", func(d *okta.Device) bool { return d.Status != nil }},
	{"lastUpdated", func(d *okta.Device) bool { return d.LastUpdated != nil }},
	{"displayName", func(d *okta.Device) bool { return d.DisplayName != nil }},
	{"platform", func(d *okta.Device) bool { return d.Platform != nil }},
	{"registered", func(d *okta.Device) bool { return d.Registered != nil }},
	{"secureHardwarePresent", func(d *okta.Device) bool { return d.SecureHardwarePresent != nil }},
	// A device without a name lacks this too, and was reported for its name.
	{"resourceDisplayName.value", func(d *okta.Device) bool { return d.DisplayName == nil || hasInside("resourceDisplayName.value")(d) }},
	{"resourceDisplayName.sensitive", hasInside("resourceDisplayName.sensitive")},
}

func hasInside(name string) func(*okta.Device) bool {
	return func(d *okta.Device) bool { return !slices.Contains(d.Lacks, name) }
}

// RequiredFields are the names of the fields that Sekoia's connector requires of a device, in the order in which
// Lacking gives them.
func RequiredFields() []string {
	names := make([]string, len(required))
	for i := range required {
		names[i] = required[i].name
	}
	return names
}

// Lacking names the required fields that a device does not have; nil for most devices.
func Lacking(device *okta.Device) []string {
	var names []string
	for i := range required {
		if !required[i].present(device) {
			names = append(names, required[i].name)
		}
	}
	return names
}

// Nameless reports whether a device's name is there, and empty. The connector skips such a device, and takes the others
// on its page.
func Nameless(device *okta.Device) bool {
	return device.DisplayName != nil && *device.DisplayName == ""
}
