// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestScreenWritesPlainLinesWhereThereIsNoTerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := newScreen(&out, []string{"TERM=xterm"})
	s.begin("1/2", "Something")
	s.command("terraform plan")
	s.output("\x1b[1mcolored\x1b[0m by Terraform  ")
	s.tick("it is so")
	s.end(true, 1500*time.Millisecond)
	s.begin("2/2", "Another")
	s.end(false, time.Second)
	want := "\n[1/2] Something\n  $ terraform plan\n    colored by Terraform\n  ✓ it is so\n  done in 1.5 s\n\n[2/2] Another\n  failed after 1.0 s\n"
	if out.String() != want {
		t.Errorf("it is %q, not %q", out.String(), want)
	}
}

func TestScreenSpinsOnATerminal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		s := &screen{out: &out, live: true, color: true, width: func() int { return 12 }}
		s.begin("1/1", "A long headline")
		time.Sleep(time.Second) //nolint:forbidigo // the clock of this test is a fake one
		synctest.Wait()
		s.output("a line")
		s.end(true, time.Second)
		got := out.String()
		for _, frame := range frames {
			if !strings.Contains(got, frame+" ") {
				t.Errorf("the frame %s was never drawn", frame)
			}
		}
		if strings.Contains(got, "A long headline …") {
			t.Error("the spinner's line is wider than the terminal")
		}
		if !strings.Contains(got, erased+"    a line\n") {
			t.Errorf("the line does not stand alone in %q", got)
		}
		_, after, _ := strings.Cut(got, "    a line\n")
		if !strings.Contains(after, erased+bold) && !strings.Contains(after, erased+dim+"  done") {
			t.Errorf("the spinner was not erased: %q", after)
		}
	})
}

func TestLines(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		written []string
		want    []string
	}{
		"a line in two pieces is shown once":  {[]string{"one ", "line\n"}, []string{"one line"}},
		"two lines in one piece":              {[]string{"one\ntwo\n"}, []string{"one", "two"}},
		"a last line without a line break":    {[]string{"one\ntw", "o"}, []string{"one", "two"}},
		"empty lines are kept":                {[]string{"\n\none\r\n"}, []string{"", "", "one"}},
		"nothing at all shows nothing":        {nil, nil},
		"a line break alone in a later piece": {[]string{"one", "\n"}, []string{"one"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var shown []string
			l := &lines{show: func(line string) { shown = append(shown, line) }}
			for _, piece := range test.written {
				if n, err := l.Write([]byte(piece)); n != len(piece) || err != nil {
					t.Fatalf("wrote %d of %d: %v", n, len(piece), err)
				}
			}
			l.close()
			if !slices.Equal(shown, test.want) {
				t.Errorf("shown: %q, not %q", shown, test.want)
			}
			if l.text() != strings.Join(test.written, "") {
				t.Errorf("kept: %q", l.text())
			}
		})
	}
}
