// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package engine

import "testing"

// Each of these was given to the connector's own reader (python-dateutil's isoparse, by which it maps a device).
func TestEpoch(t *testing.T) {
	t.Parallel()
	const none = -1
	for text, want := range map[string]float64{
		"2030-01-01T00:00:00.000Z":       1893456000,
		"2030-01-01t00:00:00z":           1893456000,
		"2030-01-01 01:02:03":            1893459723,
		"2030-01-01T01:02:03+02:00":      1893452523,
		"2030-01-01T01:02:03-0130":       1893465123,
		"2030-01-01T01:02:03.123456+02":  1893452523.123456,
		"2030-01-01T01:02:03,5Z":         1893459723.5,
		"2030-01-01T01:02:03.123456789Z": 1893459723.123456,
		"20300101T010203Z":               1893459723,
		"2030-01-01T01":                  1893459600,
		"2030-01-01T24:00:00Z":           1893542400,
		"2030-01-01":                     1893456000,
		"20300101":                       1893456000,
		"2030-05":                        1903824000,
		"2030":                           1893456000,
		"2030-W05-1":                     1895788800,
		"2030W051":                       1895788800,
		"2030-W01":                       1893369600 + 0,
		"2030-045":                       1897257600,
		"2030-366":                       none,
		"2028-366":                       1861833600,
		"2030-02-30":                     none,
		"2030-13-01T00:00:00Z":           none,
		"2030-00-01":                     none,
		"2030-01-01T25:00:00Z":           none,
		"2030-01-01T24:00:01Z":           none,
		"2030-01-01T00:60:00Z":           none,
		"2030-01-01T00:00:00Zjunk":       none,
		"2030-01-01T00:00:00 +02:00":     none,
		"2030-01-01T":                    none,
		"2030-W54-1":                     none,
		"2030-W05-8":                     none,
		"203":                            none,
		"":                               none,
		"yesterday":                      none,
		"Tue, 01 Jan 2030 00:00:00 GMT":  none,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := epoch(text)
			if err != nil {
				got = none
			}
			if got != want {
				t.Errorf("it is %v (%v), want %v", got, err, want)
			}
		})
	}
}
