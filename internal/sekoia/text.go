// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// text is a field that is shown or compared and never computed with. It takes a JSON string; a number or a bool as it
// is written; and of null, objects and arrays nothing. So that an oddity there never costs the object it is in.
type text string

// UnmarshalJSON implements json.Unmarshaler. It never fails.
func (t *text) UnmarshalJSON(data []byte) error {
	*t = ""
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		return err
	}
	switch value := value.(type) {
	case string:
		*t = text(value)
	case float64, bool:
		*t = text(data)
	}
	return nil
}

// optionalText is text of which absent, null and odd are told apart from empty: nil.
func optionalText(raw json.RawMessage) *string {
	var value *string
	if len(raw) == 0 || json.Unmarshal(raw, &value) != nil {
		return nil
	}
	return value
}

// timeLayouts are RFC 3339 (which the documents promise) and the ways in which services written in Python depart from
// it: no zone (then it is UTC), a space for the T, a zone without colon. Go takes fractions of a second with all.
var timeLayouts = []string{
	time.RFC3339,
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05",
	"2006-01-02T15:04:05Z0700",
	"2006-01-02 15:04:05Z0700",
}

// parseTime reads a time as Sekoia wrote it, or epoch seconds. What can't be read is the zero time.
func parseTime(written string) time.Time {
	for _, layout := range timeLayouts {
		if parsed, err := time.Parse(layout, written); err == nil {
			return parsed.UTC()
		}
	}
	if parsed, err := http.ParseTime(written); err == nil {
		return parsed.UTC()
	}
	if seconds, err := strconv.ParseFloat(written, 64); err == nil && seconds > 0 && seconds < 1e11 {
		return time.UnixMilli(int64(seconds * 1000)).UTC()
	}
	return time.Time{}
}
