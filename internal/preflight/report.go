// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// Status is the outcome of a check.
type Status string

// A check passed, passed with something to know, failed, or was not made because an earlier one or a missing input made
// it pointless.
const (
	StatusPassed  Status = "passed"
	StatusWarning Status = "warning"
	StatusFailed  Status = "failed"
	StatusSkipped Status = "skipped"
)

// Check is the result of one check.
type Check struct {
	ID     CheckID
	Status Status
	// News is a warning or a failure in a few words, to follow the name of what was tested: "Okta rejected the API
	// token (401)".
	News string
	// Message says what was seen and where: short sentences, one a line. Never a secret, a device's name or a person.
	// It is the same for the same finding.
	Message string
	// Trace is what differs from test to test: an id for support, numbers, what the network said; "" if there is
	// nothing.
	Trace string
	// Hint says what to do; "" if there is nothing to do.
	Hint string
	// Input is the setting that can fix it, by the name of its attribute; "" if no single setting can: in an outage,
	// say.
	Input string
	// Inconclusive marks a failed check that found nothing out: no answer, an outage, a rate limit, an unknown answer.
	Inconclusive bool
	// Untrusted marks a failed check of the rule where a credential may go. No mode of the connection test lifts it,
	// only the variable that the hint names.
	Untrusted bool
	// anonymous reports that the message does not name the call.
	anonymous bool
}

// Text is the message with the trace.
func (c Check) Text() string { return strings.TrimSpace(c.Message + " " + c.Trace) }

func passed(sentences ...string) Check {
	return Check{Status: StatusPassed, Message: lines(sentences...)}
}

func warning(input, news, message, hint string) Check {
	return Check{Status: StatusWarning, Input: input, News: news, Message: message, Hint: hint}
}

func failed(input, news, message, hint string) Check {
	return Check{Status: StatusFailed, Input: input, News: news, Message: message, Hint: hint}
}

// failedCall is the finding of a call that ended with an error.
func failedCall(meant advice.Advice) Check {
	finding := failed(meant.Input, cmp.Or(meant.News, "the service gave an unknown answer"), meant.Happened, meant.Do)
	finding.Trace, finding.anonymous = meant.Trace, meant.Anonymous
	finding.Inconclusive, finding.Untrusted = meant.Kind == advice.Untested, meant.Kind == advice.Untrusted
	return finding
}

// lines joins sentences, each on a line of its own; empty ones are left out.
func lines(sentences ...string) string {
	return strings.Join(slices.DeleteFunc(sentences, func(s string) bool { return s == "" }), "\n")
}

// Report is the result of a connection test: all checks, always, in the order of the table. Reports are shared: read
// them, never change them.
type Report struct {
	Checks []Check
	// Host is that of the base URL; "" if there is none.
	Host string
	// OrganizationID is the Okta organization's id; "" if it did not answer.
	OrganizationID string
}

// TestedFrom completes "Tested from …".
const TestedFrom = "this machine, not Sekoia (network zones may differ)"

// Passed reports whether no check failed.
func (r *Report) Passed() bool {
	return len(r.with(StatusFailed)) == 0
}

// Untested returns the failed checks that found nothing out.
func (r *Report) Untested() []Check {
	return slices.DeleteFunc(r.with(StatusFailed), func(c Check) bool { return !c.Inconclusive })
}

// CredentialPassed reports whether Okta accepted the token, whatever else failed.
func (r *Report) CredentialPassed() bool {
	return r.Check(OktaCredentials).Status == StatusPassed
}

// Check returns the result of one check; the zero Check for an unknown id.
func (r *Report) Check(id CheckID) Check {
	for _, c := range r.Checks {
		if c.ID == id {
			return c
		}
	}
	return Check{}
}

func (r *Report) with(status Status) []Check {
	return slices.DeleteFunc(slices.Clone(r.Checks), func(c Check) bool { return c.Status != status })
}

// Missing returns the report with a failed check for a setting without which that check can't be made: nothing was
// asked. Checks that come after it are skipped. known reports whether the setting is known to be missing. Otherwise its
// value is only not known yet, and nothing was found out. The report itself stays as it is, for others share it.
func (r *Report) Missing(id CheckID, known bool, news, hint string) *Report {
	finding := failed("", news, advice.Sentence(news), hint)
	finding.ID, finding.Inconclusive = id, !known
	amended := *r
	amended.Checks = slices.Clone(r.Checks)
	gone := map[CheckID]bool{id: true}
	for i, c := range checks {
		switch {
		case c.id == id:
			amended.Checks[i] = finding
		case gone[c.after]:
			gone[c.id] = true
			amended.Checks[i] = c.skipped(fmt.Sprintf("Not checked, because %s failed.", id))
		}
	}
	return &amended
}

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
	fmt.Fprintf(&text, "Tested from %s.\n\n</details>\n", MarkdownText(TestedFrom))
	return text.String()
}

// verdict is the whole report at a glance and in one line: what is wrong, if anything is.
func (r *Report) verdict() (icon, text string) {
	found := r.with(StatusFailed)
	icon, text = "❌", count(len(found), "check")+" failed"
	if len(found) == 0 {
		found = r.with(StatusWarning)
		icon, text = "⚠️", "Passed with "+count(len(found), "warning")
	}
	if len(found) == 0 {
		return "✅", "Passed."
	}
	news := make([]string, len(found))
	for i, c := range found {
		news[i] = c.News
	}
	return icon, advice.Sentence(text + ": " + strings.Join(news, "; "))
}

func count(n int, what string) string {
	return fmt.Sprintf("%d %s", n, verb(n, what, what+"s"))
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
