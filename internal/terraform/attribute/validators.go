// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// These validators say in a plain sentence what is wrong. Those of terraform-plugin-framework-validators show escape
// sequences and Go's syntax.

// notAccepted is the summary for a value that is refused.
const notAccepted = "this value is not accepted"

// about is the summary of what is wrong with an attribute: it begins with the key of the Okta organization that the
// attribute is of, or with the name of the connector.
func about(ctx context.Context, config tfsdk.Config, at path.Path, news string) string {
	var name types.String
	for _, step := range at.Steps() {
		if key, ok := step.(path.PathStepElementKeyString); ok {
			name = types.StringValue(string(key))
		}
	}
	if config.Schema != nil && name.IsNull() {
		_ = config.GetAttribute(ctx, path.Root("name"), &name) // most schemas have no name
	}
	return diagnostic.About(credential.Sanitize(name.ValueString()), news)
}

// described says what a validator accepts.
type described string

// Description says what is accepted.
func (d described) Description(context.Context) string { return string(d) }

// MarkdownDescription is Description.
func (d described) MarkdownDescription(context.Context) string { return string(d) }

// textValidator checks a text that is known.
type textValidator struct {
	described

	summary string
	// problem says what is wrong with a text of the attribute with this name; "" if nothing is.
	problem func(name, text string) string
	// warning says what to know about a text; "" for most. It may be nil.
	warning func(text string) (summary, detail string)
}

// Checked accepts a text for which problem returns "". Otherwise problem returns the detail of the error.
func Checked(description, summary string, problem func(name, text string) string) validator.String {
	return textValidator{described: described(description), summary: summary, problem: problem}
}

// accepting accepts a text for which accepted reports true.
func accepting(must string, accepted func(text string) bool) textValidator {
	return textValidator{described: described(must), summary: notAccepted, problem: func(name, text string) string {
		wanted := must
		switch lower, upper := strings.ToLower(text), strings.ToUpper(text); {
		case accepted(text):
			return ""
		case accepted(lower):
			wanted = `lower case: "` + lower + `"`
		case accepted(upper):
			wanted = `upper case: "` + upper + `"`
		}
		return name + `: "` + credential.Sanitize(text) + `" must be ` + wanted + "."
	}}
}

// Problem says what is wrong with a text of the environment variable with this name, which stands in for an attribute
// with this validator of this package; "" if nothing is.
func Problem(of validator.String, name, text string) string {
	checked, _ := of.(textValidator)
	return checked.problem(name, text)
}

// ValidateString checks a text.
func (v textValidator) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() {
		v.check(ctx, req.Config, req.Path, req.Path.String(), req.ConfigValue.ValueString(), &resp.Diagnostics)
	}
}

// ValidateSet checks each text of a set. An error is on the set, because the path of an element holds its value.
func (v textValidator) ValidateSet(ctx context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	name, elements := req.Path.String(), req.ConfigValue.Elements()
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() && len(elements) == 0 {
		resp.Diagnostics.AddAttributeError(req.Path, about(ctx, req.Config, req.Path, v.summary), name+" must hold at least 1 element. Leave it out for all of them.")
	}
	for _, element := range elements {
		if text, ok := element.(types.String); ok && !text.IsNull() && !text.IsUnknown() {
			v.check(ctx, req.Config, req.Path, name, text.ValueString(), &resp.Diagnostics)
		}
	}
}

func (v textValidator) check(ctx context.Context, config tfsdk.Config, at path.Path, name, text string, diags *diag.Diagnostics) {
	if problem := v.problem(name, text); problem != "" {
		diags.AddAttributeError(at, about(ctx, config, at, v.summary), problem)
	}
	if v.warning == nil {
		return
	}
	if summary, detail := v.warning(text); summary != "" {
		diags.AddAttributeWarning(at, about(ctx, config, at, summary), detail)
	}
}

// OneOf accepts these words.
func OneOf(words ...string) validator.String {
	return accepting("one of "+strings.Join(words, ", "), func(text string) bool { return slices.Contains(words, text) })
}

// Region accepts a text that can be the name of a Sekoia region.
func Region() validator.String {
	return accepting("three lower-case letters and a number, such as fra1", regexp.MustCompile(`^[a-z]{3}[0-9]+$`).MatchString)
}

