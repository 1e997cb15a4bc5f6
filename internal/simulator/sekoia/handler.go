// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// sekoiaCloud answers as Sekoia does.
type sekoiaCloud struct {
	store  *Store
	routes []route
}

// route is one call that the contract describes. A parameter or a body that it does not name is refused.
type route struct {
	method  string
	path    []string // {uuid} stands for any segment, which must be a UUID
	access  access
	assets  bool // errors in the form of asset management
	body    bool // it takes one
	query   map[string]parameter
	handler func(*call) (answer, *refusal)
}

// access says who may make a call.
type access int

const (
	byKey       access = iota // the user's API key
	byConnector               // a connector's own key too
	byAnyone
)

// call is a request that was found to be of its route's form.
type call struct {
	http  *http.Request
	id    string // the path's UUID
	query query
}

// answer is the answer to a call. If body is nil, it has no body.
type answer struct {
	status int
	body   any
}

func ok(body any) (answer, *refusal)      { return answer{status: http.StatusOK, body: body}, nil }
func created(body any) (answer, *refusal) { return answer{status: http.StatusCreated, body: body}, nil }
func nothing() (answer, *refusal)         { return answer{status: http.StatusNoContent}, nil }

func refuse(r *refusal) (answer, *refusal) { return answer{}, r }

// NewHandler answers as Sekoia does.
func NewHandler(s *Store) http.Handler { return newCloud(s) }

func newCloud(s *Store) *sekoiaCloud {
	c := &sekoiaCloud{store: s}
	const (
		accounts   = "/v1/symphony/module-configurations"
		connectors = "/v1/symphony/connector-configurations"
		assets     = "/v2/asset-management"
	)
	c.routes = []route{
		{method: http.MethodGet, path: split("/v1/me"), query: map[string]parameter{"extended": isBool}, handler: c.me},
		{method: http.MethodGet, path: split("/v1/me/permissions"), handler: c.permissions},
		{method: http.MethodGet, path: split("/v1/me/communities"), handler: c.communities},
		{method: http.MethodGet, path: split("/outgoing-ips"), access: byAnyone, handler: c.outgoingIPs},
		{method: http.MethodGet, path: split("/v1/symphony/modules/{uuid}"), query: map[string]parameter{"detailed": isBool}, handler: c.module},
		{method: http.MethodGet, path: split("/v1/symphony/connectors/{uuid}"), handler: c.catalogueConnector},
		{method: http.MethodGet, path: split(accounts), query: accountListQuery(), handler: c.listAccounts},
		{method: http.MethodPost, path: split(accounts), body: true, handler: c.createAccount},
		{method: http.MethodGet, path: split(accounts + "/{uuid}"), query: map[string]parameter{"with_module": isBool}, handler: c.getAccount},
		{method: http.MethodPatch, path: split(accounts + "/{uuid}"), body: true, handler: c.patchAccount},
		{method: http.MethodDelete, path: split(accounts + "/{uuid}"), handler: c.deleteAccount},
		{method: http.MethodGet, path: split(accounts + "/{uuid}/usage"), handler: c.accountUsage},
		{method: http.MethodGet, path: split(connectors), query: connectorListQuery(), handler: c.listConnectors},
		{method: http.MethodPost, path: split(connectors), body: true, handler: c.createConnector},
		{method: http.MethodGet, path: split(connectors + "/{uuid}"), handler: c.getConnector},
		{method: http.MethodPatch, path: split(connectors + "/{uuid}"), body: true, handler: c.patchConnector},
		{method: http.MethodDelete, path: split(connectors + "/{uuid}"), handler: c.deleteConnector},
		{method: http.MethodPost, path: split(connectors + "/{uuid}/start"), handler: c.startConnector},
		{method: http.MethodPost, path: split(connectors + "/{uuid}/stop"), handler: c.stopConnector},
		{method: http.MethodGet, path: split(connectors + "/{uuid}/logs"), query: logQuery(), handler: c.connectorLogs},
		{method: http.MethodGet, path: split(assets + "/assets"), assets: true, query: assetListQuery(), handler: c.listAssets},
		{method: http.MethodPost, path: split(assets + "/assets/revoke/bulk"), assets: true, body: true, handler: c.revokeAssets},
		{method: http.MethodPost, path: split(assets + "/asset-connector/{uuid}"), assets: true, access: byConnector, body: true, handler: c.pushAssets},
		{method: http.MethodGet, path: split("/v1/tasks/{uuid}"), access: byConnector, handler: c.getTask},
	}
	return c
}

