// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/shape"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// timeout is how long a test waits for what must come.
const timeout = 20 * time.Second

// world is a simulator as a client sees it.
type world struct {
	t     *testing.T
	sim   *Simulator
	ready Ready
	http  *http.Client
}

// newWorld starts a small simulator without odd devices, whose day lasts 8.6 seconds.
func newWorld(t *testing.T, change func(*Config)) *world {
	t.Helper()
	cfg := DefaultConfig()
	cfg.Devices, cfg.Odd, cfg.Speed = 5, 0, 10_000
	if change != nil {
		change(&cfg)
	}
	if cfg.Middleware == nil {
		// Whatever a test asks, right or wrong, the answer must be one that the documents describe.
		cfg.Middleware = shape.Watch(t, shape.Options{OddDevices: true, WrongRequests: true}).Middleware
	}
	sim, err := Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	w := &world{t: t, sim: sim, ready: sim.Ready(), http: &http.Client{Transport: transport}}
	if w.ready.CAFile != "" {
		transport.TLSClientConfig = trusting(t, w.ready.CAFile)
	}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if closeErr := sim.Close(); closeErr != nil {
			t.Error(closeErr)
		}
	})
	return w
}

// unchecked is for a test that makes the simulator answer what no document describes.
func unchecked(c *Config) {
	c.Middleware = func(_ string, next http.Handler) http.Handler { return next }
}

func trusting(t *testing.T, path string) *tls.Config {
	t.Helper()
	ca, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		t.Fatal("the CA's file has no certificate")
	}
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

// reply is what a call was answered with.
type reply struct {
	status int
	header http.Header
	text   string
	body   any
}

// at follows names and indexes into the reply's JSON, or nil if there is nothing.
func (r reply) at(path ...any) any {
	value := r.body
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[step]
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return nil
			}
			value = list[step]
		}
	}
	return value
}

func (r reply) str(path ...any) string {
	text, _ := r.at(path...).(string)
	return text
}

func (r reply) list(path ...any) []any {
	list, _ := r.at(path...).([]any)
	return list
}

// send makes a call and returns the network's error. It follows no redirect.
func (w *world) send(ctx context.Context, method, target, authorization, body string) (reply, error) {
	parsed, err := url.Parse(target)
	if err != nil {
		return reply{}, err
	}
	req := (&http.Request{
		Method: method, URL: parsed, Header: http.Header{"User-Agent": {"test"}},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}).WithContext(ctx)
	if body == "" {
		req.Body = http.NoBody
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := w.http.Transport.RoundTrip(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	content, err := io.ReadAll(resp.Body)
	got := reply{status: resp.StatusCode, header: resp.Header, text: string(content)}
	_ = json.Unmarshal(content, &got.body)
	return got, err
}

// sekoia makes a call with the API key.
func (w *world) sekoia(method, path, body string) reply {
	w.t.Helper()
	got, err := w.send(w.t.Context(), method, w.ready.SekoiaURL+path, "Bearer "+w.ready.SekoiaAPIKey, body)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	return got
}

// metadata asks for the organization's metadata, without a credential.
func (w *world) metadata() reply {
	w.t.Helper()
	got, err := w.send(w.t.Context(), http.MethodGet, w.ready.OktaURL+"/.well-known/okta-organization", "", "")
	if err != nil {
		w.t.Fatal(err)
	}
	return got
}

// okta makes a call with the token.
func (w *world) okta(path string) reply {
	w.t.Helper()
	got, err := w.send(w.t.Context(), http.MethodGet, w.ready.OktaURL+path, "SSWS "+w.ready.OktaToken, "")
	if err != nil {
		w.t.Fatalf("GET %s: %v", path, err)
	}
	return got
}

// admin makes an admin call, which must succeed.
func (w *world) admin(method, path, body string) reply {
	w.t.Helper()
	got := w.adminAnswer(method, path, body)
	if got.status >= 300 {
		w.t.Fatalf("%s %s: %d %s", method, path, got.status, got.text)
	}
	return got
}

func (w *world) adminAnswer(method, path, body string) reply {
	w.t.Helper()
	got, err := w.send(w.t.Context(), method, w.ready.AdminURL+"/_simulator"+path, "", body)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	return got
}

// want fails the test if a call was answered otherwise.
func (w *world) want(status int, got reply) reply {
	w.t.Helper()
	if got.status != status {
		w.t.Fatalf("answered %d %s, want %d", got.status, got.text, status)
	}
	return got
}

// eventually waits for a condition.
func (w *world) eventually(what string, met func() bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), timeout)
	defer cancel()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for !met() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			w.t.Fatalf("never: %s; the last calls were %+v", what, lastOf(w.sim.front.log.list(), 5))
		}
	}
}

