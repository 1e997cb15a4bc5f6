// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/engine"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/okta"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/sekoia"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator/wire"
)

// closing bounds Close.
const closing = 5 * time.Second

// Simulator is both clouds, listening.
type Simulator struct {
	ready     Ready
	cancel    context.CancelFunc
	front     *front
	engine    *engine.Engine
	held      *sekoia.Store
	servers   []*http.Server
	serving   sync.WaitGroup
	directory string                  // of the CA's file, "" without TLS
	offline   map[string]http.Handler // by host; nil if it listens
	closeOnce sync.Once
	closeErr  error
}

// Start listens and returns when every call can be answered. The caller must Close it. What is wrong with the
// configuration, or an address that is taken, is an error.
func Start(cfg Config) (*Simulator, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	s := &Simulator{}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	if err := s.start(ctx, cfg); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// start builds from the inside out: data, clouds, listeners, and at last the ready file.
func (s *Simulator) start(ctx context.Context, cfg Config) error {
	now := wire.Clock(time.Now)
	hidden := &wire.Redactor{}
	inv := okta.NewInventory(&cfg.Options, now)
	hidden.Hide(inv.PrimaryToken())
	requests := &requestLog{now: now, hidden: hidden}
	faults := &faultSet{}
	s.front = &front{ctx: ctx, log: requests, faults: faults, latency: cfg.Latency}
	s.engine = engine.New(ctx, now, wire.Tempo(cfg.Speed), cfg.SyncInterval)
	s.held = sekoia.NewStore(now, wire.Tempo(cfg.Speed), cfg.Communities, hidden, s.engine)
	listeners, encryption, at, err := s.addresses(ctx, cfg, now())
	if err != nil {
		return err
	}
	to := engine.Places{OktaURL: at.okta, SekoiaURL: at.sekoia, SekoiaKey: s.held.ConnectorKey(), Okta: cfg.ConnectorTransport}
	if encryption != nil {
		to.Trust = encryption.pool
	}
	s.engine.Connect(to)
	clouds := map[string]http.Handler{
		cloudOkta:   okta.NewHandler(inv, &cfg.Options, at.okta, now),
		cloudSekoia: sekoia.NewHandler(s.held),
	}
	if cfg.Middleware != nil {
		for name, handler := range clouds {
			clouds[name] = cfg.Middleware(name, handler)
		}
	}
	control := &admin{log: requests, faults: faults, store: s.held, inventory: inv}
	oktaSide, sekoiaSide := s.front.cloud(cloudOkta, clouds[cloudOkta]), s.front.cloud(cloudSekoia, clouds[cloudSekoia])
	if cfg.Offline {
		if err := s.reachOffline(oktaSide, sekoiaSide, control.handler()); err != nil {
			return err
		}
	} else {
		s.serve(ctx, listeners[0], encryption, oktaSide)
		s.serve(ctx, listeners[1], encryption, sekoiaSide)
		s.serve(ctx, listeners[2], nil, control.handler())
	}
	s.ready.OktaURL, s.ready.OktaToken = at.okta, inv.PrimaryToken()
	s.ready.SekoiaURL, s.ready.SekoiaAPIKey = at.sekoia, s.held.APIKey()
	s.ready.CommunityID, s.ready.AdminURL = s.held.CommunityID(), at.admin
	return s.ready.write(cfg.ReadyFile)
}

// addresses are the addresses of the three sides of a simulator.
type addresses struct{ okta, sekoia, admin string }

// addresses listens, unless the configuration says not to, and makes the CA if it asks for one.
func (s *Simulator) addresses(ctx context.Context, cfg Config, now time.Time) ([]net.Listener, *authority, addresses, error) {
	if cfg.Offline {
		return nil, nil, addresses{okta: offlineOktaURL, sekoia: offlineSekoiaURL, admin: offlineAdminURL}, nil
	}
	listeners, err := listen(ctx, cfg.OktaAddr, cfg.SekoiaAddr, "")
	if err != nil {
		return nil, nil, addresses{}, err
	}
	encryption, err := s.encrypt(cfg, now, listeners)
	if err != nil {
		return nil, nil, addresses{}, errors.Join(err, closeAll(listeners))
	}
	at := addresses{okta: "http://" + reachable(listeners[0]), sekoia: "http://" + reachable(listeners[1]), admin: "http://" + reachable(listeners[2])}
	if encryption != nil {
		at.okta, at.sekoia = strings.Replace(at.okta, "http:", "https:", 1), strings.Replace(at.sekoia, "http:", "https:", 1)
	}
	return listeners, encryption, at, nil
}

// Ready says where the simulator listens.
func (s *Simulator) Ready() Ready { return s.ready }

// Close ends everything that Start began: calls that are held, cycles, listeners. It returns within five seconds, with
// an error if something did not end. Later calls return the same.
func (s *Simulator) Close() error {
	s.closeOnce.Do(func() { s.closeErr = s.close() })
	return s.closeErr
}

func (s *Simulator) close() error {
	s.front.open.close()
	s.held.Shut()
	s.cancel()
	var failed []error
	for _, server := range s.servers {
		failed = append(failed, server.Close())
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.serving.Wait()
		s.front.open.calls.Wait()
		s.engine.Wait()
	}()
	timer := time.NewTimer(closing - time.Second)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
		failed = append(failed, errors.New("the simulator did not end in time"))
	}
	s.engine.Disconnect()
	if s.directory != "" {
		failed = append(failed, os.RemoveAll(s.directory))
	}
	return errors.Join(failed...)
}

