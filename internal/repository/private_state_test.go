// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package repository

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// privateStateUses names where a Go file uses the framework's private state: the field Private of a request or a
// response.
func privateStateUses(name string, source any) ([]string, error) {
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var uses []string
	ast.Inspect(parsed, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok && selector.Sel.Name == "Private" {
			uses = append(uses, fmt.Sprintf("%s: private state: Terraform drops it in a taint, a kill and a failed update", set.Position(selector.Pos())))
		}
		return true
	})
	return uses, nil
}

func TestNoPrivateState(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, name := range files(t, 100, ".go") {
		if !strings.HasPrefix(name, "internal/service/") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		seen++
		uses, err := privateStateUses(filepath.Join(root, name), nil)
		if err != nil {
			t.Error(err)
		}
		none(t, uses)
	}
	if seen < 10 {
		t.Errorf("there are %d files of services only", seen)
	}
}

func TestPrivateStateIsFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		line string
		want []string
	}{
		"written":     {"resp.Private.SetKey(ctx, key, value)", []string{"x.go:3:"}},
		"read":        {"value, diags := req.Private.GetKey(ctx, key)", []string{"x.go:3:"}},
		"handed over": {"note(resp.Private)", []string{"x.go:3:"}},
		"state":       {"resp.State.Set(ctx, private)", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			uses, err := privateStateUses("x.go", "package x\nfunc x() {\n"+c.line+"\n}\n")
			if err != nil {
				t.Fatal(err)
			}
			expect(t, uses, c.want)
		})
	}
}
