// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package shape

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// exchange is a request with its answer.
type exchange struct {
	request     *http.Request // its body is not read
	requestBody []byte
	status      int
	header      http.Header
	body        []byte
}

// check returns what is wrong with the request and with the answer; nil is nothing.
func (d *document) check(e *exchange) (request, answer error) {
	found, values := d.find(e.request.URL.EscapedPath())
	if found == nil {
		return errors.New("the path is not described"), d.checkUndescribed(e)
	}
	route := d.forKin(found, e.request.Method)
	if route.Operation == nil {
		return errors.New("the method is not described for this path"), d.checkUndescribed(e)
	}
	input := e.input(route, values)
	request = errors.Join(checkQuery(route, e.request), checkCredential(route, e.request), checkRequest(input, e))
	return request, checkAnswer(input, e)
}

// input is the exchange's request in kin-openapi's terms.
func (e *exchange) input(route *routers.Route, values map[string]string) *openapi3filter.RequestValidationInput {
	uuids := openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringForUUIDOfRFC9562)
	return &openapi3filter.RequestValidationInput{
		Request: e.request, PathParams: values, Route: route,
		Options: &openapi3filter.Options{
			IncludeResponseStatus:             true,
			RejectWhenRequestBodyNotSpecified: true,
			SkipSettingDefaults:               true,
			MultiError:                        true,
			AuthenticationFunc:                openapi3filter.NoopAuthenticationFunc, // see checkCredential
			SchemaValidationOptions: []openapi3.SchemaValidationOption{
				openapi3.EnableFormatValidation(), openapi3.WithStringFormatValidator("uuid", uuids),
			},
		},
	}
}

// checkQuery finds parameters that are not described, and those given more than once: none of ours is a list.
func checkQuery(route *routers.Route, request *http.Request) error {
	query, err := url.ParseQuery(request.URL.RawQuery)
	if err != nil {
		return fmt.Errorf("the query cannot be read: %w", err)
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if !described(route, name, request.UserAgent()) {
			problems = append(problems, fmt.Errorf("the query parameter %q is not described", name))
		}
		if len(query[name]) > 1 {
			problems = append(problems, fmt.Errorf("the query parameter %q is given %d times", name, len(query[name])))
		}
	}
	return errors.Join(problems...)
}

// described reports whether an operation has a query parameter, and whether this client may send it.
func described(route *routers.Route, name, userAgent string) bool {
	for _, parameters := range []openapi3.Parameters{route.Operation.Parameters, route.PathItem.Parameters} {
		if found := parameters.GetByInAndName(openapi3.ParameterInQuery, name); found != nil {
			only, restricted := found.Extensions["x-user-agent"]
			return !restricted || only == userAgent
		}
	}
	return false
}

// checkCredential finds a call without the Authorization that it needs, and one with an Authorization that it must not
// carry: Okta's metadata is read before anything is known of the host.
func checkCredential(route *routers.Route, request *http.Request) error {
	security := route.Spec.Security
	if route.Operation.Security != nil {
		security = *route.Operation.Security
	}
	given := request.Header.Values("Authorization")
	switch {
	case len(security) == 0 && len(given) > 0:
		return errors.New("the call carries a credential that it does not need")
	case len(security) == 0:
		return nil
	case len(given) != 1:
		return fmt.Errorf("the call carries %d Authorization headers", len(given))
	}
	scheme, credential, _ := strings.Cut(given[0], " ")
	if !slices.Contains([]string{"SSWS", "Bearer", "DPoP"}, scheme) || credential == "" {
		return errors.New("the Authorization header has not the form of a credential")
	}
	return nil
}

func checkRequest(input *openapi3filter.RequestValidationInput, e *exchange) error {
	request := e.request.Clone(context.Background())
	request.Body = io.NopCloser(bytes.NewReader(e.requestBody))
	request.ContentLength = int64(len(e.requestBody))
	checked := *input
	checked.Request = request
	return plain(openapi3filter.ValidateRequest(context.Background(), &checked))
}

// checkAnswer validates the status, the headers and the body. kin-openapi lets redirects and bodies that nobody
// described pass; here they are problems.
func checkAnswer(input *openapi3filter.RequestValidationInput, e *exchange) error {
	response := input.Route.Operation.Responses.Status(e.status)
	if response == nil {
		return fmt.Errorf("the status %d is not described", e.status)
	}
	if e.status == http.StatusNoContent && len(e.body) > 0 {
		return errors.New("an answer without content has a body")
	}
	if isChallenge(e) {
		return nil
	}
	return plain(openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: e.status, Header: e.header, Options: input.Options,
		Body: io.NopCloser(bytes.NewReader(e.body)),
	}))
}

// challenged is how Okta refuses an access token or its proof: in a header, and without a body (okta-sdk-golang issue
// 145, okta-sdk-python issue 541).
var challenged = regexp.MustCompile(`^(?:Bearer|DPoP) .*error="[a-z_]+", error_description="[^"]+"`)

func isChallenge(e *exchange) bool {
	return (e.status == http.StatusBadRequest || e.status == http.StatusForbidden) && len(e.body) == 0 &&
		!strings.HasPrefix(e.request.Header.Get("Authorization"), "SSWS ") && challenged.MatchString(e.header.Get("WWW-Authenticate"))
}

// checkUndescribed is for a call that the document does not have: it must be refused, with the cloud's error object.
func (d *document) checkUndescribed(e *exchange) error {
	if e.status < 400 {
		return fmt.Errorf("the status is %d for a call that is not described", e.status)
	}
	if e.request.Method == http.MethodHead {
		return nil
	}
	value, err := decode(e.body)
	if err != nil {
		return fmt.Errorf("the error is not JSON: %w", err)
	}
	return plain(d.failed.VisitJSON(value, openapi3.VisitAsResponse(), openapi3.MultiErrors()))
}

// maxReasons bounds the list of what is wrong with one body: a page has 200 devices, and what is wrong is mostly wrong
// in each.
const maxReasons = 5

// plain shortens kin-openapi's errors to where and why: the rest is the whole schema and the whole value, which may
// hold what should not be in a test's log.
func plain(err error) error {
	if err == nil {
		return nil
	}
	var several openapi3.MultiError
	if errors.As(err, &several) && error(several).Error() == err.Error() {
		var problems []error
		for _, each := range several[:min(len(several), maxReasons)] {
			problems = append(problems, plain(each))
		}
		if more := len(several) - len(problems); more > 0 {
			problems = append(problems, fmt.Errorf("and %d more", more))
		}
		return errors.Join(problems...)
	}
	if response, ok := errors.AsType[*openapi3filter.ResponseError](err); ok {
		return where(response.Reason, response.Err)
	}
	if request, ok := errors.AsType[*openapi3filter.RequestError](err); ok {
		place := "body"
		if request.Parameter != nil {
			place = request.Parameter.In + " parameter " + request.Parameter.Name
		}
		return where(strings.TrimSpace(place+": "+request.Reason), request.Err)
	}
	if schema, ok := errors.AsType[*openapi3.SchemaError](err); ok {
		return fmt.Errorf("at /%s: %s", strings.Join(schema.JSONPointer(), "/"), schema.Reason)
	}
	return err
}

func where(reason string, inner error) error {
	if inner == nil {
		return errors.New(reason)
	}
	return fmt.Errorf("%s: %w", reason, plain(inner))
}
