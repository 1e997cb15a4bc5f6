// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/preflight"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

func TestConcurrentCallersShareOneRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clouds, input := newClouds(t), goodInput(t)
		clouds.slow(time.Second, allCalls...)
		tester := clouds.tester()
		const callers = 50
		reports := make([]*preflight.Report, callers)
		var wait sync.WaitGroup
		for i := range callers {
			wait.Go(func() {
				ask := tester.Report
				if i%2 == 1 {
					ask = tester.Fresh
				}
				reports[i] = ask(t.Context(), input)
			})
		}
		wait.Wait()
		for i, report := range reports {
			if report != reports[0] || !report.Passed() {
				t.Fatalf("caller %d got another report than caller 0, or one that has not passed:\n%s", i, texts(report))
			}
		}
		clouds.wantCalls(called(allCalls...))
	})
}

func TestOrganizationsShareWhatIsSekoias(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const otherURL = "https://other.okta.com"
		clouds, input := newClouds(t), goodInput(t)
		clouds.answer(otherURL+wellKnown, http.StatusOK, wellKnownBody("idx", otherURL, ""))
		clouds.answer(otherURL+devices, http.StatusOK, "["+device("guo9", "")+"]")
		other := input
		other.OktaBaseURL = parse(t, otherURL)
		elsewhere := input
		elsewhere.CommunityID = communityTwo
		tester := clouds.tester()
		if report := tester.Report(t.Context(), input); !report.Passed() {
			t.Error(texts(report))
		}
		if report := tester.Report(t.Context(), other); !report.Passed() || report.Host != "other.okta.com" {
			t.Error(report.Host, texts(report))
		}
		if report := tester.Report(t.Context(), elsewhere); report.Check(preflight.SekoiaCommunity).Input != sekoia.InputCommunity {
			t.Error(texts(report))
		}
		// Another community is another test of the token; the organization and all of Sekoia's answers are known.
		clouds.wantCalls(called(append([]string{otherURL + wellKnown, otherURL + devices, oktaURL + devices}, allCalls...)...))
	})
}

func TestTheSameQuestion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*preflight.Input)
		same   bool
	}{
		{"the host in capitals", func(i *preflight.Input) { i.OktaBaseURL.Host = "ACME.okta.com" }, true},
		{"the port of https", func(i *preflight.Input) { i.OktaBaseURL.Host = "acme.okta.com:443" }, true},
		{"a slash behind", func(i *preflight.Input) { i.OktaBaseURL.Path = "/" }, true},
		{"the community in capitals", func(i *preflight.Input) { i.CommunityID = strings.ToUpper(i.CommunityID) }, true},
		{"another token", func(i *preflight.Input) { i.OktaToken = credential.NewSecret("00another-token") }, false},
		{"no token", func(i *preflight.Input) { i.OktaToken = credential.Secret{} }, false},
		{"another community", func(i *preflight.Input) { i.CommunityID = communityTwo }, false},
		{"no community", func(i *preflight.Input) { i.CommunityID = "" }, false},
		{"another host", func(i *preflight.Input) { i.OktaBaseURL.Host = "other.okta.com" }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			clouds, input := newClouds(t), goodInput(t)
			tester := clouds.tester()
			if tester.HasPassed(input) {
				t.Error("the test has passed before it was made")
			}
			clouds.wantCalls(map[string]int{})
			tester.Report(t.Context(), input)
			c.change(&input)
			before := clouds.mock.GetTotalCallCount()
			if got := tester.HasPassed(input); got != c.same {
				t.Errorf("HasPassed is %t, want %t", got, c.same)
			}
			if now := clouds.mock.GetTotalCallCount(); now != before {
				t.Errorf("HasPassed made %d calls", now-before)
			}
		})
	}
}

func TestFreshRunsAgainOnlyWhatHasNotPassed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clouds, input := newClouds(t), goodInput(t)
		clouds.answer(oktaURL+devices, http.StatusInternalServerError, "")
		tester := clouds.tester()
		first := tester.Report(t.Context(), input)
		if again := tester.Report(t.Context(), input); again != first || first.Passed() || tester.HasPassed(input) {
			t.Errorf("a test that failed is told as it was: same report %t\n%s", again == first, texts(again))
		}
		clouds.wantCalls(called(allCalls...))
		clouds.answer(oktaURL+devices, http.StatusOK, "["+device("guo1", "")+"]")
		clouds.mock.ZeroCallCounters()
		fresh := tester.Fresh(t.Context(), input)
		if !fresh.Passed() || !tester.HasPassed(input) {
			t.Error(texts(fresh))
		}
		// What succeeded the first time is not fetched again.
		clouds.wantCalls(called(oktaURL + devices))
		if tester.Fresh(t.Context(), input) != fresh || tester.Report(t.Context(), input) != fresh {
			t.Error("a test that has passed is run again, or forgotten")
		}
		clouds.wantCalls(called(oktaURL + devices))
	})
}