// OktaWords accepts a set of words as Okta writes statuses and platforms: ACTIVE, MACOS. New ones appear, so the values
// themselves are not listed.
func OktaWords() validator.Set {
	return accepting("a word in capital letters, such as ACTIVE or MACOS", regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`).MatchString)
}

// NotEmpty accepts any text but the empty one.
func NotEmpty() validator.String {
	return notEmpty(" Leave it out, or set it to null, if there is nothing to set.")
}

// RequiredNotEmpty is NotEmpty for a required argument.
func RequiredNotEmpty() validator.String { return notEmpty("") }

func notEmpty(hint string) textValidator {
	return textValidator{described: "not empty", summary: notAccepted, problem: func(name, text string) string {
		if text == "" {
			return name + " must not be empty." + hint
		}
		return ""
	}}
}

// Time accepts a time in RFC 3339.
func Time() validator.String {
	return accepting("a time with a time zone, such as 2026-01-31T00:00:00Z", func(text string) bool {
		_, err := time.Parse(time.RFC3339, text)
		return err == nil
	})
}

// Duration accepts a duration within bounds, which are written as a person would write them: 10m.
func Duration(least, most string) validator.String {
	shortest, _ := time.ParseDuration(least) // the caller's constants
	longest, _ := time.ParseDuration(most)
	return accepting("a duration from "+least+" to "+most+", such as 45s or 2m", func(text string) bool {
		found, err := time.ParseDuration(text)
		return err == nil && found >= shortest && found <= longest
	})
}

// Timeout accepts a duration that is longer than zero.
func Timeout() validator.String {
	return accepting("a duration longer than zero, such as 30m or 1h30m", func(text string) bool {
		found, err := time.ParseDuration(text)
		return err == nil && found > 0
	})
}

// Between accepts a whole number within bounds. Its attribute is a number, because the framework takes a fraction in an
// Int64Attribute for a mistake of the provider.
func Between(least, most int64) validator.Number {
	return numberValidator{described(fmt.Sprintf("a whole number from %d to %d", least, most)), least, most}
}

// Whole is a number that Between accepted; otherwise if it is null, or not known yet.
func Whole(number types.Number, otherwise int) int {
	if number.IsNull() || number.IsUnknown() {
		return otherwise
	}
	whole, _ := number.ValueBigFloat().Int64()
	return int(whole)
}

type numberValidator struct {
	described

	least, most int64
}

// ValidateNumber adds an error for another number.
func (v numberValidator) ValidateNumber(ctx context.Context, req validator.NumberRequest, resp *validator.NumberResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if value, exact := req.ConfigValue.ValueBigFloat().Int64(); exact != big.Exact || value < v.least || value > v.most {
		resp.Diagnostics.AddAttributeError(req.Path, about(ctx, req.Config, req.Path, notAccepted), fmt.Sprintf("%s: %s must be %s.",
			req.Path.String(), req.ConfigValue.ValueBigFloat().Text('g', 10), v.described))
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

// ValidateString adds an error that names the others.
func (v neighborValidator) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() && !v.required {
		return
	}
	written, unknown := whichAreSet(ctx, req.Config, v.others, &resp.Diagnostics)
	name := req.Path.String()
	if v.required && len(written) == 0 && !unknown {
		resp.Diagnostics.AddAttributeError(req.Path, about(ctx, req.Config, req.Path, "an argument is missing"), name+" needs "+v.others[0]+": set both.")
	}
	for _, other := range written {
		if !v.required {
			resp.Diagnostics.AddAttributeError(req.Path, about(ctx, req.Config, req.Path, "two arguments exclude each other"),
				name+" and "+other+" can't be set together: leave one of them out.")
		}
	}
}

// whichAreSet returns those of these root attributes that are set. One that is not known yet may be null.
func whichAreSet(ctx context.Context, config tfsdk.Config, names []string, diags *diag.Diagnostics) (written []string, unknown bool) {
	for _, name := range names {
		var value attr.Value
		diags.Append(config.GetAttribute(ctx, path.Root(name), &value)...)
		switch {
		case value == nil || value.IsNull():
		case value.IsUnknown():
			unknown = true
		default:
			written = append(written, name)
		}
	}
	return written, unknown
}

// ExactlyOneOf refuses a data source unless exactly one of these root attributes is set.
func ExactlyOneOf(attributes ...string) datasource.ConfigValidator {
	return choiceValidator{described("exactly one of " + strings.Join(attributes, ", ")), attributes}
}

type choiceValidator struct {
	described

	attributes []string
}

// ValidateDataSource adds an error if no attribute is set, or several are.
func (v choiceValidator) ValidateDataSource(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	written, unknown := whichAreSet(ctx, req.Config, v.attributes, &resp.Diagnostics)
	switch {
	case len(written) > 1:
		resp.Diagnostics.AddAttributeError(path.Root(written[1]), about(ctx, req.Config, path.Empty(), "two arguments exclude each other"),
			strings.Join(written, " and ")+" can't be set together: set "+string(v.described)+".")
	case len(written) == 0 && !unknown:
		resp.Diagnostics.AddError("An argument is missing", "Set "+string(v.described)+".")
	}
}
