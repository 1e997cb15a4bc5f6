// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package lifecycle

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
)

// crowd is a cloud with so many pairs of connector and account.
func crowd(pairs int) *cloud {
	c := emptyCloud()
	for number := range pairs {
		name := fmt.Sprintf("Connector %d", number)
		c.addConnector(name, c.addAccount(name, fmt.Sprintf("https://o%d.okta.com", number), "token"))
	}
	return c
}

// knownOf is what a state says of the connector with this number.
func knownOf(number int) Record {
	return Record{
		ID: fmt.Sprintf("connector-%d", number+1), AccountID: fmt.Sprintf("account-%d", number+1), Target: fmt.Sprintf("https://o%d.okta.com", number),
	}
}

// TestReadsShareListings: two lists serve all who read, and never take more calls than one for each object would, but
// for the two first pages.
func TestReadsShareListings(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		there, readers int
		most           int
	}{
		"one of one":           {there: 1, readers: 1, most: 2},
		"all of a page":        {there: 100, readers: 100, most: 2},
		"all of two pages":     {there: 120, readers: 120, most: 4},
		"all of six pages":     {there: 500, readers: 500, most: 12},
		"one of six pages":     {there: 500, readers: 1, most: 4},
		"ten of six pages":     {there: 500, readers: 10, most: 12},
		"three of twelve":      {there: 12, readers: 3, most: 2},
		"two of twenty pages":  {there: 1950, readers: 2, most: 6},
		"half of twenty pages": {there: 1950, readers: 900, most: 40},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := crowd(test.there)
				c.meet = func(string, int) trouble {
					time.Sleep(time.Second) //nolint:forbidigo // the clock of this test is a fake one
					return noTrouble
				}
				connectors := c.open(t)
				var readers sync.WaitGroup
				for number := range test.readers {
					readers.Go(func() {
						last := test.there - 1 - number // the newest: those on the last pages
						if found, err := connectors.Read(t.Context(), knownOf(last)); err != nil || found.Drift != "" || found.Connector.ID != knownOf(last).ID {
							t.Errorf("found %+v, %v", found, err)
						}
					})
				}
				readers.Wait()
				if calls := strings.Count(c.made(), ",") + 1; calls > test.most || calls > 2*test.readers+2 {
					t.Errorf("%d calls, want at most %d: %s", calls, test.most, c.made())
				}
			})
		})
	}
}

// TestNoListIsStartedMoreThanTwice: the second reader comes when one list has answered and the other has not. Each list
// is decided about by itself, so the one that was read to its end is not read again.
func TestNoListIsStartedMoreThanTwice(t *testing.T) {
	t.Parallel()
	for _, late := range []string{"list connectors", "list accounts"} {
		t.Run(late, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := crowd(120)
				c.meet = func(call string, nth int) trouble {
					if call == late && nth == 1 {
						time.Sleep(2 * time.Second) //nolint:forbidigo // the clock of this test is a fake one
					}
					return noTrouble
				}
				connectors := c.open(t)
				var readers sync.WaitGroup
				for number := range 120 {
					readers.Go(func() {
						if number > 0 {
							time.Sleep(time.Second) //nolint:forbidigo // the clock of this test is a fake one
						}
						if _, err := connectors.Read(t.Context(), knownOf(number)); err != nil {
							t.Error(err)
						}
					})
				}
				readers.Wait()
				if calls := strings.Count(c.made(), "list"); calls != 5 || strings.Count(c.made(), "read") > 2 {
					t.Errorf("%d calls for lists, want 2 of the late one and 3 of the other: %s", calls, c.made())
				}
			})
		})
	}
}

func TestLooksShareTheListing(t *testing.T) {
	t.Parallel()
	c := crowd(120)
	connectors := c.open(t)
	for number := range 130 {
		wanted := wantedSpec
		wanted.Name, wanted.Target = fmt.Sprintf("Connector %d", number), fmt.Sprintf("https://o%d.okta.com", number)
		if found := existing(t, connectors, wanted); (found != nil) != (number < 120) {
			t.Errorf("found %+v of number %d", found, number)
		}
	}

	// The first looks find lists that are longer than the readers so far: they look for themselves.
	if calls := strings.Count(c.made(), ",") + 1; calls > 10 {
		t.Errorf("%d calls: %s", calls, c.made())
	}
}

