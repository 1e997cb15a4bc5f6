// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// unanswered is the finding of a call from which nothing can be learned: no
// answer, an outage, a rate limit, an answer of an unknown kind. cloud is
// "Okta" or "Sekoia"; host is whom the call was for, "" where only the error says it.
func unanswered(cloud, host string, err error) Check {
	if status := answeredStatus(err); status != 0 {
		return unhelpful(cloud, status, err)
	}
	failure := failureOf(err)
	if host == "" {
		host = calledHost(cloud, err)
	}
	seen := ""
	if isCall(err) {
		seen = "Seen: " + transport.Sanitize(err.Error())
	}
	return inconclusive(failure.target(cloud), lines(fmt.Sprintf(failure.message, host), seen), failure.hint)
}

// networkHint says what to do about a network failure; nothing where err is none.
func networkHint(err error) string {
	if !isCall(err) {
		return ""
	}
	return failureOf(err).hint
}

// isCall tells the error of a call from that of a context which ended while a
// call of another run was waited for.
func isCall(err error) bool {
	if _, ok := errors.AsType[*transport.CallError](err); ok {
		return true
	}
	_, ok := errors.AsType[*sekoia.CallError](err)
	return ok
}

func failureOf(err error) networkFailure {
	if failure, ok := failures[transport.Classify(err)]; ok {
		return failure
	}
	return failures[transport.FailureOther]
}

// networkFailure says what a kind of failure means, and what to do about it.
type networkFailure struct {
	message string // %s is the host or the origin
	hint    string
	byName  bool // another name could mend it
}

func (f networkFailure) target(cloud string) Target {
	if f.byName && cloud == "Okta" {
		return TargetOktaBaseURL
	}
	return TargetNone
}

var failures = map[transport.Failure]networkFailure{
	transport.FailureDNS: {
		message: "The name of %s can't be resolved.",
		hint:    "Check the name for typing errors, then this machine's DNS.",
		byName:  true,
	},
	transport.FailureTLSAuthority: {
		message: "The certificate of %s is signed by an authority that this machine does not know.",
		hint:    "If a proxy inspects TLS here, name its CA in the provider's http.ca_certificate_file.",
	},
	transport.FailureTLSHostname: {
		message: "The certificate that %s shows is for another name.",
		hint:    "Check the name for typing errors.\nIf it is right, something in between answers in its place: look at DNS and HTTPS_PROXY.",
		byName:  true,
	},
	transport.FailureTLSExpired: {
		message: "The certificate of %s has expired, or is not valid yet.",
		hint:    "Check this machine's clock.\nIf it is right, whoever runs the host has to renew the certificate.",
	},
	transport.FailureTLSOther: {
		message: "No TLS connection with %s could be made.",
		hint:    "It takes TLS 1.2 or newer. Look at what is in between: HTTPS_PROXY, a firewall.",
	},
	transport.FailureProxy: {
		message: "The proxy did not let the call to %s through.",
		hint:    "Check HTTPS_PROXY and NO_PROXY, and the proxy's list of allowed hosts.",
	},
	transport.FailureTimeout: {
		message: "No answer came from %s in time.",
		hint:    "Try again. If it stays so, a firewall may drop the call, or HTTPS_PROXY is missing.",
	},
	transport.FailureRefused: {
		message: "The connection to %s was refused.",
		hint:    "Check host and port, the firewall, and HTTPS_PROXY.",
	},
	transport.FailureReset: {
		message: "The connection to %s was cut.",
		hint:    "Try again. If it stays so, look at what is in between: HTTPS_PROXY, a firewall.",
	},
	transport.FailureRedirect: {
		message: "The answer of %s was a redirect that is not followed.",
		hint:    "A credential goes to one origin only. Check the URL, and HTTPS_PROXY.",
		byName:  true,
	},
	transport.FailureBodyTooLarge: {
		message: "The answer of %s is larger than any that is expected.",
		hint:    "Check that nothing in between answers in its place: HTTPS_PROXY, a gateway.",
	},
	transport.FailureCanceled: {
		message: "The call to %s was cancelled.",
		hint:    "Run it again.",
	},
	transport.FailureOther: {
		message: "The call to %s failed.",
		hint:    "Try again. If it stays so, look at what is in between: HTTPS_PROXY, a firewall.",
	},
}

// unhelpful is the finding of an answer that does not say what was asked.
func unhelpful(cloud string, status int, err error) Check {
	message := transport.Sanitize(err.Error()) + "."
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

// answeredStatus is the HTTP status of an answer that became an error, and 0
// where there was no answer.
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
	if call, ok := errors.AsType[*transport.CallError](err); ok {
		raw = call.URL
	} else if call, ok := errors.AsType[*url.Error](err); ok {
		raw = call.URL
	}
	if u, parseErr := url.Parse(raw); parseErr == nil && u.Host != "" {
		return transport.OriginOf(u).String()
	}
	return cloud
}