func lastOf[T any](list []T, n int) []T { return list[max(len(list)-n, 0):] }

// account creates one with the organization's own URL and token, and returns its UUID.
func (w *world) account() string {
	w.t.Helper()
	return w.accountAt(w.ready.OktaURL, w.ready.OktaToken)
}

func (w *world) accountAt(baseURL, token string) string {
	w.t.Helper()
	return w.want(http.StatusCreated, w.sekoia(http.MethodPost, "/v1/symphony/module-configurations", encode(map[string]any{
		"name": "Okta", "module_uuid": oktaModuleID, "community_uuid": w.ready.CommunityID,
		"value": map[string]any{"base_url": baseURL, "apikey": token},
	}))).str("uuid")
}

// connector creates one on an account, and returns its UUID.
func (w *world) connector(accountID string) string {
	w.t.Helper()
	return w.want(http.StatusCreated, w.sekoia(http.MethodPost, "/v1/symphony/connector-configurations", encode(map[string]any{
		"name": "Okta devices", "connector_uuid": oktaDeviceConnectorID, "module_configuration_uuid": accountID,
		"community_uuid": w.ready.CommunityID, "value": map[string]any{},
	}))).str("uuid")
}

func encode(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// What Sekoia's catalogue and statuses are called.
const (
	oktaModuleID          = "4ef895d1-3f21-4678-8d0a-5c39c37210fe"
	oktaDeviceConnectorID = "b6e2c8a2-4f3b-4e7a-8c1d-2e4f3a6b7c9d"

	statusRunning       = "RUNNING"
	statusStopped       = "STOPPED"
	statusError         = "ERROR"
	statusCriticalError = "CRITICAL_ERROR"
	statusStarting      = "STARTING"
	statusStopping      = "STOPPING"
)

const (
	accountsPath   = "/v1/symphony/module-configurations"
	connectorsPath = "/v1/symphony/connector-configurations"
	assetsPath     = "/v2/asset-management/assets"
)

// logs are the connector's messages, oldest first.
func (w *world) logs(connectorID string) []string {
	w.t.Helper()
	var messages []string
	for _, line := range w.want(200, w.sekoia(http.MethodGet, connectorsPath+"/"+connectorID+"/logs?limit=100", "")).list("items") {
		messages = append(messages, reply{body: line}.str("message"))
	}
	slices.Reverse(messages)
	return messages
}

// waitForLog waits until a line of the connector begins so often with text.
func (w *world) waitForLog(connectorID, text string, times int) {
	w.t.Helper()
	w.eventually(text, func() bool { return countLines(w.logs(connectorID), text) >= times })
}

func countLines(lines []string, prefix string) int {
	count := 0
	for _, line := range lines {
		if strings.HasPrefix(line, prefix) {
			count++
		}
	}
	return count
}

func (w *world) status(connectorID string) string {
	w.t.Helper()
	return w.want(200, w.sekoia(http.MethodGet, connectorsPath+"/"+connectorID, "")).str("display_status")
}

// assets is how many a connector has found.
func (w *world) assets(connectorID string) int {
	w.t.Helper()
	total, _ := w.want(200, w.sekoia(http.MethodGet, assetsPath+"?limit=1&connectors_configuration="+connectorID, "")).at("total").(float64)
	return int(total)
}

func TestStartRefusesAConfigurationThatMakesNoSense(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config){
		"a negative number of devices":             func(c *Config) { c.Devices = -1 },
		"a negative number of odd devices":         func(c *Config) { c.Odd = -2 },
		"a negative latency":                       func(c *Config) { c.Latency = -1 },
		"a sync interval of nothing":               func(c *Config) { c.SyncInterval = 0 },
		"no speed at all":                          func(c *Config) { c.Speed = 0 },
		"a speed at which nothing sleeps":          func(c *Config) { c.Speed = math.Inf(1) },
		"no community":                             func(c *Config) { c.Communities = 0 },
		"more communities than fit":                func(c *Config) { c.Communities = math.MaxInt },
		"more devices than fit":                    func(c *Config) { c.Devices = math.MaxInt },
		"more users than fit":                      func(c *Config) { c.UsersPerDevice = math.MaxInt },
		"more odd devices than devices":            func(c *Config) { c.Odd = 51 },
		"odd devices from behind the last":         func(c *Config) { c.Odd, c.OddFrom = 1, 50 },
		"more odd devices than are left":           func(c *Config) { c.Odd, c.OddFrom = 2, 49 },
		"a number of odd devices that overflows":   func(c *Config) { c.Odd, c.OddFrom = math.MaxInt, 1 },
		"a public URL without a scheme":            func(c *Config) { c.OktaPublicURL = "acme.okta.com" },
		"an address that can't be listened on":     func(c *Config) { c.OktaAddr = "127.0.0.1:none" },
		"a ready file in a folder that is missing": func(c *Config) { c.ReadyFile = filepath.Join(t.TempDir(), "missing", "ready.json") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := DefaultConfig()
			change(&cfg)
			sim, err := Start(cfg)
			if err == nil {
				t.Error(errors.Join(errors.New("it started"), sim.Close()))
			}
		})
	}
}

