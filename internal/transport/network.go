// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// maxCAFileBytes is far above any bundle of certificates, and keeps a device file from filling the memory.
const maxCAFileBytes = 8 << 20

// rootCertificates returns the system's roots and those of a PEM file; nil (the system's) where there is no file.
func rootCertificates(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("reading the system's certificates: %w", err)
	}
	certificates, err := readCertificates(file)
	if err != nil {
		return nil, fmt.Errorf("reading the CA certificate file: %w", err)
	}
	for _, certificate := range certificates {
		roots.AddCert(certificate)
	}
	return roots, nil
}

// readCertificates returns every certificate of a PEM file; blocks of other types are passed over.
func readCertificates(file string) ([]*x509.Certificate, error) {
	rest, err := readFile(file)
	if err != nil {
		return nil, err
	}
	var certificates []*x509.Certificate
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: certificate %d: %w", file, len(certificates)+1, err)
		}
		certificates = append(certificates, certificate)
	}
	if len(certificates) == 0 {
		return nil, fmt.Errorf("%s holds no certificate in PEM form", file)
	}
	return certificates, nil
}

func readFile(name string) ([]byte, error) {
	file, err := os.Open(name) //nolint:gosec // the person who runs Terraform names the file
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // nothing was written
	data, err := io.ReadAll(io.LimitReader(file, maxCAFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxCAFileBytes {
		return nil, fmt.Errorf("%s is larger than %d bytes", name, maxCAFileBytes)
	}
	return data, nil
}

// proxyFromEnvironment reads the proxy variables as they are now. A value that is not a URL is an error: net/http would ignore it
// and call the services directly, which is not what the variable asks for. The error does not repeat it, as it may hold a password.
func proxyFromEnvironment() (func(*http.Request) (*url.URL, error), error) {
	config := httpproxy.FromEnvironment()
	for name, value := range map[string]string{"HTTPS_PROXY": config.HTTPSProxy, "HTTP_PROXY": config.HTTPProxy} {
		if !isProxyAddress(value) {
			return nil, errors.New("the environment variable " + name + " is neither a URL nor host:port")
		}
	}
	choose := config.ProxyFunc()
	return func(req *http.Request) (*url.URL, error) {
		// In lower case, for httpproxy knows that localhost needs no proxy, but not that LOCALHOST doesn't.
		target := *req.URL
		target.Host = lowerASCII(target.Host)
		return choose(&target)
	}, nil
}

// isProxyAddress reports whether the value is one that httpproxy understands as it is meant, or none at all.
func isProxyAddress(value string) bool {
	if value == "" {
		return true
	}
	if !strings.Contains(value, "://") {
		value = "http://" + value // a host alone is an HTTP proxy
	}
	u, err := url.Parse(value)
	return err == nil && u.Hostname() != ""
}

// ProxyError is a proxy that refused to open a tunnel.
type ProxyError struct {
	Status int // of the answer to CONNECT
}

// Error names the status.
func (e *ProxyError) Error() string {
	return fmt.Sprintf("the proxy refused the connection: it answered %d (%s) to CONNECT", e.Status, http.StatusText(e.Status))
}

// checkTunnel is net/http's hook for the answer to CONNECT. Without it the error is the bare reason phrase, which says neither that
// a proxy spoke nor which status it was.
func checkTunnel(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return &ProxyError{Status: resp.StatusCode}
	}
	return nil
}
