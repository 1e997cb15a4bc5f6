// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// These validators say in a plain sentence what is wrong. Those of the library show escape sequences and paths in Go's
// syntax.

// notAccepted is the summary for a value that is refused.
const notAccepted = "This value is not accepted"

// described says what a validator accepts.
type described string

// Description says what is accepted.
func (d described) Description(context.Context) string { return string(d) }

// MarkdownDescription is Description.
func (d described) MarkdownDescription(context.Context) string { return string(d) }

// textValidator checks a text that is known.
type textValidator struct {
	description, summary string
	// problem says what is wrong with a text of the attribute with this name; "" if nothing is.
	problem func(name, text string) string
	// warning says what to know about a text; "" for most. It may be nil.
	warning func(text string) (summary, detail string)
}

// Checked accepts a text for which problem returns "". If it does not, it returns the detail of the error.
func Checked(description, summary string, problem func(name, text string) string) validator.String {
	return textValidator{description: description, summary: summary, problem: problem}
}

// accepting is a validator whose problems follow the attribute's name and a colon.
func accepting(description string, problem func(text string) string) textValidator {
	return textValidator{description: description, summary: notAccepted, problem: func(name, text string) string {
		if found := problem(text); found != "" {
			return name + ": " + found + "."
		}
		return ""
	}}
}

// Description says what is accepted.
func (v textValidator) Description(context.Context) string { return v.description }

// MarkdownDescription is Description.
func (v textValidator) MarkdownDescription(context.Context) string { return v.description }

// ValidateString adds an error with the problem.
func (v textValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() {
		v.check(req.Path, attributeName(req.Path), req.ConfigValue.ValueString(), &resp.Diagnostics)
	}
}

// ValidateSet checks each text of a set. An error is on the set: the path of an element holds its value, in Go's
// syntax.
func (v textValidator) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	name, elements := attributeName(req.Path), req.ConfigValue.Elements()
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() && len(elements) == 0 {
		resp.Diagnostics.AddAttributeError(req.Path, v.summary, name+": it must hold at least 1 element. Leave it out for all of them.")
	}
	for _, element := range elements {
		if text, ok := element.(types.String); ok && !text.IsNull() && !text.IsUnknown() {
			v.check(req.Path, name, text.ValueString(), &resp.Diagnostics)
		}
	}
}

// ValidateMap checks each key of a map.
func (v textValidator) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	for key := range req.ConfigValue.Elements() {
		v.check(req.Path, "A key of "+attributeName(req.Path), key, &resp.Diagnostics)
	}
}

func (v textValidator) check(at path.Path, name, text string, diags *diag.Diagnostics) {
	if problem := v.problem(name, text); problem != "" {
		diags.AddAttributeError(at, v.summary, problem)
	}
	if v.warning == nil {
		return
	}
	if summary, detail := v.warning(text); summary != "" {
		diags.AddAttributeWarning(at, summary, detail)
	}
}

// attributeName is a path as a configuration writes it: connection_test.mode, okta_organizations["acme"].base_url.
func attributeName(at path.Path) string {
	var name strings.Builder
	for _, step := range at.Steps() {
		switch step := step.(type) {
		case path.PathStepAttributeName:
			if name.Len() > 0 {
				name.WriteByte('.')
			}
			name.WriteString(string(step))
		case path.PathStepElementKeyString:
			name.WriteString("[" + diagnostic.HCLString(string(step)) + "]")
		case path.PathStepElementKeyInt:
			name.WriteString("[" + strconv.FormatInt(int64(step), 10) + "]")
		case path.PathStepElementKeyValue: // an element of a set has no name of its own
		}
	}
	return name.String()
}

// quoted is a text from a configuration as a sentence repeats it.
func quoted(text string) string { return `"` + credential.Sanitize(text) + `"` }

// otherCase says that a text would be accepted in another case; "" if it would not.
func otherCase(text string, accepted func(string) bool) string {
	switch lower, upper := strings.ToLower(text), strings.ToUpper(text); {
	case accepted(lower):
		return quoted(text) + " must be lower case: " + quoted(lower)
	case accepted(upper):
		return quoted(text) + " must be upper case: " + quoted(upper)
	default:
		return ""
	}
}

// ProblemOfWord says why a text is not one of these words; "" if it is one.
func ProblemOfWord(text string, words []string) string {
	if slices.Contains(words, text) {
		return ""
	}
	accepted := func(text string) bool { return slices.Contains(words, text) }
	return cmp.Or(otherCase(text, accepted), quoted(text)+" must be one of "+strings.Join(words, ", "))
}

// OneOf accepts these words.
func OneOf(words ...string) validator.String {
	return accepting("one of "+strings.Join(words, ", "), func(text string) string { return ProblemOfWord(text, words) })
}

// problemOfForm says why a text is not of a form; "" if it is.
func problemOfForm(text string, form *regexp.Regexp, must string) string {
	if form.MatchString(text) {
		return ""
	}
	return cmp.Or(otherCase(text, form.MatchString), quoted(text)+" must be "+must)
}

const regionMust = "three letters and a number, such as fra1"

var regionForm = regexp.MustCompile(`^[a-z]{3}[0-9]+$`)

// ProblemOfRegion says why a text can't be the name of a Sekoia region; "" if it can.
func ProblemOfRegion(text string) string { return problemOfForm(text, regionForm, regionMust) }

// Region accepts a text that can be the name of a Sekoia region.
func Region() validator.String { return accepting(regionMust, ProblemOfRegion) }

