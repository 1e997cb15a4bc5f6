// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package canary

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// token has characters that every encoding changes, and none of its pieces escapes that.
const token = `00c"an\ary<T&ok%en/o+f=t h'e>s"ear\ch&er`

// plain is as random as a token, without these characters.
const plain = "00qYb7RzKd1WmXs5TgUe9Lp3VnHj6Cf8Ao2Ixk4Zr"

// the writings of a secret, each as something other than the searcher makes it.
var writings = map[string]func(secret string) string{
	"as it is":            func(s string) string { return s },
	"in a sentence":       func(s string) string { return "invalid token " + s + ", errorId x" },
	"behind its scheme":   func(s string) string { return "Authorization: SSWS " + s },
	"quoted as Go does":   strconv.Quote,
	"quoted twice":        func(s string) string { return strconv.Quote("said " + strconv.Quote(s)) },
	"quoted three times":  func(s string) string { return strconv.Quote(strconv.Quote("said " + strconv.Quote(s))) },
	"quoted in ASCII":     func(s string) string { return strconv.QuoteToASCII("é" + s) },
	"as JSON":             func(s string) string { return jsonOf(s) },
	"as JSON within JSON": func(s string) string { return jsonOf(jsonOf(s)) },
	"as JSON in a log of JSON": func(s string) string {
		return `{"@message":` + jsonOf("body: "+jsonOf(map[string]string{"k": s})) + `}`
	},
	"as HTML":    html.EscapeString,
	"in a query": func(s string) string { return "https://a.example/?t=" + url.QueryEscape(s) + "&x=y" },
	"in a path":  func(s string) string { return "https://a.example/" + url.PathEscape(s) + "/x" },
	"in a URL's userinfo": func(s string) string {
		return (&url.URL{Scheme: "https", Host: "a.example", User: url.UserPassword("user", s)}).String()
	},
	"in a query within JSON":   func(s string) string { return jsonOf("https://a.example/?t=" + url.QueryEscape(s)) },
	"in base64":                func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"in base64, one byte late": func(s string) string { return base64.StdEncoding.EncodeToString([]byte("x" + s + "yz")) },
	"in base64, two late":      func(s string) string { return base64.StdEncoding.EncodeToString([]byte("xy" + s + "z")) },
	"in base64 for URLs":       func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("Bearer " + s + "\xff\xfe")) },
	"in base64 for URLs, late": func(s string) string { return base64.URLEncoding.EncodeToString([]byte("xy" + s)) },
	"in base64 twice": func(s string) string {
		return base64.StdEncoding.EncodeToString([]byte(`{"key":"` + base64.StdEncoding.EncodeToString([]byte(jsonOf(s))) + `"}`))
	},
	"in basic authorization": func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte("user:"+s)) },
	"in hexadecimal":         func(s string) string { return hex.EncodeToString([]byte(s)) },
	"in upper hexadecimal":   func(s string) string { return fmt.Sprintf("%X", s) },
	"as a list of bytes":     func(s string) string { return fmt.Sprintf("%v", []byte(s)) },
	"as a JSON list of bytes": func(s string) string {
		return strings.ReplaceAll(fmt.Sprintf("%v", []byte(s)), " ", ",")
	},
	"each byte for a URL": func(s string) string {
		return "%" + strings.TrimSpace(strings.ReplaceAll(fmt.Sprintf("% X", s), " ", "%"))
	},
	"each byte escaped": func(s string) string { return `\x` + strings.ReplaceAll(fmt.Sprintf("% x", s), " ", `\x`) },
	"backwards":         func(s string) string { return reversed([]byte(s)) },
	"in a word of a crash": func(s string) string {
		return fmt.Sprintf("main.f({0xc000012345, 0x28}, %#x)", binary.LittleEndian.Uint64([]byte(s[3:])))
	},
	"in a word, from behind": func(s string) string { return fmt.Sprintf("%#x, 0x2", binary.BigEndian.Uint64([]byte(s[9:]))) },
	"its first half":         func(s string) string { return s[:len(s)/2] + "…" },
	"its last twelve":        func(s string) string { return "…" + s[len(s)-12:] },
	"over the end of a line": func(s string) string {
		return "│ the token " + s[:8] + "\n│ \x1b[1m" + s[8:16] + "\x1b[0m\n│ " + s[16:]
	},
	"in pieces of ten": func(s string) string { return strings.Join([]string{s[:10], s[10:20], s[20:30], s[30:]}, "\n") },
}

