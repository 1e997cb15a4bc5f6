// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package repository

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// checkedRooms are the packages whose exported names must each be used outside them; those below them count too.
var checkedRooms = []string{
	"internal/transport", "internal/lifecycle", "internal/sekoia", "internal/okta", "internal/memo", "internal/ocsf", "internal/terraform",
	"internal/preflight", "internal/longlist", "internal/service",
}

// calledByOthers are methods that an interface of the standard library, or of a dependency, asks for by name.
var calledByOthers = []string{
	"Error", "Unwrap", "Timeout", "String", "GoString", "Format", "MarshalJSON", "MarshalText", "LogValue",
	"RoundTrip", "CloseIdleConnections", "Close", "Read", "Done", "Err", "Value", "Deadline",
}

// allowed are exported names that nothing uses outside their package, each with the reason.
var allowed = map[string]string{
}

// TestEachExportedNameIsUsedOutsideItsPackage looks for a selector of the same name in another package's shipped code,
// or in a struct literal there. A name that is used under the same name elsewhere is missed; that is good enough.
func TestEachExportedNameIsUsedOutsideItsPackage(t *testing.T) {
	t.Parallel()
	declared, used := map[string][]string{}, map[string]map[string]bool{} // by package; by name, then package
	for _, file := range files(t, 100, ".go") {
		if strings.HasSuffix(file, "_test.go") || !strings.HasPrefix(file, "internal/") && file != "main.go" || isTestOnly(file) {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		folder := path.Dir(file)
		if slices.ContainsFunc(checkedRooms, func(room string) bool { return folder == room || strings.HasPrefix(folder, room+"/") }) {
			declared[folder] = append(declared[folder], exportedIn(parsed)...)
		}
		note := func(name string) {
			if used[name] == nil {
				used[name] = map[string]bool{}
			}
			used[name][folder] = true
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.SelectorExpr:
				note(node.Sel.Name)
			case *ast.KeyValueExpr:
				if key, ok := node.Key.(*ast.Ident); ok {
					note(key.Name)
				}
			}
			return true
		})
	}
	if len(declared) == 0 {
		t.Fatal("no package was checked")
	}
	for folder, names := range declared {
		for _, name := range names {
			users := maps.Clone(used[name])
			delete(users, folder)
			if qualified := path.Base(folder) + "." + name; len(users) == 0 && allowed[qualified] == "" {
				t.Errorf("%s is used by no other package", qualified)
			}
		}
	}
}

// isTestOnly reports whether a file is only ever part of tests and tools, whose use of a name does not count.
func isTestOnly(file string) bool {
	return slices.ContainsFunc([]string{"acctest", "proving", "bench", "simulator", "demo"}, func(folder string) bool {
		return strings.HasPrefix(file, "internal/"+folder+"/")
	})
}

// exportedIn are a file's exported functions, types, methods, constants, variables and fields.
func exportedIn(file *ast.File) []string {
	var names []string
	add := func(idents ...*ast.Ident) {
		for _, ident := range idents {
			if ident.IsExported() && !slices.Contains(calledByOthers, ident.Name) {
				names = append(names, ident.Name)
			}
		}
	}
	for _, declaration := range file.Decls {
		switch declaration := declaration.(type) {
		case *ast.FuncDecl:
			add(declaration.Name)
		case *ast.GenDecl:
			for _, spec := range declaration.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					add(spec.Names...)
				case *ast.TypeSpec:
					add(spec.Name)
					if fields, ok := spec.Type.(*ast.StructType); ok && spec.Name.IsExported() {
						for _, field := range fields.Fields.List {
							add(field.Names...)
						}
					}
				}
			}
		}
	}
	return names
}
