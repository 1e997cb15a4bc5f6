// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package failure

import (
	"crypto/tls"
	"errors"
	"net/http/httptrace"
	"strings"
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

// Some certificates that other software takes are malformed to crypto/x509, an inspecting firewall's for one.
func TestWhatIsMalformedInAHandshakeIsNotHTTP(t *testing.T) {
	t.Parallel()
	var attempt Attempt
	httptrace.ContextClientTrace(attempt.Follow(t.Context())).TLSHandshakeStart()
	err := attempt.Error(errors.New("tls: failed to parse certificate from server: x509: malformed validity"))
	if met := Explain(err); met.What != "TLS handshake failed" || met.ByURL || !strings.Contains(met.Seen, "x509: malformed validity") || !Unsent(err) {
		t.Errorf("it is explained as %+v", met)
	}
}
