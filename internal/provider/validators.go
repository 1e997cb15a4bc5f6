// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/attribute"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// sekoiaBaseURL refuses a text that is not a base URL. Where the key may go is decided in Configure. The error does not
// repeat the value, which may hold a password.
func sekoiaBaseURL() validator.String {
	return attribute.Checked("a base URL of Sekoia's API, such as https://api.sekoia.io", "Not a base URL of Sekoia's API", func(name, text string) string {
		parsed, err := parseSekoiaBaseURL(text)
		if err == nil {
			err = checkSekoiaPath(name, parsed)
		}
		if err != nil {
			return err.Error()
		}
		return ""
	})
}

// parseSekoiaBaseURL accepts https and http, a host, and a path such as that of https://app.fra2.sekoia.io/api. The
// error does not repeat the text.
func parseSekoiaBaseURL(raw string) (*url.URL, error) {
	parsed, err := url.Parse(raw)
	switch {
	case err != nil, parsed.Scheme != "https" && parsed.Scheme != "http", parsed.Hostname() == "":
		return nil, errors.New("This is not a URL such as https://api.sekoia.io or https://app.fra2.sekoia.io/api.") //nolint:revive,staticcheck // shown as it is
	case parsed.User != nil:
		return nil, errors.New("Leave the user name and password out of the URL.") //nolint:revive,staticcheck // shown as it is
	case parsed.RawQuery != "" || parsed.ForceQuery || parsed.Fragment != "":
		return nil, errors.New("Leave the query and the fragment out of the URL.") //nolint:revive,staticcheck // shown as it is
	}
	return parsed, nil
}

var (
	// apiVersion is the first segment of the paths that calls to Sekoia add, such as /v1/me.
	apiVersion = regexp.MustCompile(`^[vV][0-9]+$`)
	// Sekoia's hosts, as its regions page has them: the API of api.… has no path, and that of app.<region>… is below
	// /api.
	hostWithoutPath = regexp.MustCompile(`^api(\.[a-z0-9-]+)?\.sekoia\.io$`)
	hostWithAPIPath = regexp.MustCompile(`^app\.[a-z0-9-]+\.sekoia\.io$`)
)

// checkSekoiaPath refuses a base URL that has, from its documentation, more of a call's path than belongs in it; name
// says where the URL was written. The error gives the URL that it should be. It must only be given what
// parseSekoiaBaseURL took: that has no secret parts.
func checkSekoiaPath(name string, base *url.URL) error {
	segments := strings.FieldsFunc(base.EscapedPath(), func(r rune) bool { return r == '/' })
	added := slices.IndexFunc(segments, func(segment string) bool { return apiVersion.MatchString(segment) || segment == "outgoing-ips" })
	host := strings.ToLower(base.Hostname())
	doubled := hostWithoutPath.MatchString(host) && len(segments) > 0 && segments[0] == "api"
	if added < 0 && !doubled {
		return nil
	}
	should := url.URL{Scheme: base.Scheme, Host: strings.ToLower(base.Host)}
	if !credential.IsLoopback(host) {
		should.Scheme = "https"
	}
	kept := segments[:max(added, 0)]
	if hostWithAPIPath.MatchString(host) {
		kept = []string{"api"}
	}
	text := should.String()
	if len(kept) > 0 && !hostWithoutPath.MatchString(host) {
		text += "/" + strings.Join(kept, "/")
	}
	what := "has a path that the provider adds itself"
	if added < 0 {
		what = "has a path that this host does not have"
	}
	return fmt.Errorf("%s: %q %s. It should be: %s", name, credential.Sanitize(base.String()), what, credential.Sanitize(text))
}

// maxIdentifier is far above any id, and below any private key but an elliptic curve's bare number.
const maxIdentifier = 128

// isIdentifier tells an id of Okta from a private key that was put in its place, in PEM or as a JWK, and from anything
// of several words: an id is no secret, and is shown and sent as one.
func isIdentifier(text string) bool {
	notInID := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("{}[]\"'`", r) }
	return text != "" && len(text) <= maxIdentifier && strings.IndexFunc(text, notInID) < 0 && !strings.HasPrefix(text, "-----")
}
