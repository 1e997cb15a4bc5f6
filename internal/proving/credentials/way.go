// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credentials

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/protocol"
)

// Way is a way in which somebody names a URL.
type Way struct {
	// Name is what the table calls it.
	Name string
	// Cloud is whose URL it is.
	Cloud string
	// set puts the URL there.
	set func(w *World, url string)
	// run is what is done then.
	run func(ctx context.Context, w *World, url string) Run
	// allows is what may succeed. nil: the rule of the host.
	allows func(Host) Expectation
	// names are words of which an error must have one; nil: those of its cloud.
	names []string
	// chosen are ways of which make test runs every host, and not a choice.
	chosen bool
}

// Expectation is what a case has to come to.
type Expectation int

// The expectations.
const (
	// Refused is an error.
	Refused Expectation = iota
	// Passes is a success.
	Passes
	// Either is for what may be read or refused: only the credential counts.
	Either
)

// Run is what was done, and how it ended.
type Run struct {
	Stage Outcome
	Said  protocol.Diagnostics
	// Broken is an error that is not Terraform's.
	Broken error
}

// byRule expects what a host's own rule says.
func byRule(cloud string) func(Host) Expectation {
	return func(h Host) Expectation {
		switch {
		case h.rule == Always, h.rule == Proved, h.rule == Loopback && cloud == sekoia:
			return Passes
		default:
			return Refused
		}
	}
}

// untested expects that nothing is proved.
func untested(h Host) Expectation {
	if h.rule == Always {
		return Passes
	}
	return Refused
}

// withLoopback is the rule if Sekoia is on this machine.
func withLoopback(h Host) Expectation {
	if h.rule == Loopback {
		return Passes
	}
	return byRule(okta)(h)
}

// whereListed is the rule if the environment lists the host. Any other host keeps its own rule.
func whereListed(rule func(Host) Expectation) func(Host) Expectation {
	return func(h Host) Expectation {
		if h.rule == Listed {
			return Passes
		}
		return rule(h)
	}
}

func refused(Host) Expectation { return Refused }
func either(Host) Expectation  { return Either }
func passes(Host) Expectation  { return Passes }

// Ways are all of them.
func Ways() []Way {
	var all []Way
	for _, ways := range [][]Way{resourceWays(), blockWays(), environmentWays(), accountWays(), answerWays(), sekoiaWays()} {
		all = append(all, ways...)
	}
	for index := range all {
		if all[index].allows == nil {
			all[index].allows = byRule(all[index].Cloud)
		}
	}
	return all
}

// terraformRun validates, plans and applies a configuration. What validate refuses is planned and applied all the same:
// the later steps may not count on it.
func terraformRun(ctx context.Context, w *World, atPlan, atApply map[string]any) Run {
	said, err := w.Validate(ctx, atApply)
	run := Run{Stage: Allowed, Said: said}
	run.end(AtValidate, err)
	_, said, err = w.Plan(ctx, atPlan)
	run.hear(said)
	run.end(AtPlan, err)
	said, err = w.ApplyLater(ctx, atPlan, atApply)
	run.hear(said)
	run.end(AtApply, err)
	return run
}

// hear adds what was said, until something failed: what comes after that is what Terraform would not have done.
func (r *Run) hear(said protocol.Diagnostics) { r.Said = append(r.Said, said...) }

// end notes where the first error was.
func (r *Run) end(stage Outcome, err error) {
	if err == nil || r.Stage != Allowed {
		return
	}
	r.Stage = stage
	if !isFailed(err) {
		r.Broken = err
	}
}

// applied applies what the way has set up, with changes.
func applied(changes map[string]any) func(context.Context, *World, string) Run {
	return func(ctx context.Context, w *World, url string) Run {
		config := w.connector(map[string]any{"base_url": url})
		maps.Copy(config, changes)
		return terraformRun(ctx, w, config, config)
	}
}

func test(mode, onFailure any) map[string]any {
	return map[string]any{"connection_test": map[string]any{"mode": mode, "on_failure": onFailure}}
}

