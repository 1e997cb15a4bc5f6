// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"fmt"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// Bounds of the Markdown: a comment on GitHub has at most 65,536 characters, and nobody reads more ids than these.
const (
	maxListedIDs = 50
	maxIDLength  = 64
	// maxOddLength is how much is shown of what is no id of Okta's, which have 20 characters.
	maxOddLength = 20
)

// group is one line of the table and one slice of the pie.
type group struct {
	name, meaning string
	count         int
	// ids are the first ones, as Markdown.
	ids []string
}

// summary is the comparison as Markdown for a comment or a job summary: a table, a Mermaid pie, and the ids to look at, folded. It has
// counts and Okta's ids, and nothing else that comes from either cloud.
func (c *coverage) summary() string {
	groups := c.groups()

	var text strings.Builder

	text.WriteString("### Okta devices in Sekoia: " + c.headline() + "\n\n")
	text.WriteString("| Group | Devices | Meaning |\n|:--|--:|:--|\n")

	for _, each := range groups {
		fmt.Fprintf(&text, "| %s | %d | %s |\n", each.name, each.count, each.meaning)
	}

	text.WriteString(pie(groups))

	for _, each := range groups {
		text.WriteString(each.list())
	}

	text.WriteString(c.notes())

	return text.String()
}

// headline is the ratio in words. It is rounded down: 100 % is all of them.
func (c *coverage) headline() string {
	if c.devices == 0 {
		return "there are none in Okta"
	}

	permille := len(c.covered) * 1000 / c.devices

	return fmt.Sprintf("%d of %d (%d.%d %%)", len(c.covered), c.devices, permille/10, permille%10)
}

// groups are all that a device can be, in the order in which they are shown.
func (c *coverage) groups() []group {
	groups := []group{{name: "covered", meaning: "in Okta and in Sekoia", count: len(c.covered)}}

	for _, why := range reasons {
		each := group{name: words(why), meaning: meaning(why), count: c.count(why)}

		for _, device := range c.missing {
			if device.reason == why && len(each.ids) < maxListedIDs {
				each.ids = append(each.ids, described(device))
			}
		}

		groups = append(groups, each)
	}

	stale := group{name: "stale", meaning: "in Sekoia, gone from Okta", count: len(c.stale)}
	for _, id := range c.stale[:min(maxListedIDs, len(c.stale))] {
		stale.ids = append(stale.ids, code(id))
	}

	return append(groups, stale)
}

// words are a reason as a reader sees it.
func words(why reason) string { return "missing: " + strings.ReplaceAll(string(why), "_", " ") }

// meaning says what a reason is, and what to do about it.
func meaning(why reason) string {
	switch why {
	case reasonPending:
		return "the next sync brings it"
	case reasonBehind:
		return "the sync stops at a device that lacks a field, and does not get to this one"
	case reasonBeforeCheckpoint:
		return "older than what the connector asks for: only a full sync brings it"
	case reasonLacksField:
		return "lacks a field that the connector requires"
	}

	return ""
}

// described is a missing device as the list of its group has it.
func described(device missingDevice) string {
	text := "without an id"
	if device.id != "" {
		text = code(device.id)
	}

	switch {
	case device.reason == reasonLacksField:
		// Field names are of this package.
		text += " (" + device.detail + ")"
	case device.reason == reasonBehind && device.detail != "":
		text += " (behind " + code(device.detail) + ")"
	}

	return text
}

// list is the group's ids, folded and cut; nothing where the group has none that anybody looks for.
func (g group) list() string {
	if len(g.ids) == 0 {
		return ""
	}

	// The blank lines make it Markdown again inside the HTML.
	text := fmt.Sprintf("\n<details><summary>%s (%d)</summary>\n\n%s", g.name, g.count, strings.Join(g.ids, ", "))
	if left := g.count - len(g.ids); left > 0 {
		text += fmt.Sprintf(" and %d more", left)
	}

	return text + "\n\n</details>\n"
}

// pie draws the groups that are not empty. Mermaid draws none without a slice.
func pie(groups []group) string {
	var slices strings.Builder

	for _, each := range groups {
		if each.count > 0 {
			fmt.Fprintf(&slices, "    %q : %d\n", each.name, each.count)
		}
	}

	if slices.Len() == 0 {
		return ""
	}

	return "\n```mermaid\npie showData\n    title Devices by group\n" + slices.String() + "```\n"
}

// notes are what the counts hide.
func (c *coverage) notes() string {
	var text strings.Builder

	for _, note := range []struct {
		count int
		text  string
	}{
		{c.revoked, "covered devices have an asset that was revoked in Sekoia."},
		{c.unidentified, "assets of the connector have no id of Okta's and are not compared."},
	} {
		if note.count > 0 {
			fmt.Fprintf(&text, "\n%d %s\n", note.count, note.text)
		}
	}

	return text.String()
}

// code is an id as code. One that has other characters than Okta's ids have is written in HTML, for in Markdown's code nothing can be
// escaped.
func code(id string) string {
	if len(id) <= maxIDLength && strings.Trim(id, alphanumerics+"-_") == "" {
		return "`" + id + "`"
	}

	shown := []rune(transport.Sanitize(id))
	if len(shown) > maxOddLength {
		shown = append(shown[:maxOddLength], '…')
	}

	var text strings.Builder

	text.WriteString("<code>")

	for _, character := range shown {
		if strings.ContainsRune(alphanumerics+" …", character) {
			text.WriteRune(character)
		} else {
			fmt.Fprintf(&text, "&#%d;", character)
		}
	}

	text.WriteString("</code>")

	return text.String()
}

const alphanumerics = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
