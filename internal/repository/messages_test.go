// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package repository

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// programName matches what names the program that a person runs, which the provider can't know. What follows
// "terraform" in an address or in the user agent is no command.
var programName = regexp.MustCompile(`Terraform|OpenTofu|\btofu\b|\bterraform [a-z]`)

// speaking are the packages whose texts a person may read.
var speaking = append([]string{"internal/provider", "internal/preflight", "internal/advice"}, checkedRooms...)

// TestMessagesNameNeitherTerraformNorOpenTofu looks at each text in the shipped code but the descriptions of schemas,
// which become documents.
func TestMessagesNameNeitherTerraformNorOpenTofu(t *testing.T) {
	t.Parallel()
	looked := 0
	for _, file := range files(t, 100, ".go") {
		in := func(room string) bool { return strings.HasPrefix(file, room+"/") }
		if strings.HasSuffix(file, "_test.go") || !slices.ContainsFunc(speaking, in) {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.KeyValueExpr:
				key, ok := node.Key.(*ast.Ident)
				return !ok || key.Name != "MarkdownDescription"
			case *ast.BasicLit:
				text, err := strconv.Unquote(node.Value)
				if looked++; err == nil && programName.MatchString(text) {
					t.Errorf("%s: %q names a program", file, text)
				}
			}
			return true
		})
	}
	if looked < 1000 {
		t.Errorf("only %d texts were found", looked)
	}
}
