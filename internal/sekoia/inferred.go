// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// This file holds everything about Sekoia's API that no document states and that was not seen in Sekoia's own code
// either, with the documented fields next to it. The README lists what is inferred under "What has not been checked
// against the live service". What is learned there is fixed here, and nowhere else.

// secretField is a secret where the wire wants its text. Printed in any other way than as JSON it is "***".
type secretField struct{ credential.Secret }

// MarshalJSON implements json.Marshaler.
func (f secretField) MarshalJSON() ([]byte, error) { return encode(f.Reveal()) }

// accountBody is the body of POST module-configurations. Sekoia's own Swagger of the Symphony API (January 2025)
// documents its four fields; it does not say what of value a module wants.
type accountBody struct {
	Name       string `json:"name"`
	ModuleUUID string `json:"module_uuid"`
	// CommunityUUID: the field is documented. Inferred is that it chooses the community: a key that sees several could
	// not say where an object belongs otherwise. Should Sekoia ignore it, the answer's community differs from the one
	// asked for, which callers check.
	CommunityUUID string           `json:"community_uuid,omitempty"`
	Value         accountValueBody `json:"value"`
}

// accountValueBody is an account's value, with the plain texts of its settings. What they are called is the caller's to
// know (see SettingBaseURL).
type accountValueBody map[string]secretField

// accountChangeBody is the body of PATCH module-configurations/{uuid}, of which Sekoia's Swagger documents these two
// fields and no others. Inferred is that what is left out stays. Whether value is merged or replaced isn't known, so it
// is always sent whole.
type accountChangeBody struct {
	Name  *string           `json:"name,omitempty"`
	Value *accountValueBody `json:"value,omitempty"`
}

// connectorBody is the body of POST connector-configurations. Sekoia's Swagger documents its fields.
type connectorBody struct {
	Name                    string `json:"name"`
	ConnectorUUID           string `json:"connector_uuid"`
	ModuleConfigurationUUID string `json:"module_configuration_uuid"`
	CommunityUUID           string `json:"community_uuid,omitempty"` // inferred as accountBody's is
	// Value is optional, and empty here. The connector's manifest requires an internal sekoia_api_key in it; that the
	// platform fills it is inferred from the web page's form, which asks nobody for one.
	Value struct{} `json:"value"`
}

// connectorChangeBody is the body of PATCH connector-configurations/{uuid}, of which Sekoia's Swagger documents these
// fields and value. Inferred is that what is left out stays.
type connectorChangeBody struct {
	Name      *string `json:"name,omitempty"`
	AccountID *string `json:"module_configuration_uuid,omitempty"`
}

func newAccountBody(account NewAccount) accountBody {
	return accountBody{
		Name: account.Name, ModuleUUID: account.ModuleID, CommunityUUID: account.CommunityID,
		Value: newAccountValueBody(account.Settings),
	}
}

func newAccountChangeBody(change AccountChange) accountChangeBody {
	body := accountChangeBody{Name: change.Name}
	if change.Settings != nil {
		value := newAccountValueBody(change.Settings)
		body.Value = &value
	}
	return body
}

func newAccountValueBody(settings AccountSettings) accountValueBody {
	value := accountValueBody{}
	for name, setting := range settings {
		value[name] = secretField{setting}
	}
	return value
}

func newConnectorBody(connector NewConnector) connectorBody {
	return connectorBody{
		Name: connector.Name, ConnectorUUID: connector.ConnectorID, ModuleConfigurationUUID: connector.AccountID,
		CommunityUUID: connector.CommunityID,
	}
}

// connectorLogsPath is where a connector's log is read. Inferred from the documented log of the sibling,
// /v1/symphony/trigger-configurations/{uuid}/logs, as are its parameters limit and offset, its answer
// {"items":[{"uuid","level","message","date"}],"total"}, and the permission "View playbook runs". The order of the
// lines isn't documented for the sibling either, so ConnectorLogs takes both.
func connectorLogsPath(id string) (string, error) { return under(connectorsPath, id, "logs") }

