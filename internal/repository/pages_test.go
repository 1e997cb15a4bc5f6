// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package repository

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	frontMatter = regexp.MustCompile(`(?s)\A---\n.*?\n---\n`)
	title       = regexp.MustCompile(`^(#{1,6}) \S`)
	delimiter   = regexp.MustCompile(`^\|(?: *:?-+:? *\|)+$`)
	// elsewhere are documents that a reader of the repository does not have.
	elsewhere = regexp.MustCompile(`\b(?:DES` + `IGN|CONTR` + `ACT|STY` + `LE|DEVELO` + `PERS)\b(?:\.md)?`)
	document  = regexp.MustCompile(`[\w./-]*\w\.md\b`)
)

// structure lists what is wrong with the structure of a page: it begins with its title, which is its only one, no
// heading skips a level, and each table has a blank line before it and as many columns in each row.
func structure(name, page string) []string {
	var problems []string
	offset := strings.Count(frontMatter.FindString(page), "\n")
	lines := strings.Split(frontMatter.ReplaceAllString(page, ""), "\n")
	report := func(i int, format string, arguments ...any) {
		problems = append(problems, fmt.Sprintf("%s:%d: ", name, i+1+offset)+fmt.Sprintf(format, arguments...))
	}
	level, columns, inCode, begun := 0, 0, false, false
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			inCode = !inCode
		}
		heading := depth(line)
		switch {
		case inCode || strings.TrimSpace(line) == "" || strings.HasPrefix(line, "```"):
			columns = 0
			continue
		case !begun && heading != 1:
			report(i, "the page does not begin with its title")
		case begun && heading == 1:
			report(i, "the page has a second title")
		case heading > level+1:
			report(i, "the heading skips a level")
		case strings.HasPrefix(line, "|"):
			n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") - 1
			switch {
			case columns == 0 && i > 0 && strings.TrimSpace(lines[i-1]) != "":
				report(i, "there is no blank line before the table")
			case columns == 0 && (i+1 == len(lines) || !delimiter.MatchString(lines[i+1])):
				report(i, "a row of a table without a head")
			case columns > 0 && n != columns:
				report(i, "the row has %d columns, and those above have %d", n, columns)
			}
			columns = n
		default:
			columns = 0
		}
		if heading > 0 {
			level = heading
		}
		begun = true
	}
	if !begun {
		report(0, "the page is empty")
	}
	return problems
}

// depth is the level of a heading, 0 for any other line.
func depth(line string) int {
	if !title.MatchString(line) {
		return 0
	}
	return len(line) - len(strings.TrimLeft(line, "#"))
}

func TestStructureOfPages(t *testing.T) {
	t.Parallel()
	for _, name := range files(t, 40, ".md", ".tmpl") {
		if !strings.Contains(name, "testdata/") {
			none(t, structure(name, read(t, name)))
		}
	}
}

func TestAWrongStructureIsFound(t *testing.T) {
	t.Parallel()
	const good = "---\ntitle: x\n---\n\n# Title\n\n## One\n\n| a | b |\n|---|:-:|\n| `c \\| d` | e |\n\n### Two\n\n```\n# code\n| x |\n```\n\n## Three\n"
	for name, c := range map[string]struct {
		old, changed string
		want         []string
	}{
		"nothing":                             {"", "", nil},
		"no title":                            {"# Title\n\n", "", []string{"x.md:5: the page does not begin"}},
		"rows that slipped above it":          {"# Title", "| a | b |\n\n# Title", []string{"does not begin with its title"}},
		"a sentence above it":                 {"# Title", "Welcome.\n\n# Title", []string{"does not begin with its title", "a second title"}},
		"a second title":                      {"## Three", "# Three", []string{"a second title"}},
		"a heading that skips a level":        {"### Two", "#### Two", []string{"x.md:13: the heading skips a level"}},
		"a row with a column less":            {"| `c \\| d` | e |", "| c |", []string{"x.md:11: the row has 1 columns, and those above have 2"}},
		"a row with a column more":            {"| `c \\| d` | e |", "| c | d | e |", []string{"has 3 columns"}},
		"a table without a head":              {"| a | b |\n|---|:-:|\n", "", []string{"without a head"}},
		"a table that sticks to the text":     {"## One\n\n", "## One\n", []string{"no blank line"}},
		"an empty page":                       {"# Title\n\n## One\n\n| a | b |\n|---|:-:|\n| `c \\| d` | e |\n\n### Two\n\n```\n# code\n| x |\n```\n\n## Three\n", "", []string{"is empty"}},
		"a heading in code, which is no such": {"# code", "#### code", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(good, c.old) {
				t.Fatalf("%q is not in the page", c.old)
			}
			got := structure("x.md", strings.Replace(good, c.old, c.changed, 1))
			for _, want := range c.want {
				if !slices.ContainsFunc(got, func(problem string) bool { return strings.Contains(problem, want) }) {
					t.Errorf("found %q, want %q", got, want)
				}
			}
			if (len(got) == 0) != (len(c.want) == 0) {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// references lists what a file names that is not in the repository: documents by their names, and files that end in
// .md.
func references(name, text string, there func(string) bool) []string {
	var problems []string
	for i, line := range strings.Split(text, "\n") {
		for _, found := range elsewhere.FindAllString(line, -1) {
			problems = append(problems, fmt.Sprintf("%s:%d: %s is not in the repository", name, i+1, found))
		}
		for _, found := range document.FindAllString(line, -1) {
			if !there(path.Base(found)) {
				problems = append(problems, fmt.Sprintf("%s:%d: %s is not in the repository", name, i+1, found))
			}
		}
	}
	return problems
}

func TestNothingRefersToWhatIsNotHere(t *testing.T) {
	t.Parallel()
	pages := map[string]bool{"comment.md": true, "body.md": true, "summary.md": true} // the examples' pipelines write them
	for _, name := range files(t, 40, ".md", ".tmpl") {
		pages[strings.TrimSuffix(path.Base(name), ".tmpl")] = true
	}
	there := func(page string) bool { return pages[page] }
	for _, name := range files(t, 300, ".go", ".md", ".tmpl", ".tf", ".hcl", ".yml", ".yaml", ".sh", "") {
		if (strings.HasPrefix(name, "internal/repository/") && strings.HasSuffix(name, "_test.go")) || strings.HasPrefix(path.Base(name), "THIRD_PARTY") {
			continue
		}
		none(t, references(name, read(t, name), there))
	}
}

func TestAReferenceToWhatIsNotHereIsFound(t *testing.T) {
	t.Parallel()
	there := func(page string) bool { return page == "README.md" }
	for line, want := range map[string][]string{
		"// See DES" + "IGN, section two.":            {"a:1: DES" + "IGN is not in the repository"},
		"as CONTR" + "ACT says":                       {"CONTR" + "ACT"},
		"see ../shared/STY" + "LE.md":                 {"STY" + "LE.md", "shared/STY" + "LE.md"},
		"[the guide](docs/guides/gone.md#part)":       {"docs/guides/gone.md"},
		"see README.md, and https://x.io/a/README.md": nil,
		"a design, a style and a contract":            nil,
		"redesigned":                                  nil,
	} {
		expect(t, references("a", line, there), want)
	}
}
