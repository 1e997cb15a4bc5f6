// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

// unanswered is the finding of a call from which nothing can be learned: no answer, an outage, a rate limit, an answer
// of an unknown kind. cloud is "Okta" or "Sekoia"; host is whom the call was for, "" where only the error says it.
func unanswered(cloud, host string, err error) Check {
	if status := answeredStatus(err); status != 0 {
		return unhelpful(cloud, status, err).answering(status)
	}
	if host == "" {
		host = calledHost(cloud, err)
	}
	met := failure.Explain(err)
	what := met.Lead(cloud)
	if host != cloud {
		what += " (" + host + ")"
	}
	what += ": " + cmp.Or(met.What, "the call failed") + "."
	hint := cmp.Or(met.Do, "Run it again. If it stays so, look at what is in between: HTTPS_PROXY, a firewall.")
	switch {
	case !met.ByURL:
		return inconclusive(TargetNone, lines(what, seenIn(met, err)), hint)
	case cloud == "Okta":
		return inconclusive(TargetOktaBaseURL, lines(what, seenIn(met, err)), hint)
	default:
		return inconclusive(TargetNone, lines(what, seenIn(met, err)), lines(hint, sekoiaURLHint))
	}
}

// sekoiaURLHint tells where Sekoia's URL is set.
const sekoiaURLHint = "Sekoia's URL is that of region (SEKOIA_REGION) or base_url (SEKOIA_BASE_URL) in the provider block."

// seenIn quotes the network, and names the call.
func seenIn(met failure.Explanation, err error) string {
	call, ok := errors.AsType[*failure.CallError](err)
	switch {
	case !ok:
		return ""
	case met.Seen == "":
		return "The call was " + call.Method + " " + call.URL + "."
	default:
		return "Seen: " + call.Method + " " + call.URL + ": " + met.Seen + "."
	}
}

// networkHint says what to do about a network failure; nothing where err is none.
func networkHint(err error) string {
	if !isCall(err) {
		return ""
	}
	return failure.Explain(err).Do
}

// isCall tells the error of a call from that of a context which ended while a call of another run was waited for.
func isCall(err error) bool {
	_, ok := errors.AsType[*failure.CallError](err)
	return ok
}

// unhelpful is the finding of an answer that does not say what was asked.
func unhelpful(cloud string, status int, err error) Check {
	message := credential.Sanitize(err.Error()) + "."
	switch {
	case status == http.StatusTooManyRequests:
		return inconclusive(TargetNone, message, cloud+"'s rate limit is used up. Wait a minute, and run it again.")
	case status == http.StatusProxyAuthRequired:
		return inconclusive(TargetNone, message, "The proxy wants a login: put it into HTTPS_PROXY.")
	case status >= http.StatusInternalServerError:
		return inconclusive(TargetNone, message, cloud+" has trouble. Look at its status page, and run it again later.")
	case cloud == "Sekoia":
		return inconclusive(TargetNone, message, lines("This is not an answer that is known of Sekoia.",
			"Check region (SEKOIA_REGION) or base_url (SEKOIA_BASE_URL), and that no proxy or gateway answers in its place."))
	default:
		return inconclusive(TargetNone, message, lines("This is not an answer that is known of Okta.",
			"Check that no proxy (HTTPS_PROXY) or gateway answers in its place."))
	}
}

// answeredStatus is the HTTP status of an answer that became an error, and 0 where there was no answer.
func answeredStatus(err error) int {
	if api, ok := errors.AsType[*okta.APIError](err); ok {
		return api.Status
	}
	if odd, ok := errors.AsType[*okta.UnexpectedAnswerError](err); ok {
		return odd.Status
	}
	if api, ok := errors.AsType[*sekoia.APIError](err); ok {
		return api.Status
	}
	if odd, ok := errors.AsType[*sekoia.UnexpectedAnswerError](err); ok {
		return odd.Status
	}
	return 0
}

// calledHost finds out of an error whom the call was for.
func calledHost(cloud string, err error) string {
	var raw string
	if call, ok := errors.AsType[*failure.CallError](err); ok {
		raw = call.URL
	} else if call, ok := errors.AsType[*url.Error](err); ok {
		raw = call.URL
	}
	if u, parseErr := url.Parse(raw); parseErr == nil && u.Host != "" {
		return credential.OriginOf(u).String()
	}
	return cloud
}
