// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"fmt"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// maxListedIDs bounds the ids of a group: a comment on GitHub has at most 65,536 characters, and nobody reads more.
const maxListedIDs = 50

// reasons are all of them, in the order in which they are shown. {stop} stands for the device that a sync stops at. The
// colors are those of the pie: each reason has the same one in every pie, and they are light enough for the dark text.
var reasons = []struct {
	reason         reason
	meaning, color string
}{
	{reasonPending, "the next sync brings it", "#80ccff"},
	{reasonBehind, "the next sync stops at {stop} and does not get to it", "#fb8f44"},
	{reasonBeforeCheckpoint, "older than what the connector asks for: only a full sync brings it", "#c297ff"},
	{reasonLacksField, "lacks something that the connector requires", "#ff8182"},
	{reasonUnknown, "it can't be said whether the next sync brings it", "#d0d7de"},
}

// group is one line of the table and one slice of the pie. Stale is no slice: the pie's shares are those of the
// verdict.
type group struct {
	name, meaning, color string
	count                int
	ids                  []string // the first ones, as Markdown; none if nobody looks for them
}

// summary is the comparison as Markdown for a comment or a job summary: a heading, a line of verdict, and folded a
// table, a Mermaid pie, and the ids to look at. It has counts and Okta's ids, and nothing else that comes from either
// cloud. It changes only if the result does.
func (c *coverage) summary() string {
	icon := "✅"
	if len(c.missing) > c.count(reasonPending) { // nobody has to do anything about devices that are pending
		icon = "⚠️"
	}
	text := heading(icon, c.host) + c.verdict() + "\n"
	if c.devices == 0 && len(c.stale) == 0 && c.unidentified == 0 {
		return text
	}
	var table, lists, slices, colors []string
	for _, each := range c.groups() {
		table = append(table, fmt.Sprintf("| %s | %d | %s |\n", each.name, each.count, each.meaning))
		if each.count > 0 && each.color != "" {
			slices = append(slices, fmt.Sprintf("    %q : %d\n", each.name, each.count))
			colors = append(colors, fmt.Sprintf(`"pie%d": %q`, len(slices), each.color)) // Mermaid counts the slices
		}
		if len(each.ids) > 0 { // the blank lines make it Markdown again inside the HTML
			ids := strings.Join(each.ids, ", ")
			if left := each.count - len(each.ids); left > 0 {
				ids += fmt.Sprintf(" and %d more", left)
			}
			lists = append(lists, fmt.Sprintf("\n<details><summary>%s (%d)</summary>\n\n%s\n\n</details>\n", each.name, each.count, ids))
		}
	}
	text += "\n<details><summary>Groups and ids</summary>\n\n| Group | Devices | Meaning |\n|:--|--:|:--|\n" + strings.Join(table, "")
	if len(slices) > 1 { // a pie of one slice says nothing
		text += "\n```mermaid\n%%{init: {\"themeVariables\": {" + strings.Join(colors, ", ") + "}}}%%\npie showData\n    title Devices in Okta\n" +
			strings.Join(slices, "") + "```\n"
	}
	text += strings.Join(lists, "")
	if c.revoked > 0 {
		text += fmt.Sprintf("\nCovered, and revoked in Sekoia: %d.\n", c.revoked)
	}
	if c.unidentified > 0 {
		text += fmt.Sprintf("\nIn Sekoia without an Okta id, so not compared: %d.\n", c.unidentified)
	}
	return text + "\n</details>\n"
}

// heading is what a summary begins with. host names the organization; "" if nothing does.
func heading(icon, host string) string {
	if host != "" {
		icon += " " + preflight.MarkdownText(credential.Sanitize(host)) + ":"
	}
	return "### " + icon + " Okta devices in Sekoia\n\n"
}

// verdict is the result in a line. The ratio is rounded down: 100 % is all of them.
func (c *coverage) verdict() string {
	text := "There are no devices in Okta."
	if c.devices > 0 {
		permille := len(c.covered) * 1000 / c.devices
		text = fmt.Sprintf("%d of %d devices arrived (%d.%d %%).", len(c.covered), c.devices, permille/10, permille%10)
	}
	var missing []string
	for _, why := range reasons {
		if count := c.count(why.reason); count > 0 {
			missing = append(missing, fmt.Sprintf("%d %s", count, why.reason.words()))
		}
	}
	if len(missing) > 0 {
		text += " Missing: " + strings.Join(missing, ", ") + "."
	}
	if len(c.stale) > 0 {
		text += fmt.Sprintf(" Stale in Sekoia: %d.", len(c.stale))
	}
	return text
}

func (r reason) words() string { return strings.ReplaceAll(string(r), "_", " ") }

// groups are all that a device can be, in the order in which they are shown.
func (c *coverage) groups() []group {
	groups := []group{{name: "covered", meaning: "in Okta and in Sekoia", color: "#4ac26b", count: len(c.covered)}}
	for _, why := range reasons {
		each := group{name: "missing: " + why.reason.words(), color: why.color}
		stop := "a device that lacks a field"
		for _, device := range c.missing {
			if device.reason != why.reason {
				continue
			}
			if each.count++; each.count <= maxListedIDs {
				id := code(device.id)
				if device.reason == reasonLacksField {
					id += " (" + device.detail + ")" // names of fields
				}
				each.ids = append(each.ids, id)
			}
			if device.reason == reasonBehind && device.detail != "" {
				stop = code(device.detail) + ", which lacks a field,"
			}
		}
		each.meaning = strings.ReplaceAll(why.meaning, "{stop}", stop)
		groups = append(groups, each)
	}
	stale := group{name: "stale", meaning: "in Sekoia, gone from Okta", count: len(c.stale)}
	for _, id := range c.stale[:min(maxListedIDs, len(c.stale))] {
		stale.ids = append(stale.ids, code(id))
	}
	return append(groups, stale)
}

// code is an id as code. Okta's ids have 20 letters and digits. Others are not shown: in Markdown's code nothing can be
// escaped.
func code(id string) string {
	const maxLength, plain = 64, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
	if id == "" {
		return "without an id"
	}
	if len(id) > maxLength || strings.Trim(id, plain) != "" {
		return "an id with special characters"
	}
	return "`" + id + "`"
}
