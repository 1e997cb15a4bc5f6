// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package failure

import (
	"crypto/x509"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestEveryKindHasItsOwnWords(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for _, k := range kinds {
		if k.do == "" && k.what != "canceled" {
			t.Errorf("%s: nothing to do", k.what)
		}
		for _, words := range []string{k.what, k.do} {
			if said[words] && words != "" {
				t.Errorf("two kinds say %q", words)
			}
			said[words] = true
		}
		if lines := strings.Count(k.do, "\n") + 1; lines > 2 {
			t.Errorf("%s: %d lines of advice", k.what, lines)
		}
	}
}

func TestAnExpiredCertificateIsTheSameTroubleASecondLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		expired := &x509.Certificate{NotAfter: time.Now().Add(-time.Hour)}
		err := x509.CertificateInvalidError{Cert: expired, Reason: x509.Expired}
		first := Explain(err)
		time.Sleep(time.Second) //nolint:forbidigo // the clock of this test is a fake one
		second := Explain(err)
		if first.What != "certificate expired at 1999-12-31T23:00:00Z" || second.What != first.What || second.Seen != "this machine's clock says 2000-01-01T00:00:01Z" {
			t.Errorf("it is explained as %+v, then as %+v", first, second)
		}
	})
}
