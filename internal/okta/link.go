// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"errors"
	"regexp"
	"slices"
	"strings"
)

var (
	errLinkUnreadable = errors.New("its Link header, which names a next page, can't be read")
	errLinkTwice      = errors.New("its Link header names two next pages")
)

var (
	// linkValue is the first link of a Link header, with the comma behind it: a target and its parameters (RFC 8288,
	// section 3).
	linkValue = regexp.MustCompile(`^<([^<>]*)>((?:[ \t]*` + linkParameter.String() + `)*)[ \t]*(?:,|$)`)
	// linkParameter may be empty, for a trailing semicolon is common.
	linkParameter = regexp.MustCompile(`;[ \t]*(?:([^=;," \t]+)[ \t]*(?:=[ \t]*("(?:[^"\\]|\\.)*"|[^;,"]*))?)?`)
)

// nextLink returns the target of rel="next" in the values of Link headers, "" if there is none. Okta sends one header
// for each link, a proxy may join them. What can't be read is passed over, unless a next page may be in it: to stop
// there would pass a part of the devices off as all of them.
func nextLink(headers []string) (string, error) {
	var next string
	unreadable := false
	for _, header := range headers {
		for rest := header; ; {
			if rest = strings.TrimLeft(rest, " \t,"); rest == "" {
				break
			}
			found := linkValue.FindStringSubmatch(rest)
			if found == nil {
				unreadable = unreadable || strings.Contains(strings.ToLower(header), "next")
				_, rest, _ = strings.Cut(rest, ",")
				continue
			}
			rest = rest[len(found[0]):]
			switch target := strings.Trim(found[1], " \t"); {
			case !isNext(found[2]):
			case target == "":
				return "", errLinkUnreadable
			case next != "" && next != target:
				return "", errLinkTwice
			default:
				next = target
			}
		}
	}
	if next == "" && unreadable {
		return "", errLinkUnreadable
	}
	return next, nil
}

// isNext reports whether a link with these parameters leads to the page that follows. One with an anchor is about
// another document. Of several rel the first counts (RFC 8288, section 3.3).
func isNext(parameters string) bool {
	var relations []string
	for _, found := range linkParameter.FindAllStringSubmatch(parameters, -1) {
		switch name, value := found[1], strings.NewReplacer(`"`, "", `\`, "").Replace(found[2]); {
		case strings.EqualFold(name, "anchor"):
			return false
		case strings.EqualFold(name, "rel") && relations == nil:
			relations = append(strings.Fields(value), "")
		}
	}
	return slices.ContainsFunc(relations, func(relation string) bool { return strings.EqualFold(relation, "next") })
}
