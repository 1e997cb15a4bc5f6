// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package repository

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// commentWidth is where a comment is wrapped. A tab counts as four columns.
const commentWidth = 120

// TestLayout checks the two habits of layout that gofmt leaves open. A function has no blank line, except before a
// comment: if a part needs a gap, it needs a name. And comments are wrapped at one width.
func TestLayout(t *testing.T) {
	t.Parallel()
	for _, file := range files(t, 100, ".go") {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		none(t, layoutFaults(t, file, text))
	}
}

// TestLayoutSeesFaults tries each fault.
func TestLayoutSeesFaults(t *testing.T) {
	t.Parallel()
	const text = "package p\n\n// " + "A comment that is much too long, and then it is longer still, and on it runs until nobody wants to read it, far past the edge.\n" +
		"func f() int {\n\tx := 1\n\n\treturn x\n}\n\nfunc g() string {\n\tx := `a\n\nb`\n\n\t// named\n\treturn x\n}\n"
	got := layoutFaults(t, "p.go", []byte(text))
	if len(got) != 2 || !strings.HasPrefix(got[0], "p.go:3: ") || !strings.HasPrefix(got[1], "p.go:6: ") {
		t.Errorf("got %q, want a comment on line 3 and a blank line 6", got)
	}
}

// layoutFaults lists the faults of one file, each as "file:line: fault".
func layoutFaults(t *testing.T, file string, text []byte) []string {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	line := func(pos token.Pos) int { return set.Position(pos).Line }
	inText, inFunction := map[int]bool{}, map[int]bool{}
	ast.Inspect(parsed, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.BasicLit:
			for i := line(node.Pos()) + 1; i <= line(node.End()); i++ {
				inText[i] = true
			}
		case *ast.FuncDecl:
			if node.Body != nil {
				for i := line(node.Body.Pos()); i < line(node.Body.End()); i++ {
					inFunction[i] = true
				}
			}
		}
		return true
	})
	var faults []string
	for i, content := range lines {
		number, content := i+1, strings.TrimLeft(content, "\t")
		width := utf8.RuneCountInString(content) + 4*(len(lines[i])-len(content))
		switch {
		case inText[number]:
		case strings.HasPrefix(content, "// ") && width > commentWidth && strings.Contains(content[:commentWidth/2], " "):
			faults = append(faults, fmt.Sprintf("%s:%d: the comment is %d columns wide; wrap it at %d", file, number, width, commentWidth))
		case content == "" && inFunction[number] && !strings.HasPrefix(strings.TrimLeft(lines[number], "\t"), "//"):
			faults = append(faults, fmt.Sprintf("%s:%d: a blank line in a function, and no comment after it", file, number))
		}
	}
	return faults
}