func TestReadyFileIsWhatReadySays(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ready.json")
	w := newWorld(t, func(c *Config) { c.ReadyFile = path })
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]string
	if err = json.Unmarshal(content, &members); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"okta_url": w.ready.OktaURL, "okta_token": w.ready.OktaToken, "sekoia_url": w.ready.SekoiaURL,
		"sekoia_api_key": w.ready.SekoiaAPIKey, "community_id": w.ready.CommunityID, "admin_url": w.ready.AdminURL, "ca_file": "",
	}
	if encode(members) != encode(want) {
		t.Errorf("the file says %v, want %v", members, want)
	}
	for _, each := range []string{w.ready.OktaURL, w.ready.SekoiaURL, w.ready.AdminURL} {
		if !strings.HasPrefix(each, "http://127.0.0.1:") || strings.HasSuffix(each, "/") {
			t.Errorf("%s is not a URL of loopback without a slash at its end", each)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("next to the ready file there is something else: %v, %v", entries, err)
	}
	if info, statErr := os.Stat(path); statErr != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file with the credentials is not the owner's alone: %v, %v", info.Mode(), statErr)
	}
}

func TestAddressesAreListenedOn(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // ends with the test
	if err != nil {
		t.Fatal(err)
	}
	address := taken.Addr().String()
	if _, err = Start(Config{Speed: 1, SyncInterval: 1, Communities: 1, SekoiaAddr: address}); err == nil {
		t.Fatal("it started on an address that is taken")
	}
	if err = taken.Close(); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(c *Config) { c.SekoiaAddr = address; c.OktaAddr = ":0" })
	if w.ready.SekoiaURL != "http://"+address {
		t.Errorf("Sekoia is at %s, want http://%s", w.ready.SekoiaURL, address)
	}
	if got := w.okta("/api/v1/devices?limit=1"); got.status != 200 {
		t.Errorf("an organization that listens everywhere answers %d on loopback", got.status)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.TLS = true; c.OktaPublicURL = "https://acme.okta.test" })
	if !strings.HasPrefix(w.ready.OktaURL, "https://") || !strings.HasPrefix(w.ready.SekoiaURL, "https://") {
		t.Fatalf("the clouds are at %s and %s", w.ready.OktaURL, w.ready.SekoiaURL)
	}
	w.want(200, w.okta("/api/v1/devices?limit=1"))
	connectorID := w.connector(w.account())
	w.eventually("the connector syncs over TLS", func() bool { return w.assets(connectorID) == 5 })
	stranger := &http.Client{Transport: &http.Transport{}}
	defer stranger.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.ready.SekoiaURL+"/v1/me", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := stranger.Do(req)
	if err == nil {
		t.Error("a client that does not know the CA was served", resp.Body.Close())
	}
	named := trusting(t, w.ready.CAFile)
	named.ServerName = "acme.okta.test"
	conn, err := (&tls.Dialer{Config: named}).DialContext(t.Context(), "tcp", strings.TrimPrefix(w.ready.OktaURL, "https://"))
	if err != nil {
		t.Fatalf("the certificate is not good for the public URL's host: %v", err)
	}
	_ = conn.Close()
	if err = w.sim.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err = os.Stat(w.ready.CAFile); !os.IsNotExist(err) {
		t.Errorf("the CA's file is left behind: %v", err)
	}
}

