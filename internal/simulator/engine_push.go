// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// postOutcome is what pushing a batch came to.
type postOutcome struct {
	problem string        // "" where Sekoia took it
	limited time.Duration // how long Sekoia asked to wait
}

// defaultLimitWait is waited where a 429 does not say how long.
const defaultLimitWait = 60 * time.Second

// post pushes a batch. It belongs to the simulator's life and not to the run's: a stop does not break it off.
func (e *engine) post(r *run, items []ocsfItem) postOutcome {
	target := e.sekoiaURL + "/v2/asset-management/asset-connector/" + r.id
	body := mustJSON(map[string]any{"version": 1, "items": items})
	req, err := http.NewRequestWithContext(e.ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return postOutcome{problem: err.Error()}
	}
	req.Header.Set("Authorization", "Bearer "+e.store.connectorKey)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", connectorUserAgent)
	resp, err := e.sekoia.Do(req)
	if err != nil {
		return postOutcome{problem: withoutURL(err).Error()}
	}
	defer func() { _ = resp.Body.Close() }()
	answered, err := readLimited(resp.Body, maxBody)
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		if seconds <= 0 {
			return postOutcome{limited: defaultLimitWait}
		}
		return postOutcome{limited: time.Duration(seconds) * time.Second}
	case resp.StatusCode != http.StatusOK:
		return postOutcome{problem: fmt.Sprintf("HTTP %d: %s", resp.StatusCode, answered)}
	case err != nil || !json.Valid(answered):
		return postOutcome{problem: "the answer did not arrive whole"}
	}
	return postOutcome{}
}
