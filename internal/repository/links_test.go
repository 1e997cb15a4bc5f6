// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package repository

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	fence    = regexp.MustCompile("(?s)(?:^|\n) *```.*?\n *```")
	code     = regexp.MustCompile("`[^`\n]*`")
	shown    = regexp.MustCompile("`[^`\n]*\\]\\([^`\n]*`") // a link that is code
	link     = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	heading  = regexp.MustCompile(`(?m)^#{1,6} +(.+?) *$`)
	anchor   = regexp.MustCompile(`<a id="([^"]+)">`)
	notInURL = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// broken lists the links of a document that lead nowhere. It does not follow links to the web. exists reports whether
// there is such a file, and text returns what is in it.
func broken(name, document string, exists func(string) bool, text func(string) string) []string {
	var problems []string
	for _, match := range link.FindAllStringSubmatch(shown.ReplaceAllString(fence.ReplaceAllString(document, ""), ""), -1) {
		target := match[1]
		if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") || strings.HasPrefix(target, "{{") {
			continue
		}
		file, fragment, _ := strings.Cut(target, "#")
		if file == "" {
			file = name
		} else {
			file = path.Join(path.Dir(name), file)
		}
		switch {
		case !exists(file):
			problems = append(problems, fmt.Sprintf("%s: there is no %s", name, target))
		case fragment != "" && strings.HasSuffix(file, ".md") && !anchors(text(file))[fragment]:
			problems = append(problems, fmt.Sprintf("%s: %s has no heading for #%s", name, file, fragment))
		}
	}
	return problems
}

// anchors are the fragments that lead somewhere in a document, as GitHub makes them of headings.
func anchors(document string) map[string]bool {
	found := map[string]bool{}
	document = fence.ReplaceAllString(document, "")
	for _, match := range heading.FindAllStringSubmatch(document, -1) {
		words := notInURL.ReplaceAllString(strings.ToLower(code.ReplaceAllStringFunc(match[1], func(c string) string { return strings.Trim(c, "`") })), "")
		found[strings.ReplaceAll(words, " ", "-")] = true
	}
	for _, match := range anchor.FindAllStringSubmatch(document, -1) {
		found[match[1]] = true
	}
	return found
}

func TestLinks(t *testing.T) {
	t.Parallel()
	exists := func(file string) bool {
		_, err := os.Stat(filepath.Join(root, file))
		return err == nil
	}
	for _, name := range files(t, 20, ".md") {
		// A template's links are seen from the page that is made of it.
		if strings.Contains(name, "testdata/") || strings.HasPrefix(name, "templates/") {
			continue
		}
		none(t, broken(name, read(t, name), exists, func(file string) string { return read(t, file) }))
	}
}

func TestABrokenLinkIsFound(t *testing.T) {
	t.Parallel()
	documents := map[string]string{"docs/a.md": "# First\n\n## What `it` does, and why\n\n<a id=\"nestedatt--sync\"></a>\n", "LICENSE": ""}
	exists := func(file string) bool { _, ok := documents[file]; return ok || file == "docs/b.md" }
	for name, c := range map[string]struct {
		document string
		want     []string
	}{
		"a file that is there":                {"[a](a.md) [l](../LICENSE)", nil},
		"a file that is not there":            {"[c](c.md)", []string{"docs/b.md: there is no c.md"}},
		"a file of another folder":            {"[l](LICENSE)", []string{"there is no LICENSE"}},
		"a heading":                           {"[a](a.md#what-it-does-and-why)", nil},
		"an anchor that was put there":        {"[a](a.md#nestedatt--sync)", nil},
		"a heading that was renamed":          {"[a](a.md#what-it-does)", []string{"docs/a.md has no heading for #what-it-does"}},
		"a heading of the document":           {"# Second\n[s](#second)", nil},
		"no heading of the document":          {"# Second\n[s](#third)", []string{"#third"}},
		"a page on the web":                   {"[w](https://example.com/c.md)", nil},
		"code":                                {"```\n[c](c.md)\n```", nil},
		"a link in code":                      {"`[c](c.md)` and `[d: e](d.md)`", nil},
		"the second of two on a line":         {"[a](a.md) and [c](c.md)", []string{"c.md"}},
		"a link around code with parentheses": {"[`f()`](c.md)", []string{"c.md"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := func(file string) string {
				if file == "docs/b.md" {
					return c.document
				}
				return documents[file]
			}
			expect(t, broken("docs/b.md", c.document, exists, text), c.want)
		})
	}
}
