// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-testing/config"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/cli"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

func TestAdminCalls(t *testing.T) {
	t.Parallel()
	clouds := Start(t, func(c *simulator.Config) { c.Devices = 2 })
	account := map[string]any{}
	clouds.Sekoia(t, http.MethodPost, "/v1/symphony/module-configurations", map[string]any{
		"name": "by hand", "module_uuid": "4ef895d1-3f21-4678-8d0a-5c39c37210fe", "community_uuid": clouds.Ready.CommunityID,
		"value": map[string]any{"base_url": clouds.Ready.OktaURL, "apikey": clouds.Ready.OktaToken},
	}, &account)
	id, ok := account["uuid"].(string)
	if !ok {
		t.Fatalf("the account is %v", account)
	}
	clouds.PatchAccount(t, id, map[string]any{"name": "renamed", "deleted": true})
	clouds.PutDevice(t, "guo1", map[string]any{"profile": map[string]any{"displayName": "a", "platform": "IOS", "registered": true, "secureHardwarePresent": true}})
	state := clouds.State(t)
	if len(state.Accounts) != 1 || state.Accounts[0].Name != "renamed" || !state.Accounts[0].Deleted || len(state.Devices) != 3 {
		t.Errorf("the state is %+v", state)
	}
	clouds.DeleteDevice(t, "guo1")
	if devices := clouds.State(t).Devices; len(devices) != 2 {
		t.Errorf("%d devices are left", len(devices))
	}
	requests := clouds.Requests(t)
	if posts := requests.Of(Sekoia).Writes().Path(http.MethodPost, "/v1/symphony/*"); len(posts) != 1 || !posts[0].Authorized {
		t.Errorf("the requests are\n%s", requests)
	}
	if len(requests.Of(Okta)) != 0 || !strings.Contains(requests.String(), "sekoia POST /v1/symphony/module-configurations") {
		t.Errorf("the requests are\n%s", requests)
	}
	clouds.ResetRequests(t)
	if requests := clouds.Requests(t); len(requests) != 0 {
		t.Errorf("after a reset there are\n%s", requests)
	}
}

func TestFaultsTokensAndOrganization(t *testing.T) {
	t.Parallel()
	clouds := Start(t)
	about := func() int {
		t.Helper()
		return statusOf(t, clouds, "/.well-known/okta-organization", "")
	}
	clouds.SetFaults(t, Fault{Cloud: Okta, Kind: "status", Status: http.StatusServiceUnavailable})
	if status := about(); status != http.StatusServiceUnavailable {
		t.Errorf("with a fault the answer is %d", status)
	}
	clouds.SetFaults(t)
	clouds.SetOrganization(t, map[string]any{"pipeline": "v1"})
	clouds.SetOrganization(t, map[string]any{"pipeline": "idx"})
	if status := about(); status != http.StatusOK {
		t.Errorf("without a fault the answer is %d", status)
	}
	clouds.SetTokens(t, "rotated")
	if status := statusOf(t, clouds, "/api/v1/devices", clouds.Ready.OktaToken); status != http.StatusUnauthorized {
		t.Errorf("with the old token the answer is %d", status)
	}
	if status := statusOf(t, clouds, "/api/v1/devices", "rotated"); status != http.StatusOK {
		t.Errorf("with the new token the answer is %d", status)
	}
	clouds.SetCatalogue(t, map[string]any{"modules": []any{}, "connectors": []any{}})
}

// statusOf is what the simulated Okta answers to a GET.
func statusOf(t *testing.T, clouds *Clouds, path, token string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, clouds.Ready.OktaURL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "SSWS "+token)
	}
	answer, err := clouds.admin.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer closeQuietly(answer.Body)
	return answer.StatusCode
}

func TestEnvironmentAndVariables(t *testing.T) {
	t.Parallel()
	clouds := &Clouds{environment: map[string]string{"A": "1", "B": "2"}, Ready: simulator.Ready{OktaURL: "https://acme.okta.com", OktaToken: "t"}}
	got := clouds.Environment(map[string]string{"A": "", "C": "3"})
	if len(got) != 2 || got["B"] != "2" || got["C"] != "3" || clouds.environment["A"] != "1" {
		t.Errorf("the environment is %v", got)
	}
	variables := clouds.Variables(config.Variables{"more": config.BoolVariable(true)})
	if len(variables) != 3 {
		t.Errorf("the variables are %v", variables)
	}
	if server := Server(t, got); server == nil {
		t.Error("there is no server")
	}
}

// recorder is a test that only notes how it failed.
type recorder struct {
	testing.TB

	failure string
}

func (*recorder) Helper() {}

func (r *recorder) Fatalf(format string, _ ...any) {
	r.failure = format
	panic(r)
}

