// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credential_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

func TestSecretPrintsAsStars(t *testing.T) {
	t.Parallel()
	const value = "s3cr3t-value"
	secret := credential.NewSecret(value)
	type exported struct{ Token credential.Secret }
	type unexported struct {
		name  string
		token credential.Secret
	}
	shapes := map[string]any{
		"by itself":                       secret,
		"behind a pointer":                &secret,
		"in a slice":                      []credential.Secret{secret},
		"as a map's value":                map[string]credential.Secret{"token": secret},
		"in an exported field":            exported{secret},
		"in an unexported field":          unexported{"okta", secret},
		"in a pointer's unexported field": &unexported{"okta", secret},
		"in an error":                     fmt.Errorf("refused %v", secret),
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var shown []string
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s", "%-5.3v", "%p"} {
				shown = append(shown, fmt.Sprintf(verb, shape))
			}
			shown = append(shown, fmt.Sprint(shape), fmt.Sprintln(shape), logged(shape))
			if encoded, err := json.Marshal(shape); err == nil {
				shown = append(shown, string(encoded))
			}
			for _, text := range shown {
				if strings.Contains(text, value) || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", value)) {
					t.Errorf("shows the credential: %s", text)
				}
			}
		})
	}
}

// logged returns what both of log/slog's handlers write of a value.
func logged(value any) string {
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("m", "v", value)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "v", value)
	return out.String()
}

func TestSecretIsExactlyThreeStars(t *testing.T) {
	t.Parallel()
	secret := credential.NewSecret("s3cr3t")
	encoded, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	text, err := secret.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	got := []string{secret.String(), fmt.Sprintf("%#v", secret), fmt.Sprintf("%x", secret), string(encoded), string(text)}
	want := []string{"***", "***", "***", `"***"`, "***"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSecretKeepsItsValue(t *testing.T) {
	t.Parallel()
	var zero credential.Secret
	one, same, other := credential.NewSecret("abc"), credential.NewSecret("abc"), credential.NewSecret("abd")
	if one.Reveal() != "abc" || zero.Reveal() != "" {
		t.Errorf("Reveal: %q and %q", one.Reveal(), zero.Reveal())
	}
	if one.IsZero() || !zero.IsZero() || !credential.NewSecret("").IsZero() {
		t.Error("IsZero does not tell an empty credential from another")
	}
	if !one.Equal(same) || one.Equal(other) || one.Equal(zero) || !zero.Equal(credential.NewSecret("")) {
		t.Error("Equal does not compare the credentials")
	}
	if !reflect.DeepEqual(one, same) {
		t.Error("two Secrets of one credential are not deeply equal")
	}
	// SHA-256 of "abc", from FIPS 180-2, appendix B.1.
	const want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if got := one.Fingerprint(); got != want {
		t.Errorf("Fingerprint: %s, want %s", got, want)
	}
	if one.Fingerprint() == other.Fingerprint() {
		t.Error("two credentials have one fingerprint")
	}
}
