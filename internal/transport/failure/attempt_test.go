// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package failure

import (
	"crypto/tls"
	"errors"
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
	if how := attempt.now(); how.stage != stageHandshake {
		t.Errorf("while it dials, the stage is %d", how.stage)
	}
	trace.GotConn(httptrace.GotConnInfo{})
	trace.TLSHandshakeStart()
	if how := attempt.now(); how.stage != stageAnswer {
		t.Errorf("with a connection, the stage is %d", how.stage)
	}
	trace.TLSHandshakeDone(tls.ConnectionState{}, errors.New("late"))
	if how := attempt.now(); how.stage != stageAnswer {
		t.Errorf("when its own dial has ended, the stage is %d", how.stage)
	}
}
