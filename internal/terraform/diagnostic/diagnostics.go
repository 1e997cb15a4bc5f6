// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// maxDetailLines is what a tired person still reads.
const maxDetailLines = 6

// AddError adds an error to diags: the summary says what did not work, err what was answered, and hint (may be "") what
// to do. The empty path means no attribute. The detail has at most six lines.
func AddError(diags *diag.Diagnostics, at path.Path, summary string, err error, hint string) {
	diags.Append(NewDiagnostic(diag.SeverityError, at, summary, err, hint))
}

// AddWarning is AddError for a warning.
func AddWarning(diags *diag.Diagnostics, at path.Path, summary string, err error, hint string) {
	diags.Append(NewDiagnostic(diag.SeverityWarning, at, summary, err, hint))
}

// NewDiagnostic is the diagnostic that AddError and AddWarning add. A nil err leaves the hint alone.
func NewDiagnostic(severity diag.Severity, at path.Path, summary string, err error, hint string) diag.Diagnostic {
	happened := ""
	if err != nil {
		happened = advice.Sentence(err.Error())
	}
	return newDiagnostic(severity, at, summary, happened, hint)
}

// newDiagnostic takes the parts of the detail, of which each begins a line; empty ones are left out.
func newDiagnostic(severity diag.Severity, at path.Path, summary string, parts ...string) diag.Diagnostic {
	detail := ""
	for _, part := range parts {
		detail = strings.TrimSpace(detail + "\n" + part)
	}
	detail = cutLines(detail, maxDetailLines)
	var made diag.Diagnostic = diag.NewErrorDiagnostic(summary, detail)
	if severity == diag.SeverityWarning {
		made = diag.NewWarningDiagnostic(summary, detail)
	}
	if len(at.Steps()) == 0 {
		return made
	}
	return diag.WithPath(at, made)
}

// cutLines keeps the first lines and the last one, which says what to do.
func cutLines(text string, limit int) string {
	lines := strings.Split(text, "\n")
	if len(lines) <= limit {
		return text
	}
	return strings.Join(lines[:limit-2], "\n") + "\n…\n" + lines[len(lines)-1]
}

// About is the summary of a diagnostic about one connector or organization: its name first, then the news. Without a
// name the news begin with a capital letter.
func About(subject, news string) string {
	if subject == "" {
		return strings.TrimSuffix(advice.Sentence(news), ".")
	}
	return subject + ": " + news
}

// Provider is what summaries about the whole provider begin with.
const Provider = `provider "sekoia"`

// AboutProvider is the summary of a diagnostic about the provider block or its environment variables, which a
// resource's diagnostic can't point to. Such a fault is reported once in a run.
func AboutProvider(news string) string { return About(Provider, news) }

// Source says where the settings of an Okta organization come from. All of one organization's come from one source.
type Source int

// The sources.
const (
	// SourceNone is for settings that are set nowhere.
	SourceNone Source = iota
	// SourceConfiguration is the okta block of the provider, or an object of its okta_organizations.
	SourceConfiguration
	// SourceEnvironment are Okta's environment variables.
	SourceEnvironment
)

// OktaPlace is how diagnostics name an organization and its settings.
type OktaPlace struct {
	// Subject is its key, else its host; "" if neither is known. Each summary begins with it.
	Subject string
	// Key is that in okta_organizations; null for the okta block or the environment.
	Key    types.String
	Source Source
	// Variables are the environment variables that were used, or could have been, by the attribute that each stands in
	// for. Another source has none.
	Variables map[string]string
	// Unset are settings that may be left out, and were.
	Unset []string
}

// Summary is About the organization.
func (p OktaPlace) Summary(news string) string { return About(p.Subject, news) }

// Name is what a person calls a setting: the environment variable that was used, or the attribute of the provider
// block.
func (p OktaPlace) Name(attribute string) string {
	if variable := p.Variables[attribute]; variable != "" {
		return variable
	}
	return OktaAttribute(p.Key, attribute)
}

// Where says where a setting is written, or that it is not; "" if there is nothing to say.
func (p OktaPlace) Where(attribute string) string {
	switch variable := p.Variables[attribute]; {
	case slices.Contains(p.Unset, attribute):
		return "It is not set: " + p.Name(attribute) + "."
	case variable != "":
		return "It is set in the environment: " + variable + "."
	case p.Source == SourceEnvironment:
		return ""
	default:
		return "It is set in the provider block: " + OktaAttribute(p.Key, attribute) + "."
	}
}

