// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package sekoia

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func arrivedMessages(l *connectorLog, levels ...string) string {
	var messages []string
	for _, line := range l.arrived(levels) {
		messages = append(messages, line.Message)
	}
	return fmt.Sprint(messages)
}

func wantLines(t *testing.T, l *connectorLog, want string) {
	t.Helper()
	if got := arrivedMessages(l); got != want {
		t.Errorf("the log is %s, want %s", got, want)
	}
}

func TestLinesComeLateAndErrorsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newConnectorLog(time.Now, 1)
		run := l.begin()
		run.add(levelInfo, "one")
		wantLines(t, l, "[]")
		<-time.After(lateness)
		wantLines(t, l, "[one]")
		run.add(levelInfo, "two")
		wantLines(t, l, "[one]")
		run.add(levelError, "bad")
		wantLines(t, l, "[bad two one]")
		run.add(levelWarning, "three")
		<-time.After(lateness - time.Second)
		wantLines(t, l, "[bad two one]")
		<-time.After(time.Second)
		wantLines(t, l, "[three bad two one]")
		for i := range fullBatch {
			run.add(levelInfo, fmt.Sprint(i))
		}
		if got := len(l.arrived(nil)); got != fullBatch+4 {
			t.Errorf("a full batch was not sent at once: %d lines", got)
		}
	})
}

func TestRepeatedLinesAreDropped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newConnectorLog(time.Now, 1)
		run := l.begin()
		run.add(levelError, "same")
		run.add(levelError, "other")
		run.add(levelError, "same")
		run.add(levelInfo, "same")
		<-time.After(repeatFilter - time.Second)
		run.add(levelError, "same")
		wantLines(t, l, "[same other same]")
		<-time.After(time.Second)
		run.add(levelError, "same")
		wantLines(t, l, "[same same other same]")
		l.begin().add(levelError, "same")
		wantLines(t, l, "[same same same other same]")
	})
}

func TestLinesOfAStoppedRunComeLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newConnectorLog(time.Now, 1)
		first := l.begin()
		<-time.After(time.Second)
		first.add(levelInfo, "last line of the first run")
		<-time.After(time.Second)
		second := l.begin()
		second.add(levelError, "first line of the second run")
		wantLines(t, l, "[first line of the second run]")
		<-time.After(lateness)
		wantLines(t, l, "[first line of the second run last line of the first run]")
	})
}

func TestTempoDividesTheTimesOfTheLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newConnectorLog(time.Now, 1000)
		run := l.begin()
		run.add(levelInfo, "one")
		<-time.After(lateness / 1000)
		wantLines(t, l, "[one]")
		<-time.After(repeatFilter / 1000)
		run.add(levelInfo, "one")
		<-time.After(lateness / 1000)
		wantLines(t, l, "[one one]")
	})
}

func TestLogIsBounded(t *testing.T) {
	t.Parallel()
	l := newConnectorLog(time.Now, 1)
	run := l.begin()
	for i := range keptLines + 10 {
		run.add(levelInfo, fmt.Sprint(i))
	}
	run.add(levelError, "last")
	lines := l.arrived(nil)
	if len(lines) != keptLines || lines[0].Message != "last" || lines[keptLines-1].Message != "11" {
		t.Errorf("%d lines are kept, from %s to %s", len(lines), lines[len(lines)-1].Message, lines[0].Message)
	}
}

func TestErrorComesAfterMoreThanFiveLinesInADay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newConnectorLog(time.Now, 1)
		run, life := l.begin(), lifecycle{}
		life.started(time.Now())
		status := func() string { return life.status(time.Now(), 1, l.recentErrors(time.Now())) }
		for i := range errorsAllowed {
			<-time.After(time.Minute)
			run.add(levelError, fmt.Sprint(i))
			run.add(levelWarning, fmt.Sprint(i))
		}
		if got := status(); got != statusRunning {
			t.Errorf("with five errors it is %s", got)
		}
		run.add(levelError, "sixth")
		if got := status(); got != statusError {
			t.Errorf("with six errors it is %s", got)
		}
		<-time.After(errorWindow - 4*time.Minute)
		if got := status(); got != statusError {
			t.Errorf("before a day it is %s", got)
		}
		<-time.After(time.Second)
		if got := status(); got != statusRunning {
			t.Errorf("after a day it is %s", got)
		}
		life.stopped(time.Now())
		if got := status(); got != statusStopping {
			t.Errorf("when it was stopped it is %s", got)
		}
	})
}
