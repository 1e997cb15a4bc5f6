// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package ocsf

import (
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
)

// FromOkta is the event that Sekoia's connector makes of a device. What Okta leaves out is nil, and so is a time that
// is not RFC 3339.
//
// Sekoia's mapping prefers a device's lastSeen to its lastUpdated. Okta does not document that field (API 2026.06.3)
// and
// [okta.Device] does not have it, so LastSeenTime is lastUpdated here.
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

// A platform is what OCSF 1.6.0 calls one of Okta's: objects endpoint (type_id) and os.
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

// compliant is nil only where what is not known decides: a device that is not active is not compliant, registered or
// not.
func compliant(device *okta.Device) *bool {
	if textOf(device.Status) == "ACTIVE" {
		return device.Registered
	}
	return new(false)
}

// enrichments are one, or none where it would be empty.
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
