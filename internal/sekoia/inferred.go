// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// This file holds everything about Sekoia's API that no document states and that was not seen in Sekoia's own code
// either, with the documented fields next to it. The guide "Verification status" lists what is inferred. What is
// learned from the live service is fixed here, and nowhere else.

// accountBody is the body of POST module-configurations and, with a name and a value only, of PATCH. Sekoia's own
// Swagger of the Symphony API (January 2025) documents the fields. Inferred:
//   - that community_uuid chooses the community. Callers compare the answer's community with the one they asked for;
//   - that a PATCH leaves alone what it does not name. It is not known if it merges or replaces value, so value is
//     always sent whole.
type accountBody struct {
	AccountFields
	Value map[string]string `json:"value,omitzero"`
}

func bodyOf(fields AccountFields) accountBody {
	body := accountBody{AccountFields: fields}
	if fields.Settings != nil {
		body.Value = map[string]string{}
	}
	for name, setting := range fields.Settings {
		body.Value[name] = setting.Reveal()
	}
	return body
}

// newConnector is the body of POST connector-configurations. PATCH has a name and an account only. Sekoia's Swagger
// documents the fields. The inferences of accountBody hold here too. Also inferred: value can be sent empty, because
// the connector's manifest requires an internal sekoia_api_key in it, which the platform's own form asks nobody for.
type newConnector struct {
	ConnectorFields
	Value struct{} `json:"value"`
}

// logCall reads a connector's log. Inferred from the documented log of the sibling,
// /v1/symphony/trigger-configurations/{uuid}/logs: the path, the parameters limit and offset, the answer
// {"items":[{"uuid","level","message","date"}],"total"}, and the permission. The order of the lines is not documented
// for the sibling either. Also inferred: the newest comes first, as in the web page.
func logCall(id string) call {
	return objectCall(http.MethodGet, connectors.path+"/{id}/logs", id, PermissionViewPlaybookRuns)
}

// UnmarshalJSON also accepts a date without a zone, as UTC. The connector writes its lines like that (public source of
// Sekoia's automation SDK, 1.25). It is not known whether Sekoia adds a zone.
func (l *LogLine) UnmarshalJSON(raw []byte) error {
	type fields LogLine
	line := struct {
		*fields
		Date string `json:"date"`
	}{fields: (*fields)(l)}
	if err := json.Unmarshal(raw, &line); err != nil || line.Date == "" {
		return err
	}
	date, err := time.Parse(time.RFC3339, line.Date)
	if err != nil {
		date, err = time.Parse("2006-01-02T15:04:05", line.Date)
	}
	l.Date = date
	return err
}

// switchConnector starts or stops a connector (verb "start" or "stop").
//
// The calls are documented, their answers are not. Inferred: any 2xx means that it was done or has begun; the answer's
// body says nothing that is needed; a second call does no harm. It is not known whether starting a connector that runs
// is an error. A 409, and a 400 with the word "already", are taken to say so, and are believed if the status agrees.
func (c *Client) switchConnector(ctx context.Context, id, verb string, enabled bool) (time.Time, error) {
	what := objectCall(http.MethodPost, connectors.path+"/{id}/"+verb, id, PermissionManageIntakes, PermissionEditAssetConnectors)
	what.idempotent = true
	reply, refusal := c.command(ctx, what)
	if refusal == nil {
		date, _ := http.ParseTime(reply.header.Get("Date")) // the zero time if there is none
		return date.UTC(), nil
	}
	answer, ok := errors.AsType[*APIError](refusal)
	if !ok || answer.Status != http.StatusConflict &&
		(answer.Status != http.StatusBadRequest || !strings.Contains(strings.ToLower(answer.Code+" "+answer.Message), "already")) {
		return time.Time{}, refusal
	}
	connector, err := c.Connector(ctx, id)
	switch {
	case IsNotFound(err):
		return time.Time{}, err
	case err != nil:
		return time.Time{}, fmt.Errorf("%w (its status could not be read either: %w)", refusal, err)
	case connector.Status == nil || connector.Status.Enabled() != enabled:
		return time.Time{}, refusal
	}
	return time.Time{}, nil
}

// inferredRegionBaseURL is the base URL of a region that Sekoia's page doesn't list (yet). Of the two forms there it is
// that of USA1 and SGP1, the one without a path.
func inferredRegionBaseURL(region string) string { return "https://api." + region + ".sekoia.io" }

// OutgoingIPs lists the addresses from which the connectors of this region call out: IP addresses, or prefixes in CIDR
// notation, in Sekoia's order, without duplicates. It needs no API key, and sends none.
//
// Path and host are documented (Sekoia's questions and answers: "publicly accessible"; see publicBase), the form of the
// answer is not. Inferred: a JSON list of strings. Any other form is an error, and so are an entry that is not an
// address and an empty list, because what is left out would be missing in a firewall.
func (c *Client) OutgoingIPs(ctx context.Context) ([]string, error) {
	what := call{method: http.MethodGet, path: "/outgoing-ips", public: true}
	entries, err := fetch[[]string](ctx, c, what)
	if err != nil {
		return nil, err
	}
	var addresses []string
	for _, entry := range *entries {
		if _, err := netip.ParseAddr(entry); err != nil {
			if _, err := netip.ParsePrefix(entry); err != nil {
				return nil, what.unexpected(http.StatusOK, "an entry is not an IP address")
			}
		}
		if !slices.Contains(addresses, entry) {
			addresses = append(addresses, entry)
		}
	}
	if len(addresses) == 0 {
		return nil, what.unexpected(http.StatusOK, "it lists no address")
	}
	return addresses, nil
}
