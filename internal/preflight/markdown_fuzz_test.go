// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package preflight

import (
	"bytes"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	nethtml "golang.org/x/net/html"
)

// FuzzMarkdownText looks for a text that is more than a text once a reader of GitHub Flavored Markdown has shown it: a
// link, an image, HTML, emphasis, code, or the end of its cell.
func FuzzMarkdownText(f *testing.F) {
	for _, seed := range []string{
		"", "plain", "a|b", `a\|b`, `\`, "`", "``a``", "<b>", "&lt;", "&#124;", "<!--", "[a](b)", "![a](b)", "[a]: b", "**a**", "_a_", "__a__", "~~a~~", "a\nb", "\r\n",
		"https://evil.example", "www.evil.example", "http://a.b", "ftp://a.b/c", "mailto:a@b.c", "a@b.c", "@org/team", "<https://a.b>", "xmpp:a@b.c", "HTTPS://A.B", "$x$",
		"# a", "- a", "1. a", "> a", "---", "    a", "\ta", "\x00", "\xff", "\u200b", "\u202e", "*\u00a0*", "|---|", ":--", "[x]", "[ ] a", "[^1]", "a\\\nb", "  \n",
	} {
		f.Add(seed)
	}
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote), goldmark.WithRendererOptions(html.WithUnsafe()))
	f.Fuzz(func(t *testing.T, text string) {
		written := MarkdownText(text)
		source := "| before | " + written + " | after |\n|:--|:--|:--|\n| before | " + written + " | after |\n\nParagraph of " + written + " and more.\n"
		var page bytes.Buffer
		if err := markdown.Convert([]byte(source), &page); err != nil {
			t.Fatal(err)
		}
		root, err := nethtml.Parse(&page)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"th", "td"} {
			cells := elements(root, name)
			if len(cells) != 3 {
				t.Fatalf("%q is written %q, and the row has %d cells %s", text, written, len(cells), name)
			}
			if shown(t, cells[0]) != "before" || shown(t, cells[2]) != "after" {
				t.Errorf("%q, written %q, gets into the cells beside it", text, written)
			}
			if got, want := shown(t, cells[1]), visible(text); got != want {
				t.Errorf("%q is written %q and shown as %q, want %q", text, written, got, want)
			}
		}
		paragraphs := elements(root, "p")
		if len(paragraphs) != 1 {
			t.Fatalf("%q is written %q, and makes %d paragraphs of one", text, written, len(paragraphs))
		}
		if got, want := shown(t, paragraphs[0]), visible("Paragraph of "+text+" and more."); got != want {
			t.Errorf("%q is written %q and shown in a paragraph as %q, want %q", text, written, got, want)
		}
	})
}

// elements are all elements of a name.
func elements(root *nethtml.Node, name string) []*nethtml.Node {
	var found []*nethtml.Node
	for node := range root.Descendants() {
		if node.Type == nethtml.ElementNode && node.Data == name {
			found = append(found, node)
		}
	}
	return found
}

// shown is an element's text as a browser shows it. Anything in it but text and line breaks is an error.
func shown(t *testing.T, of *nethtml.Node) string {
	t.Helper()
	var text strings.Builder
	for node := range of.Descendants() {
		switch {
		case node.Type == nethtml.TextNode:
			text.WriteString(node.Data)
		case node.Type == nethtml.ElementNode && node.Data == "br":
			text.WriteString("⏎")
		default:
			t.Errorf("there is a %q (%d) in it", node.Data, node.Type)
		}
	}
	return spaced(text.String())
}

// visible is what is left to see of a text: a line break is a break, control characters are spaces, and nobody is
// mentioned.
func visible(text string) string {
	text = strings.ToValidUTF8(strings.NewReplacer("\n", "⏎", "@", "@\u200b").Replace(eachByte(text)), "\ufffd")
	return spaced(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text))
}

// eachByte writes U+FFFD for each stray byte, as a range loop does, and not one for a run of them.
func eachByte(text string) string { return string([]rune(text)) }

// spaced is a text without the spaces at its ends and of several one: HTML shows no others.
func spaced(text string) string {
	for strings.Contains(text, "  ") {
		text = strings.ReplaceAll(text, "  ", " ")
	}
	return strings.Trim(text, " ")
}