func TestFreshAsksAgainWhatSekoiaFailedToAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clouds, input := newClouds(t), goodInput(t)
		clouds.answer(sekoiaURL+communities, http.StatusInternalServerError, "")
		tester := clouds.tester()
		tester.Report(t.Context(), input)
		clouds.answer(sekoiaURL+communities, http.StatusOK, communitiesBody(communityOne))
		clouds.mock.ZeroCallCounters()
		if fresh := tester.Fresh(t.Context(), input); !fresh.Passed() {
			t.Error(texts(fresh))
		}
		clouds.wantCalls(called(oktaURL+devices, sekoiaURL+communities))
	})
}

func TestACallerThatGivesUpLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clouds, input := newClouds(t), goodInput(t)
		clouds.slow(time.Second, allCalls...)
		tester := clouds.tester()
		hasty, giveUp := context.WithCancelCause(t.Context())
		var first, second *preflight.Report
		var wait sync.WaitGroup
		wait.Go(func() { first = tester.Report(hasty, input) })
		synctest.Wait() // the first caller's run is under way
		wait.Go(func() { second = tester.Report(t.Context(), input) })
		synctest.Wait()
		giveUp(errors.New("the user has pressed Ctrl-C"))
		wait.Wait()
		if !second.Passed() {
			t.Error(texts(second))
		}
		want := outcomes{preflight.OktaReachable: untested, preflight.SekoiaCredentials: untested}.skipping(
			slices.DeleteFunc(preflight.IDs(), func(id preflight.CheckID) bool {
				return id == preflight.OktaReachable || id == preflight.SekoiaCredentials
			})...)
		checkOutcomes(t, first, want)
		checkTexts(t, first, []string{"Ctrl-C"}, nil)
		clouds.wantCalls(called(allCalls...))
	})
}

func TestARunThatNobodyWaitsForEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clouds, input := newClouds(t), goodInput(t)
		ended := make(chan time.Time, 2)
		clouds.respond(oktaURL+wellKnown, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			ended <- time.Now()
			return nil, r.Context().Err()
		})
		tester := clouds.tester()
		began := time.Now()
		short, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		report := tester.Report(short, input)
		if report.Passed() {
			t.Error(texts(report))
		}
		checkTexts(t, report, []string{"The timeout of the whole operation passed before the test ended.\nRaise the timeout to wait longer."}, []string{"canceled", "context"})
		if took := (<-ended).Sub(began); took < 2*time.Second || took > 2*time.Second {
			t.Errorf("the call ended after %v, want 2 s", took)
		}
		// Nothing of it is kept, and nobody joins what is left of it.
		synctest.Wait()
		if tester.HasPassed(input) {
			t.Error("a test that nobody waited for has passed")
		}
		clouds.answer(oktaURL+wellKnown, http.StatusOK, wellKnownBody("idx", oktaURL, ""))
		if report := tester.Report(t.Context(), input); !report.Passed() {
			t.Error(texts(report))
		}
	})
}

func TestACallerThatComesTooLateMakesNoCall(t *testing.T) {
	t.Parallel()
	clouds, input := newClouds(t), goodInput(t)
	tester := clouds.tester()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	report := tester.Report(gone, input)
	if report.Passed() {
		t.Error(texts(report))
	}
	checkTexts(t, report, []string{"The run was canceled before the test ended: context canceled.\nRun it again."}, []string{"timeout"})
	clouds.wantCalls(map[string]int{})
	passed := tester.Report(t.Context(), input)
	if tester.Report(gone, input) != passed {
		t.Error("what is known already needs no time")
	}
}

