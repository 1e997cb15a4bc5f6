// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Calls that were under way when the first of them learned of the nonce are each told the same one, and each had none
// of it in its proof.
func TestCallsAtTheSameTimeAllTakeTheNonceThatTheAPIDemands(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var nonce atomic.Pointer[string]
		network, client := appClient(t)
		demandProof(network, "access", "DPoP")
		network.RegisterResponder(http.MethodGet, acmeDevice+"/guo1", func(request *http.Request) (*http.Response, error) {
			demanded, given := *nonce.Load(), proofOf(t, request).Nonce
			<-time.After(time.Second) // the others are under way by then
			if given != demanded {
				return reply(401, "", `WWW-Authenticate: DPoP error="use_dpop_nonce"`, "DPoP-Nonce: "+demanded), nil
			}
			return reply(200, `{"id":"guo1"}`), nil
		})
		for _, demanded := range []string{"n1", "n2"} {
			nonce.Store(&demanded)
			var calls sync.WaitGroup
			for range 20 {
				calls.Go(func() {
					if _, err := client.Device(t.Context(), "guo1"); err != nil {
						t.Errorf("%s: %v", demanded, err)
					}
				})
			}
			calls.Wait()
		}
	})
}
