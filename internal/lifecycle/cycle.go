// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// lineKind is what a line of the log says about a fetch cycle.
type lineKind int

const (
	lineOther lineKind = iota
	lineBegins
	lineWorks // nothing but that a cycle is running
	linePosted
	lineTask       // what came of a push
	lineTaskUnread // the push was taken, but what came of it was not looked at
	lineEnds
	lineFetchFailed // nothing could be fetched
	linePageDropped
	linePushFailed  // a push failed
	linePushRefused // why it failed
	lineLimited     // what announces a pause
	linePaused
)

// lineKinds are what the connector writes into its log, by the public sources of Sekoia's Okta connector (2.10.0) and
// of its automation SDK (1.25). A repeated line is dropped for a minute, so lines say how far a cycle is, never how
// much it brought. A line that is not known is passed over.
var lineKinds = []struct {
	prefix string
	kind   lineKind
}{
	{"Starting a new asset fetch cycle", lineBegins},
	{"Pushing assets to", lineWorks},
	{"Checkpoint updated with date", lineWorks},
	{"Error while mapping device", lineWorks},
	{"Successfully posted", linePosted},
	{"Asset push task", lineTask},
	{"Unable to get the status of the asset push task", lineTaskUnread},
	{"Failed to parse the status of the asset push task", lineTaskUnread},
	{"Next run in the future", lineEnds},
	{"Error while fetching devices from", lineFetchFailed},
	{pageDropped, linePageDropped},
	{"Failed to push assets to", linePushFailed},
	{"Error while pushing assets to", linePushRefused},
	{"Timeout while pushing assets to", linePushRefused},
	{"Failed to parse JSON response from Sekoia", linePushRefused},
	{"Failed to get response from Sekoia", linePushRefused},
	{"Error while running asset connector", linePushRefused},
	{"Asset connector push rate limited", lineLimited},
	{"Rate limit hit, pausing connector for", linePaused},
}

func kindOf(line sekoia.LogLine) lineKind {
	for _, known := range lineKinds {
		if strings.HasPrefix(line.Message, known.prefix) {
			return known.kind
		}
	}
	return lineOther
}

func isError(line sekoia.LogLine) bool {
	kind := kindOf(line)
	return strings.EqualFold(line.Level, "error") || strings.EqualFold(line.Level, "critical") || kind == lineFetchFailed || kind == linePageDropped
}

// mark is the place in a connector's log from which on lines count: what the connector is started for is only in lines
// after it.
type mark struct {
	// newest is the newest line before the start; its Date is zero if there was none.
	newest sekoia.LogLine
	// startedAt is the time of the answer to the start call, by Sekoia's clock, in seconds; if its reply was lost, of
	// the answer to the stop call before it; zero for a connector that was just created. A stopped run's last lines
	// come late, so that they are newer than newest, but not than this.
	startedAt time.Time
}

// counts reports whether a line is of the run that the mark stands before.
func (m mark) counts(line sekoia.LogLine) bool {
	if line.Date.Before(m.startedAt.Truncate(time.Second)) {
		return false
	}
	return m.newest.Date.IsZero() || line.Date.After(m.newest.Date) ||
		(line.Date.Equal(m.newest.Date) && line.ID != m.newest.ID)
}

// cycle is what a log says about the first fetch cycles after a mark, up to the one that ended with nothing more to
// fetch.
type cycle struct {
	begun, posted, ended bool
	// failed is the line that says that nothing could be fetched, while nothing was posted.
	failed string
	// trouble is the last line that says that something was lost, though the cycle continued or had brought something.
	trouble string
	// refusal is the line that says why pushes fail; "" once something is posted. Of each failed push there are two
	// lines: failures and reasons count them since the last post.
	refusal           string
	failures, reasons int
	// paused is the line that says that Sekoia had too many calls and the connector pauses; "" once a cycle continues.
	paused string
}

// refused counts failed pushes. Repeated lines are dropped for a minute, so the kind of line that was seen most often
// is nearest to the truth.
func (c *cycle) refused() int { return max(c.failures, c.reasons) }