func TestTheBudget(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		hang  []string
		want  time.Duration
		fails []preflight.CheckID
	}{
		{"fifteen seconds, whatever hangs", allCalls, 15 * time.Second, []preflight.CheckID{"okta_reachable", "sekoia_credentials"}},
		{"of all calls together", []string{oktaURL + devices, sekoiaURL + catalogue}, 15 * time.Second, []preflight.CheckID{"okta_credentials", "sekoia_connector_available"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				clouds, input := newClouds(t), goodInput(t)
				for _, target := range allCalls {
					if slices.Contains(c.hang, target) {
						clouds.hang(target)
					} else {
						clouds.slow(4*time.Second, target)
					}
				}
				began := time.Now()
				report := clouds.tester().Report(t.Context(), input)
				if took := time.Since(began); took > c.want || took < c.want-time.Second {
					t.Errorf("the test took %v, want %v", took, c.want)
				}
				var failed []preflight.CheckID
				for _, check := range report.Untested() {
					failed = append(failed, check.ID)
				}
				if !slices.Equal(failed, c.fails) {
					t.Errorf("untested are %v, want %v", failed, c.fails)
				}
				if untested := len(report.Untested()); report.Passed() || untested != len(c.fails) {
					t.Errorf("what took too long was rejected:\n%s", texts(report))
				}
				checkTexts(t, report, []string{"in time"}, nil)
			})
		})
	}
}

func TestTheBudgetHoldsWhereSomebodyElseIsMorePatient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clouds, input := newClouds(t), goodInput(t)
		clouds.hang(customURL + wellKnown)
		clouds.hang(sekoiaURL + communities)
		input.OktaBaseURL = parse(t, customURL)
		tester := clouds.tester()
		patient, giveUp := context.WithCancel(t.Context())
		var wait sync.WaitGroup
		wait.Go(func() {
			if resolution, err := tester.Organization(patient, input.OktaBaseURL); err == nil {
				t.Error(resolution)
			}
		})
		wait.Go(func() {
			if seen, err := tester.Communities(patient); err == nil {
				t.Error(seen)
			}
		})
		synctest.Wait() // their calls are under way
		began := time.Now()
		report := tester.Report(t.Context(), input)
		if took := time.Since(began); took != preflight.DefaultBudget {
			t.Errorf("the test took %v", took)
		}
		want := fails("okta_reachable", untrusted)
		want[preflight.SekoiaCommunity] = untested
		checkOutcomes(t, report, want)
		checkTexts(t, report, []string{`SEKOIA_TRUSTED_OKTA_HOSTS="id.acme.example"`, "The call to Sekoia failed: no answer in time.\nThe call was GET /v1/me/communities."}, []string{"Seen:"})
		giveUp()
		wait.Wait()
	})
}

// Fifty connectors with tokens of their own use up what Okta allows in a minute. That is no reason to call one of them
// untested.
func TestTheBudgetIsNotUsedByAWaitForOktasRateLimit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		limited string // the call
		testers int
		want    time.Duration
	}{
		{"of the call that each test makes", oktaURL + devices, 50, 2 * time.Minute},
		{"of the call that all tests share", oktaURL + wellKnown, 50, time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				clouds, input := newClouds(t), goodInput(t)
				var mu sync.Mutex
				var used, refused int
				var reset time.Time
				usual := clouds.usual[c.limited]
				clouds.mock.RegisterResponder(http.MethodGet, c.limited, func(r *http.Request) (*http.Response, error) {
					mu.Lock()
					defer mu.Unlock()
					if now := time.Now(); !now.Before(reset) {
						used, reset = 0, now.Add(time.Minute)
					}
					answer, err := usual(r)
					if used == 20 {
						refused++
						answer.StatusCode = http.StatusTooManyRequests
					} else {
						used++
					}
					answer.Header.Set("X-Rate-Limit-Limit", "20")
					answer.Header.Set("X-Rate-Limit-Remaining", strconv.Itoa(20-used))
					answer.Header.Set("X-Rate-Limit-Reset", strconv.FormatInt(reset.Unix(), 10))
					return answer, err
				})
				if c.limited == oktaURL+wellKnown {
					used, reset = 20, time.Now().Add(time.Minute)                                                 // others have used it up
					clouds.mock.RegisterResponder(http.MethodGet, oktaURL+devices, clouds.usual[oktaURL+devices]) // whatever the credential
				}
				clouds.retries = 1
				tester := clouds.tester()
				began := time.Now()
				var wait sync.WaitGroup
				for i := range c.testers {
					wait.Go(func() {
						mine := input
						mine.OktaToken = credential.NewSecret("00token-" + strconv.Itoa(i))
						if report := tester.Report(t.Context(), mine); !report.Passed() || len(report.Untested()) > 0 {
							t.Errorf("test %d:\n%s", i, texts(report))
						}
					})
				}
				wait.Wait()
				if took := time.Since(began); took != c.want {
					t.Errorf("all took %s, want %s", took, c.want)
				}
				// The first calls may meet a counter of which no answer has told yet. One that is refused twice fails.
				if refused > c.testers/4 {
					t.Errorf("%d calls were refused", refused)
				}
			})
		})
	}
}

