// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// collection is one of the two kinds of objects that Sekoia calls configurations: accounts and connectors. Both are
// listed, read and changed in the same way.
type collection struct {
	noun   string // in a message
	path   string
	filter string     // the query parameter that takes Query.Kind
	query  url.Values // of every list
	view   Permission // to read
	manage Permission // to create, change and delete
}

// configuration is an object of a collection.
type configuration interface {
	identified
	head() head
}

// head is what all configurations have.
type head struct {
	kind, community, name string
	deleted               bool
}

// Query narrows a list of accounts or connectors. Empty fields narrow nothing. UUIDs are compared without case, the
// name exactly.
type Query struct {
	Kind        string // a UUID in Sekoia's catalogue: the module of the accounts, or the connector of the connectors
	CommunityID string
	Name        string
	// MayRead is asked once the length of the list is known, in pages, unless all is on the first; and before what was
	// left out is looked for, a page for each object at most. If it says no, all that was read comes with ErrMore.
	MayRead func(pages int) bool // nil: yes
}

// values are the query of a list.
//
// It is sorted by what never changes, so that a change while the pages are read moves nothing between them. match[name]
// takes several names with commas between them (Sekoia's OpenAPI document), so a name with a comma can't be asked for,
// and what happens to spaces at its ends is not known. Such names are only compared here. UUIDs are sent in lower case,
// as Sekoia writes them, because its filters may be case-sensitive.
func (q Query) values(in collection) url.Values {
	values := url.Values{"sort": {"created_at"}, "direction": {"asc"}}
	maps.Copy(values, in.query)
	setGiven(values, in.filter, strings.ToLower(q.Kind))
	setGiven(values, "match[community_uuid]", strings.ToLower(q.CommunityID))
	if !strings.Contains(q.Name, ",") && strings.TrimSpace(q.Name) == q.Name {
		setGiven(values, "match[name]", q.Name)
	}
	return values
}

// setGiven sets a parameter unless its value is empty.
func setGiven(values url.Values, name, value string) {
	if value != "" {
		values.Set(name, value)
	}
}

// wants reports whether the query asks for an object. The server's filter is not trusted: if it were ignored, an object
// of another community could look like the one that was looked for.
func (q Query) wants(found head) bool {
	return !found.deleted && (q.Kind == "" || strings.EqualFold(q.Kind, found.kind)) &&
		(q.CommunityID == "" || strings.EqualFold(q.CommunityID, found.community)) && (q.Name == "" || q.Name == found.name)
}

func listAll[T configuration](ctx context.Context, c *Client, in collection, query Query) ([]T, error) {
	what := call{method: http.MethodGet, path: in.path, query: query.values(in), needs: []Permission{in.view}, mayRead: query.MayRead}
	var found []T
	for object, err := range list[T](ctx, c, what) {
		if errors.Is(err, ErrMore) {
			return found, err
		}
		if err != nil {
			return nil, err
		}
		if query.wants(object.head()) {
			found = append(found, object)
		}
	}
	return found, nil
}

func readOne[T configuration](ctx context.Context, c *Client, in collection, id string) (*T, error) {
	object, err := fetchObject[T](ctx, c, objectCall(http.MethodGet, in.path+"/{id}", id, in.view), id)
	if err == nil && (*object).head().deleted {
		return nil, fmt.Errorf("the %s %s %w", in.noun, credential.Sanitize(id), errDeleted)
	}
	return object, err
}

func create[T configuration](ctx context.Context, c *Client, in collection, body any, secrets []credential.Secret) (*T, error) {
	what := call{method: http.MethodPost, path: in.path, body: body, needs: []Permission{in.manage}, secrets: secrets}
	return fetchObject[T](ctx, c, what, "")
}

func change[T configuration](ctx context.Context, c *Client, in collection, id string, body any, secrets []credential.Secret) error {
	what := objectCall(http.MethodPatch, in.path+"/{id}", id, in.manage)
	what.body, what.secrets, what.idempotent = body, secrets, true
	_, err := fetchObject[T](ctx, c, what, id)
	return err
}

// remove makes a DELETE. An object that is not there is no error.
func (c *Client) remove(ctx context.Context, in collection, id string) error {
	what := objectCall(http.MethodDelete, in.path+"/{id}", id, in.manage)
	what.idempotent = true
	if _, err := c.command(ctx, what); !IsNotFound(err) {
		return err
	}
	return nil
}