// failureOf is how run failed its test.
func failureOf(t *testing.T, run func(testing.TB)) string {
	t.Helper()
	noted := &recorder{TB: t}
	func() {
		defer func() {
			if stopped := recover(); stopped != nil && stopped != any(noted) {
				panic(stopped)
			}
		}()
		run(noted)
	}()
	return noted.failure
}

func TestLive(t *testing.T) {
	t.Setenv(LiveVariable, "1")
	t.Setenv("SEKOIA_API_KEY", "key")
	t.Setenv("SEKOIA_REGION", "fra1")
	t.Setenv("OKTA_CLIENT_ORGURL", "https://acme.okta.com")
	t.Setenv("OKTA_API_TOKEN", "")
	failure := failureOf(t, func(tb testing.TB) {
		tb.Helper()
		StartAny(tb)
	})
	if !strings.Contains(failure, "is not set") {
		t.Errorf("without a token it fails with %q", failure)
	}
	t.Setenv("OKTA_API_TOKEN", "token")
	clouds := StartAny(t)
	if !clouds.Live || clouds.Ready.OktaToken != "token" || clouds.Environment(nil)["SEKOIA_REGION"] != "fra1" {
		t.Errorf("the clouds are %+v", clouds)
	}
	failure = failureOf(t, func(tb testing.TB) {
		tb.Helper()
		clouds.State(tb)
	})
	if !strings.Contains(failure, "needs the simulator") {
		t.Errorf("an admin call fails with %q", failure)
	}
	if simulated := Start(t); simulated.Live {
		t.Error("a test that needs the simulator was given the real services")
	}
}

func TestIntercept(t *testing.T) {
	t.Parallel()
	interceptor := Intercept(t, map[string]http.Handler{
		"acme.okta.com": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }),
	})
	client := &http.Client{Transport: interceptor.Transport(t)}
	get := func(address string) (int, error) {
		request, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, address, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "SSWS secret")
		answer, err := client.Do(request)
		if err != nil {
			return 0, err
		}
		defer closeQuietly(answer.Body)
		return answer.StatusCode, nil
	}
	if status, err := get("https://acme.okta.com/path"); status != http.StatusTeapot || err != nil {
		t.Errorf("the host answered %d, %v", status, err)
	}
	if status, err := get("https://other.example/"); err == nil {
		t.Errorf("another host answered %d", status)
	}
	seen := interceptor.Seen()
	if len(seen) != 2 || seen[0].Host != "acme.okta.com" || seen[0].Path != "/path" || seen[0].Refused || !seen[1].Refused {
		t.Errorf("seen were %+v", seen)
	}
	if leaked := interceptor.Credentials(); len(leaked) != 1 || len(interceptor.Credentials("acme.okta.com")) != 0 {
		t.Errorf("credentials went to %+v", leaked)
	}
}

func TestAccTerraform(t *testing.T) {
	t.Parallel()
	found := Terraform(t)
	if info, err := os.Stat(found.Path); err != nil || info.IsDir() || !filepath.IsAbs(found.Path) {
		t.Errorf("found %s: %v", found.Path, err)
	}
	if os.Getenv(cli.PathVariable) != found.Path || os.Getenv("TF_ACC_PROVIDER_HOST") != found.Host() {
		t.Errorf("terraform-plugin-testing is told %s, %s", os.Getenv(cli.PathVariable), os.Getenv("TF_ACC_PROVIDER_HOST"))
	}
}

func TestFeatures(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		openTofu                         bool
		version                          string
		actions, query, importByIdentity bool
	}{
		"the oldest Terraform":           {version: "1.11.0"},
		"a Terraform with identities":    {version: "1.12.0", importByIdentity: true},
		"a candidate with all":           {version: "1.14.0-rc1", actions: true, query: true, importByIdentity: true},
		"the oldest OpenTofu":            {openTofu: true, version: "1.11.0"},
		"an OpenTofu with identities":    {openTofu: true, version: "1.12.0", importByIdentity: true},
		"an OpenTofu of a higher number": {openTofu: true, version: "1.20.0", importByIdentity: true},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := cli.Program{OpenTofu: test.openTofu, Version: version.Must(version.NewVersion(test.version))}
			if Actions.in(program) != test.actions || Query.in(program) != test.query || ImportByIdentity.in(program) != test.importByIdentity {
				t.Errorf("%s has actions: %t, query: %t, import by identity: %t",
					program, Actions.in(program), Query.in(program), ImportByIdentity.in(program))
			}
		})
	}
}

func TestAccWhatIsLeftOutIsNoted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "left-out")
	t.Setenv(leftOutVariable, file)
	for range 2 {
		if Has(t, Feature{name: "time travel"}) {
			t.Error("there is time travel")
		}
	}
	noted, err := os.ReadFile(file)
	want := t.Name() + ": left out, for " + Terraform(t).String() + " lacks time travel.\n"
	if err != nil || string(noted) != want+want {
		t.Errorf("noted is %q, %v", noted, err)
	}
}
