// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/advice"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

// The settings that can fix an error, by the names of their attributes. InputRegion stands for base_url too: one of the
// two is where Sekoia is.
const (
	InputAPIKey    = "api_key"
	InputRegion    = "region"
	InputCommunity = "community_id"
)

// refusals are what Sekoia's own refusals mean. The first row that fits holds. A row without a code fits all. T300 to
// T302 are the codes of a 401, as Sekoia's own clients read them.
var refusals = []struct {
	status   int
	code     string
	kind     advice.Kind
	input    string
	news, do string
}{
	{http.StatusUnauthorized, "T300", advice.Rejected, InputAPIKey, rejected, "Sekoia does not know this API key. " +
		"Check that it was copied whole, and that it is a key of this region: each region has its own."},
	{http.StatusUnauthorized, "T301", advice.Rejected, InputAPIKey, rejected, "The API key has expired: a key lives 30, 180 or 365 days, " +
		"unless it was created to last. Create a new one in Sekoia under Settings, API keys."},
	{http.StatusUnauthorized, "T302", advice.Rejected, InputAPIKey, rejected, "Somebody revoked the API key. " +
		"Ask them, or create a new one in Sekoia under Settings, API keys."},
	{http.StatusUnauthorized, "", advice.Rejected, InputAPIKey, rejected, "The API key is wrong, expired, revoked, or of another region."},
	{http.StatusForbidden, "", advice.Denied, "", "the API key lacks a permission",
		"Give the API key a role that allows this, in Sekoia under Settings, API keys."},
	{http.StatusNotFound, "", advice.Rejected, "", "Sekoia does not have it", "Check that it was not deleted, and that the API key sees its community."},
}

const rejected = "Sekoia rejected the API key"

// Advise says what the error of a call to Sekoia means, and what to do about it.
func Advise(err error) advice.Advice {
	var (
		answer     *APIError
		unexpected *UnexpectedAnswerError
	)
	switch {
	case errors.As(err, &answer):
		made := advice.Answer("Sekoia", answer.Status, answer.Code+answer.Message != "", err.Error())
		for _, row := range refusals {
			if !answer.Public && row.status == answer.Status && (row.code == "" || row.code == answer.Code) {
				made.Kind, made.Input, made.Do = row.kind, row.input, row.do
				made.News = fmt.Sprintf("%s (%d)", row.news, row.status)
				break
			}
		}
		return made
	case errors.As(err, &unexpected):
		made := advice.Answer("Sekoia", unexpected.Status, false, err.Error())
		made.Input = InputRegion
		if unexpected.Err != nil {
			happened := made.Happened
			made = advice.Network("Sekoia", InputRegion, unexpected.Err)
			made.Happened, made.Anonymous = happened, false
		}
		return made
	case errors.Is(err, credential.ErrCredentialCharacters):
		return advice.NotSendable(InputAPIKey, "API key", err)
	case err != nil && !is[*CallError](err) && !failure.Explain(err).Known:
		return advice.Advice{Happened: advice.Sentence(err.Error())} // it is about no call
	default:
		return advice.Network("Sekoia", InputRegion, err)
	}
}
