// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Places are what the connectors reach.
type Places struct {
	OktaURL   string // the simulator's own, for which the network is left open
	SekoiaURL string
	SekoiaKey string            // the connectors' own
	Trust     *x509.CertPool    // nil without TLS
	Okta      http.RoundTripper // the way to Okta; nil is a direct connection
}

// Connect makes the connector's clients. As Sekoia's, it follows redirects, without the token if they lead elsewhere.
func (e *Engine) Connect(to Places) {
	e.sekoiaURL, e.sekoiaKey = to.SekoiaURL, to.SekoiaKey
	follow := func(next *http.Request, before []*http.Request) error {
		if from := before[0].URL; next.URL.Scheme != from.Scheme || next.URL.Host != from.Host {
			next.Header.Del("Authorization")
		}
		if len(before) > 10 {
			return errors.New("too many redirects")
		}
		return nil
	}
	toOkta, toSekoia := ownTransport(), ownTransport()
	// A connection for each call to Okta, as its SDK has it: what net/http repeats by itself on an old one is not seen
	// here.
	toOkta.DisableKeepAlives = true
	if to.Trust != nil {
		trust := &tls.Config{RootCAs: to.Trust, MinVersion: tls.VersionTLS12}
		toOkta.TLSClientConfig, toSekoia.TLSClientConfig = trust, trust.Clone()
	}
	own, _ := url.Parse(to.OktaURL)
	toOkta.DialContext = dialLoopback(own.Hostname())
	e.okta = &http.Client{Transport: toOkta, CheckRedirect: follow, Timeout: 5 * time.Minute}
	e.sekoia = &http.Client{Transport: toSekoia, CheckRedirect: follow, Timeout: 30 * time.Second}
	if to.Okta != nil {
		e.okta.Transport = to.Okta
	}
}

// ReachThrough makes the clients use another network, unless the configuration has a transport.
func (e *Engine) ReachThrough(network http.RoundTripper) {
	for _, client := range []*http.Client{e.okta, e.sekoia} {
		if _, own := client.Transport.(*http.Transport); own {
			client.Transport = network
		}
	}
}

// Wait returns when every run has ended.
func (e *Engine) Wait() { e.runs.Wait() }

// Disconnect closes what the clients hold open.
func (e *Engine) Disconnect() {
	for _, client := range []*http.Client{e.okta, e.sekoia} {
		if client != nil {
			client.CloseIdleConnections()
		}
	}
}

// dialLoopback refuses every host but loopback and the simulator's own: a test's made-up organization must not be
// called on the internet, with a token.
func dialLoopback(own ...string) func(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		allowed := host == "localhost" || net.ParseIP(host).IsLoopback()
		for _, each := range own {
			allowed = allowed || each == host
		}
		if !allowed {
			return nil, &net.DNSError{Err: "no such host (the simulator reaches loopback only)", Name: host, IsNotFound: true}
		}
		return dialer.DialContext(ctx, network, address)
	}
}

// ownTransport is a connection that uses no proxy.
func ownTransport() *http.Transport {
	return &http.Transport{MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second}
}
