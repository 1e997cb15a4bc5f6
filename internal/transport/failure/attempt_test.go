// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package failure

import (
	"crypto/tls"
	"net/http/httptrace"
	"testing"
)

// TestADialForAnotherRequestSaysNothing is two requests at once: the first gets the connection that the second dialed,
// and its own dial ends later.
func TestADialForAnotherRequestSaysNothing(t *testing.T) {
	t.Parallel()
	var attempt Attempt
	trace := httptrace.ContextClientTrace(attempt.Follow(t.Context()))
	trace.ConnectStart("tcp", "192.0.2.1:443")
	trace.TLSHandshakeStart()
	if how := reachedBy(attempt.Error(&TimeoutError{})); how.stage != stageHandshake {
		t.Errorf("while it dials, the stage is %d", how.stage)
	}
	trace.GotConn(httptrace.GotConnInfo{})
	trace.TLSHandshakeStart()
	if how := reachedBy(attempt.Error(&TimeoutError{})); how.stage != stageAnswer {
		t.Errorf("with a connection, the stage is %d", how.stage)
	}
	attempt.Answered()
	trace.TLSHandshakeDone(tls.ConnectionState{}, nil)
	if how := reachedBy(attempt.Error(&TimeoutError{})); how.stage != stageBody {
		t.Errorf("with an answer, the stage is %d", how.stage)
	}
}