func resourceWays() []Way {
	made := []Way{{Name: "resource: base_url", Cloud: okta, run: applied(nil), chosen: true}}
	for _, mode := range []string{"off", "apply", "on_change", "always"} {
		for _, onFailure := range []string{"error", "warning"} {
			way := Way{Name: fmt.Sprintf("resource: base_url, mode %s, on_failure %s", mode, onFailure), Cloud: okta, run: applied(test(mode, onFailure))}
			if mode == "off" {
				way.allows = untested
			}
			made = append(made, way)
		}
	}
	return append(made,
		Way{Name: "resource: base_url, SEKOIA_CONNECTION_TEST=off", Cloud: okta, run: applied(nil), allows: untested, chosen: true,
			set: func(w *World, _ string) { w.Environment["SEKOIA_CONNECTION_TEST"] = "off" }},
		Way{Name: "resource: base_url, with api_token", Cloud: okta, run: func(ctx context.Context, w *World, url string) Run {
			return applied(map[string]any{"api_token_wo": nil, "api_token_wo_version": nil, "api_token": w.ready.OktaToken})(ctx, w, url)
		}},
		Way{Name: "resource: base_url, not known at plan", Cloud: okta, run: func(ctx context.Context, w *World, url string) Run {
			return terraformRun(ctx, w, w.connector(map[string]any{"base_url": protocol.Unknown}), w.connector(map[string]any{"base_url": url}))
		}},
		Way{Name: "resource: token not known at plan", Cloud: okta, run: func(ctx context.Context, w *World, url string) Run {
			return terraformRun(ctx, w, w.connector(map[string]any{"base_url": url, "api_token_wo": protocol.Unknown}), w.connector(map[string]any{"base_url": url}))
		}},
		Way{Name: "resource: base_url with a Sekoia on this machine", Cloud: okta, run: applied(nil), allows: withLoopback, set: func(w *World, _ string) {
			w.Provider["base_url"] = "http://127.1.2.3:8080"
			w.allowed[sekoia] = []string{"http://127.1.2.3:8080"}
		}},
		Way{Name: "resource: base_url, SEKOIA_TRUSTED_OKTA_HOSTS", Cloud: okta, run: applied(nil), allows: whereListed(byRule(okta)), set: listing},
		Way{Name: "resource: base_url, SEKOIA_TRUSTED_OKTA_HOSTS, mode off", Cloud: okta, run: applied(test("off", nil)), allows: whereListed(untested), set: listing},
		updated("resource: base_url changed", nil, nil), updated("resource: base_url and token changed", nil, map[string]any{"api_token_wo_version": "2"}),
		updated("resource: base_url changed, mode off", untested, test("off", nil)), updated("resource: base_url changed, mode apply, warning", nil, test("apply", "warning")))
}

// listing lets the environment list a host.
func listing(w *World, _ string) {
	w.Environment["SEKOIA_TRUSTED_OKTA_HOSTS"] = "other.example, " + listedHost
}

// updated changes the URL of a connector that is there.
func updated(name string, allows func(Host) Expectation, changes map[string]any) Way {
	return Way{Name: name, Cloud: okta, allows: allows, run: func(ctx context.Context, w *World, url string) Run {
		if said, err := w.Apply(ctx, w.connector(nil)); err != nil {
			return Run{Broken: fmt.Errorf("the apply before: %w: %s", err, said)}
		}
		return applied(changes)(ctx, w, url)
	}}
}

// dataRun validates the provider block and reads a data source.
func dataRun(source string, arguments func(ctx context.Context, w *World) (map[string]any, error)) func(context.Context, *World, string) Run {
	return func(ctx context.Context, w *World, _ string) Run {
		asked := map[string]any{}
		if arguments != nil {
			var err error
			if asked, err = arguments(ctx, w); err != nil {
				return Run{Broken: err}
			}
		}
		said, err := w.Validate(ctx, nil)
		run := Run{Stage: Allowed, Said: said}
		run.end(AtValidate, err)
		value, said, err := w.Data(ctx, source, asked)
		run.hear(said)
		if source == connectionTest && err == nil {
			failed, report := failedChecks(*value)
			run.hear(failed)
			err = report
		}
		run.end(AtPlan, err)
		return run
	}
}

const connectionTest = "sekoia_okta_connection_test"

func fixed(arguments map[string]any) func(context.Context, *World) (map[string]any, error) {
	return func(context.Context, *World) (map[string]any, error) { return arguments, nil }
}

// covered gives the arguments of the coverage: a connector of somebody else's.
func covered(ctx context.Context, w *World) (map[string]any, error) {
	id, err := w.plant(ctx, "https://"+ownHost)
	return map[string]any{"connector_id": id}, err
}

func tokenBlock(w *World, url string) map[string]any {
	return map[string]any{"base_url": url, "api_token": w.ready.OktaToken}
}

func appBlock(w *World, url string) map[string]any {
	return map[string]any{"base_url": url, "client_id": clientID, "private_key": w.key}
}

// inBlock puts credentials into the okta object.
func inBlock(block func(*World, string) map[string]any) func(*World, string) {
	return func(w *World, url string) { w.Provider["okta"] = block(w, url) }
}

