// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package longlist

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"

	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// writer writes MessagePack as terraform-plugin-go does, in the shortest form of each length. It can't fail: a message
// is at most 256 MB (terraform-plugin-go's limit), and lengths have 32 bits.
type writer struct {
	bytes []byte
}

// sample is after how many objects the size of the others is estimated, so that a long list is not copied each time
// that it outgrows its place.
const sample = 64

// expect makes room for so many bytes, and some more.
func (w *writer) expect(more int) { w.bytes = slices.Grow(w.bytes, more+more/16) }

func (w *writer) raw(encoded []byte) { w.bytes = append(w.bytes, encoded...) }

func (w *writer) null() { w.bytes = append(w.bytes, msgpcode.Nil) }

func (w *writer) flag(value bool) {
	if value {
		w.bytes = append(w.bytes, msgpcode.True)
	} else {
		w.bytes = append(w.bytes, msgpcode.False)
	}
}

func (w *writer) number(value int64) {
	var encoded bytes.Buffer
	_ = msgpack.NewEncoder(&encoded).EncodeInt(value) // a buffer takes everything
	w.raw(encoded.Bytes())
}

func (w *writer) text(value string) {
	switch length := len(value); {
	case length < 32:
		w.bytes = append(w.bytes, msgpcode.FixedStrLow|byte(length))
	case length <= math.MaxUint8:
		w.bytes = append(w.bytes, msgpcode.Str8, byte(length))
	default:
		w.length(length, msgpcode.Str16, msgpcode.Str32)
	}
	w.bytes = append(w.bytes, value...)
}

func (w *writer) arrayLen(length int) {
	if length < 16 {
		w.bytes = append(w.bytes, msgpcode.FixedArrayLow|byte(length)) //nolint:gosec // less than 16
		return
	}
	w.length(length, msgpcode.Array16, msgpcode.Array32)
}

func (w *writer) mapLen(length int) {
	if length < 16 {
		w.bytes = append(w.bytes, msgpcode.FixedMapLow|byte(length)) //nolint:gosec // less than 16
		return
	}
	w.length(length, msgpcode.Map16, msgpcode.Map32)
}

// length writes a length with the code for 16 bits, or that for 32.
func (w *writer) length(length int, short, long byte) {
	if length <= math.MaxUint16 {
		w.bytes = binary.BigEndian.AppendUint16(append(w.bytes, short), uint16(length)) //nolint:gosec // it fits
	} else {
		w.bytes = binary.BigEndian.AppendUint32(append(w.bytes, long), uint32(length)) //nolint:gosec // see writer
	}
}