func TestListingWithoutWhatIsAsked(t *testing.T) {
	t.Parallel()
	c := crowd(3)
	c.accounts[0].silent = true
	c.connectors[1].status = ""
	connectors := c.open(t)
	for number := range 3 {
		if _, err := connectors.Read(t.Context(), knownOf(number)); err != nil {
			t.Error(err)
		}
	}

	// An account without its target and a connector without its status are read by themselves.
	c.checkCalls(t, "list connectors, list accounts, read account, read connector")
}

func TestListingThatFails(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		meet      trouble
		wantErr   []string
		wantCalls string
	}{
		"in an outage is an error":         {meet: refusedWith(http.StatusInternalServerError), wantErr: []string{"The connector could not be read", "500"}, wantCalls: "list connectors, list accounts"},
		"with a wrong key is an error":     {meet: refusedWith(http.StatusUnauthorized), wantErr: []string{"401"}, wantCalls: "list connectors, list accounts"},
		"of what is not Sekoia's API is":   {meet: refusedWith(http.StatusNotFound), wantErr: []string{"The connector could not be read", "404"}, wantCalls: "list connectors, list accounts"},
		"for want of a permission is none": {meet: refusedWith(http.StatusForbidden), wantCalls: "list connectors, list accounts, read connector, read account"},
		"as a call that is not known":      {meet: refused, wantCalls: "list connectors, list accounts, read connector, read account"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := crowd(1)
			c.meet = troubles{"list connectors": test.meet, "list accounts": test.meet}.meet
			_, err := c.open(t).Read(t.Context(), knownOf(0))
			checkError(t, err, test.wantErr...)
			if sekoia.IsNotFound(err) {
				t.Error("the connector is taken for gone")
			}
			c.checkCalls(t, test.wantCalls)
		})
	}
}

// TestRemovedConnectorIsNoDuplicate: the listing is older than the removal.
func TestRemovedConnectorIsNoDuplicate(t *testing.T) {
	t.Parallel()
	c := newCloud()
	connectors := c.open(t)
	if existing(t, connectors, wantedSpec) == nil {
		t.Fatal("it is not found")
	}
	if _, err := connectors.Remove(t.Context(), managed, wantedSpec); err != nil {
		t.Fatal(err)
	}
	if found := existing(t, connectors, wantedSpec); found != nil {
		t.Errorf("found %+v after its removal", found)
	}
}

// TestRounds: calls that don't need each other's answers go out together, so that distance costs as little as it can.
func TestRounds(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		do   func(t *testing.T, connectors *Connectors) error
		want time.Duration // of calls of a second each
	}{
		"a read looks at two lists": {want: time.Second, do: func(t *testing.T, connectors *Connectors) error {
			t.Helper()
			_, err := connectors.Read(t.Context(), managed)
			return err
		}},
		"so does a look at plan": {want: time.Second, do: func(t *testing.T, connectors *Connectors) error {
			t.Helper()
			if existing(t, connectors, wantedSpec) == nil {
				t.Error("it is not found")
			}
			return nil
		}},
		"a create looks, makes the account and makes the connector": {want: 3 * time.Second, do: func(t *testing.T, connectors *Connectors) error {
			t.Helper()
			another := wantedSpec
			another.Name = "Another name"
			_, err := connectors.Create(t.Context(), another, settingsWith("fresh"))
			return err
		}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newCloud()
				c.meet = func(string, int) trouble {
					time.Sleep(time.Second) //nolint:forbidigo // the clock of this test is a fake one
					return noTrouble
				}
				began := time.Now()
				if err := test.do(t, c.open(t)); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(began); took != test.want {
					t.Errorf("it took %s, want %s: %s", took, test.want, c.made())
				}
			})
		})
	}
}