// oktaWord is how Okta writes statuses and platforms. New ones appear, so the values themselves are not listed.
var oktaWord = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// OktaWords accepts a set of words as Okta writes them: ACTIVE, MACOS.
func OktaWords() validator.Set {
	const must = "a word in capital letters, such as ACTIVE or MACOS"
	return accepting(must, func(text string) string { return problemOfForm(text, oktaWord, must) })
}

// NotEmpty accepts any text but the empty one.
func NotEmpty() validator.String {
	return accepting("not empty", func(text string) string {
		if text == "" {
			return "it must not be empty. Leave it out, or set it to null, if there is nothing to set"
		}
		return ""
	})
}

// KeysNotEmpty accepts a map without an empty key.
func KeysNotEmpty() validator.Map {
	return accepting("no empty key", func(text string) string {
		if text == "" {
			return "it must not be empty"
		}
		return ""
	})
}

// Time accepts a time as RFC 3339 writes one.
func Time() validator.String {
	const must = "a time such as 2026-01-31T00:00:00Z"
	return accepting(must, func(text string) string {
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			return quoted(text) + " must be " + must + ", with a time zone"
		}
		return ""
	})
}

// Duration accepts a duration within bounds.
func Duration(least, most time.Duration) validator.String {
	must := "a duration from " + shortDuration(least) + " to " + shortDuration(most) + ", such as 45s or 2m"
	return accepting(must, func(text string) string {
		if found, err := time.ParseDuration(text); err != nil || found < least || found > most {
			return quoted(text) + " must be " + must
		}
		return ""
	})
}

// Timeout accepts a duration that is longer than zero.
func Timeout() validator.String {
	const must = "a duration longer than zero, such as 30m or 1h30m"
	return accepting(must, func(text string) string {
		if found, err := time.ParseDuration(text); err != nil || found <= 0 {
			return quoted(text) + " must be " + must
		}
		return ""
	})
}

// shortDuration is a duration without its zeros: 10m.
func shortDuration(duration time.Duration) string {
	text := strings.TrimSuffix(duration.String(), "0s")
	if text == "" || strings.HasSuffix(text, "1") || !strings.HasSuffix(text, "m") {
		return duration.String()
	}
	return text
}

// Between accepts a number within bounds.
func Between(least, most int64) validator.Int64 {
	return numberValidator{described(fmt.Sprintf("from %d to %d", least, most)), least, most}
}

type numberValidator struct {
	described

	least, most int64
}

// ValidateInt64 adds an error for a number that is out of bounds.
func (v numberValidator) ValidateInt64(_ context.Context, req validator.Int64Request, resp *validator.Int64Response) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if value := req.ConfigValue.ValueInt64(); value < v.least || value > v.most {
		resp.Diagnostics.AddAttributeError(req.Path, notAccepted, fmt.Sprintf("%s: %d must be %s.", attributeName(req.Path), value, v.described))
	}
}

// ConflictsWith refuses a text if any of these root attributes is set too.
func ConflictsWith(others ...string) validator.String {
	return neighborValidator{described("not set together with " + strings.Join(others, ", ")), others, false}
}

// Requires refuses a text if this root attribute is not set too.
func Requires(other string) validator.String {
	return neighborValidator{described("set together with " + other), []string{other}, true}
}

// neighborValidator looks at which other attributes are set.
type neighborValidator struct {
	described

	others   []string
	required bool
}

// ValidateString adds an error that names the others. What is not known yet may be null.
func (v neighborValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() && !v.required {
		return
	}
	name := attributeName(req.Path)
	for _, other := range v.others {
		isNull, isUnknown := state(req.Config, other, &resp.Diagnostics)
		switch {
		case v.required && isNull:
			resp.Diagnostics.AddAttributeError(req.Path, "An argument is missing", name+" needs "+other+": set both.")
		case !v.required && !isNull && !isUnknown:
			resp.Diagnostics.AddAttributeError(req.Path, "Two arguments exclude each other", name+" and "+other+" can't be set together: leave one of them out.")
		}
	}
}

// state reports whether a root attribute of a configuration is null or unknown. One that can't be read counts as
// unknown, with an error.
func state(config tfsdk.Config, attribute string, diags *diag.Diagnostics) (isNull, isUnknown bool) {
	var attributes map[string]tftypes.Value
	if err := config.Raw.As(&attributes); err != nil {
		diags.AddError("An argument could not be read", advice.Sentence(err.Error()))
		return false, true
	}
	return attributes[attribute].IsNull(), !attributes[attribute].IsKnown()
}

// ExactlyOneOf refuses a data source unless exactly one of these root attributes is set.
func ExactlyOneOf(attributes ...string) datasource.ConfigValidator {
	return choiceValidator{described("exactly one of " + strings.Join(attributes, ", ")), attributes}
}

type choiceValidator struct {
	described

	attributes []string
}

// ValidateDataSource adds an error if no attribute is set, or several are. One that is not known yet may be null.
func (v choiceValidator) ValidateDataSource(_ context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var written []string
	unknown := false
	for _, attribute := range v.attributes {
		isNull, isUnknown := state(req.Config, attribute, &resp.Diagnostics)
		unknown = unknown || isUnknown
		if !isNull && !isUnknown {
			written = append(written, attribute)
		}
	}
	switch {
	case len(written) > 1:
		resp.Diagnostics.AddAttributeError(path.Root(written[1]), "Two arguments exclude each other",
			strings.Join(written, " and ")+" can't be set together: set "+string(v.described)+".")
	case len(written) == 0 && !unknown:
		resp.Diagnostics.AddError("An argument is missing", "Set "+string(v.described)+".")
	}
}
