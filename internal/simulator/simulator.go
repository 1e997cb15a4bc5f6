// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import "errors"

// Simulator is both clouds, listening.
type Simulator struct {
	ready Ready
}

// Start listens and returns when every call can be answered. The caller must Close it.
func Start(Config) (*Simulator, error) {
	return nil, errors.New("not built yet")
}

// Ready says where the simulator listens.
func (s *Simulator) Ready() Ready { return s.ready }

// Close ends everything that Start began, within five seconds.
func (s *Simulator) Close() error { return nil }