func TestCloseEndsHeldCallsAndCycles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	connectorID := w.connector(w.account())
	w.eventually("the connector syncs", func() bool { return w.assets(connectorID) == 5 })
	w.admin(http.MethodPut, "/faults", `[{"kind":"hold","connector":true},{"kind":"hold"}]`)
	held := make(chan error, 1)
	go func() {
		_, err := w.send(context.Background(), http.MethodGet, w.ready.SekoiaURL+"/v1/me", "", "")
		held <- err
	}()
	w.eventually("the call is held", func() bool {
		return strings.Contains(w.admin(http.MethodGet, "/requests", "").text, "/v1/me")
	})
	began := time.Now()
	if err := w.sim.Close(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > closing {
		t.Errorf("closing took %s", took)
	}
	if err := <-held; err == nil {
		t.Error("a call that was held when the simulator closed was answered")
	}
	if err := w.sim.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

func TestLatencyComesBeforeEachAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.Latency = 60 * time.Millisecond })
	began := time.Now()
	w.okta("/api/v1/devices?limit=1")
	w.sekoia(http.MethodGet, "/v1/me", "")
	if took := time.Since(began); took < 120*time.Millisecond {
		t.Errorf("two calls took %s", took)
	}
}

func TestMiddlewareSeesWhatTheCloudsAnswerAndNoFault(t *testing.T) {
	t.Parallel()
	seen := make(chan string, 10)
	w := newWorld(t, func(c *Config) {
		c.Middleware = func(cloud string, next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				seen <- cloud + " " + r.URL.Path
				next.ServeHTTP(w, r)
			})
		}
	})
	w.admin(http.MethodPut, "/faults", `[{"kind":"status","status":503,"times":1}]`)
	w.want(503, w.sekoia(http.MethodGet, "/v1/me", ""))
	w.want(200, w.sekoia(http.MethodGet, "/v1/me/communities", ""))
	w.want(200, w.metadata())
	for _, want := range []string{"sekoia /v1/me/communities", "okta /.well-known/okta-organization"} {
		if got := <-seen; got != want {
			t.Errorf("it saw %s, want %s", got, want)
		}
	}
}

func TestManySimulatorsInOneProcess(t *testing.T) {
	t.Parallel()
	ready := make(chan Ready, 20)
	for range cap(ready) {
		go func() {
			sim, err := Start(DefaultConfig())
			if err != nil {
				ready <- Ready{}
				return
			}
			ready <- sim.Ready()
			_ = sim.Close()
		}()
	}
	seen := map[string]bool{}
	for range cap(ready) {
		each := <-ready
		if each.SekoiaURL == "" {
			t.Fatal("one did not start")
		}
		for _, secret := range []string{each.OktaToken, each.SekoiaAPIKey, each.CommunityID} {
			if seen[secret] {
				t.Errorf("two simulators share %s", secret)
			}
			seen[secret] = true
		}
	}
}
