// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package repository

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// unverified are the fields that make Go's TLS not verify, or verify otherwise.
var unverified = map[string]bool{"InsecureSkipVerify": true, "VerifyPeerCertificate": true, "VerifyConnection": true}

// turnsOff are the places in a Go file that use one of these fields.
func turnsOff(name string, source any) ([]string, error) {
	positions := token.NewFileSet()
	parsed, err := parser.ParseFile(positions, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var found []string
	ast.Inspect(parsed, func(node ast.Node) bool {
		if identifier, ok := node.(*ast.Ident); ok && unverified[identifier.Name] {
			found = append(found, positions.Position(identifier.Pos()).String()+": "+identifier.Name)
		}
		return true
	})
	return found, nil
}

func TestNothingTurnsVerificationOff(t *testing.T) {
	t.Parallel()
	for _, path := range files(t, 100, ".go") {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		found, err := turnsOff(filepath.Join(root, path), nil)
		if err != nil {
			t.Fatal(err)
		}
		none(t, found)
	}
}

func TestVerificationThatIsTurnedOffIsFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		source string
		want   []string
	}{
		"in a literal":     {"package x\nvar c = tls.Config{InsecureSkipVerify: true}\n", []string{"x.go:2:20: InsecureSkipVerify"}},
		"in a statement":   {"package x\nfunc f() { c.VerifyPeerCertificate = nil }\n", []string{"VerifyPeerCertificate"}},
		"in a comment":     {"package x\n// InsecureSkipVerify is never set.\nvar c = tls.Config{}\n", nil},
		"not at all":       {"package x\n", nil},
		"both on one line": {"package x\nvar c = tls.Config{InsecureSkipVerify: true, VerifyConnection: nil}\n", []string{"InsecureSkipVerify", "VerifyConnection"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := turnsOff("x.go", c.source)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, found, c.want)
		})
	}
}