// inMap puts them into the second of two organizations; the first is the true one.
func inMap(block func(*World, string) map[string]any) func(*World, string) {
	return func(w *World, url string) {
		w.Provider["okta_organizations"] = map[string]any{"first": tokenBlock(w, "https://"+ownHost), "second": block(w, url)}
	}
}

func second(arguments map[string]any) map[string]any {
	made := map[string]any{"okta_organization": "second"}
	maps.Copy(made, arguments)
	return made
}

func blockWays() []Way {
	devices, device := dataRun("sekoia_okta_devices", nil), dataRun("sekoia_okta_device", fixed(map[string]any{"id": "guo00000000000000001"}))
	report := dataRun(connectionTest, nil)
	coverage := dataRun("sekoia_okta_device_coverage", covered)
	ofDevice := []string{"base_url", "SEKOIA_TRUSTED_OKTA_HOSTS", "device"}
	ofSecond := func(source string, arguments map[string]any) func(context.Context, *World, string) Run {
		return dataRun(source, fixed(second(arguments)))
	}
	return []Way{
		{Name: "okta.base_url: devices", Cloud: okta, set: inBlock(tokenBlock), run: devices, chosen: true},
		// The true organization has no such device: an error, after the credential went where it may.
		{Name: "okta.base_url: a device", Cloud: okta, set: inBlock(tokenBlock), run: device, allows: orEither, names: ofDevice},
		{Name: "okta.base_url, SEKOIA_TRUSTED_OKTA_HOSTS: devices", Cloud: okta, set: both(inBlock(tokenBlock), listing), run: devices, allows: whereListed(byRule(okta))},
		{Name: "okta.base_url: connection test", Cloud: okta, set: inBlock(tokenBlock), run: report},
		{Name: "okta.base_url: coverage", Cloud: okta, set: inBlock(tokenBlock), run: coverage},
		{Name: "okta.base_url with client_id: devices", Cloud: okta, set: inBlock(appBlock), run: devices},
		{Name: "okta.base_url with client_id: connection test", Cloud: okta, set: inBlock(appBlock), run: report},
		{Name: "okta_organizations: devices", Cloud: okta, set: inMap(tokenBlock), run: ofSecond("sekoia_okta_devices", nil)},
		{Name: "okta_organizations: a device", Cloud: okta, set: inMap(tokenBlock), run: ofSecond("sekoia_okta_device", map[string]any{"id": "guo1"}), allows: orEither, names: ofDevice},
		{Name: "okta_organizations: connection test", Cloud: okta, set: inMap(tokenBlock), run: ofSecond(connectionTest, nil)},
		{Name: "okta_organizations with client_id: devices", Cloud: okta, set: inMap(appBlock), run: ofSecond("sekoia_okta_devices", nil)},
		{Name: "okta_organizations with client_id: connection test", Cloud: okta, set: inMap(appBlock), run: ofSecond(connectionTest, nil)},
	}
}

// orEither is the host's rule, but that what passes may fail for another reason.
func orEither(h Host) Expectation {
	if byRule(okta)(h) == Passes {
		return Either
	}
	return Refused
}

func environmentWays() []Way {
	devices := dataRun("sekoia_okta_devices", nil)
	withToken := func(w *World) {
		w.Environment["OKTA_CLIENT_ORGURL"], w.Environment["OKTA_API_TOKEN"] = "https://"+ownHost, w.ready.OktaToken
	}
	withApp := func(w *World) {
		w.Environment["OKTA_CLIENT_ORGURL"], w.Environment["OKTA_API_CLIENT_ID"], w.Environment["OKTA_API_PRIVATE_KEY"] = "https://"+ownHost, clientID, w.key
	}
	urlAlone := func(environment func(*World)) func(*World, string) {
		return func(w *World, url string) {
			environment(w)
			w.Provider["okta"] = map[string]any{"base_url": url}
		}
	}
	inMapAlone := func(w *World, url string) {
		withToken(w)
		w.Provider["okta_organizations"] = map[string]any{"second": map[string]any{"base_url": url}}
	}
	variable := func(name string) func(*World, string) {
		return func(w *World, url string) {
			w.Environment[name], w.Environment["OKTA_API_TOKEN"] = url, w.ready.OktaToken
			w.Environment["OKTA_ORG_NAME"] = "acme"
			// A bare domain follows the organization's name: that of the own host is Okta's too.
			w.allowed[okta] = append(w.allowed[okta], "https://acme."+ownHost)
		}
	}
	source := []string{"okta.api_token", "api_token", "base_url"}
	return []Way{
		{Name: "okta.base_url with OKTA_API_TOKEN", Cloud: okta, set: urlAlone(withToken), run: devices, allows: refused, names: source, chosen: true},
		{Name: "okta.base_url with OKTA_API_CLIENT_ID", Cloud: okta, set: urlAlone(withApp), run: devices, allows: refused, names: source},
		{Name: "okta.base_url with OKTA_API_TOKEN: connection test", Cloud: okta, set: urlAlone(withToken), run: dataRun(connectionTest, nil), allows: either},
		{Name: "okta_organizations with OKTA_API_TOKEN", Cloud: okta, set: inMapAlone, run: dataRun("sekoia_okta_devices", fixed(second(nil))), allows: refused, names: source},
		{Name: "OKTA_CLIENT_ORGURL", Cloud: okta, set: variable("OKTA_CLIENT_ORGURL"), run: devices, allows: trimmed},
		{Name: "OKTA_BASE_URL", Cloud: okta, set: variable("OKTA_BASE_URL"), run: devices, allows: either},
	}
}

