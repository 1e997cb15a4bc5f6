// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"strings"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

// prefix begins the names of everything that the live tests make.
const prefix = "tf-acc-"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Getenv, os.Stdout)
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, getenv func(string) string, out io.Writer) error {
	client, err := newClient(getenv)
	if err != nil {
		return err
	}
	// Connectors first, because an account with a connector on it can't be deleted.
	if err := sweepConnectors(ctx, client, out); err != nil {
		return err
	}
	return sweepAccounts(ctx, client, out)
}

// newClient is a client for the Sekoia that the environment names, in the same words as the provider's.
func newClient(getenv func(string) string) (*sekoia.Client, error) {
	key := getenv("SEKOIA_API_KEY")
	if key == "" {
		return nil, errors.New("SEKOIA_API_KEY is not set: there is nothing to sweep without a key")
	}
	base, err := baseURL(getenv)
	if err != nil {
		return nil, err
	}
	origin, err := credential.ParseOrigin(base.String())
	if err != nil {
		return nil, fmt.Errorf("SEKOIA_BASE_URL: %w", err)
	}
	if err := (credential.Trust{SekoiaOrigin: origin}).Sekoia(base); err != nil {
		return nil, err
	}
	caller, err := transport.New(transport.Options{
		UserAgent: "terraform-provider-sekoia/sweep", MaxRetries: transport.DefaultMaxRetries,
	})
	if err != nil {
		return nil, err
	}
	return sekoia.New(sekoia.Config{HTTP: caller, BaseURL: base, APIKey: credential.NewSecret(key)}), nil
}

func baseURL(getenv func(string) string) (*url.URL, error) {
	raw := getenv("SEKOIA_BASE_URL")
	if raw == "" {
		region := getenv("SEKOIA_REGION")
		if region == "" {
			region = sekoia.DefaultRegion
		}
		if raw, _ = sekoia.RegionBaseURL(region); raw == "" {
			return nil, errors.New("SEKOIA_REGION is not a region such as fra1")
		}
	}
	base, err := url.Parse(raw)
	if err != nil || base.Host == "" {
		return nil, errors.New("SEKOIA_BASE_URL is not a URL with a host")
	}
	return base, nil
}

func sweepConnectors(ctx context.Context, client *sekoia.Client, out io.Writer) error {
	connectors, err := client.Connectors(ctx, sekoia.Query{Kind: sekoia.OktaDeviceConnectorID})
	if err != nil {
		return fmt.Errorf("listing connectors: %w", err)
	}
	var problems []error
	for _, connector := range connectors {
		if !strings.HasPrefix(connector.Name, prefix) {
			continue
		}
		if err := client.DeleteConnector(ctx, connector.ID); err != nil {
			problems = append(problems, fmt.Errorf("removing the connector %s: %w", connector.ID, err))
			continue
		}
		_, _ = fmt.Fprintf(out, "Removed the connector %s (%s).\n", connector.ID, connector.Name)
	}
	return errors.Join(problems...)
}

func sweepAccounts(ctx context.Context, client *sekoia.Client, out io.Writer) error {
	accounts, err := client.Accounts(ctx, sekoia.Query{Kind: sekoia.OktaModuleID})
	if err != nil {
		return fmt.Errorf("listing accounts: %w", err)
	}
	var problems []error
	for _, account := range accounts {
		if !strings.HasPrefix(account.Name, prefix) {
			continue
		}
		usage, err := client.AccountUsage(ctx, account.ID)
		switch {
		case err != nil:
			problems = append(problems, fmt.Errorf("reading what uses the account %s: %w", account.ID, err))
			continue
		case !usage.Unused():
			problems = append(problems, fmt.Errorf("the account %s (%s) is in use, and was left alone", account.ID, account.Name))
			continue
		}
		if err := client.DeleteAccount(ctx, account.ID); err != nil {
			problems = append(problems, fmt.Errorf("removing the account %s: %w", account.ID, err))
			continue
		}
		_, _ = fmt.Fprintf(out, "Removed the account %s (%s).\n", account.ID, account.Name)
	}
	return errors.Join(problems...)
}
