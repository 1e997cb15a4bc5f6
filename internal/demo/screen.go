// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// screen prints the demo's progress: on a terminal with colors and a spinner on the last line, elsewhere as plain lines
// without control characters. Its methods may be called from several goroutines.
type screen struct {
	out   io.Writer
	live  bool // out is a terminal that understands cursor movements
	color bool
	width func() int

	mu      sync.Mutex
	label   string // of the step under way; "" between steps
	began   time.Time
	frame   int
	stopped chan struct{} // closed to end the spinner
	ended   chan struct{} // closed when the spinner has ended
}

const (
	plain  = "\x1b[0m"
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	cyan   = "\x1b[36m"
	erased = "\r\x1b[2K"
)

var frames = []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"}

// escapes are the control sequences that Terraform colors its output with (ECMA-48, SGR).
var escapes = regexp.MustCompile(`\x1b\[[0-9;]*m`)

func newScreen(out io.Writer, environment []string) *screen {
	s := &screen{out: out}
	file, isFile := out.(*os.File)
	if !isFile || !term.IsTerminal(int(file.Fd())) || variable(environment, "TERM") == "dumb" {
		return s
	}
	s.live = true
	s.color = variable(environment, "NO_COLOR") == ""
	s.width = func() int {
		width, _, err := term.GetSize(int(file.Fd()))
		if err != nil || width < 20 {
			return 80
		}
		return width
	}
	return s
}

// begin starts a step: its headline, and the spinner on a terminal.
func (s *screen) begin(number, title string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.print("")
	s.print(s.paint(bold+cyan, "["+number+"] "+title))
	s.label, s.began = title, time.Now()
	if s.live {
		s.stopped, s.ended = make(chan struct{}), make(chan struct{})
		go s.spin(s.stopped, s.ended)
	}
}

// end closes the step that begin started.
func (s *screen) end(passed bool, elapsed time.Duration) {
	if s.live {
		close(s.stopped)
		<-s.ended
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.label = ""
	if passed {
		s.print(s.paint(dim, "  done in "+seconds(elapsed)))
	} else {
		s.print(s.paint(red, "  failed after "+seconds(elapsed)))
	}
}

func (s *screen) spin(stopped, ended chan struct{}) {
	defer close(ended)
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-stopped:
			s.mu.Lock()
			_, _ = io.WriteString(s.out, erased)
			s.mu.Unlock()
			return
		case <-ticker.C:
			s.mu.Lock()
			s.frame++
			s.draw()
			s.mu.Unlock()
		}
	}
}

// draw paints the spinner's line. The caller holds the lock.
func (s *screen) draw() {
	if !s.live || s.label == "" {
		return
	}
	text := []rune(fmt.Sprintf("%s %s … %s", frames[s.frame%len(frames)], s.label, seconds(time.Since(s.began))))
	if limit := s.width() - 1; len(text) > limit {
		text = text[:limit] // a line that wraps could not be erased
	}
	_, _ = io.WriteString(s.out, erased+s.paint(dim, string(text)))
}

// print writes one line above the spinner. The caller holds the lock.
func (s *screen) print(line string) {
	if !s.color {
		line = escapes.ReplaceAllString(line, "")
	}
	if s.live && s.label != "" {
		_, _ = io.WriteString(s.out, erased)
	}
	_, _ = io.WriteString(s.out, strings.TrimRight(line, " ")+"\n")
	s.draw()
}

func (s *screen) paint(style, text string) string {
	if !s.color {
		return text
	}
	return style + text + plain
}

func (s *screen) line(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.print(text)
}

// command shows what is typed; output shows a line of what it answers.
func (s *screen) command(text string) { s.line("  " + s.paint(bold, "$ "+text)) }
func (s *screen) output(text string)  { s.line("    " + text) }

// note says something about what is seen; tick says what was checked and found true.
func (s *screen) note(text string) { s.line("  " + text) }
func (s *screen) tick(text string) { s.line("  " + s.paint(green, "✓") + " " + text) }

func (s *screen) success(text string) { s.line("\n" + s.paint(bold+green, text)) }
func (s *screen) failure(text string) { s.line("\n" + s.paint(bold+red, text)) }

// lines is a writer that hands each line that was written to it, without its line break, to show.
type lines struct {
	show    func(string)
	all     strings.Builder
	pending strings.Builder
}

func (l *lines) Write(data []byte) (int, error) {
	l.all.Write(data)
	rest := string(data)
	for {
		line, after, found := strings.Cut(rest, "\n")
		l.pending.WriteString(line)
		if !found {
			return len(data), nil
		}
		l.flush()
		rest = after
	}
}

// flush shows what was written since the last line break.
func (l *lines) flush() {
	line := strings.TrimRight(l.pending.String(), "\r")
	l.pending.Reset()
	l.show(line)
}

// close shows a last line that had no line break.
func (l *lines) close() {
	if l.pending.Len() > 0 {
		l.flush()
	}
}

// text is everything that was written, without colors.
func (l *lines) text() string { return escapes.ReplaceAllString(l.all.String(), "") }
