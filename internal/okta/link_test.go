// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package okta

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestNextLink(t *testing.T) {
	t.Parallel()
	const next = "https://acme.okta.com/api/v1/devices?after=x&limit=200"
	for name, test := range map[string]struct {
		headers []string
		want    string
		err     error
	}{
		"no header":                           {headers: nil},
		"an empty header":                     {headers: []string{""}},
		"one header for each link, as Okta":   {headers: []string{`<https://acme.okta.com/api/v1/devices?limit=200>; rel="self"`, `<` + next + `>; rel="next"`}, want: next},
		"next before self":                    {headers: []string{`<` + next + `>; rel="next"`, `<https://acme.okta.com/>; rel="self"`}, want: next},
		"several links in one header":         {headers: []string{`<https://acme.okta.com/>; rel="self", <` + next + `>; rel="next", </x>; rel="prev"`}, want: next},
		"only self":                           {headers: []string{`<https://acme.okta.com/>; rel="self"`}},
		"a token instead of a quoted text":    {headers: []string{`<` + next + `>;rel=next`}, want: next},
		"capital letters":                     {headers: []string{`<` + next + `>; REL="NEXT"`}, want: next},
		"several relations":                   {headers: []string{`<` + next + `>; rel="last  next"`}, want: next},
		"a relation that only contains next":  {headers: []string{`</x>; rel="nextish"`, `</y>; rel="https://example.org/next"`}},
		"commas and semicolons in the target": {headers: []string{`<https://a.example/?q=a,b;c>; rel="self",<https://a.example/?q=a,b;rel=next&d=1,2>; rel="next"`}, want: "https://a.example/?q=a,b;rel=next&d=1,2"},
		"commas, quotes and links in a quoted parameter": {
			headers: []string{`<https://a.example/self>; title="a, \"b\"; <https://evil.example/>; rel=next, c\\"; rel="self", <` + next + `>; title=", <"; rel="next"`}, want: next,
		},
		"other parameters":                     {headers: []string{`<` + next + `>; type="application/json"; rel="next"; crossorigin; title*=UTF-8''a%2Cb`}, want: next},
		"a parameter without a value":          {headers: []string{`</x>; rel`}},
		"space everywhere":                     {headers: []string{" ,  < " + next + " > \t;  rel = \t\"next\" ; , ,"}, want: next},
		"no space at all":                      {headers: []string{`</a>;rel="self",<` + next + `>;rel="next"`}, want: next},
		"a trailing semicolon":                 {headers: []string{`<` + next + `>; rel="next";`}, want: next},
		"of two rel the first counts":          {headers: []string{`</x>; rel="self"; rel="next"`, `<` + next + `>; rel="next"; rel="self"`}, want: next},
		"a link about another document":        {headers: []string{`</x>; rel="next"; anchor="/other"`}},
		"the same next page twice":             {headers: []string{`<` + next + `>; rel="next"`, `<` + next + `>; rel="next"`}, want: next},
		"junk beside the next page":            {headers: []string{`junk`, `junk, <` + next + `>; rel="next"`}, want: next},
		"junk that names no next page":         {headers: []string{`junk`, `</x; rel="self"`, `</x>garbage; rel="self"`, `</x>; rel="self`}},
		"two next pages":                       {headers: []string{`</a>; rel="next"`, `</b>; rel="next"`}, err: errLinkTwice},
		"a next page without a target":         {headers: []string{`<>; rel="next"`}, err: errLinkUnreadable},
		"a target that does not begin":         {headers: []string{next + `>; rel="next"`}, err: errLinkUnreadable},
		"a target that does not end":           {headers: []string{`<` + next + `; rel="next"`}, err: errLinkUnreadable},
		"a target that swallows the next one":  {headers: []string{`</a; rel="self", <` + next + `>; rel="x"`}},
		"a target that swallows a next page":   {headers: []string{`</a; rel="next", <` + next + `>; rel="x"`}, err: errLinkUnreadable},
		"a quote that does not end":            {headers: []string{`<` + next + `>; rel="next`}, err: errLinkUnreadable},
		"a quote that ends in a backslash":     {headers: []string{`<` + next + `>; rel="next\`}, err: errLinkUnreadable},
		"text between target and parameters":   {headers: []string{`<` + next + `> x; rel="next"`}, err: errLinkUnreadable},
		"text after a quote":                   {headers: []string{`<` + next + `>; rel="next"x`}, err: errLinkUnreadable},
		"a backslash in a quoted relation":     {headers: []string{`<` + next + `>; rel="ne\xt"`}, want: next},
		"a header of commas":                   {headers: []string{`,,, ,`}},
		"the next page in a header after junk": {headers: []string{`<junk rel="next"`, `<` + next + `>; rel="next"`}, want: next},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := nextLink(test.headers)
			if got != test.want || !errors.Is(err, test.err) {
				t.Errorf("%q, error %v; want %q, error %v", got, err, test.want, test.err)
			}
		})
	}
}

// A megabyte of headers, the most that is taken, would otherwise be copied for each of its commas, for many minutes.
func TestALinkHeaderOfJunkIsCopiedOnce(t *testing.T) { //nolint:paralleltest // it counts what all goroutines allocate
	header := strings.Repeat(strings.Repeat("X", 30)+",", 3000)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if next, err := nextLink([]string{header}); next != "" || err != nil {
		t.Errorf("%q, %v", next, err)
	}
	runtime.ReadMemStats(&after)
	if copies := (after.TotalAlloc - before.TotalAlloc) / uint64(len(header)); copies > 1000 { // 3,000, if each comma costs one
		t.Errorf("%d times its length was allocated", copies)
	}
}

// FuzzNextLink looks for headers that are read for ever, and for links that change when they are written again.
func FuzzNextLink(f *testing.F) {
	for _, seed := range []string{
		"", ",", "<", ">", "<>", `"`, `\`, `<a>`, `<a>;`, `<a>;;`, `<a>;rel`, `<a>;rel=`, `<a>;rel="`, `<a>;rel="\`, `<a>; rel="next"`, `<a>;rel=next,`,
		`<a>; title="x, <b>; rel=\"next\""; rel="next", <c>; rel=self`, `<a;rel=next`, `<a><b>;rel=next`, `<a>x;rel=next,<b>;rel=next`, "<a>\t;\trel\t=\tnext",
		`<https://acme.okta.com/api/v1/devices?after=200u3des4afA47rYJu1d7&limit=200>; rel="next"`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		next, err := nextLink([]string{header})
		if next != "" && err != nil {
			t.Fatalf("both a page %q and the error %v", next, err)
		}
		if next == "" {
			return
		}
		if !strings.Contains(header, "<") || strings.ContainsAny(next, "<>") {
			t.Fatalf("%q is no target of %q", next, header)
		}
		written := "<" + next + `>; rel="next"`
		for _, headers := range [][]string{{written}, {`</x>; rel="self", ` + written}, slices.Repeat([]string{written}, 2)} {
			if again, err := nextLink(headers); again != next || err != nil {
				t.Fatalf("%q, written again, is read as %q, error %v", next, again, err)
			}
		}
	})
}
