// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// Markdown is the report for a pull request's comment or a job's summary: GitHub Flavored Markdown, as GitLab takes it
// too. It is a heading with the organization's host, one line of verdict, and the checks, folded. Like the checks' own
// text it holds Okta's ids and counts, never a secret, a device's name or a person. It is the same for the same
// findings: as an output it leaves a plan empty.
func (r *Report) Markdown() string {
	var text strings.Builder
	fmt.Fprintf(&text, "### %s %s: Okta connection test\n\n%s\n\n", r.icon(), MarkdownText(credential.Sanitize(cmp.Or(r.Host, "Okta"))), MarkdownText(r.verdict()))
	fmt.Fprintf(&text, "<details><summary>%s</summary>\n\n", count(len(r.Checks), "check"))
	text.WriteString("| Result | Check | What was seen | What to do |\n|:--|:--|:--|:--|\n")
	for _, c := range r.Checks {
		fmt.Fprintf(&text, "| %s | %s | %s | %s |\n", badge(c), "`"+string(c.ID)+"`", MarkdownText(c.Message), MarkdownText(c.Hint))
	}
	text.WriteString("\n")
	if r.OrganizationID != "" {
		fmt.Fprintf(&text, "Okta organization %s. ", MarkdownText(credential.Sanitize(r.OrganizationID)))
	}
	fmt.Fprintf(&text, "Tested from %s.\n\n</details>\n", MarkdownText(r.TestedFrom))
	return text.String()
}

// icon is the verdict at a glance.
func (r *Report) icon() string {
	switch {
	case !r.Passed():
		return "❌"
	case len(r.warnings()) > 0:
		return "⚠️"
	default:
		return "✅"
	}
}

// verdict is the whole report in one line: what is wrong, if anything is.
func (r *Report) verdict() string {
	failed := r.filter(func(c Check) bool { return c.Status == StatusFailed })
	told, verdict := failed, count(len(failed), "check")+" failed"
	if len(failed) == 0 {
		told, verdict = r.warnings(), "Passed with "+count(len(r.warnings()), "warning")
	}
	if len(told) == 0 {
		return "Passed."
	}
	news := make([]string, len(told))
	for i, c := range told {
		news[i] = c.News
	}
	return verdict + ": " + strings.Join(news, "; ") + "."
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// badge is a status as a person sees it at a glance, and as one who can't see the sign reads it.
func badge(c Check) string {
	switch {
	case c.Status == StatusPassed:
		return "✅ passed"
	case c.Status == StatusWarning:
		return "⚠️ warning"
	case c.Inconclusive:
		return "❌ could not be tested"
	case c.Status == StatusFailed:
		return "❌ failed"
	default:
		return "➖ skipped"
	}
}

// MarkdownText makes text show as it is within a Markdown paragraph or in a table's cell: nothing in it is markup,
// HTML, the end of a cell, a link (some of the text is what a server says), or a mention that a forge would notify
// someone of. A line break becomes one of HTML.
//
// Characters are written as entities, which no Markdown takes for markup, whatever is next to them.
func MarkdownText(text string) string {
	var safe strings.Builder
	before := ' '
	for i, r := range text {
		switch {
		case r == '\n':
			safe.WriteString("<br>")
		case strings.ContainsRune("&<>|`\\*[]~$", r):
			fmt.Fprintf(&safe, "&#%d;", r)
		case r == '_' && (!isWord(before) || !isWord(runeAt(text, i+1))): // within a word it is no emphasis
			fmt.Fprintf(&safe, "&#%d;", r)
		case r == ':' && strings.HasPrefix(text[i:], "://"), r == '.' && endsInWWW(text[:i]): // GitHub's would make a link of it
			fmt.Fprintf(&safe, "&#%d;", r)
		case r == '@': // an entity is still a mention; a space without width behind it makes it none
			safe.WriteString("&#64;&#8203;")
		case unicode.IsControl(r):
			safe.WriteByte(' ')
		default:
			safe.WriteRune(r)
		}
		before = r
	}
	return safe.String()
}

// endsInWWW reports whether a dot after the text would make it the beginning of a web address.
func endsInWWW(text string) bool {
	const www = "www"
	return len(text) >= len(www) && strings.EqualFold(text[len(text)-len(www):], www)
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// runeAt is the character that begins at byte i; a space at the end.
func runeAt(text string, i int) rune {
	for _, r := range text[min(i, len(text)):] {
		return r
	}
	return ' '
}
