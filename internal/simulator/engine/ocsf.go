// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// What follows is OCSF 1.6.0 as Sekoia's connector writes it: absent is left out. The names of the Go types are OCSF's.

type ocsfItem struct {
	ActivityID   int              `json:"activity_id"`
	ActivityName string           `json:"activity_name"`
	CategoryName string           `json:"category_name"`
	CategoryUID  int              `json:"category_uid"`
	ClassName    string           `json:"class_name"`
	ClassUID     int              `json:"class_uid"`
	TypeName     string           `json:"type_name"`
	TypeUID      int              `json:"type_uid"`
	Severity     string           `json:"severity"`
	SeverityID   int              `json:"severity_id"`
	Time         *float64         `json:"time,omitempty"`
	Metadata     ocsfMetadata     `json:"metadata"`
	Device       ocsfDevice       `json:"device"`
	Enrichments  []ocsfEnrichment `json:"enrichments,omitempty"`
}

type ocsfMetadata struct {
	Product ocsfProduct `json:"product"`
	Version string      `json:"version"`
}

type ocsfProduct struct {
	Name       string `json:"name"`
	VendorName string `json:"vendor_name"`
	Version    string `json:"version"`
}

type ocsfDevice struct {
	UID           string   `json:"uid"`
	UIDAlt        *string  `json:"uid_alt,omitempty"`
	Hostname      string   `json:"hostname"`
	Name          *string  `json:"name,omitempty"`
	Type          string   `json:"type"`
	TypeID        int      `json:"type_id"`
	OS            ocsfOS   `json:"os"`
	VendorName    *string  `json:"vendor_name,omitempty"`
	Model         *string  `json:"model,omitempty"`
	UDID          *string  `json:"udid,omitempty"`
	IMEIList      []string `json:"imei_list,omitempty"`
	CreatedTime   *float64 `json:"created_time,omitempty"`
	FirstSeenTime *float64 `json:"first_seen_time,omitempty"`
	LastSeenTime  *float64 `json:"last_seen_time,omitempty"`
	IsManaged     *bool    `json:"is_managed,omitempty"`
	IsCompliant   *bool    `json:"is_compliant,omitempty"`
	IsTrusted     *bool    `json:"is_trusted,omitempty"`
}

type ocsfOS struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	TypeID int    `json:"type_id"`
}

type ocsfEnrichment struct {
	Name  string   `json:"name"`
	Value string   `json:"value"`
	Data  ocsfData `json:"data"`
}

type ocsfData struct {
	StorageEncryption *ocsfEncryption `json:"Storage_encryption,omitempty"`
	Users             []string        `json:"Users,omitempty"`
}

type ocsfEncryption struct {
	Partitions map[string]string `json:"partitions"`
}

// deviceClass is OCSF's Device Inventory Info.
const deviceClass = 5001

// mapDevice is the mapping of the newest public connector. The device has all that the parser requires; an empty
// display name or an invalid time costs only that device.
func mapDevice(d *oktaRecord) (ocsfItem, error) {
	switch {
	case *d.ID == "":
		return ocsfItem{}, errors.New("Device ID is required") //nolint:staticcheck // ST1005: it is part of a log line
	case *d.Profile.DisplayName == "":
		return ocsfItem{}, errors.New("Device profile and displayName are required") //nolint:staticcheck // likewise
	}
	created, err := epoch(*d.CreatedAt)
	if err != nil {
		return ocsfItem{}, err
	}
	seen, err := epoch(*d.LastUpdated)
	if err != nil {
		return ocsfItem{}, err
	}
	if filled(d.LastSeen) {
		if seen, err = epoch(*d.LastSeen); err != nil {
			return ocsfItem{}, err
		}
	}
	kind, kindID := deviceType(*d.Profile.Platform)
	managed, trusted := bool(*d.Profile.Registered), bool(*d.Profile.SecureHardwarePresent)
	compliant := *d.Status == "ACTIVE" && managed
	device := ocsfDevice{
		UID: *d.ID, UIDAlt: d.Profile.SerialNumber, Hostname: *d.Profile.DisplayName, Name: d.Profile.DisplayName,
		Type: kind, TypeID: kindID, OS: operatingSystem(*d.Profile.Platform),
		VendorName: d.Profile.Manufacturer, Model: d.Profile.Model, UDID: d.Profile.UDID,
		CreatedTime: &created, FirstSeenTime: &created, LastSeenTime: &seen,
		IsManaged: &managed, IsCompliant: &compliant, IsTrusted: &trusted,
	}
	if filled(d.Profile.IMEI) {
		device.IMEIList = []string{*d.Profile.IMEI}
	}
	return ocsfItem{
		ActivityID: 2, ActivityName: "Collect", CategoryName: "Discovery", CategoryUID: 5,
		ClassName: "Device Inventory Info", ClassUID: deviceClass, TypeName: "Device Inventory Info: Collect", TypeUID: 500102,
		Severity: "Informational", SeverityID: 1, Time: &created,
		Metadata: ocsfMetadata{Product: ocsfProduct{Name: "Okta", VendorName: "Okta", Version: "N/A"}, Version: "1.6.0"},
		Device:   device, Enrichments: enrichments(d),
	}, nil
}

