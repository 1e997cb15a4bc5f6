// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// Levels of a log line that the connector writes.
const (
	levelInfo    = "info"
	levelWarning = "warning"
	levelError   = "error"
)

// How Sekoia's automation SDK sends lines, before the tempo divides it.
const (
	repeatFilter = 60 * time.Second // a repeated message of one level is dropped for so long
	lateness     = 5 * time.Second  // lines are sent in batches, so often
	fullBatch    = 50               // lines that are sent without waiting
)

// keptLines bounds a log; the oldest lines go first.
const keptLines = 5000

// logLine is a line as the API answers it.
type logLine struct {
	UUID    string `json:"uuid"`
	Level   string `json:"level"`
	Message string `json:"message"`
	Date    string `json:"date"`

	at      time.Time // when it was written
	arrived time.Time // when the API has it
}

// connectorLog is what a connector has logged, over all its runs.
type connectorLog struct {
	now   wire.Clock
	tempo wire.Tempo

	mu    sync.Mutex
	lines []*logLine // as they were written
}

func newConnectorLog(now wire.Clock, at wire.Tempo) *connectorLog {
	return &connectorLog{now: now, tempo: at}
}

// logSession is the log of one run: each start begins with a new filter and a new batch.
type logSession struct {
	log     *connectorLog
	began   time.Time
	written map[string]time.Time // by level and message, when it was last let through
	waiting []*logLine           // not sent yet
}

func (l *connectorLog) begin() *logSession {
	return &logSession{log: l, began: l.now(), written: map[string]time.Time{}}
}

// add writes a line. An error is sent at once, with all that was waiting.
func (s *logSession) add(level, message string) {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	now := s.log.now()
	key := level + ":" + message
	if last, ok := s.written[key]; ok && now.Sub(last) < s.log.tempo.Scaled(repeatFilter) {
		return
	}
	s.written[key] = now
	line := &logLine{
		UUID: uuid.NewString(), Level: level, Message: message, Date: now.UTC().Format(sekoiaTime),
		at: now, arrived: s.nextBatch(now),
	}
	s.waiting = slices.DeleteFunc(s.waiting, func(old *logLine) bool { return !old.arrived.After(now) })
	s.waiting = append(s.waiting, line)
	if level == levelError || len(s.waiting) >= fullBatch {
		for _, sent := range s.waiting {
			sent.arrived = now
		}
		s.waiting = nil
	}
	s.log.lines = append(s.log.lines, line)
	if excess := len(s.log.lines) - keptLines; excess > 0 {
		s.log.lines = slices.Clone(s.log.lines[excess:])
	}
}

// nextBatch is when a line written now is sent: batches leave at fixed times from the start on.
func (s *logSession) nextBatch(now time.Time) time.Time {
	every := max(s.log.tempo.Scaled(lateness), 1)
	return now.Add(every - now.Sub(s.began)%every)
}

// arrived returns the lines that the API has, newest first; levels keeps only those, nil is all.
func (l *connectorLog) arrived(levels []string) []logLine {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	var found []logLine
	for _, line := range slices.Backward(l.lines) {
		if !line.arrived.After(now) && (levels == nil || slices.Contains(levels, line.Level)) {
			found = append(found, *line)
		}
	}
	// Two runs of one connector may have written at the same time: a stopped one's last lines come late.
	slices.SortStableFunc(found, func(a, b logLine) int { return b.at.Compare(a.at) })
	return found
}

// recentErrors counts the error lines of the window that ERROR looks at.
func (l *connectorLog) recentErrors(now time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	oldest := now.Add(-l.tempo.Scaled(errorWindow))
	count := 0
	for _, line := range slices.Backward(l.lines) {
		if line.at.Before(oldest) {
			break
		}
		if line.Level == levelError {
			count++
		}
	}
	return count
}
