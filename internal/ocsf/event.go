// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package ocsf

import "strconv"

// A DeviceInventoryInfo is an event of OCSF 1.6.0's class 5001 (inventory_info), with the attributes that Sekoia's
// connector sets. Written as JSON it has all keys, and null for what is absent.
type DeviceInventoryInfo struct {
	ActivityID   int64        `json:"activity_id"`
	ActivityName string       `json:"activity_name"`
	CategoryName string       `json:"category_name"`
	CategoryUID  int64        `json:"category_uid"`
	ClassName    string       `json:"class_name"`
	ClassUID     int64        `json:"class_uid"`
	TypeName     string       `json:"type_name"`
	TypeUID      int64        `json:"type_uid"`
	Severity     string       `json:"severity"`
	SeverityID   int64        `json:"severity_id"`
	Time         *Time        `json:"time"`
	Metadata     Metadata     `json:"metadata"`
	Device       Device       `json:"device"`
	Enrichments  []Enrichment `json:"enrichments"` // nil if there is nothing to say
}

// Metadata says who wrote the event, and in which version of OCSF.
type Metadata struct {
	Product Product `json:"product"`
	Version string  `json:"version"`
}

// Product is where the event comes from.
type Product struct {
	Name       string `json:"name"`
	VendorName string `json:"vendor_name"`
	Version    string `json:"version"`
}

// Device is OCSF's object device.
type Device struct {
	UID           *string         `json:"uid"`
	UIDAlt        *string         `json:"uid_alt"`
	Hostname      *string         `json:"hostname"`
	Name          *string         `json:"name"`
	Type          *string         `json:"type"`
	TypeID        *int64          `json:"type_id"`
	OS            OperatingSystem `json:"os"`
	VendorName    *string         `json:"vendor_name"`
	Model         *string         `json:"model"`
	UDID          *string         `json:"udid"`
	IMEIList      []string        `json:"imei_list"`
	CreatedTime   *Time           `json:"created_time"`
	FirstSeenTime *Time           `json:"first_seen_time"`
	LastSeenTime  *Time           `json:"last_seen_time"`
	IsManaged     *bool           `json:"is_managed"`
	IsCompliant   *bool           `json:"is_compliant"`
	IsTrusted     *bool           `json:"is_trusted"`
}

// OperatingSystem is OCSF's object os. Sekoia's has no version.
type OperatingSystem struct {
	Name   *string `json:"name"`
	Type   *string `json:"type"`
	TypeID *int64  `json:"type_id"`
}

// Enrichment is OCSF's object enrichment. Its data is Sekoia's own.
type Enrichment struct {
	Name  string         `json:"name"`
	Value string         `json:"value"`
	Data  EnrichmentData `json:"data"`
}

// EnrichmentData is what Sekoia's connector adds to a device that OCSF's object has no place for.
type EnrichmentData struct {
	StorageEncryption *StorageEncryption `json:"Storage_encryption"`
	Users             []string           `json:"Users"` // "<kind>:<value>": not users, despite the name
}

// StorageEncryption says which parts of the disk are Enabled or Disabled.
type StorageEncryption struct {
	Partitions map[string]string `json:"partitions"`
}

// A Time is a moment in milliseconds since 1970, as finely as Okta writes it. Sekoia's connector writes it as a number
// of seconds.
type Time int64

// String is the time in seconds, as a decimal number with up to three places, exactly.
func (t Time) String() string { return strconv.FormatFloat(float64(t)/1000, 'f', -1, 64) }

// MarshalJSON writes String as a number.
func (t Time) MarshalJSON() ([]byte, error) { return []byte(t.String()), nil }