// enrichments has one element, or none if that would be empty.
func enrichments(d *oktaRecord) []ocsfEnrichment {
	data := ocsfData{StorageEncryption: encryption(d.Profile.DiskEncryptionType)}
	if filled(d.Profile.SID) {
		data.Users = append(data.Users, "windows_sid:"+*d.Profile.SID)
	}
	if data.StorageEncryption == nil && data.Users == nil {
		return nil
	}
	return []ocsfEnrichment{{Name: "device_info", Value: "hardware_and_security", Data: data}}
}

// encryption says which part of the disk is encrypted: all of it, for a type that is not known. NONE is left out.
func encryption(kind *string) *ocsfEncryption {
	if !filled(kind) {
		return nil
	}
	part := "full"
	switch strings.ToUpper(*kind) {
	case "NONE":
		return nil
	case "ALL_INTERNAL_VOLUMES":
		part = "all_internal"
	case "USER":
		part = "user"
	}
	return &ocsfEncryption{Partitions: map[string]string{part: "Enabled"}}
}

func deviceType(platform string) (name string, id int) {
	switch strings.ToLower(platform) {
	case "windows", "macos":
		return "Desktop", 2
	case "ios", "android":
		return "Mobile", 5
	}
	return "Other", 99
}

func operatingSystem(platform string) ocsfOS {
	switch strings.ToLower(platform) {
	case "windows":
		return ocsfOS{Name: "Windows", Type: "windows", TypeID: 100}
	case "linux":
		return ocsfOS{Name: "Linux", Type: "linux", TypeID: 200}
	case "android":
		return ocsfOS{Name: "Android", Type: "android", TypeID: 201}
	case "macos":
		return ocsfOS{Name: "macOS", Type: "macos", TypeID: 300}
	case "ios":
		return ocsfOS{Name: "iOS", Type: "ios", TypeID: 301}
	}
	return ocsfOS{Name: platform, Type: "other", TypeID: 99}
}

// timeLayouts are the forms of ISO 8601 that a service might write. The connector's reader (python-dateutil's isoparse)
// also accepts weeks, days of a year, and 24 o'clock.
var timeLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07", "20060102T150405Z0700", "2006-01-02T15:04:05", "2006-01-02T15:04",
	"2006-01-02", "20060102", "2006-01", "2006",
}

// epoch is a time in seconds. The error holds a part of the text, as that of the connector's reader does.
func epoch(text string) (float64, error) {
	written := text
	if date, clock := text[:min(len(text), 10)], text[min(len(text), 11):]; clock != "" && strings.Count(date, "-") == 2 {
		written = date + "T" + clock // any character may stand there
	}
	for _, layout := range timeLayouts {
		if at, err := time.Parse(layout, written); err == nil {
			return float64(at.UnixMicro()) / 1e6, nil
		}
	}
	if len(text) < 4 {
		return 0, errors.New("ISO string too short")
	}
	return 0, fmt.Errorf("invalid literal for int() with base 10: b%s", pythonText(text[:4]))
}

func filled(text *string) bool { return text != nil && *text != "" }
