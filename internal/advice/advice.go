// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package advice says what the error of a call means for a person: what happened, which setting can fix it, and what to
// do. Each client has a table of its service's answers. What is the same for both services is here: network failures,
// outages, rate limits, and answers that come from something else.
package advice

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

// Kind is what an error proves.
type Kind int

const (
	// Untested proves nothing about the settings: no answer, an outage, a rate limit, an unknown answer.
	Untested Kind = iota
	// Rejected is a setting that the service does not accept.
	Rejected
	// Denied is a credential that the service accepts, and that may not do what it was used for.
	Denied
	// Untrusted is a host that a credential may not go to. Nothing was sent.
	Untrusted
)

// Advice is what the error of a call means.
type Advice struct {
	Kind Kind
	// Input is the setting that can fix it, by the name of its attribute; "" if no single setting can.
	Input string
	// News says it in a few words, to follow the name of what was called: "Okta rejected the API token (401)". It is ""
	// if no more is known than that the call failed.
	News string
	// Happened are sentences, one a line: which service, which call, what it answered.
	Happened string
	// Trace is a sentence about this one call, and differs from call to call; "" if there is nothing to say.
	Trace string
	// Do says what to do, one sentence a line or several; "" if only the caller can know.
	Do string
	// Anonymous reports that Happened does not name the call: the error does not say which one it was.
	Anonymous bool
}

// pages are the services' status pages.
var pages = map[string]string{"Okta": "https://status.okta.com", "Sekoia": "https://status.sekoia.io"}

// Answer is the advice for an answer that says nothing about the settings. own means that the service itself wrote it,
// not something in between.
func Answer(service string, status int, own bool, happened string) Advice {
	made := Advice{Happened: Sentence(happened), News: fmt.Sprintf("%s did not answer (%d)", service, status)}
	switch {
	case status == http.StatusTooManyRequests:
		made.News = service + "'s rate limit is used up (429)"
		made.Do = service + "'s rate limit is used up. Wait a minute and try again."
	case status == http.StatusProxyAuthRequired:
		made.Do = "The proxy requires a login. Put it into HTTPS_PROXY."
	case status >= http.StatusInternalServerError:
		made.Do = service + " is having problems. Check its status page (" + pages[service] + ") and try again."
	case own:
		made.News = ""
		made.Do = "The provider does not know this answer. If it happens again and says nothing that you can change, report it as an issue of the provider."
	default:
		made.News = fmt.Sprintf("this is not %s's answer (%d)", service, status)
		made.Do = "The credential need not be wrong: the answer has none of " + service + "'s error codes.\n" +
			"Check that no proxy (HTTPS_PROXY), firewall or login page answers in " + service + "'s place."
	}
	return made
}

// Network is the advice for a call that got no complete answer. url is the setting of the service's URL.
func Network(service, url string, err error) Advice {
	met := failure.Explain(err)
	made := Advice{
		News:     service + " did not answer",
		Happened: met.Lead(service) + ": " + cmp.Or(met.What, "the call failed") + ".",
		Do:       cmp.Or(met.Do, "Try again. If it happens again, check what is in between: HTTPS_PROXY, a firewall."),
	}
	if _, held := errors.AsType[*failure.RateLimitError](err); held {
		made.News = service + "'s rate limit is used up"
	}
	if met.ByURL {
		made.Input = url
	}
	call, known := errors.AsType[*failure.CallError](err)
	if made.Anonymous = !known; known {
		made.Happened += "\nThe call was " + call.Method + " " + call.URL + "."
		if met.Seen != "" {
			made.Trace = "Seen: " + met.Seen + "."
		}
	}
	return made
}

// NotSendable is the advice for a credential that no header can carry.
func NotSendable(input, what string, err error) Advice {
	return Advice{
		Kind: Rejected, Input: input, News: "the " + what + " can't be sent", Happened: Sentence(credential.Sanitize(err.Error())),
		Do: "Check that it was copied whole, and without a line break.",
	}
}

// Sentence makes a text one: it begins with a capital letter and ends with a full stop, unless it asks something. A
// host's or an attribute's name at the beginning stays as it is.
func Sentence(text string) string {
	if text == "" {
		return text
	}
	first, _, _ := strings.Cut(text, " ")
	if text[0] >= 'a' && text[0] <= 'z' && !strings.ContainsAny(first, "./_") {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	if !strings.ContainsAny(text[len(text)-1:], ".?") && !strings.HasSuffix(text, "…") {
		text += "."
	}
	return text
}