// trimmed is the host's rule for a variable, which is not set if it is empty, and around which white space does not
// count.
func trimmed(h Host) Expectation {
	if text := h.URL(okta); text == "" || text != strings.TrimSpace(text) {
		return Either
	}
	return byRule(okta)(h)
}

func accountWays() []Way {
	return []Way{
		{Name: "import: the account's base_url, the token not yet given", Cloud: okta, allows: either, run: importRun(false)},
		{Name: "import: the account's base_url, and a token in the configuration", Cloud: okta, allows: either, run: importRun(true)},
		{Name: "moved: the base_url of the account that the connector is on", Cloud: okta, allows: either, run: movedRun},
		{Name: "Sekoia says that the account is there", Cloud: okta, allows: either, run: func(ctx context.Context, w *World, url string) Run {
			if said, err := w.Apply(ctx, w.connector(nil)); err != nil {
				return Run{Broken: fmt.Errorf("the apply before: %w: %s", err, said)}
			}
			w.rewrites(func(cloud string, req *http.Request, resp *http.Response) *http.Response {
				if cloud != sekoia || !strings.Contains(req.URL.Path, "module-configurations") || req.Method != http.MethodGet {
					return resp
				}
				return edited(req, resp, func(object map[string]any) {
					if value, ok := object["value"].(map[string]any); ok {
						value["base_url"] = url
					}
				})
			})
			config := w.connector(map[string]any{"api_token_wo_version": "2"})
			return terraformRun(ctx, w, config, config)
		}},
	}
}

// importRun imports a connector that somebody else put on an account, and applies a configuration that says the same
// URL.
func importRun(token bool) func(context.Context, *World, string) Run {
	return func(ctx context.Context, w *World, url string) Run {
		id, err := w.plant(ctx, url)
		if err != nil {
			return Run{Stage: AtPlan} // Sekoia does not take it
		}
		if said, err := w.Import(ctx, id); err != nil {
			return Run{Stage: AtPlan, Said: said}
		}
		changes := map[string]any{"base_url": url}
		if !token {
			changes["api_token_wo"], changes["api_token_wo_version"] = nil, nil
		}
		config := w.connector(changes)
		return terraformRun(ctx, w, config, config)
	}
}

// movedRun repairs a connector that somebody moved to an account of their own, and whose own account they deleted. The
// account that it is on now then belongs to it.
func movedRun(ctx context.Context, w *World, url string) Run {
	if said, err := w.Apply(ctx, w.connector(nil)); err != nil {
		return Run{Broken: fmt.Errorf("the apply before: %w: %s", err, said)}
	}
	accounts, err := w.accounts(ctx)
	if err != nil || len(accounts) != 1 {
		return Run{Broken: fmt.Errorf("%d accounts, %w", len(accounts), err)}
	}
	if err := w.plantAccount(ctx, url); err != nil {
		return Run{Stage: AtPlan} // Sekoia does not take it
	}
	if err := w.takeAway(ctx, accounts[0].UUID); err != nil {
		return Run{Broken: err}
	}
	config := w.connector(nil)
	return terraformRun(ctx, w, config, config)
}

// edited changes every object in an answer.
func edited(req *http.Request, resp *http.Response, change func(map[string]any)) *http.Response {
	content, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	var body any
	if err != nil || json.Unmarshal(content, &body) != nil {
		return answer(req, resp.StatusCode, string(content))
	}
	walk(body, change)
	changed := answer(req, resp.StatusCode, body)
	changed.Header = resp.Header
	return changed
}

func walk(body any, change func(map[string]any)) {
	switch body := body.(type) {
	case map[string]any:
		for _, inner := range body {
			walk(inner, change)
		}
		change(body)
	case []any:
		for _, inner := range body {
			walk(inner, change)
		}
	}
}
