// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package canary

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"html"
	"io"
	"regexp"
	"strconv"
	"unicode/utf8"
)

// maxMember bounds what is read of one member of an archive, in bytes.
const maxMember = 256 << 20

// eachMember calls do with a content, and with what is in it if it is an archive, such as a saved plan, also within
// another one.
func eachMember(name string, content []byte, do func(name string, content []byte)) {
	do(name, content)
	if archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content))); err == nil {
		for _, member := range archive.File {
			if reader, err := member.Open(); err == nil {
				eachRead(name+"!"+member.Name, reader, do)
			}
		}
		return
	}
	if bytes.HasPrefix(content, []byte{0x1f, 0x8b}) {
		if reader, err := gzip.NewReader(bytes.NewReader(content)); err == nil {
			eachRead(name+"!gunzip", reader, do)
		}
	}
}

// eachRead continues with what could be read of a member. If the member breaks off, it is searched up to there.
func eachRead(name string, reader io.ReadCloser, do func(name string, content []byte)) {
	content, _ := io.ReadAll(io.LimitReader(reader, maxMember))
	_ = reader.Close()
	eachMember(name, content, do)
}

// maxDepth is how often a content is read again: the private state is base64 within base64 within JSON, and may be
// quoted in a log.
const maxDepth = 4

// eachReading calls do with what a content says if it is read in another way than byte by byte: without its line
// breaks, without its escapes, decoded.
func eachReading(content []byte, do func(how string, content []byte)) {
	do("its lines joined", joined(content))
	var deeper func(how string, content []byte, depth int)
	deeper = func(how string, content []byte, depth int) {
		if depth == 0 {
			return
		}
		for _, reading := range []struct {
			how  string
			read func([]byte) []byte
		}{{"unescaped", unescaped}, {"decoded from base64", decoded}} {
			if other := reading.read(content); other != nil {
				do(how+reading.how, other)
				deeper(how+reading.how+", ", other, depth-1)
			}
		}
	}
	deeper("", content, maxDepth)
}

// frames are what Terraform draws around a diagnostic.
var frames = [][]byte{[]byte("│"), []byte("╷"), []byte("╵")}

// joined is a content without white space, colors, and the frames of diagnostics.
//
//go:norace
func joined(content []byte) []byte {
	out := make([]byte, 0, len(content))
	for at := 0; at < len(content); at++ {
		switch b := content[at]; {
		case b == 0x1b && at+1 < len(content) && content[at+1] == '[':
			for at += 2; at < len(content) && (content[at] < '@' || content[at] > '~'); at++ {
				continue
			}
		case b <= ' ':
		case b == frames[0][0] && isFrame(content[at:]):
			at += len(frames[0]) - 1
		default:
			out = append(out, b)
		}
	}
	return out
}

func isFrame(content []byte) bool {
	for _, frame := range frames {
		if bytes.HasPrefix(content, frame) {
			return true
		}
	}
	return false
}

var htmlEntity = regexp.MustCompile(`&(#[0-9]+|#x[0-9a-fA-F]+|[a-z]{2,6});`)

// unescaped resolves the escapes of JSON, of Go, of URLs and of HTML, one level of each. It is nil if there is none.
func unescaped(content []byte) []byte {
	out, changed := withoutEscapes(content)
	if htmlEntity.Match(out) {
		out, changed = htmlEntity.ReplaceAllFunc(out, func(entity []byte) []byte { return []byte(html.UnescapeString(string(entity))) }), true
	}
	if !changed {
		return nil
	}
	return out
}

//go:norace
func withoutEscapes(content []byte) (out []byte, changed bool) {
	if bytes.IndexByte(content, '\\') < 0 && bytes.IndexByte(content, '%') < 0 {
		return content, false
	}
	out = make([]byte, 0, len(content))
	for at := 0; at < len(content); at++ {
		value, length := []byte(nil), 0
		switch content[at] {
		case '\\':
			value, length = backslashed(content[at:])
		case '%':
			value, length = number(content[at:], 1, 2)
		}
		if length == 0 {
			out = append(out, content[at])
			continue
		}
		out, changed = append(out, value...), true
		at += length - 1
	}
	return out, changed
}

// backslashed is what an escape at the beginning of a text stands for, and the escape's length. 0: it is not an escape.
func backslashed(text []byte) (value []byte, length int) {
	if len(text) < 2 {
		return nil, 0
	}
	switch text[1] {
	case 'n', 'r', 't', 'b', 'f', 'a', 'v':
		return []byte{'\n'}, 2 // whichever: it is no part of a secret but a PEM's
	case '"', '\\', '/', '\'':
		return text[1:2], 2
	case 'x':
		return number(text, 2, 2)
	case 'u':
		return number(text, 2, 4)
	case 'U':
		return number(text, 2, 8)
	}
	return nil, 0
}

// number reads a hexadecimal character of so many digits, which begin at an offset.
func number(text []byte, begin, digits int) (value []byte, length int) {
	if len(text) < begin+digits {
		return nil, 0
	}
	parsed, err := strconv.ParseInt(string(text[begin:begin+digits]), 16, 32)
	if err != nil {
		return nil, 0
	}
	if digits == 2 {
		return []byte{byte(parsed & 0xff)}, begin + digits
	}
	return utf8.AppendRune(nil, rune(parsed)), begin + digits
}

// minEncoded is the length of the shortest base64 that is decoded: a nested canary's, by far.
const minEncoded = 16

// decoded is what all runs of base64 in a content stand for, with a byte between them that no text has. It is nil if
// there is none.
func decoded(content []byte) []byte {
	var out []byte
	for begin := 0; begin < len(content); {
		end := runEnd(content, begin)
		if end-begin >= minEncoded {
			out = append(appendDecoded(out, content[begin:end]), 0)
		}
		begin = end + 1
	}
	return out
}

// runEnd is where a run of base64 characters ends.
//
//go:norace
func runEnd(content []byte, at int) int {
	for at < len(content) && isBase64[content[at]] {
		at++
	}
	return at
}

var isBase64 = func() (is [256]bool) {
	for _, b := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_") {
		is[b] = true
	}
	return is
}()

func appendDecoded(out, run []byte) []byte {
	encoding := base64.RawStdEncoding
	if bytes.ContainsAny(run, "-_") {
		encoding = base64.RawURLEncoding
	}
	if len(run)%4 == 1 {
		run = run[:len(run)-1]
	}
	if value, err := encoding.AppendDecode(nil, run); err == nil {
		return append(out, value...)
	}
	return out
}