func jsonOf(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// the kinds of files that a secret can be in.
var containers = map[string]func(t *testing.T, content string) []byte{
	"a log": func(_ *testing.T, content string) []byte {
		return []byte(strings.Repeat("2026-11-23T21:00:00.000Z [TRACE] provider: nothing to see\n", 50) + content + "\n2026-11-23 more\n")
	},
	"binary":        func(_ *testing.T, content string) []byte { return []byte("\x00\xff\x93\xc4" + content + "\x00\x01") },
	"its beginning": func(_ *testing.T, content string) []byte { return []byte(content) },
	"a plan": func(t *testing.T, content string) []byte {
		t.Helper()
		return zipped(t, "tfplan", []byte("\x0a\x05"+content))
	},
	"a plan in a zip": func(t *testing.T, content string) []byte {
		t.Helper()
		return zipped(t, "artifact/plan", zipped(t, "tfstate", []byte(content)))
	},
	"gzip": func(t *testing.T, content string) []byte {
		t.Helper()
		var out bytes.Buffer
		writer := gzip.NewWriter(&out)
		if _, err := writer.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
		if err := writer.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	},
}

func zipped(t *testing.T, name string, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	member, err := archive.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := member.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestEachWritingIsFoundInEachFile(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{token, plain} {
		searcher := New(Text("the token", secret))
		for writing, write := range writings {
			for container, put := range containers {
				found := searcher.Bytes("file", put(t, write(secret)))
				if len(found) == 0 {
					t.Errorf("%s, in %s: not found: %s", writing, container, write(secret))
				}
				for _, finding := range found {
					if finding.Canary != "the token" || strings.Contains(finding.String(), secret[:5]) || strings.Contains(finding.String(), secret[len(secret)-5:]) {
						t.Errorf("%s, in %s: told as %s", writing, container, finding)
					}
				}
			}
		}
	}
}

func TestNothingIsFoundWhereNothingIs(t *testing.T) {
	t.Parallel()
	searcher := New(Text("the token", plain))
	noise := make([]byte, 1<<20)
	if _, err := rand.Read(noise); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"nothing": "", "a few bytes": "00q", "another token": reversed([]byte(strings.ToLower(plain))), "eleven of its characters": plain[5:16],
		"noise": string(noise), "noise in base64": base64.StdEncoding.EncodeToString(noise), "noise in hexadecimal": hex.EncodeToString(noise),
		"escapes that are none": `\u12 \x \ %4 &amp &#; %zz \U00` + "\\", "an archive that is none": "PK\x03\x04", "gzip that is none": "\x1f\x8b\x08",
	} {
		if found := searcher.Bytes(name, []byte(content)); len(found) > 0 {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func TestKeysAreFoundByWhatIsPrivate(t *testing.T) {
	t.Parallel()
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	prime, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]any{"EC": curve, "RSA": prime} {
		content, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		text := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: content}))
		written, err := (jose.JSONWebKey{Key: key, KeyID: "kid"}).MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		fromPEM, err := PEM("the key", text)
		if err != nil {
			t.Fatal(err)
		}
		fromJWK, err := JWK("the key", string(written), key)
		if err != nil {
			t.Fatal(err)
		}
		private, public := secrets(t, key)
		for source, canaries := range map[string][]Canary{"PEM": fromPEM, "JWK": fromJWK} {
			searcher := New(canaries...)
			for what, leak := range map[string]string{
				"the PEM": text, "the PEM on one line": strings.ReplaceAll(text, "\n", `\n`), "the PEM in JSON": jsonOf(text), "the JWK": string(written), "the JWK in JSON": jsonOf(string(written)),
				"the PEM in base64": base64.StdEncoding.EncodeToString([]byte(text)), "its DER": string(content), "its DER in hexadecimal": hex.EncodeToString(content),
				"its DER, three bytes late, for URLs": base64.RawURLEncoding.EncodeToString(append([]byte{1, 2}, content...)),
				"a number, as Go prints a key":        fmt.Sprintf("%+v", private), "24 bytes of it": string(private.Bytes()[4:28]),
				"24 bytes of it in base64": base64.StdEncoding.EncodeToString(private.Bytes()[5:29]),
			} {
				if len(searcher.Bytes("file", []byte(leak))) == 0 {
					t.Errorf("%s from its %s: %s is not found", name, source, what)
				}
			}
			if found := searcher.Bytes("file", []byte(public)); len(found) > 0 {
				t.Errorf("%s from its %s: what is public is taken for a leak: %v", name, source, found)
			}
		}
	}
}

