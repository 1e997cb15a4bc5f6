// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// Markdown is the report for a pull request's comment or a job's summary: GitHub Flavored Markdown, as GitLab takes it
// too. It is a heading with the organization's host, one line of verdict, and the checks, folded. Like the checks' own
// text it holds Okta's ids and counts, never a secret, a device's name or a person. It is the same for the same
// findings: as an output it leaves a plan empty.
func (r *Report) Markdown() string {
	icon, verdict := r.verdict()
	var text strings.Builder
	fmt.Fprintf(&text, "### %s %s: Okta connection test\n\n%s\n\n", icon, MarkdownText(credential.Sanitize(cmp.Or(r.Host, "Okta"))), MarkdownText(verdict))
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

// verdict is the whole report at a glance and in one line: what is wrong, if anything is.
func (r *Report) verdict() (icon, text string) {
	found := r.filter(func(c Check) bool { return c.Status == StatusFailed })
	icon, text = "❌", count(len(found), "check")+" failed"
	if len(found) == 0 {
		found = r.filter(func(c Check) bool { return c.Status == StatusWarning })
		icon, text = "⚠️", "Passed with "+count(len(found), "warning")
	}
	if len(found) == 0 {
		return "✅", "Passed."
	}
	news := make([]string, len(found))
	for i, c := range found {
		news[i] = c.News
	}
	return icon, text + ": " + strings.Join(news, "; ") + "."
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

var (
	// markup is what Markdown takes for markup, a link or a mention. A mention ends at a space of no width, not at an
	// entity.
	markup = strings.NewReplacer("\n", "<br>", "&", "&#38;", "<", "&#60;", ">", "&#62;", "|", "&#124;", "`", "&#96;", `\`, "&#92;",
		"*", "&#42;", "[", "&#91;", "]", "&#93;", "~", "&#126;", "$", "&#36;", "@", "&#64;&#8203;",
		"://", "&#58;//", "www.", "www&#46;", "WWW.", "WWW&#46;")
	// outerUnderscores may be emphasis. Within a word, as in SEKOIA_REGION, they never are.
	outerUnderscores = regexp.MustCompile(`\b_+|_+\b`)
)

// MarkdownText makes text show as it is within a Markdown paragraph or in a table's cell: nothing in it is markup,
// HTML, the end of a cell, a link (some of the text is what a server says), or a mention that a forge would notify
// someone of. A line break becomes one of HTML.
//
// Characters are written as entities, which no Markdown takes for markup, whatever is next to them.
func MarkdownText(text string) string {
	text = strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	return outerUnderscores.ReplaceAllStringFunc(markup.Replace(text), func(run string) string { return strings.Repeat("&#95;", len(run)) })
}