// switchConnector starts or stops a connector (verb "start" or "stop"), whose status is then expected to pass fits.
//
// The calls are documented, what they answer isn't. Inferred: any 2xx means that it was done or begun; the answer's
// body says nothing that is needed; asking twice does no harm. Whether it is an error to start a connector that is
// started isn't known: 409, and 400 with the word "already", are taken to say so, and are believed when the status
// agrees.
func (c *Client) switchConnector(ctx context.Context, id, verb string, fits func(Status) bool) (time.Time, error) {
	path, err := under(connectorsPath, id, verb)
	if err != nil {
		return time.Time{}, err
	}
	reply, err := c.order(ctx, call{
		method: http.MethodPost, path: path, repeatable: true,
		needs: []string{PermissionManageIntakes, PermissionEditAssetConnectors},
	})
	if saysAlready(err) {
		return time.Time{}, c.confirmStatus(ctx, id, err, fits)
	}
	if err != nil {
		return time.Time{}, err
	}
	return dateOf(reply.header), nil
}

// dateOf reads a Date header. One that is missing or odd is the zero time: the answer is no worse without it.
func dateOf(header http.Header) time.Time {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return date.UTC()
}

// confirmStatus reads a connector's status after a refusal that may mean that there was nothing to do. Where the status
// doesn't say so too, the refusal stands.
func (c *Client) confirmStatus(ctx context.Context, id string, refusal error, fits func(Status) bool) error {
	connector, err := c.Connector(ctx, id)
	switch {
	case IsNotFound(err):
		return err
	case err != nil:
		return fmt.Errorf("%w (nor could its status be read: %w)", refusal, err)
	case connector.Status == nil || !fits(*connector.Status):
		return refusal
	}
	return nil
}

// saysAlready recognises the refusals that may mean that there is nothing left to do; see switchConnector.
func saysAlready(err error) bool {
	refusal, ok := errors.AsType[*APIError](err)
	if !ok {
		return false
	}
	return refusal.Status == http.StatusConflict ||
		refusal.Status == http.StatusBadRequest && strings.Contains(strings.ToLower(refusal.Code+" "+refusal.Message), "already")
}

func sameID(a, b string) bool { return a != "" && strings.EqualFold(a, b) }

// inferredRegionBaseURL is the base URL of a region that Sekoia's page doesn't list (yet). Of the two forms there it is
// that of USA1 and SGP1, the one without a path.
func inferredRegionBaseURL(region string) string { return "https://api." + region + ".sekoia.io" }

// OutgoingIPs lists the addresses from which the connectors of this region call out: IP addresses, or prefixes in CIDR
// notation, as Sekoia writes them and in its order, none twice. It needs no API key, and sends none.
//
// Path and host are documented (Sekoia's questions and answers: "publicly accessible"; the host is the region's public
// one, see publicBase), the form of the answer is not. Inferred: a JSON list of texts, the simplest form of a list. Any
// other form is an error, and so are an entry that is no address and an empty list: what is left out would be missing
// in a firewall.
func (c *Client) OutgoingIPs(ctx context.Context) ([]string, error) {
	what := call{method: http.MethodGet, path: "/outgoing-ips", open: true, public: true}
	reply, err := c.send(ctx, what)
	if err != nil {
		return nil, err
	}
	var entries []string
	if reply.broken != nil || len(bytes.TrimSpace(reply.body)) == 0 || isHTML(reply) {
		return nil, decode(what, reply, &struct{}{})
	}
	if json.Unmarshal(reply.body, &entries) != nil {
		return nil, unexpected(what, reply, "it is not a JSON list of texts. How Sekoia writes its addresses is not documented: please report what it answers")
	}
	var addresses []string
	for _, entry := range entries {
		address := strings.TrimSpace(entry)
		if !isAddress(address) {
			return nil, unexpected(what, reply, "an entry is no IP address")
		}
		if !slices.Contains(addresses, address) {
			addresses = append(addresses, address)
		}
	}
	if len(addresses) == 0 {
		return nil, unexpected(what, reply, "it lists no address")
	}
	return addresses, nil
}

func isAddress(text string) bool {
	if _, err := netip.ParseAddr(text); err == nil {
		return true
	}
	_, err := netip.ParsePrefix(text)
	return err == nil
}
