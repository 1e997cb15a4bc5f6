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
	"internal/service",
}

// calledByOthers are methods that an interface of the standard library, or of a dependency, asks for by name.
var calledByOthers = []string{
	"Error", "Unwrap", "Timeout", "String", "GoString", "Format", "MarshalJSON", "UnmarshalJSON", "MarshalText", "LogValue",
	"RoundTrip", "CloseIdleConnections", "Close", "Read", "Done", "Err", "Value", "Deadline",
	"Configure", "ConfigValidators", "ModifyPlan", "Create", "Update", "Delete", "ImportState", "IdentitySchema", "Invoke", "ListResourceConfigSchema",
	"Definition", "Run",
	"ValueType", "ValueFromString", "StringSemanticEquals", "PlanModifyString",
	"ValidateString", "ValidateSet", "ValidateNumber", "ValidateDataSource",
}

// TestEachExportedNameIsUsedOutsideItsPackage looks for a selector of the same name in another package, its tests
// included, or in a struct literal there. A name that is used under the same name elsewhere is missed; that is good
// enough.
func TestEachExportedNameIsUsedOutsideItsPackage(t *testing.T) {
	t.Parallel()
	declared, used := map[string]*surface{}, map[string]map[string]bool{} // by package; by name, then package
	for _, file := range files(t, 100, ".go") {
		if !strings.HasPrefix(file, "internal/") && file != "main.go" || isTestOnly(file) {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		folder := path.Dir(file)
		isRoom := func(room string) bool { return folder == room || strings.HasPrefix(folder, room+"/") }
		if !strings.HasSuffix(file, "_test.go") && slices.ContainsFunc(checkedRooms, isRoom) {
			if declared[folder] == nil {
				declared[folder] = &surface{}
			}
			declared[folder].with(parsed)
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
	for folder, room := range declared {
		usedElsewhere := func(name string) bool {
			users := maps.Clone(used[name])
			delete(users, folder)
			return len(users) > 0 || room.reached[name]
		}
		for _, names := range room.names {
			if !slices.ContainsFunc(names, usedElsewhere) {
				t.Errorf("%s: no other package uses %s", folder, strings.Join(names, ", "))
			}
		}
	}
}

// isTestOnly reports whether a file is only ever part of tests and tools, whose use of a name does not count.
func isTestOnly(file string) bool {
	return slices.ContainsFunc([]string{"acctest", "proving", "bench", "simulator", "demo", "ocsf/ocsftest"}, func(folder string) bool {
		return strings.HasPrefix(file, "internal/"+folder+"/")
	})
}

// surface is what a package exports.
type surface struct {
	// names are functions, types, methods, constants, variables and fields. The constants of one type are one entry: a
	// caller that compares with one of them may meet the others.
	names [][]string
	// reached are types that an exported function, method, field or constant mentions: callers get them without naming
	// them.
	reached map[string]bool
}

// with adds what a file exports.
func (s *surface) with(file *ast.File) {
	if s.reached == nil {
		s.reached = map[string]bool{}
	}
	for _, declaration := range file.Decls {
		switch declaration := declaration.(type) {
		case *ast.FuncDecl:
			s.add(declaration.Type, declaration.Name)
		case *ast.GenDecl:
			var constants []string
			for _, spec := range declaration.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					if declaration.Tok == token.CONST {
						constants = append(constants, exported(spec.Names)...)
						s.reach(spec.Type)
					} else {
						s.add(spec.Type, spec.Names...)
					}
				case *ast.TypeSpec:
					s.addType(spec)
				}
			}
			s.addConstants(declaration, constants)
		}
	}
}

// addConstants adds the constants of a declaration: together if they have a type of their own.
func (s *surface) addConstants(declaration *ast.GenDecl, names []string) {
	if len(names) == 0 {
		return
	}
	if first, ok := declaration.Specs[0].(*ast.ValueSpec); ok && first.Type != nil {
		s.names = append(s.names, names)
		return
	}
	for _, name := range names {
		s.names = append(s.names, []string{name})
	}
}

// addType adds a type and its fields. A field with a tag is there for an encoder or decoder.
func (s *surface) addType(spec *ast.TypeSpec) {
	s.add(nil, spec.Name)
	fields, ok := spec.Type.(*ast.StructType)
	if !ok || !spec.Name.IsExported() {
		return
	}
	for _, field := range fields.Fields.List {
		if field.Tag == nil {
			s.add(field.Type, field.Names...)
		} else {
			s.reach(field.Type)
		}
	}
}

func (s *surface) add(of ast.Expr, idents ...*ast.Ident) {
	for _, name := range exported(idents) {
		s.names = append(s.names, []string{name})
		s.reach(of)
	}
}

func (s *surface) reach(of ast.Expr) {
	if of == nil {
		return
	}
	ast.Inspect(of, func(node ast.Node) bool {
		if ident, ok := node.(*ast.Ident); ok {
			s.reached[ident.Name] = true
		}
		return true
	})
}

func exported(idents []*ast.Ident) []string {
	var names []string
	for _, ident := range idents {
		if ident.IsExported() && !slices.Contains(calledByOthers, ident.Name) {
			names = append(names, ident.Name)
		}
	}
	return names
}
