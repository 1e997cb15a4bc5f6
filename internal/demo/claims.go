// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The functions here return what is wrong with a claim, or nil if it is true.

func codeIs(got answer, want int) error {
	return problemIf(got.code != want, "the exit code is %d, not %d", got.code, want)
}

func equal[T comparable](got, want T) error {
	return problemIf(got != want, "it is %v, not %v", got, want)
}

func contains(text, part string) error {
	return problemIf(!strings.Contains(text, part), "%q is not there", part)
}

// lacks does not say what was found: it looks for secrets.
func lacks(text, secret string) error {
	return problemIf(secret == "" || strings.Contains(text, secret), "it was found")
}

func noWrites(calls []call) error {
	for _, call := range calls {
		if call.writes() {
			return fmt.Errorf("there was %s", call)
		}
	}
	return nil
}

// lastConnectorCall returns nil if Okta accepted the newest call of Sekoia's connector.
func lastConnectorCall(calls []call) error {
	for _, call := range slices.Backward(calls) {
		if call.Cloud == "okta" && call.UserAgent == connectorAgent {
			return problemIf(!call.Authorized, "its last call to Okta was %s, refused", call)
		}
	}
	return errors.New("it made no call to Okta")
}

// summary names the calls of the provider that changed something in Sekoia, in their order.
func summary(calls []call) string {
	var names []string
	for _, call := range calls {
		if !call.writes() {
			continue
		}
		switch {
		case strings.HasSuffix(call.Path, "/stop"):
			names = append(names, "stop")
		case strings.HasSuffix(call.Path, "/start"):
			names = append(names, "start")
		case strings.Contains(call.Path, "/module-configurations"):
			names = append(names, call.Method+" account")
		default:
			names = append(names, call.Method+" "+call.Path)
		}
	}
	return strings.Join(names, ", ")
}

func problemIf(wrong bool, format string, values ...any) error {
	if !wrong {
		return nil
	}
	return fmt.Errorf(format, values...)
}

func firstProblem(problems ...error) error {
	for _, problem := range problems {
		if problem != nil {
			return problem
		}
	}
	return nil
}

// unboxed is the text of Terraform's diagnostics without the frame that it draws around them and without its line
// breaks, so that a sentence is found wherever it was wrapped.
func unboxed(text string) string {
	var words []string
	for line := range strings.Lines(text) {
		words = append(words, strings.Fields(strings.Trim(strings.TrimSpace(line), "╷│╵"))...)
	}
	return strings.Join(words, " ")
}

// bar is a bar of a chart: part of whole, in at most forty characters.
func bar(part, whole int) string {
	if whole <= 0 {
		return ""
	}
	return strings.Repeat("█", (part*40+whole-1)/whole)
}
