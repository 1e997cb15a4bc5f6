// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/go-cleanhttp"
	"golang.org/x/net/http/httpproxy"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

const (
	maxHeaderBytes = 1 << 20
	// idleConnections is how many connections to one host are kept: Terraform walks ten resources at a time.
	idleConnections = 10
	// maxCAFileBytes is far above any bundle of certificates, and keeps a device file from filling the memory.
	maxCAFileBytes = 8 << 20
)

// newNetwork returns what is below the retries outside of tests.
func newNetwork(options Options) (*http.Transport, error) {
	roots, err := rootCertificates(options.CACertificateFile)
	if err != nil {
		return nil, err
	}
	if options.LookupEnv == nil {
		options.LookupEnv = os.LookupEnv
	}
	proxy, variables, err := proxyFromEnvironment(options.LookupEnv)
	if err != nil {
		return nil, err
	}
	network := cleanhttp.DefaultPooledTransport()
	network.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}
	network.Proxy = failure.NoteProxy(proxy, variables)
	network.OnProxyConnectResponse = checkTunnel
	network.MaxIdleConnsPerHost = idleConnections
	network.MaxResponseHeaderBytes = maxHeaderBytes
	if options.Dial != nil {
		network.DialContext = options.Dial
	}
	return network, nil
}

// CAFileError is a file of Options.CACertificateFile that can't be used.
type CAFileError struct {
	File string
	Err  error // shows nothing of what the file holds
}

func (e *CAFileError) Error() string {
	return fmt.Sprintf("the CA certificate file %s can't be used: %s", credential.Sanitize(strconv.Quote(e.File)), credential.Sanitize(e.Err.Error()))
}

// rootCertificates returns the system's roots and those of a PEM file; nil (the system's) if no file is named. Blocks
// of other types are ignored.
func rootCertificates(name string) (*x509.CertPool, error) {
	if name == "" {
		return nil, nil
	}
	content, err := readFile(name)
	if err != nil {
		return nil, &CAFileError{name, err}
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("reading the system's certificates: %w", err)
	}
	count := 0
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		count++
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, &CAFileError{name, fmt.Errorf("its certificate number %d is broken: %w", count, err)}
		}
		roots.AddCert(certificate)
	}
	if count == 0 {
		return nil, &CAFileError{name, errors.New("it holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)")}
	}
	return roots, nil
}

// readFile reads a file that a person named. The name is not in its error.
func readFile(name string) ([]byte, error) {
	file, err := os.Open(name) //nolint:gosec // the person who runs Terraform names the file
	var data []byte
	if err == nil {
		defer file.Close() //nolint:errcheck // nothing was written
		data, err = io.ReadAll(io.LimitReader(file, maxCAFileBytes))
	}
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		err = failed.Err
	}
	return data, err
}

// ProxyVariableError is a proxy variable whose value is no proxy's address. The value is not in its text, because it
// may hold a password.
type ProxyVariableError struct{ Variable string }

func (e *ProxyVariableError) Error() string {
	return "the environment variable " + e.Variable + " is neither host:port nor a URL with http, https or socks5"
}

// proxyFromEnvironment is httpproxy.FromEnvironment with another environment. A value that is not a proxy's address is
// an error: net/http would ignore it and call the services directly, which is not what the variable asks for. variables
// are those that are set, by their names in lower case.
func proxyFromEnvironment(lookup func(string) (string, bool)) (choose func(*http.Request) (*url.URL, error), variables map[string]string, problem error) {
	variables = map[string]string{}
	read := func(name string) string {
		for _, written := range []string{name, strings.ToLower(name)} {
			if value, _ := lookup(written); value != "" {
				if name != "NO_PROXY" && !isProxy(value) && problem == nil {
					problem = &ProxyVariableError{written}
				}
				variables[strings.ToLower(name)] = written
				return value
			}
		}
		return ""
	}
	config := httpproxy.Config{HTTPSProxy: read("HTTPS_PROXY"), HTTPProxy: read("HTTP_PROXY"), NoProxy: read("NO_PROXY")}
	if problem != nil {
		return nil, nil, problem
	}
	ofConfig := config.ProxyFunc()
	return func(req *http.Request) (*url.URL, error) {
		// In lower case, for httpproxy knows that localhost needs no proxy, but not that LOCALHOST doesn't.
		target := *req.URL
		target.Host = strings.ToLower(target.Host)
		return ofConfig(&target)
	}, variables, nil
}

// isProxy reports whether httpproxy understands a value as it is meant.
func isProxy(value string) bool {
	if !strings.Contains(value, "://") {
		value = "http://" + value // a host alone is an HTTP proxy
	}
	u, err := url.Parse(value)
	return err == nil && u.Hostname() != "" && slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme)
}

// checkTunnel is net/http's hook for the answer to CONNECT. Without it the error is the bare reason phrase, which says
// neither that a proxy spoke nor which status it was.
func checkTunnel(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return &failure.ProxyError{Status: resp.StatusCode, Proxy: proxy.Host, Login: proxy.User != nil}
	}
	return nil
}
