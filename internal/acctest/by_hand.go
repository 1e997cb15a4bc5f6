// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"
)

// Sekoia makes a call to the simulated Sekoia with its key, for what a person does by hand beside Terraform. body and into may be nil.
func (c *Clouds) Sekoia(t testing.TB, method, path string, body, into any) {
	t.Helper()

	if c.Live {
		t.Fatalf("%s %s by hand is for the simulator only", method, path)
	}

	var content io.Reader = http.NoBody

	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}

		content = bytes.NewReader(encoded)
	}

	request, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), method, c.Ready.SekoiaURL+path, content)
	if err != nil {
		t.Fatal(err)
	}

	request.Header.Set("Authorization", "Bearer "+c.Ready.SekoiaAPIKey)
	request.Header.Set("Content-Type", "application/json")

	answer, err := c.admin.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // decoded to its end below

	if answer.StatusCode >= http.StatusMultipleChoices {
		t.Fatalf("%s %s: Sekoia answered %d", method, path, answer.StatusCode)
	}

	if into == nil {
		return
	}

	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
}
