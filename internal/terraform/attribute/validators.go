// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
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
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// These validators say in a plain sentence what is wrong. Those of the library show escape sequences and paths in Go's
// syntax.

// notAccepted is the summary of an argument's value that is refused.
const notAccepted = "This value is not accepted"

// textValidator checks a text that is known.
type textValidator struct {
	description string
	// problem says what is wrong with a text, to follow the attribute's name and a colon; "" if nothing is.
	problem func(text string) string
}

// Description says what is accepted.
func (v textValidator) Description(context.Context) string { return v.description }

// MarkdownDescription is Description.
func (v textValidator) MarkdownDescription(context.Context) string { return v.description }

// ValidateString adds an error with the problem.
func (v textValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	v.check(req.Path, req.ConfigValue.ValueString(), &resp.Diagnostics)
}

// ValidateSet checks each text of a set. An error is on the set: the path of an element holds its value, in Go's
// syntax.
func (v textValidator) ValidateSet(ctx context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() && len(req.ConfigValue.Elements()) == 0 {
		resp.Diagnostics.AddAttributeError(req.Path, notAccepted, AttributeName(req.Path)+": it must hold at least 1 element. Leave it out for all of them.")
	}
	for _, element := range req.ConfigValue.Elements() {
		text, ok := element.(basetypes.StringValuable)
		if !ok || element.IsNull() || element.IsUnknown() {
			continue
		}
		value, diags := text.ToStringValue(ctx)
		resp.Diagnostics.Append(diags...)
		v.check(req.Path, value.ValueString(), &resp.Diagnostics)
	}
}

// ValidateMap checks each key of a map.
func (v textValidator) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	for key := range req.ConfigValue.Elements() {
		if problem := v.problem(key); problem != "" {
			resp.Diagnostics.AddAttributeError(req.Path, notAccepted, "A key of "+AttributeName(req.Path)+": "+problem+".")
		}
	}
}

func (v textValidator) check(at path.Path, text string, diags *diag.Diagnostics) {
	if problem := v.problem(text); problem != "" {
		diags.AddAttributeError(at, notAccepted, AttributeName(at)+": "+problem+".")
	}
}

// AttributeName is a path as a configuration writes it: connection_test.mode, okta_organizations["acme"].base_url.
func AttributeName(at path.Path) string {
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
	if problem := otherCase(text, func(text string) bool { return slices.Contains(words, text) }); problem != "" {
		return problem
	}
	return quoted(text) + " must be one of " + strings.Join(words, ", ")
}

// OneOf accepts these words.
func OneOf(words ...string) validator.String {
	return textValidator{description: "one of " + strings.Join(words, ", "), problem: func(text string) string { return ProblemOfWord(text, words) }}
}

// problemOfForm says why a text is not of a form; "" if it is.
func problemOfForm(text string, form *regexp.Regexp, must string) string {
	if form.MatchString(text) {
		return ""
	}
	if problem := otherCase(text, form.MatchString); problem != "" {
		return problem
	}
	return quoted(text) + " must be " + must
}

// ProblemOfRegion says why a text can't be the name of a region of Sekoia's; "" if it can.
func ProblemOfRegion(text string) string {
	return problemOfForm(text, regionForm, "three letters and a number, such as fra1")
}

var regionForm = regexp.MustCompile(`^[a-z]{3}[0-9]+$`)

// Region accepts what can be the name of a region of Sekoia's.
func Region() validator.String {
	return textValidator{description: "three letters and a number, such as fra1", problem: ProblemOfRegion}
}

// oktaWord is how Okta writes statuses and platforms. New ones appear, so the values themselves are not listed.
var oktaWord = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// OktaWords accepts a set of words as Okta writes them: ACTIVE, MACOS.
func OktaWords() validator.Set {
	const must = "a word in capital letters, such as ACTIVE or MACOS"
	return textValidator{description: must, problem: func(text string) string { return problemOfForm(text, oktaWord, must) }}
}

var notEmpty = textValidator{
	description: "not empty",
	problem: func(text string) string {
		if text == "" {
			return "it must not be empty. Leave it out, or set it to null, if there is nothing to set"
		}
		return ""
	},
}

// NotEmpty accepts any text but the empty one.
func NotEmpty() validator.String { return notEmpty }

// KeysNotEmpty accepts a map without an empty key.
func KeysNotEmpty() validator.Map {
	return textValidator{description: "no empty key", problem: func(text string) string {
		if text == "" {
			return "it must not be empty"
		}
		return ""
	}}
}

// Time accepts a time as RFC 3339 writes one.
func Time() validator.String {
	return textValidator{description: "a time such as 2026-01-31T00:00:00Z", problem: func(text string) string {
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			return quoted(text) + " must be a time such as 2026-01-31T00:00:00Z, with a time zone"
		}
		return ""
	}}
}

// Duration accepts a duration within bounds.
func Duration(least, most time.Duration) validator.String {
	must := "a duration from " + shortDuration(least) + " to " + shortDuration(most) + ", such as 45s or 2m"
	return textValidator{description: must, problem: func(text string) string {
		if found, err := time.ParseDuration(text); err != nil || found < least || found > most {
			return quoted(text) + " must be " + must
		}
		return ""
	}}
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
func Between(least, most int64) validator.Int64 { return numberValidator{least: least, most: most} }

type numberValidator struct{ least, most int64 }

// Description says what is accepted.
func (v numberValidator) Description(context.Context) string {
	return fmt.Sprintf("from %d to %d", v.least, v.most)
}

// MarkdownDescription is Description.
func (v numberValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateInt64 adds an error for a number that is out of bounds.
func (v numberValidator) ValidateInt64(ctx context.Context, req validator.Int64Request, resp *validator.Int64Response) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if value := req.ConfigValue.ValueInt64(); value < v.least || value > v.most {
		resp.Diagnostics.AddAttributeError(req.Path, notAccepted, fmt.Sprintf("%s: %d must be %s.", AttributeName(req.Path), value, v.Description(ctx)))
	}
}

// ConflictsWith refuses a text next to any of these root attributes.
func ConflictsWith(others ...string) validator.String { return companyValidator{others: others} }

// Requires refuses a text without this root attribute.
func Requires(other string) validator.String {
	return companyValidator{others: []string{other}, required: true}
}

// companyValidator looks at which other attributes are set.
type companyValidator struct {
	others   []string
	required bool
}

// Description says what is accepted.
func (v companyValidator) Description(context.Context) string {
	if v.required {
		return "set together with " + strings.Join(v.others, ", ")
	}
	return "not set together with " + strings.Join(v.others, ", ")
}

// MarkdownDescription is Description.
func (v companyValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString adds an error that names the others. What is not known yet may be null.
func (v companyValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() && !v.required {
		return
	}
	name := AttributeName(req.Path)
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

// ExactlyOneOf refuses a data source without exactly one of these root attributes.
func ExactlyOneOf(attributes ...string) datasource.ConfigValidator {
	return choiceValidator{attributes: attributes}
}

type choiceValidator struct{ attributes []string }

// Description says what is accepted.
func (v choiceValidator) Description(context.Context) string {
	return "exactly one of " + strings.Join(v.attributes, ", ")
}

// MarkdownDescription is Description.
func (v choiceValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateDataSource adds an error for none and for several. One that is not known yet may be null.
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
			strings.Join(written, " and ")+" can't be set together: set exactly one of "+strings.Join(v.attributes, ", ")+".")
	case len(written) == 0 && !unknown:
		resp.Diagnostics.AddError("An argument is missing", "Set exactly one of "+strings.Join(v.attributes, ", ")+".")
	}
}
