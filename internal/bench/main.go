// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// settings are what a person chooses.
type settings struct {
	devices, rounds, starts int
	terraform               string
}

func main() {
	var chosen settings
	flag.IntVar(&chosen.devices, "devices", 20_000, "how many devices are read")
	flag.IntVar(&chosen.rounds, "rounds", 5, "how often each run is made, in turns with the bare provider's")
	flag.IntVar(&chosen.starts, "starts", 20, "how often each provider is started in a round: one start is too short to be measured")
	flag.StringVar(&chosen.terraform, "terraform", "", "the Terraform or OpenTofu to run; empty is the one on PATH")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, chosen, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run makes the rounds and prints the results.
func run(ctx context.Context, chosen settings, to io.Writer) (err error) {
	if min(chosen.devices, chosen.rounds, chosen.starts) < 1 {
		return errors.New("it takes at least one device, one round and one start")
	}
	bench, err := prepare(ctx, chosen)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bench.close()) }()
	if _, err := fmt.Fprintf(to, "%d devices, %d rounds, %d starts each, %s, %s/%s, %d processors, %s\n\n", chosen.devices, chosen.rounds, chosen.starts, bench.terraform,
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), time.Now().Format(time.DateOnly)); err != nil {
		return err
	}
	var made rounds
	for range chosen.rounds {
		if err := bench.round(ctx, chosen.starts, made.begin()); err != nil {
			return err
		}
	}
	return made.print(to)
}

// round runs each subject, the bare provider's before those that are compared with it.
func (b *bench) round(ctx context.Context, starts int, into map[subject]usage) error {
	subjects := []subject{bareDevices, devices, devicesWithUsers, devicesCounted}
	for range starts {
		subjects = append(subjects, bareStart, start)
	}
	for _, each := range subjects {
		used, err := b.run(ctx, each)
		if err != nil {
			return fmt.Errorf("%s: %w", each, err)
		}
		into[each] = into[each].with(used)
	}
	return nil
}
