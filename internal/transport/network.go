// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package transport

import (
	"bytes"
	"context"
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

	"golang.org/x/net/http/httpproxy"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/failure"
)

// maxCAFileBytes is far above any bundle of certificates, and keeps a device file from filling the memory.
const maxCAFileBytes = 8 << 20

// CAFileError is a file of Options.CACertificateFile that can't be used. Nothing of what it holds is in its text.
type CAFileError struct {
	File string
	// Reason is a sentence without its end; Do says what to do.
	Reason, Do string
	Err        error // may be nil
}

// Error names the file and says what is wrong with it.
func (e *CAFileError) Error() string {
	return fmt.Sprintf("the CA certificate file %s %s", credential.Sanitize(strconv.Quote(e.File)), e.Reason)
}

// Unwrap returns what reading or parsing it ended with.
func (e *CAFileError) Unwrap() error { return e.Err }

// rootCertificates returns the system's roots and those of a PEM file; nil (the system's) where there is no file.
func rootCertificates(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	certificates, err := readCertificates(file)
	if err != nil {
		return nil, err
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("reading the system's certificates: %w", err)
	}
	for _, certificate := range certificates {
		roots.AddCert(certificate)
	}
	return roots, nil
}

// readCertificates returns every certificate of a PEM file; blocks of other types are passed over. Its error is a
// *CAFileError.
func readCertificates(file string) ([]*x509.Certificate, error) {
	content, err := readFile(file)
	if err != nil {
		return nil, err
	}
	var (
		certificates []*x509.Certificate
		others       []string
	)
	for rest := content; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			others = append(others, block.Type)
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, &CAFileError{
				File: file, Reason: fmt.Sprintf("holds a broken certificate, number %d", len(certificates)+1), Err: err,
				Do: "Copy it again, each certificate whole, from its BEGIN line to its END line.",
			}
		}
		certificates = append(certificates, certificate)
	}
	if len(certificates) == 0 {
		return nil, withoutCertificate(file, content, others)
	}
	return certificates, nil
}

// withoutCertificate says what a file holds instead of certificates.
func withoutCertificate(file string, content []byte, others []string) *CAFileError {
	problem := &CAFileError{File: file}
	_, notDER := x509.ParseCertificates(content)
	switch isKey := func(kind string) bool { return strings.HasSuffix(kind, "PRIVATE KEY") }; {
	case len(bytes.TrimSpace(content)) == 0:
		problem.Reason = "is empty"
		problem.Do = "Write the CA's certificate into it, in PEM form (-----BEGIN CERTIFICATE-----)."
	case slices.ContainsFunc(others, isKey):
		problem.Reason = "holds a private key and no certificate"
		problem.Do = "Name the CA's certificate here. A private key does not belong on this machine: keep it away from Terraform."
	case notDER == nil:
		problem.Reason = "is a certificate in DER form, and not in PEM form"
		problem.Do = "Convert it: openssl x509 -inform der -in FILE -out ca.pem"
	default:
		problem.Reason = "holds no certificate in PEM form"
		problem.Do = "A certificate in PEM form begins with -----BEGIN CERTIFICATE-----. Export the CA's as PEM (also called Base64)."
	}
	return problem
}

// readFile reads a file that a person named. Its error is a *CAFileError.
func readFile(name string) ([]byte, error) {
	failed := func(reason, do string, err error) error {
		return &CAFileError{File: name, Reason: reason, Do: do, Err: err}
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, failed("does not exist", "A relative path begins where Terraform runs: path.module or an absolute path is safer.", err)
	case errors.Is(err, fs.ErrPermission):
		return nil, failed("may not be read by the user that runs Terraform", "Change its owner or its mode.", err)
	case err != nil:
		return nil, failed("can't be read", "Check the path.", err)
	case info.IsDir():
		return nil, failed("is a folder", "Name one file in it; several certificates go into one file, one after the other.", nil)
	}
	file, err := os.Open(name) //nolint:gosec // the person who runs Terraform names the file
	if errors.Is(err, fs.ErrPermission) {
		return nil, failed("may not be read by the user that runs Terraform", "Change its owner or its mode.", err)
	}
	if err != nil {
		return nil, failed("can't be read", "Check the path.", err)
	}
	defer file.Close() //nolint:errcheck // nothing was written
	data, err := io.ReadAll(io.LimitReader(file, maxCAFileBytes+1))
	switch {
	case err != nil:
		return nil, failed("can't be read", "Check the path.", err)
	case len(data) > maxCAFileBytes:
		return nil, failed(fmt.Sprintf("is larger than %d bytes", maxCAFileBytes), "Name a file that holds certificates only.", nil)
	}
	return data, nil
}

// ProxyVariableError is a proxy variable whose value is no proxy's address. The value is not in its text, as it may
// hold a password.
type ProxyVariableError struct {
	Variable string
	Reason   string
}

// Error names the variable.
func (e *ProxyVariableError) Error() string {
	return "the environment variable " + e.Variable + " " + e.Reason
}

// proxyFromEnvironment reads the proxy variables as they are now. A value that is not a URL is an error: net/http would
// ignore it and call the services directly, which is not what the variable asks for.
func proxyFromEnvironment(lookup func(string) (string, bool)) (func(*http.Request) (*url.URL, error), error) {
	config, variables := proxyVariables(lookup)
	for _, variable := range variables {
		if reason := proxyProblem(variable.value); reason != "" {
			return nil, &ProxyVariableError{Variable: variable.name, Reason: reason}
		}
	}
	choose := config.ProxyFunc()
	return func(req *http.Request) (*url.URL, error) {
		// In lower case, for httpproxy knows that localhost needs no proxy, but not that LOCALHOST doesn't.
		target := *req.URL
		target.Host = strings.ToLower(target.Host)
		return choose(&target)
	}, nil
}

type variable struct{ name, value string }

// proxyVariables is httpproxy.FromEnvironment with another environment, and with the names under which the values were
// found.
func proxyVariables(lookup func(string) (string, bool)) (*httpproxy.Config, []variable) {
	first := func(name string) variable {
		for _, written := range []string{name, strings.ToLower(name)} {
			if value, _ := lookup(written); value != "" {
				return variable{written, value}
			}
		}
		return variable{name: name}
	}
	secure, plain := first("HTTPS_PROXY"), first("HTTP_PROXY")
	method, _ := lookup("REQUEST_METHOD")
	return &httpproxy.Config{
		HTTPSProxy: secure.value, HTTPProxy: plain.value, NoProxy: first("NO_PROXY").value, CGI: method != "",
	}, []variable{secure, plain}
}

// proxyProblem says why httpproxy does not understand a value as it is meant; "" where it does, or there is none.
func proxyProblem(value string) string {
	if value == "" {
		return ""
	}
	if !strings.Contains(value, "://") {
		value = "http://" + value // a host alone is an HTTP proxy
	}
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Hostname() == "":
		return "is neither a URL nor host:port"
	case !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme):
		return "names a kind of proxy that can't be used"
	default:
		return ""
	}
}

// checkTunnel is net/http's hook for the answer to CONNECT. Without it the error is the bare reason phrase, which says
// neither that a proxy spoke nor which status it was.
func checkTunnel(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return &failure.ProxyError{Status: resp.StatusCode, Proxy: proxy.Host, Login: proxy.User != nil}
	}
	return nil
}