// hopeless reports whether pushes fail again and again, with nothing posted in between. Such a cycle starts again at
// once, and never writes the line of its end.
func (c *cycle) hopeless() bool { return c.refused() >= 3 }

// message says what a cycle does.
func (c *cycle) message() string {
	switch {
	case c.ended:
		return "The fetch cycle has ended"
	case c.paused != "":
		return "Sekoia limits the connector's calls, and it pauses. Its log says: " + shownLine(c.paused)
	case c.refused() > 0:
		return "Sekoia refuses the connector's assets, and it starts again. Its log says: " + shownLine(c.refusal)
	case c.failed != "":
		return "The connector could not fetch devices. Waiting for the end of its cycle"
	case c.posted:
		return "The connector is sending what it fetched"
	case c.begun:
		return "The fetch cycle has begun"
	default:
		return "Waiting for the fetch cycle to begin"
	}
}

// readCycle reads the lines (newest first) after a mark.
func readCycle(lines []sekoia.LogLine, from mark) cycle {
	var c cycle
	for _, line := range slices.Backward(lines) {
		if !c.ended && from.counts(line) {
			c.read(line)
		}
	}
	return c
}

func (c *cycle) read(line sekoia.LogLine) {
	text := line.Message
	switch kind := kindOf(line); {
	case kind == lineBegins:
		c.begun, c.paused = true, ""
	case kind == linePosted:
		// A failure before a post has lost something, but not all.
		c.trouble = cmp.Or(c.failed, c.refusal, c.trouble)
		c.posted, c.paused, c.failed, c.refusal, c.failures, c.reasons = true, "", "", "", 0, 0
	case kind == lineEnds:
		c.ended = c.begun
		if c.ended && c.refusal != "" {
			c.trouble = c.refusal // not posted since
		}
	case kind == lineFetchFailed && !c.posted:
		c.failed = text
	case kind == linePushFailed:
		c.failures++
		if c.refusal == "" { // a line that says why is worth more
			c.refusal = text
		}
	case kind == linePushRefused:
		c.reasons++
		c.refusal = text
	case kind == linePaused || kind == lineLimited:
		c.paused = text
		if c.posted { // the next cycle begins behind what was posted
			c.trouble = text
		}
	case kind == lineTaskUnread, kind == lineTask && strings.Contains(text, "finished successfully"):
	case isError(line), kind == lineTask && strings.Contains(text, " is still "):
		c.trouble = text
	}
}

// running reports whether the log (newest first) ends within a cycle: begun, and not followed by the line of its end.
// One whose pushes all fail has nothing that a stop could cut off.
func running(lines []sekoia.LogLine) bool {
	var since cycle // of the last post
	begun := false
	for _, line := range lines {
		switch kindOf(line) {
		case linePosted:
			return !since.hopeless()
		case lineEnds:
			return begun && !since.hopeless()
		case linePaused:
			if !begun {
				return false
			}
		case lineBegins, lineWorks, lineTask, lineTaskUnread, linePushFailed, linePushRefused:
			begun = true
		}
		since.read(line)
	}
	return begun && !since.hopeless()
}

// lastErrors returns the newest error lines (newest first), at most n, fit for a diagnostic.
func lastErrors(lines []sekoia.LogLine, n int) []string {
	var messages []string
	for _, line := range lines {
		if isError(line) && len(messages) < n {
			messages = append(messages, shownLine(line.Message))
		}
	}
	return messages
}

// pageDropped begins the line about a page of devices that the connector could not take.
const pageDropped = "Exception while fetching devices from"