// OrganizationsAttribute is the provider's map of organizations.
const OrganizationsAttribute = "okta_organizations"

// OktaAttribute names an attribute of the organization with this key as a person finds it in the provider block:
// okta.base_url, okta_organizations["acme"].base_url. An empty attribute names the whole object.
func OktaAttribute(key types.String, attribute string) string {
	at := "okta"
	if !key.IsNull() {
		at = fmt.Sprintf("%s[%s]", OrganizationsAttribute, credential.Sanitize(key.String()))
	}
	if attribute == "" {
		return at
	}
	return at + "." + attribute
}

// SekoiaPlace says where Sekoia's settings are written, in a sentence for each of sekoia.InputAPIKey and InputRegion.
type SekoiaPlace map[string]string

// Where says where the settings are written that can fix an error; "" if Sekoia's settings can't fix it.
func (p SekoiaPlace) Where(input string) string {
	if input != sekoia.InputAPIKey {
		return p[input]
	}
	return strings.TrimSpace(p[input] + " " + p[sekoia.InputRegion]) // each region has its own keys
}

// OktaErrorPaths are a data source's attributes that can fix an error of Okta. A path is empty if there is no such
// attribute.
type OktaErrorPaths struct {
	// Place is the organization that was called, and where its settings are.
	Place OktaPlace
	// ID is the attribute whose device was not found.
	ID path.Path
	// Search is the attribute whose expression was refused.
	Search path.Path
}

// AddOktaError adds an error for a failed call to Okta with the provider's credential. The summary begins with the
// organization and says the news; it is the one given if nothing more is known. The detail says what to do, and which
// setting can fix it: the attribute of the provider block, or the environment variable that was used.
func AddOktaError(diags *diag.Diagnostics, paths OktaErrorPaths, summary string, err error) {
	meant, at, where := okta.Advise(err), path.Empty(), ""
	switch meant.Input {
	case "":
	case okta.InputDevice:
		at = paths.ID
	case okta.InputSearch:
		at = paths.Search
	default:
		where = paths.Place.Where(meant.Input)
	}
	diags.Append(newDiagnostic(diag.SeverityError, at, paths.Place.Summary(cmp.Or(meant.News, summary)), happened(meant), meant.Do, where))
}

// AddSekoiaError adds an error for a failed call to Sekoia. What the key, the region or the base URL can fix is about
// the provider, unless the call left something behind, which left has sentences about. Any other error has the summary
// and the path.
func AddSekoiaError(diags *diag.Diagnostics, place SekoiaPlace, at path.Path, summary string, err error, left ...string) {
	meant := sekoia.Advise(err)
	switch {
	case strings.Join(left, "") == "" && (meant.Input == sekoia.InputAPIKey || meant.Input == sekoia.InputRegion):
		at, summary = path.Empty(), AboutProvider(meant.News)
	case meant.Kind == advice.Untested && meant.News != "":
		at = path.Empty() // no attribute can fix an outage
	}
	parts := append([]string{happened(meant)}, append(left, meant.Do, place.Where(meant.Input))...)
	diags.Append(newDiagnostic(diag.SeverityError, at, summary, parts...))
}

// happened is what an error says, with what is only about this call.
func happened(meant advice.Advice) string {
	return strings.TrimSpace(meant.Happened + " " + meant.Trace)
}

// maxListed bounds how many things a diagnostic lists.
const maxListed = 10

// List joins words for a diagnostic, made fit for it; it says how many are left if there are more than a few.
func List(words []string) string { return ListUpTo(maxListed, words) }

// ListUpTo is List with another bound.
func ListUpTo(limit int, words []string) string {
	shown := make([]string, 0, limit)
	for _, word := range words[:min(limit, len(words))] {
		shown = append(shown, credential.Sanitize(word))
	}
	list := strings.Join(shown, ", ")
	if left := len(words) - len(shown); left > 0 {
		list += fmt.Sprintf(" and %d more", left)
	}
	return list
}

// HCLString writes a text as a quoted string of HCL that a person can paste: nothing in it ends the string, and nothing
// is evaluated (HCL native syntax specification, "Template Expressions"). Bytes that are not UTF-8 become U+FFFD.
func HCLString(text string) string {
	var quoted strings.Builder
	for _, character := range text {
		if unicode.IsPrint(character) && !strings.ContainsRune(`"\$%`, character) {
			quoted.WriteRune(character)
		} else {
			fmt.Fprintf(&quoted, `\U%08x`, character)
		}
	}
	return `"` + quoted.String() + `"`
}
