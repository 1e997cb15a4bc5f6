// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package asset

import (
	"fmt"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
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
	color         string // of its slice; none for what is no part of the pie
	count         int
	// ids are the first ones, as Markdown.
	ids []string
}

// summary is the comparison as Markdown for a comment or a job summary: a heading, a line of verdict, and folded a
// table, a Mermaid pie, and the ids to look at. It has counts and Okta's ids, and nothing else that comes from either
// cloud. It changes only if the result does.
func (c *coverage) summary() string {
	groups := c.groups()
	var text strings.Builder
	text.WriteString(heading(c.icon(), c.host) + c.verdict() + "\n")
	if c.devices == 0 && len(c.stale) == 0 && c.unidentified == 0 {
		return text.String()
	}
	text.WriteString("\n<details><summary>Groups and ids</summary>\n\n| Group | Devices | Meaning |\n|:--|--:|:--|\n")
	for _, each := range groups {
		fmt.Fprintf(&text, "| %s | %d | %s |\n", each.name, each.count, each.meaning)
	}
	text.WriteString(pie(groups))
	for _, each := range groups {
		text.WriteString(each.list())
	}
	text.WriteString(c.notes() + "\n</details>\n")
	return text.String()
}

// heading is what a summary begins with. host is what names the organization, "" if nothing does.
func heading(icon, host string) string {
	if host == "" {
		return "### " + icon + " Okta devices in Sekoia\n\n"
	}
	return "### " + icon + " " + preflight.MarkdownText(credential.Sanitize(host)) + ": Okta devices in Sekoia\n\n"
}

// unreadSummary is the summary if one of the two sides could not be read.
func unreadSummary(host string, problems []string) string {
	var text strings.Builder
	text.WriteString(heading("❌", host) + "The coverage could not be read.\n\n<details><summary>Why</summary>\n\n")
	for _, each := range problems {
		text.WriteString("* " + preflight.MarkdownText(credential.Sanitize(each)) + "\n")
	}
	return text.String() + "\n</details>\n"
}

// icon is the verdict at a glance: devices that are only pending need nobody.
func (c *coverage) icon() string {
	if len(c.missing) > c.count(reasonPending) {
		return "⚠️"
	}
	return "✅"
}

// verdict is the result in a line. The ratio is rounded down: 100 % is all of them.
func (c *coverage) verdict() string {
	if c.devices == 0 {
		return "There are no devices in Okta." + c.staleWords()
	}
	permille := len(c.covered) * 1000 / c.devices
	text := fmt.Sprintf("%d of %d devices arrived (%d.%d %%).", len(c.covered), c.devices, permille/10, permille%10)
	var missing []string
	for _, why := range reasons {
		if count := c.count(why); count > 0 {
			missing = append(missing, fmt.Sprintf("%d %s", count, plain(why)))
		}
	}
	if len(missing) > 0 {
		text += " Missing: " + strings.Join(missing, ", ") + "."
	}
	return text + c.staleWords()
}

func (c *coverage) staleWords() string {
	if len(c.stale) == 0 {
		return ""
	}
	return fmt.Sprintf(" Stale in Sekoia: %d.", len(c.stale))
}

// groups are all that a device can be, in the order in which they are shown.
func (c *coverage) groups() []group {
	groups := []group{{name: "covered", meaning: "in Okta and in Sekoia", color: "#4ac26b", count: len(c.covered)}}
	for _, why := range reasons {
		each := group{name: words(why), meaning: c.meaning(why), color: colors[why], count: c.count(why)}
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

// colors are the slices', each the same in every pie, and light enough for the dark text in them.
var colors = map[reason]string{reasonPending: "#80ccff", reasonBehind: "#fb8f44", reasonBeforeCheckpoint: "#c297ff", reasonLacksField: "#ff8182", reasonUnknown: "#d0d7de"}

// words are a reason as a reader sees it.
func words(why reason) string { return "missing: " + plain(why) }

func plain(why reason) string { return strings.ReplaceAll(string(why), "_", " ") }

// meaning says what a reason is, and what to do about it.
func (c *coverage) meaning(why reason) string {
	switch why {
	case reasonPending:
		return "the next sync brings it"
	case reasonBehind:
		return "the next sync stops at " + c.stop() + " and does not get to it"
	case reasonBeforeCheckpoint:
		return "older than what the connector asks for: only a full sync brings it"
	case reasonLacksField:
		return "lacks something that the connector requires"
	case reasonUnknown:
		return "it can't be said whether the next sync brings it"
	}
	return ""
}

// stop is the device that all that are behind one are behind.
func (c *coverage) stop() string {
	for index := range c.missing {
		if c.missing[index].reason == reasonBehind && c.missing[index].detail != "" {
			return code(c.missing[index].detail) + ", which lacks a field,"
		}
	}
	return "a device that lacks a field"
}

// described is a missing device as the list of its group has it.
func described(device missingDevice) string {
	text := "without an id"
	if device.id != "" {
		text = code(device.id)
	}
	if device.reason == reasonLacksField {
		// Field names are of this package.
		text += " (" + device.detail + ")"
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

// pie draws the groups of Okta's devices that are not empty, so that its shares are those of the headline: stale is
// none of them. Mermaid takes its colors by the number of the slice.
func pie(groups []group) string {
	var parts, palette []string
	for _, each := range groups {
		if each.count > 0 && each.color != "" {
			parts = append(parts, fmt.Sprintf("    %q : %d\n", each.name, each.count))
			palette = append(palette, fmt.Sprintf(`"pie%d": %q`, len(parts), each.color))
		}
	}
	if len(parts) < 2 { // a pie of one slice says nothing
		return ""
	}
	return "\n```mermaid\n%%{init: {\"themeVariables\": {" + strings.Join(palette, ", ") + "}}}%%\npie showData\n    title Devices in Okta\n" +
		strings.Join(parts, "") + "```\n"
}

// notes are what the counts hide.
func (c *coverage) notes() string {
	var text strings.Builder
	for _, note := range []struct {
		text  string
		count int
	}{
		{"Covered, and revoked in Sekoia", c.revoked},
		{"In Sekoia without an id of Okta's, so not compared", c.unidentified},
	} {
		if note.count > 0 {
			fmt.Fprintf(&text, "\n%s: %d.\n", note.text, note.count)
		}
	}
	return text.String()
}

// code is an id as code. One that has other characters than Okta's ids have is written in HTML, for in Markdown's code
// nothing can be escaped.
func code(id string) string {
	if len(id) <= maxIDLength && strings.Trim(id, alphanumerics+"-_") == "" {
		return "`" + id + "`"
	}
	shown := []rune(credential.Sanitize(id))
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