func TestWhatAReportSaysOfTheOrganization(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, base   string
		answer       string // of the custom domain
		organization string
	}{
		{"one of Okta's own domains", oktaURL, "", organization},
		{"a custom domain", customURL, wellKnownBody("idx", oktaURL, customURL), organization},
		{"what could be a custom domain", customURL, "{}", ""},
		{"what can't be one", "http://id.acme.example", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			clouds, input := newClouds(t), goodInput(t)
			clouds.answer(customURL+wellKnown, http.StatusOK, c.answer)
			input.OktaBaseURL = parse(t, c.base)
			report := clouds.tester().Report(t.Context(), input)
			if report.OrganizationID != c.organization || report.Host != input.OktaBaseURL.Host {
				t.Errorf("organization %q of %q, want %q", report.OrganizationID, report.Host, c.organization)
			}
		})
	}
}

func TestTheCloudsAreAskedAtTheSameTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clouds, input := newClouds(t), goodInput(t)
		clouds.slow(time.Second, allCalls...)
		began := time.Now()
		report := clouds.tester().Report(t.Context(), input)
		if took := time.Since(began); took != 2*time.Second || !report.Passed() {
			t.Errorf("six calls of a second took %v, want 2 s\n%s", took, texts(report))
		}
	})
}

func TestTheClientsOwnLimitOfRepeatsHolds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clouds, input := newClouds(t), goodInput(t)
		clouds.retries = 0
		clouds.answer(oktaURL+wellKnown, http.StatusServiceUnavailable, "")
		clouds.tester().Report(t.Context(), input)
		clouds.wantCalls(called(append([]string{oktaURL + wellKnown}, sekoiaCalls...)...))
	})
}

func TestWhatTheTesterFetchesIsSharedWithTheChecks(t *testing.T) {
	t.Parallel()
	clouds, input := newClouds(t), goodInput(t)
	tester := clouds.tester()
	report := tester.Report(t.Context(), input)
	if !report.Passed() {
		t.Fatal(texts(report))
	}
	seen, err := tester.Communities(t.Context())
	if err != nil || !slices.Equal(seen, []string{communityOne}) {
		t.Error(seen, err)
	}
	resolution, err := tester.Organization(t.Context(), input.OktaBaseURL)
	if err != nil || resolution.API.String() != oktaURL || resolution.ID != organization {
		t.Error(resolution, err)
	}
	clouds.wantCalls(called(allCalls...))
}

func TestWhatTheTesterFetchesIsNotKeptWhereItFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clouds := newClouds(t)
		clouds.answer(sekoiaURL+communities, http.StatusForbidden, "")
		tester := clouds.tester()
		if seen, err := tester.Communities(t.Context()); err == nil {
			t.Error("no error, but", seen)
		}
		// Who needs the list for more than a test gets all the repeats that the client makes.
		clouds.answer(sekoiaURL+communities, http.StatusServiceUnavailable, "")
		clouds.mock.ZeroCallCounters()
		if seen, err := tester.Communities(t.Context()); err == nil {
			t.Error("no error, but", seen)
		}
		if calls := clouds.mock.GetTotalCallCount(); calls != 1+transport.DefaultMaxRetries {
			t.Errorf("%d calls, want %d", calls, 1+transport.DefaultMaxRetries)
		}
		clouds.answer(sekoiaURL+communities, http.StatusOK, communitiesBody(communityOne))
		if seen, err := tester.Communities(t.Context()); err != nil || len(seen) != 1 {
			t.Error(seen, err)
		}
	})
}

// slow makes GETs of targets last so long.
func (c *clouds) slow(lasting time.Duration, targets ...string) {
	for _, target := range targets {
		usual := c.usual[target]
		c.respond(target, func(r *http.Request) (*http.Response, error) {
			select {
			case <-time.After(lasting):
				return usual(r)
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		})
	}
}

// TestCallsThatNeedNoAnswerGoOutTogether: Okta's two calls need one another's answers, Sekoia's four don't.
func TestCallsThatNeedNoAnswerGoOutTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClouds(t)
		for _, call := range allCalls {
			usual := c.usual[call]
			c.respond(call, func(r *http.Request) (*http.Response, error) {
				time.Sleep(time.Second) //nolint:forbidigo // the clock of this test is a fake one
				return usual(r)
			})
		}
		began := time.Now()
		if report := c.tester().Report(t.Context(), goodInput(t)); !report.Passed() {
			t.Errorf("it did not pass: %+v", report)
		}
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("calls of a second each took %s", took)
		}
		c.wantCalls(called(allCalls...))
	})
}
