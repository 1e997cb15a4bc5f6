// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Command simulator runs both clouds until it is stopped. It is for the demo, for tests of other programs, and for
// trying things out; it listens on loopback.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stderr)
	stop()
	os.Exit(code)
}

// run starts the simulator and ends it with ctx. It returns the exit code: 2 for flags that make no sense, 1 if it
// could not start or end.
func run(ctx context.Context, args []string, out io.Writer) int {
	cfg, err := parse(args, out)
	if err != nil {
		return 2
	}
	started, err := simulator.Start(cfg)
	if err != nil {
		_, _ = fmt.Fprintln(out, "simulator:", err)
		return 1
	}
	ready := started.Ready()
	_, _ = fmt.Fprintf(out, "Okta   %s\nSekoia %s\nadmin  %s\n", ready.OktaURL, ready.SekoiaURL, ready.AdminURL)
	if cfg.ReadyFile == "" {
		_, _ = fmt.Fprintln(out, "Set --ready-file to get the credentials.")
	}
	<-ctx.Done()
	if err = started.Close(); err != nil {
		_, _ = fmt.Fprintln(out, "simulator:", err)
		return 1
	}
	return 0
}

// calls lists the calls of admin_url, for -help.
const calls = `
Calls at admin_url of the ready file, with JSON bodies (204 if there is nothing to answer):
  GET, DELETE /_simulator/requests     every call so far: cloud, method, path, query, status, authorized, user_agent, at
  PUT /_simulator/faults               a list of cloud, method, path (may end in *), skip, times, kind, status, headers, body, delay, connector;
                                       kind: status, reset, drop_reply, truncate, delay, hold. It replaces the last list
  GET /_simulator/state                accounts, connectors, assets and devices, without secrets
  PUT /_simulator/tokens               {"valid": ["…"]}: the API tokens that Okta accepts
  PUT, DELETE /_simulator/devices/ID   a device as Okta has it. A new id adds a device, created now
  PATCH /_simulator/accounts/ID        any field, such as {"value": {"base_url": "…"}}
  PATCH /_simulator/connectors/ID      any field, such as {"display_status": "STOPPED"}
  PUT /_simulator/catalogue            {"modules": […], "connectors": […]}: what Sekoia offers
  PUT /_simulator/organization         {"id": "…", "pipeline": "…", "alternate": "…"}: what Okta answers about the organization
  PUT /_simulator/service-apps         a list of service apps (OAuth 2.0)
`

// parse reads the flags. If it returns an error, it has already printed what is wrong.
func parse(args []string, out io.Writer) (simulator.Config, error) {
	cfg := simulator.DefaultConfig()
	flags := flag.NewFlagSet("simulator", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.Usage = func() {
		_, _ = fmt.Fprintln(out, "Usage of simulator:")
		flags.PrintDefaults()
		_, _ = fmt.Fprint(out, calls)
	}
	flags.IntVar(&cfg.Devices, "devices", cfg.Devices, "how many devices the organization has")
	flags.Int64Var(&cfg.Seed, "seed", cfg.Seed, "the same seed gives the same inventory")
	flags.IntVar(&cfg.UsersPerDevice, "users-per-device", cfg.UsersPerDevice, "users of each device")
	flags.IntVar(&cfg.Odd, "odd", cfg.Odd, "how many devices lack a field that Sekoia's connector requires; -1 is a hundredth")
	flags.IntVar(&cfg.OddFrom, "odd-from", cfg.OddFrom, "the index of the first of these devices; -1 is in the last tenth")
	flags.DurationVar(&cfg.Latency, "latency", cfg.Latency, "time before each answer")
	flags.IntVar(&cfg.RateLimit, "rate-limit", cfg.RateLimit, "how many calls a minute Okta allows; 0 is no limit")
	flags.DurationVar(&cfg.SyncInterval, "sync-interval", cfg.SyncInterval, "the connector's sleep after a cycle that found nothing")
	flags.Float64Var(&cfg.Speed, "speed", cfg.Speed, "divides the times that Sekoia takes")
	flags.IntVar(&cfg.Communities, "communities", cfg.Communities, "how many communities the key sees")
	flags.StringVar(&cfg.OktaAddr, "okta-addr", "", "the address of Okta; empty is loopback and a free port")
	flags.StringVar(&cfg.SekoiaAddr, "sekoia-addr", "", "the address of Sekoia; empty is loopback and a free port")
	flags.BoolVar(&cfg.TLS, "tls", false, "https, with a CA that the ready file names")
	flags.StringVar(&cfg.ReadyFile, "ready-file", "", "the file for addresses and credentials, written when everything listens")
	if err := flags.Parse(args); err != nil {
		return cfg, err
	}
	if flags.NArg() > 0 {
		_, _ = fmt.Fprintf(out, "simulator: %q is not a flag\n", flags.Arg(0))
		return cfg, flag.ErrHelp
	}
	return cfg, nil
}