func TestSignedIsFoundByItsPartsAndNotByItsHeader(t *testing.T) {
	t.Parallel()
	token := "eyJhbGciOiJFUzI1NiIsImtpZCI6ImtpZC0xIn0." + base64.RawURLEncoding.EncodeToString([]byte(`{"jti":"ABCDEFGHIJKLMNOP","iss":"0oa"}`)) + "." + plain + plain
	searcher := New(Signed("the assertion", token)...)
	for _, leak := range []string{token, "client_assertion=" + url.QueryEscape(token), strings.Split(token, ".")[1], strings.Split(token, ".")[2]} {
		if len(searcher.Bytes("file", []byte(leak))) == 0 {
			t.Errorf("not found: %s", leak)
		}
	}
	if found := searcher.Bytes("file", []byte(strings.Split(token, ".")[0])); len(found) > 0 {
		t.Errorf("a header is no secret: %v", found)
	}
	if len(New(Signed("an opaque one", plain)...).Bytes("file", []byte(plain))) == 0 {
		t.Error("a token that is no JWT is not found")
	}
}

func TestTreeLooksIntoEverything(t *testing.T) {
	t.Parallel()
	folder, searcher := t.TempDir(), New(Text("the token", plain))
	put := func(name string, content []byte) {
		t.Helper()
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil { //nolint:gosec // names of this test
			t.Fatal(err)
		}
		if err := os.WriteFile(file, content, 0o600); err != nil { //nolint:gosec // names of this test
			t.Fatal(err)
		}
	}
	put("clean.txt", []byte("nothing"))
	put(".hidden/deep/er/state.backup", []byte(plain))
	put("plan", zipped(t, "tfstate", []byte(plain)))
	put("folder/"+plain+".txt", nil)
	findings, err := searcher.Tree(folder)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, finding := range findings {
		got[finding.File]++
	}
	for _, want := range []string{".hidden/deep/er/state.backup", "plan!tfstate", "the name of a file"} {
		if got[want] == 0 {
			t.Errorf("nothing in %s: %v", want, findings)
		}
	}
	for _, finding := range findings {
		if strings.Contains(finding.String(), plain[:minPiece]) {
			t.Errorf("a finding shows what it found: %s", finding)
		}
	}
	if _, err := searcher.Tree(filepath.Join(folder, "nowhere")); err == nil {
		t.Error("a folder that does not exist was searched")
	}
	leaks, absent := Judge(findings, Documented{"the token", "plan!*"}, Documented{"the token", ".hidden/*backup"}, Documented{"the token", "clean.txt"}, Documented{"another", "*"})
	if len(leaks) == 0 || leaks[0].File != "the name of a file" || len(absent) != 2 {
		t.Errorf("leaks %v, absent %v", leaks, absent)
	}
}

func TestCheckFailsForALeakAndForWhatIsAbsent(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "terraform.log"), []byte("Authorization: SSWS "+plain), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		documented []Documented
		want       int
	}{
		"a leak":                       {nil, 1},
		"what is documented":           {[]Documented{{"the token", "terraform.log"}}, 0},
		"what is documented elsewhere": {[]Documented{{"the token", "terraform.tfstate"}}, 2},
	} {
		told := &told{TB: t}
		New(Text("the token", plain)).Check(told, folder, test.documented...)
		if len(told.errors) < test.want || test.want == 0 && len(told.errors) > 0 {
			t.Errorf("%s: %v", name, told.errors)
		}
	}
}

// told keeps what a test would print.
type told struct {
	testing.TB
	errors []string
}

func (o *told) Helper() {}

func (o *told) Errorf(format string, args ...any) {
	o.errors = append(o.errors, fmt.Sprintf(format, args...))
}

func TestMistakesOfTests(t *testing.T) {
	t.Parallel()
	for name, mistaken := range map[string]func() error{
		"no PEM": func() error { _, err := PEM("x", "hello"); return err },
		"a PEM of something else": func() error {
			_, err := PEM("x", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n")
			return err
		},
		"a PEM of RSA that is none": func() error {
			_, err := PEM("x", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n")
			return err
		},
		"no JWK": func() error { _, err := JWK("x", "hello", nil); return err },
	} {
		if mistaken() == nil {
			t.Errorf("%s is no error", name)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a text that stands everywhere by chance was taken for a canary")
		}
	}()
	Text("x", "hunter2")
}

// secrets are a private number of a key, and all that is public of it.
func secrets(t *testing.T, key any) (private interface{ Bytes() []byte }, public string) {
	t.Helper()
	var other any
	switch key := key.(type) {
	case *ecdsa.PrivateKey:
		number, err := key.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		private, other = bytes.NewBuffer(number), key.Public()
	case *rsa.PrivateKey:
		private, other = key.D, key.Public()
	}
	content, err := x509.MarshalPKIXPublicKey(other)
	if err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(jose.JSONWebKey{Key: other, KeyID: "kid"})
	if err != nil {
		t.Fatal(err)
	}
	return private, string(set) + string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: content})) + hex.EncodeToString(content) + string(content)
}
