// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // as a shell reports a command that SIGINT ended
)

func main() {
	// Ctrl-C and the signals of a closed terminal or a supervisor end the demo in the same way: steps see a canceled
	// context, then everything is cleaned up.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := command(ctx, os.Args[1:], os.Environ(), os.Stdout)
	stop()
	os.Exit(code)
}

// command runs the whole demo with the given arguments and environment, and returns the exit code.
func command(ctx context.Context, arguments, environment []string, out io.Writer) int {
	settings := settings{environment: environment}
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.IntVar(&settings.devices, "devices", 250, "how many devices the simulated Okta organization has; at least 1")
	flags.StringVar(&settings.temporary, "temporary-folder", "",
		"where the demo makes its own folder, which it removes at the end (the system's place for such folders)")
	switch err := flags.Parse(arguments); {
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case err != nil:
		return exitUsage
	case settings.devices < 1:
		_, _ = fmt.Fprintln(out, "-devices must be at least 1: the demo shows what arrives.")
		return exitUsage
	}
	return perform(ctx, newScreen(out, environment), settings, steps())
}

// perform runs the steps in order until one fails, then undoes what they began.
func perform(ctx context.Context, screen *screen, settings settings, steps []step) int {
	began := time.Now()
	stage := &stage{settings: settings, screen: screen}
	err := runAll(ctx, stage, steps)
	// The clean-up has its own time limit, because ctx may be canceled already.
	if problem := stage.tearDown(); problem != nil {
		err = errors.Join(err, fmt.Errorf("cleaning up: %w", problem))
	}
	elapsed := time.Since(began)
	switch {
	case ctx.Err() != nil:
		screen.failure("Interrupted after " + seconds(elapsed) + ". Everything that was started has been ended.")
		return exitInterrupted
	case err != nil:
		screen.failure(err.Error())
		screen.failure("The demo failed after " + seconds(elapsed) + ".")
		return exitFailed
	default:
		screen.success(fmt.Sprintf("All %d steps did what they say, in %s. Nothing was left behind.", len(steps), seconds(elapsed)))
		return exitDone
	}
}

func runAll(ctx context.Context, stage *stage, steps []step) error {
	for index, step := range steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		began := time.Now()
		stage.screen.begin(fmt.Sprintf("%d/%d", index+1, len(steps)), step.title)
		err := step.run(ctx, stage)
		stage.screen.end(err == nil, time.Since(began))
		if err != nil {
			return fmt.Errorf("step %d, %q: %w", index+1, step.title, err)
		}
	}
	return nil
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