// listen opens a listener for each address; "" is loopback and a free port.
func listen(ctx context.Context, addresses ...string) ([]net.Listener, error) {
	var opened []net.Listener
	for _, address := range addresses {
		if address == "" {
			address = "127.0.0.1:0"
		}
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("listen on %s: %w", address, err), closeAll(opened))
		}
		opened = append(opened, listener)
	}
	return opened, nil
}

func closeAll(listeners []net.Listener) error {
	var failed []error
	for _, listener := range listeners {
		failed = append(failed, listener.Close())
	}
	return errors.Join(failed...)
}

// reachable is the address to write into a URL: one that listens everywhere is reached on loopback.
func reachable(listener net.Listener) string {
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return listener.Addr().String()
	}
	if net.ParseIP(host).IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// serve answers on a listener until Close.
func (s *Simulator) serve(ctx context.Context, listener net.Listener, encryption *authority, handler http.Handler) {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: time.Minute,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		// Faults break connections on purpose.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	if encryption != nil {
		// HTTP/1.1 only: a fault must be able to break one call's connection.
		listener = tls.NewListener(listener, &tls.Config{
			Certificates: []tls.Certificate{encryption.server}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		})
	}
	s.servers = append(s.servers, server)
	s.serving.Go(func() { _ = server.Serve(listener) })
}

// encrypt makes the CA if the configuration asks for one, and writes its certificate to a file.
func (s *Simulator) encrypt(cfg Config, now time.Time, listeners []net.Listener) (*authority, error) {
	if !cfg.TLS {
		return nil, nil // no TLS, no CA
	}
	var hosts []string
	for _, listener := range listeners {
		if host, _, err := net.SplitHostPort(reachable(listener)); err == nil {
			hosts = append(hosts, host)
		}
	}
	if public, err := url.Parse(cfg.OktaPublicURL); err == nil {
		hosts = append(hosts, public.Hostname())
	}
	made, err := newAuthority(now, hosts...)
	if err != nil {
		return nil, err
	}
	if s.directory, err = os.MkdirTemp("", "simulator-ca-"); err != nil {
		return nil, fmt.Errorf("make a folder for the CA's file: %w", err)
	}
	s.ready.CAFile = filepath.Join(s.directory, "ca.pem")
	if err = os.WriteFile(s.ready.CAFile, made.pem, 0o600); err != nil {
		return nil, fmt.Errorf("write the CA's file: %w", err)
	}
	return made, nil
}

// write writes the ready file elsewhere and renames it, so that a program that waits for it never reads half of it. It
// has credentials, so only its owner can read it.
func (r Ready) write(path string) error {
	if path == "" {
		return nil
	}
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the ready file: %w", err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".ready-")
	if err != nil {
		return fmt.Errorf("write the ready file: %w", err)
	}
	_, err = temporary.Write(append(content, '\n'))
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write the ready file: %w", errors.Join(err, os.Remove(temporary.Name())))
	}
	return nil
}
