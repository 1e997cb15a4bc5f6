// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package repository

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// claimsHeader is the first line of each table of claims in SECURITY.md: its last column names tests.
const claimsHeader = "| What the provider does | Tests |"

// proof is how a claim names a test: [TestName](file), or [TestName: name of a case](file).
var proof = regexp.MustCompile(`\[((?:Test|Fuzz)\w+)(?:: ([^\]]+))?\]\(([^)\s]+_test\.go)\)`)

// claims lists the claims of a document that name no test, or a test that does not exist. Each section whose heading
// begins with "A " or "An " is about an attacker, and has claims. declared gives a file's functions and strings.
func claims(document string, declared func(file string) (functions, texts map[string]bool, err error)) []string {
	var (
		problems []string
		section  string
		rows     = map[string]int{}
		inTable  bool
	)
	for i, line := range strings.Split(document, "\n") {
		at := "line " + strconv.Itoa(i+1)
		switch {
		case strings.HasPrefix(line, "### "):
			if section = strings.TrimPrefix(line, "### "); strings.HasPrefix(section, "A ") || strings.HasPrefix(section, "An ") {
				rows[section] += 0
			}
		case line == claimsHeader:
			inTable = true
		case !strings.HasPrefix(line, "|"):
			inTable = false
		case inTable && !strings.HasPrefix(line, "|---"):
			rows[section]++
			found := proof.FindAllStringSubmatch(line, -1)
			if len(found) == 0 {
				problems = append(problems, at+": a claim without a test")
			}
			for _, test := range found {
				problems = append(problems, missing(at, test[1], test[2], test[3], declared)...)
			}
		}
	}
	for section, n := range rows {
		if n == 0 {
			problems = append(problems, fmt.Sprintf("%q claims nothing", section))
		}
	}
	return problems
}

// missing lists what a claim names but the file does not have.
func missing(at, function, name, file string, declared func(string) (functions, texts map[string]bool, err error)) []string {
	functions, texts, err := declared(file)
	switch {
	case err != nil:
		return []string{fmt.Sprintf("%s: %v", at, err)}
	case !functions[function]:
		return []string{fmt.Sprintf("%s: %s has no %s", at, file, function)}
	case name != "" && !texts[name]:
		return []string{fmt.Sprintf("%s: %s has no case %q", at, file, name)}
	}
	return nil
}

// declarations reads a file's functions and the strings in it.
func declarations(file string, source any) (functions, texts map[string]bool, err error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, err
	}
	functions, texts = map[string]bool{}, map[string]bool{}
	ast.Inspect(parsed, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncDecl:
			functions[node.Name.Name] = node.Recv == nil
		case *ast.BasicLit:
			if text, err := strconv.Unquote(node.Value); node.Kind == token.STRING && err == nil {
				texts[text] = true
			}
		}
		return true
	})
	return functions, texts, nil
}

func TestEachClaimOfSecurityHasItsTest(t *testing.T) {
	t.Parallel()
	document := read(t, "SECURITY.md")
	none(t, claims(document, func(file string) (functions, texts map[string]bool, err error) {
		return declarations(filepath.Join(root, file), nil)
	}))
	if n := len(proof.FindAllString(document, -1)); n < 50 {
		t.Errorf("SECURITY.md names %d tests only", n)
	}
}

func TestAClaimWithoutItsTestIsFound(t *testing.T) {
	t.Parallel()
	const source = "package x\nfunc TestReal(t *testing.T) { t.Run(\"a redirect\", nil) }\nfunc (x) TestMethod() {}\n"
	for name, c := range map[string]struct {
		rows string
		want []string
	}{
		"a test that is there":             {"| It refuses. | [TestReal](x_test.go) |", nil},
		"a case that is there":             {"| It refuses. | [TestReal: a redirect](x_test.go) |", nil},
		"a test that is not there":         {"| It refuses. | [TestGone](x_test.go) |", []string{"line 4: x_test.go has no TestGone"}},
		"one of two that is not there":     {"| It refuses. | [TestReal](x_test.go), [TestGone](x_test.go) |", []string{"has no TestGone"}},
		"a case that is not there":         {"| It refuses. | [TestReal: a link](x_test.go) |", []string{`has no case "a link"`}},
		"a method, which no test is":       {"| It refuses. | [TestMethod](x_test.go) |", []string{"has no TestMethod"}},
		"a file that is not there":         {"| It refuses. | [TestReal](y_test.go) |", []string{"line 4: "}},
		"a claim that names no test":       {"| It refuses. | always |", []string{"line 4: a claim without a test"}},
		"a test without its file":          {"| It refuses. | TestReal |", []string{"a claim without a test"}},
		"an attacker without a claim":      {"", []string{`"A log" claims nothing`}},
		"the second of two in the table":   {"| It refuses. | [TestReal](x_test.go) |\n| It does. | |", []string{"line 5: a claim without a test"}},
		"another table, which is no claim": {"| It refuses. | [TestReal](x_test.go) |\n\n| a | b |\n|---|---|\n| c | d |", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, claims("### A log\n"+claimsHeader+"\n|---|---|\n"+c.rows+"\n", func(file string) (functions, texts map[string]bool, err error) {
				if file != "x_test.go" {
					return declarations(file, nil)
				}
				return declarations(file, source)
			}), c.want)
		})
	}
}