// cuts say what is shown of lines that may quote a device or an answer. The first that fits holds.
var cuts = []struct {
	form  *regexp.Regexp
	shown string
}{
	// Of a device that can't be mapped, Okta's id and what is known to be no value of it.
	{regexp.MustCompile(`(?s)^(Error while mapping device \w{1,40}): .*displayName are required$`), "$1: its displayName is empty"},
	{regexp.MustCompile(`(?s)^(Error while mapping device \w{1,40}): .*`), "$1: a value of it can't be mapped"},
	{regexp.MustCompile(`(?s)^(Error while mapping device).*`), "$1"},

	// Okta's Python SDK prints an error as a dictionary. If Okta did not write the answer, only its status is shown.
	// The path of a later page has blanks and quotes in it.
	{regexp.MustCompile(`(?s)^(Error while fetching devices from .+?: )\{'message': ['"]HTTP (\d*).*`), "${1}HTTP $2, not in Okta's form"},
	{regexp.MustCompile(`(?s)^(Error while fetching devices from .+?: )\{'message': (?:'(.*)'|"(.*)")\}$`), "$1$2$3"},
	{regexp.MustCompile(`(?s)^(` + pageDropped + ` [^:]+: )\nErrors:\n([^\n]*?) +(?:Current value:|You can copy).*`), "$1$2"}, // of a base URL

	// Why Sekoia refused a push, by its code and message. Any other answer may repeat what was pushed.
	{regexp.MustCompile(`^(` + pushStatus + `) - \{"code": ?"(\w*)", ?"message": ?"([^"{]*)"\}$`), "$1 - $2: $3"},
	{regexp.MustCompile(`(?s)^(` + pushStatus + `)(?: - .*)?$`), "$1"},
	{regexp.MustCompile(`(?s)^(Error while pushing assets to[^{<\[]*).*`), "$1"},
	{regexp.MustCompile(`(?s)^(Asset push task \S+ ended with the status \w+) - .*[{<\['"].*`), "$1"},
}

const pushStatus = `Error while pushing assets to Sekoia\.io - [\w ]+ -? ?\(?(?:HTTP )?\(?\d{3}\)?`

var (
	// parseProblem is a field that the connector's parser did not take, and the kind of error: two lines of pydantic's,
	// of which the second holds the value too.
	parseProblem = regexp.MustCompile(`(?m)^([A-Za-z_][\w.]{0,79})\n[^\n]*\[type=(\w{1,40})[,\]]`)
	// parseMark is in each parse error, and quotedValue in each text that quotes a value.
	parseMark   = regexp.MustCompile(`input_value|validation error`)
	quotedValue = regexp.MustCompile(`input_value|validation error|[{\['"]`)
	// unescape writes a text of Python's or JSON's as it was.
	unescape = strings.NewReplacer(`\n`, " ", `\'`, `'`, `\"`, `"`, `\\`, `\`)
)

// shownLine is WithoutValues, fit for a diagnostic.
func shownLine(message string) string { return credential.Sanitize(WithoutValues(message)) }

// WithoutValues is the message of a log line without the values of devices that the connector writes if it can't parse
// one, and without pages that it took for Okta's answer. What the line says is kept: of what does not parse, the field
// and the kind of error.
func WithoutValues(message string) string {
	for _, cut := range cuts {
		if cut.form.MatchString(message) {
			return strings.TrimRight(unescape.Replace(cut.form.ReplaceAllString(message, cut.shown)), " -")
		}
	}
	isPage := strings.HasPrefix(message, pageDropped)
	head, problem, more := strings.Cut(message, "\n")
	if !more && !isPage && !parseMark.MatchString(message) {
		return strings.TrimSuffix(message, ": ")
	}
	if isPage || parseMark.MatchString(head) {
		first, rest, _ := strings.Cut(head, ": ")
		head, problem = first, strings.TrimSpace(rest+"\n"+problem)
	}
	if isPage {
		head, _, _ = strings.Cut(head, "?") // what follows only says which page it was
	}
	var fields []string
	for _, found := range parseProblem.FindAllStringSubmatch(problem, -1) {
		fields = append(fields, found[1]+" ("+strings.ReplaceAll(found[2], "_", " ")+")")
	}
	switch {
	case len(fields) > 0:
		return head + ": a device does not parse: " + strings.Join(fields, ", ")
	case strings.Contains(problem, "validation error"):
		return head + ": a device does not parse"
	case quotedValue.MatchString(problem), isPage && strings.Contains(problem, "\n"):
		return head
	}
	return strings.TrimSuffix(head+": "+strings.TrimSpace(problem), ": ")
}
