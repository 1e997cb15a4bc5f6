// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/provider"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/proving/protocol"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

const (
	manyConnectors = 50
	manyLookups    = 20
	callsAMinute   = 100
	// usableCalls are those of a minute that the provider does not leave to others.
	usableCalls = callsAMinute * 9 / 10
)

// limitedCalls counts what each call of the provider met. A call is what was asked with which credential by which
// process: here no process asks the same twice.
type limitedCalls struct {
	clouds http.RoundTripper
	okta   string // its host

	mu      sync.Mutex
	process string
	refused map[string]int
	made    map[string]int // attempts, by process
}

// RoundTrip implements http.RoundTripper.
func (l *limitedCalls) RoundTrip(req *http.Request) (*http.Response, error) {
	answered, err := l.clouds.RoundTrip(req)
	if err != nil || req.URL.Host != l.okta {
		return answered, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.made[l.process]++
	if answered.StatusCode == http.StatusTooManyRequests {
		l.refused[strings.Join([]string{l.process, req.Method, req.URL.String(), req.Header.Get("Authorization")}, " ")]++
	}
	return answered, nil
}

// begin says which process makes the calls from now on.
func (l *limitedCalls) begin(process string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.process = process
}

// refusals are how many calls were refused at all, and how many of them more than once.
func (l *limitedCalls) refusals() (once, again int) {
	for _, times := range l.refused {
		once++
		if times > 1 {
			again++
		}
	}
	return once, again
}

// walk is a process of the provider that all connectors and lookups share, as they do in Terraform.
type walk struct {
	tfprotov6.ProviderServer

	configure sync.Once
	response  *tfprotov6.ConfigureProviderResponse
	err       error
}

// ConfigureProvider implements tfprotov6.ProviderServer: Terraform calls it once.
func (w *walk) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	w.configure.Do(func() { w.response, w.err = w.ProviderServer.ConfigureProvider(ctx, req) })
	return w.response, w.err
}

// manyRun applies manyConnectors connectors and reads manyLookups lookups in two processes, with all of each walk at
// the same time, which is more than Terraform's parallelism.
type manyRun struct {
	ready   simulator.Ready
	calls   *limitedCalls
	planned sync.WaitGroup // those of the first walk
	walks   [2]*walk
	begin   sync.Once
}

func (r *manyRun) terraform(done func()) *protocol.Terraform {
	served := 0
	return &protocol.Terraform{Serve: func() (tfprotov6.ProviderServer, error) {
		served++
		if served == 1 {
			return r.walks[0], nil
		}
		done()
		r.planned.Wait()
		r.begin.Do(func() { r.calls.begin("apply") })
		return r.walks[1], nil
	}}
}

func (r *manyRun) connector(ctx context.Context, i int) error {
	done := sync.OnceFunc(r.planned.Done)
	defer done()
	token := ownToken(i)
	if i%10 == 0 {
		token = r.ready.OktaToken
	}
	said, err := r.terraform(done).Apply(ctx, map[string]any{
		"name": fmt.Sprint("Connector ", i), "base_url": r.ready.OktaURL, "api_token_wo": token, "api_token_wo_version": "1",
	})
	if err != nil {
		return fmt.Errorf("connector %d: %w\n%s", i, err, said)
	}

	// Two warnings are fair: the plan, another process, has used much of the limit, and all of them read the same
	// organization.
	for _, diagnostic := range said {
		fair := strings.Contains(diagnostic.Detail, "okta_rate_limit") ||
			strings.Contains(diagnostic.Summary, "another connector reads the same Okta organization")
		if diagnostic.Severity != tfprotov6.DiagnosticSeverityWarning || !fair {
			return fmt.Errorf("connector %d: %s", i, said)
		}
	}
	return nil
}

func (r *manyRun) lookup(ctx context.Context, i int) error {
	defer r.planned.Done()
	source, configuration := "sekoia_okta_devices", map[string]any{"search": fmt.Sprintf(`lastUpdated gt "20%02d-01-01T00:00:00.000Z"`, i)}
	if i%2 == 0 {
		source, configuration = "sekoia_okta_device", map[string]any{"id": fmt.Sprint("guo", i)}
	}
	_, said, err := r.terraform(func() {}).Data(ctx, source, configuration)
	if i%2 == 0 && strings.Contains(said.String(), "E0000007") {
		return nil // it asked, and Okta has no such device: that is an answer
	}
	if err != nil {
		return fmt.Errorf("lookup %d: %w\n%s", i, err, said)
	}
	return nil
}

