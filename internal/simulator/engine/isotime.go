// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// What the connector's reader of ISO 8601 takes, which is far more than Okta writes: a day as a date, in a week, or in
// a year, and behind any one character a time, with seconds, a fraction and a zone or without.
var (
	isoDay = regexp.MustCompile(`^(\d{4})(?:-(\d\d)-(\d\d)|(\d\d)(\d\d)|-?W(\d\d)(?:-?([1-7]))?|-?(\d{3})|-(\d\d)|$)`)
	isoHMS = regexp.MustCompile(`^(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?)?([Zz]|[-+]\d\d(?::?\d\d)?)?$`)
)

// epoch is a time in seconds. The error holds a part of the time, as that of the connector's reader may.
func epoch(text string) (float64, error) {
	if len(text) < 4 {
		return 0, errors.New("ISO string too short")
	}
	no := fmt.Errorf("invalid literal for int() with base 10: b%s", pythonText(text[:4]))
	day := isoDay.FindStringSubmatch(text)
	if day == nil {
		return 0, no
	}
	at, ok := dayOf(day)
	if rest := text[len(day[0]):]; ok && rest != "" {
		at, ok = timeOf(at, isoHMS.FindStringSubmatch(rest[1:]))
	}
	if !ok {
		return 0, no
	}
	return float64(at.UnixMicro()) / 1e6, nil
}

// number reads digits; none are 0.
func number(digits string) int {
	value, _ := strconv.Atoi(digits)
	return value
}

// dayOf is the day that isoDay found.
func dayOf(found []string) (time.Time, bool) {
	year, month, day := number(found[1]), 1, 1
	switch {
	case found[2] != "":
		month, day = number(found[2]), number(found[3])
	case found[4] != "":
		month, day = number(found[4]), number(found[5])
	case found[6] != "":
		fourth := time.Date(year, time.January, 4, 0, 0, 0, 0, time.UTC) // it is always in the first week
		monday := fourth.AddDate(0, 0, -(int(fourth.Weekday())+6)%7)
		return monday.AddDate(0, 0, 7*number(found[6])-7+max(number(found[7]), 1)-1), number(found[6]) > 0 && number(found[6]) < 54
	case found[8] != "":
		at := time.Date(year, time.January, number(found[8]), 0, 0, 0, 0, time.UTC)
		return at, at.Year() == year
	case found[9] != "":
		month = number(found[9])
	}
	at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return at, int(at.Month()) == month && at.Day() == day
}

// timeOf is the time of a day that isoHMS found. Midnight may be written as 24 o'clock.
func timeOf(day time.Time, found []string) (time.Time, bool) {
	if found == nil {
		return time.Time{}, false
	}
	hour, minute, second := number(found[1]), number(found[2]), number(found[3])
	fraction := number((found[4] + "000000")[:6])
	at := day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second + time.Duration(fraction)*time.Microsecond)
	if zone := found[5]; len(zone) > 1 {
		away := time.Duration(number(zone[1:3]))*time.Hour + time.Duration(number(zone[max(len(zone)-2, 3):]))*time.Minute
		if len(zone) == 3 {
			away = time.Duration(number(zone[1:3])) * time.Hour
		}
		if zone[0] == '+' {
			away = -away
		}
		at = at.Add(away)
	}
	return at, minute < 60 && second < 60 && (hour < 24 || hour == 24 && minute+second+fraction == 0)
}
