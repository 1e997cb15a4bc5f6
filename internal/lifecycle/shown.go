// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

var (
	// parseProblem is a field that the connector's parser did not take, and the kind of error: two lines of pydantic's,
	// of which the second holds the value too.
	parseProblem = regexp.MustCompile(`(?m)^([A-Za-z_][\w.]{0,79})\n[^\n]*\[type=(\w{1,40})[,\]]`)
	// deviceLine is a line about one device, by Okta's id.
	deviceLine = regexp.MustCompile(`^` + logNotMapped + ` ([0-9A-Za-z]{1,40}): (.*)`)
	// oktaMessage is an error of Okta's Python SDK, as it prints itself.
	oktaMessage = regexp.MustCompile(`(?s)^\{'message': (?:'(.*)'|"(.*)")\}$`)
	// pushStatus is why a push was refused, up to what Sekoia answered.
	pushStatus = regexp.MustCompile(`(?s)^(` + logPushRefused + ` Sekoia\.io - [\w ]+ -? ?\(?(?:HTTP )?\(?\d{3}\)?)(?: - (.*))?$`)
	// parseMark is in each parse error, and quotedValue in each text that quotes a value.
	parseMark   = regexp.MustCompile(`input_value|validation error`)
	quotedValue = regexp.MustCompile(`input_value|validation error|[{\['"]`)
)

// shownLine is WithoutValues, fit for a diagnostic.
func shownLine(message string) string { return credential.Sanitize(WithoutValues(message)) }

// WithoutValues is the message of a log line without the values of devices that the connector writes if it can't parse
// one, and without pages that it took for Okta's answer. What the line says is kept: of what does not parse, the field
// and the kind of error.
func WithoutValues(message string) string {
	switch {
	case strings.HasPrefix(message, logNotMapped):
		return cutDevice(message)
	case strings.HasPrefix(message, logFetchFailed):
		return cutOkta(message)
	case strings.HasPrefix(message, logPushRefused):
		return cutPush(message)
	}
	isPage := strings.HasPrefix(message, logPageDropped)
	head, problem, more := strings.Cut(message, "\n")
	if !more && !isPage && !parseMark.MatchString(message) {
		return message
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
	return head + ": " + strings.TrimSpace(problem)
}

// cutDevice keeps a device's id, and what is known to be no value of it.
func cutDevice(message string) string {
	found := deviceLine.FindStringSubmatch(message)
	switch {
	case found == nil:
		return logNotMapped
	case strings.HasSuffix(found[2], "displayName are required"):
		return logNotMapped + " " + found[1] + ": its displayName is empty"
	}
	return logNotMapped + " " + found[1] + ": a value of it can't be mapped"
}

// cutOkta takes Okta's error out of its Python form. Of an answer that is not Okta's only the status is kept.
func cutOkta(message string) string {
	from, problem, _ := strings.Cut(message, ": ")
	found := oktaMessage.FindStringSubmatch(problem)
	if found == nil {
		return message
	}
	text := strings.NewReplacer(`\n`, " ", `\'`, `'`, `\"`, `"`, `\\`, `\`).Replace(found[1] + found[2])
	if status, isPage := strings.CutPrefix(text, "HTTP "); isPage {
		code, _, _ := strings.Cut(status, " ")
		text = "HTTP " + code + ", not in Okta's form"
	}
	return from + ": " + strings.TrimSpace(text)
}

// cutPush keeps why Sekoia refused a push, by its code and message. Any other answer may repeat what was pushed.
func cutPush(message string) string {
	found := pushStatus.FindStringSubmatch(message)
	if found == nil {
		head, _, _ := strings.Cut(message, "{")
		return strings.TrimRight(head, " -")
	}
	var answered struct{ Code, Message string }
	if json.Unmarshal([]byte(found[2]), &answered) != nil || answered.Code == "" && answered.Message == "" {
		return found[1]
	}
	return found[1] + " - " + strings.Trim(answered.Code+": "+answered.Message, ": ")
}