func ownToken(i int) string { return fmt.Sprintf("00own%037d", i) }

// TestManyConnectorsAndLookupsShareOktasLimit is of a size at which, without the transport's gate, 32 calls were
// refused twice and 28 of the 50 connectors could not be tested.
func TestManyConnectorsAndLookupsShareOktasLimit(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		devices int
		// alone keeps Sekoia's connectors from Okta, whose calls count against the limit as well.
		alone bool
		// refused is how many calls may be refused once: none where nobody else calls.
		refused int
	}{
		"the provider alone":        {devices: 410, alone: true},
		"with connectors that sync": {devices: 210, refused: 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				settings := simulator.DefaultConfig()
				settings.Offline, settings.Devices, settings.Odd, settings.UsersPerDevice = true, test.devices, 0, 0
				settings.RateLimit, settings.Latency, settings.SyncInterval = callsAMinute, 200*time.Millisecond, 2400*time.Hour
				if test.alone {
					settings.ConnectorTransport = unreachable{}
				}
				run := newManyRun(t, settings)
				began := time.Now()
				var all sync.WaitGroup
				for i := range manyConnectors {
					all.Go(func() { failOn(t, run.connector(t.Context(), i)) })
				}
				for i := range manyLookups {
					all.Go(func() { failOn(t, run.lookup(t.Context(), i)) })
				}
				all.Wait()
				run.judge(t, time.Since(began), test.refused, test.alone)
			})
		})
	}
}

func failOn(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// unreachable is a network that leads nowhere.
type unreachable struct{}

// RoundTrip implements http.RoundTripper.
func (unreachable) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("there is no way")
}

func newManyRun(t *testing.T, settings simulator.Config) *manyRun {
	t.Helper()
	clouds, err := simulator.Start(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { failOn(t, clouds.Close()) })
	ready := clouds.Ready()
	run := &manyRun{ready: ready, calls: &limitedCalls{
		clouds: clouds.Transport(), okta: strings.TrimPrefix(ready.OktaURL, "http://"), process: "plan",
		refused: map[string]int{}, made: map[string]int{},
	}}
	run.planned.Add(manyConnectors + manyLookups)
	valid := []string{ready.OktaToken}
	for i := range manyConnectors {
		valid = append(valid, ownToken(i))
	}
	failOn(t, putTokens(t.Context(), clouds, valid))
	environment := map[string]string{
		"SEKOIA_BASE_URL": ready.SekoiaURL, "SEKOIA_API_KEY": ready.SekoiaAPIKey,
		"OKTA_CLIENT_ORGURL": ready.OktaURL, "OKTA_API_TOKEN": ready.OktaToken,
	}
	lookup := func(name string) (string, bool) {
		value, found := environment[name]
		return value, found
	}
	for i := range run.walks {
		server := provider.NewServer(provider.New("test", provider.Environment{Lookup: lookup, Network: run.calls}))()
		run.walks[i] = &walk{ProviderServer: server}
	}
	return run
}

// putTokens makes these the Okta tokens that are good.
func putTokens(ctx context.Context, clouds *simulator.Simulator, valid []string) error {
	body, err := json.Marshal(map[string]any{"valid": valid})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, clouds.Ready().AdminURL+"/_simulator/tokens", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	answered, err := clouds.Transport().RoundTrip(request)
	if err != nil {
		return err
	}
	if answered.StatusCode != http.StatusNoContent {
		err = errors.New(answered.Status)
	}
	return errors.Join(err, answered.Body.Close())
}

// judge looks at what all calls met, and how long it took.
func (r *manyRun) judge(t *testing.T, took time.Duration, refused int, alone bool) {
	t.Helper()
	once, again := r.calls.refusals()
	made := r.calls.made["plan"] + r.calls.made["apply"]
	t.Logf("%d calls (%d at plan), %d refused, %d of them more than once, in %s", made, r.calls.made["plan"], once, again, took)
	if again > 0 || once > refused {
		t.Errorf("%d calls were refused, %d of them more than once; want %d and none", once, again, refused)
	}

	// Each minute that begins lets so many through. Others that use it up make it longer.
	windows := 1 + made/usableCalls
	if !alone {
		windows += 2
	}
	if most := time.Duration(windows) * time.Minute; took > most {
		t.Errorf("%d calls took %s, want %s at most", made, took, most)
	}
}