// connectorPrefixes are the paths that a connector calls below /api, whatever its base URL.
var connectorPrefixes = [...]string{"/v2/asset-management/asset-connector/", "/v1/tasks/"}

// OpenDoor takes /api off a connector's path: Sekoia's own SDK puts it there, and the document does not. Faults and the
// request log see the path without it.
func OpenDoor(r *http.Request) *http.Request {
	path, below := strings.CutPrefix(r.URL.Path, "/api")
	if !below || !slices.ContainsFunc(connectorPrefixes[:], func(prefix string) bool { return strings.HasPrefix(path, prefix) }) {
		return r
	}
	r = r.Clone(r.Context())
	r.URL.Path, r.URL.RawPath = path, ""
	return r
}

func split(path string) []string { return strings.Split(strings.TrimPrefix(path, "/"), "/") }

// ServeHTTP checks the credential first, then the form of the call, then answers it.
func (c *sekoiaCloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	found, id, pathKnown := c.find(r)
	if refused := c.authorize(r, found); refused != nil {
		refused.write(w)
		return
	}
	if found == nil {
		if pathKnown {
			badRequest("This path does not take " + r.Method).write(w)
			return
		}
		notFound("There is nothing at this path").write(w)
		return
	}
	made, refused := found.read(r, id)
	if refused != nil {
		refused.write(w)
		return
	}
	given, refused := found.handler(made)
	switch {
	case refused != nil:
		refused.write(w)
	case given.body == nil:
		w.WriteHeader(given.status)
	default:
		wire.WriteJSON(w, given.status, given.body)
	}
}

// find returns the route of a request, with the UUID of its path. It distinguishes a known path with another method.
func (c *sekoiaCloud) find(r *http.Request) (found *route, id string, pathKnown bool) {
	segments := split(r.URL.Path)
	for i := range c.routes {
		given, matches := c.routes[i].match(segments)
		if !matches {
			continue
		}
		pathKnown = true
		if c.routes[i].method == r.Method {
			return &c.routes[i], given, true
		}
	}
	return nil, "", pathKnown
}

func (t *route) match(segments []string) (id string, matches bool) {
	if len(segments) != len(t.path) {
		return "", false
	}
	for i, part := range t.path {
		if part == "{uuid}" {
			id = segments[i]
		} else if part != segments[i] {
			return "", false
		}
	}
	return id, true
}

// authorize checks the Authorization header. A path that is not there asks for the key all the same.
func (c *sekoiaCloud) authorize(r *http.Request, found *route) *refusal {
	if found != nil && found.access == byAnyone {
		return nil
	}
	given := r.Header.Values("Authorization")
	if len(given) != 1 {
		return unauthorized()
	}
	key, isBearer := strings.CutPrefix(given[0], "Bearer ")
	if !isBearer {
		return unauthorized()
	}
	switch {
	case key == c.store.apiKey:
	case key == c.store.connectorKey && found != nil && found.access == byConnector:
	default:
		return unauthorized()
	}
	wire.MarkAuthorized(r)
	return nil
}

// read checks the path's UUID and the query.
func (t *route) read(r *http.Request, id string) (*call, *refusal) {
	if id != "" || strings.HasSuffix(r.URL.Path, "/") {
		if !isUUID(id) {
			if t.assets {
				return nil, unprocessable("Input should be a valid UUID", "path", "uuid")
			}
			return nil, badRequest("The path does not have a valid UUID")
		}
	}
	given, name, problem := readQuery(r.URL.RawQuery, t.query)
	if problem != "" {
		if t.assets {
			return nil, unprocessable(problem, "query", name)
		}
		return nil, badRequest(name + ": " + problem)
	}
	if !t.body && r.ContentLength != 0 {
		return nil, badRequest("This call takes no body")
	}
	return &call{http: r, id: strings.ToLower(id), query: given}, nil
}

// isUUID reports whether text is a UUID in its usual form.
func isUUID(text string) bool {
	return len(text) == 36 && uuid.Validate(text) == nil
}
