// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package longlist

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/vmihailenco/msgpack/v5"
)

// A Table is all that Terraform learns about one kind of object; T is the client's type for it. It is not changed after
// [NewTable], and is safe for concurrent use.
type Table[T any] struct {
	fields []Field[T] // by name: terraform-plugin-go writes the attributes of an object in this order
	types  map[string]attr.Type
}

// A Field is one attribute of an object, read-only, in all its forms.
type Field[T any] struct {
	name      string
	key       []byte // the name in MessagePack
	attribute schema.Attribute
	// read returns a *string, a *bool, an *int64 or a List. A nil pointer is null.
	read func(*T) any
	// set is the way back, from Terraform's value; nil for what is worked out.
	set func(*T, attr.Value)
}

// NewTable makes a table of fields with different names.
func NewTable[T any](fields ...Field[T]) *Table[T] {
	table := &Table[T]{fields: fields, types: make(map[string]attr.Type, len(fields))}
	slices.SortFunc(table.fields, func(a, b Field[T]) int { return cmp.Compare(a.name, b.name) })
	for index := range table.fields {
		field := &table.fields[index]
		table.types[field.name] = field.attribute.GetType()
		field.key, _ = msgpack.Marshal(field.name) // a string has no error
	}
	return table
}

// Value is a string or a bool. at returns where the client's type holds it. A nil pointer is null, and so is the empty
// string of a field that is not a pointer.
func Value[T any, V string | *string | bool | *bool](name, description string, at func(*T) *V) Field[T] {
	field := Field[T]{name: name, attribute: schema.StringAttribute{Computed: true, MarkdownDescription: description}}
	switch any(*new(V)).(type) {
	case bool, *bool:
		field.attribute = schema.BoolAttribute{Computed: true, MarkdownDescription: description}
	}
	field.read = func(of *T) any {
		switch at := any(at(of)).(type) {
		case **string:
			return *at
		case **bool:
			return *at
		case *string:
			if *at == "" {
				return (*string)(nil)
			}
			return at
		default:
			return at
		}
	}
	field.set = func(of *T, value attr.Value) {
		text, _ := value.(types.String)
		flag, _ := value.(types.Bool)
		switch at := any(at(of)).(type) {
		case **string:
			*at = text.ValueStringPointer()
		case *string:
			*at = text.ValueString()
		case **bool:
			*at = flag.ValueBoolPointer()
		case *bool:
			*at = flag.ValueBool()
		}
	}
	return field
}

// Text is a string that is worked out from the client's type.
func Text[T any](name, description string, read func(*T) *string) Field[T] {
	attribute := schema.StringAttribute{Computed: true, MarkdownDescription: description}
	return Field[T]{name: name, attribute: attribute, read: func(of *T) any { return read(of) }}
}

// Flag is a bool that is worked out from the client's type.
func Flag[T any](name, description string, read func(*T) *bool) Field[T] {
	attribute := schema.BoolAttribute{Computed: true, MarkdownDescription: description}
	return Field[T]{name: name, attribute: attribute, read: func(of *T) any { return read(of) }}
}

// Number is a whole number that is worked out from the client's type.
func Number[T any](name, description string, read func(*T) *int64) Field[T] {
	attribute := schema.Int64Attribute{Computed: true, MarkdownDescription: description}
	return Field[T]{name: name, attribute: attribute, read: func(of *T) any { return read(of) }}
}

// Objects is a list of objects within an object, null if read returns nil.
func Objects[T, E any](name, description string, elements *Table[E], read func(*T) []E) Field[T] {
	return Field[T]{name: name, attribute: elements.Attribute(description), read: func(of *T) any {
		list := read(of)
		return objects[E]{table: elements, of: list, null: list == nil}
	}}
}

// Only is the table of these attributes alone.
func (t *Table[T]) Only(names ...string) *Table[T] {
	return NewTable(slices.DeleteFunc(slices.Clone(t.fields), func(field Field[T]) bool { return !slices.Contains(names, field.name) })...)
}

// Read makes the client's type from the attributes of an object of this type. Fields that are worked out are left out.
func (t *Table[T]) Read(attributes map[string]attr.Value) *T {
	of := new(T)
	for _, field := range t.fields {
		if field.set != nil {
			field.set(of, attributes[field.name])
		}
	}
	return of
}

// Attributes is the schema of one object, in a map of the caller's own.
func (t *Table[T]) Attributes() map[string]schema.Attribute {
	attributes := make(map[string]schema.Attribute, len(t.fields))
	for _, field := range t.fields {
		attributes[field.name] = field.attribute
	}
	return attributes
}

// Attribute is the schema of a list of these objects.
func (t *Table[T]) Attribute(description string) schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		Computed: true, MarkdownDescription: description, NestedObject: schema.NestedAttributeObject{Attributes: t.Attributes()},
	}
}

// Type is the type of one object.
func (t *Table[T]) Type() types.ObjectType { return types.ObjectType{AttrTypes: t.types} }

// Values are the attributes of one object, in a map of the caller's own.
func (t *Table[T]) Values(of *T) map[string]attr.Value {
	values := make(map[string]attr.Value, len(t.fields))
	for _, field := range t.fields {
		values[field.name] = valueOf(field.read(of))
	}
	return values
}

// valueOf is the framework's form of what a field reads.
func valueOf(read any) attr.Value {
	switch read := read.(type) {
	case *string:
		return types.StringPointerValue(read)
	case *bool:
		return types.BoolPointerValue(read)
	case *int64:
		return types.Int64PointerValue(read)
	case List:
		return read.Value()
	}
	panic("longlist: a kind without a case") // see Field.read
}

// List is the list of these objects. It reads them when it is written: do not change them before.
func (t *Table[T]) List(of []T) List { return objects[T]{table: t, of: of} }

// A List is the value of a list attribute.
type List interface {
	// Value is the framework's form of it.
	Value() attr.Value

	write(w *writer)
}

// objects is a list of objects.
type objects[T any] struct {
	table *Table[T]
	of    []T
	null  bool
}

// Value implements [List].
func (o objects[T]) Value() attr.Value {
	if o.null {
		return types.ListNull(o.table.Type())
	}
	elements := make([]attr.Value, len(o.of))
	for index := range o.of {
		elements[index] = types.ObjectValueMust(o.table.types, o.table.Values(&o.of[index]))
	}
	return types.ListValueMust(o.table.Type(), elements)
}

// sample is after how many objects the size of the others is estimated, so that a long list is not copied each time
// that it outgrows its place.
const sample = 64

func (o objects[T]) write(w *writer) {
	if o.null {
		_ = w.EncodeNil()
		return
	}
	_ = w.EncodeArrayLen(len(o.of))
	begin := w.buffer.Len()
	for index := range o.of {
		if index == sample {
			more := (w.buffer.Len() - begin) / sample * (len(o.of) - sample)
			w.buffer.Grow(more + more/16)
		}
		_ = w.EncodeMapLen(len(o.table.fields))
		for at := range o.table.fields {
			w.buffer.Write(o.table.fields[at].key)
			w.value(o.table.fields[at].read(&o.of[index]))
		}
	}
}

// A writer writes MessagePack as terraform-plugin-go does, in the shortest form of each length. There are no errors,
// because its buffer takes everything.
type writer struct {
	*msgpack.Encoder

	buffer bytes.Buffer
}

func newWriter() *writer {
	w := &writer{}
	w.Encoder = msgpack.NewEncoder(&w.buffer)
	return w
}

// value writes what a field reads.
func (w *writer) value(read any) {
	switch read := read.(type) {
	case List:
		read.write(w)
		return
	case *string:
		if read != nil {
			_ = w.EncodeString(*read)
			return
		}
	case *bool:
		if read != nil {
			_ = w.EncodeBool(*read)
			return
		}
	case *int64:
		if read != nil {
			_ = w.EncodeInt(*read)
			return
		}
	}
	_ = w.EncodeNil()
}

// Texts is a list of strings.
type Texts []string

// Value implements [List].
func (t Texts) Value() attr.Value {
	elements := make([]attr.Value, len(t))
	for index, text := range t {
		elements[index] = types.StringValue(text)
	}
	return types.ListValueMust(types.StringType, elements)
}

func (t Texts) write(w *writer) {
	_ = w.EncodeArrayLen(len(t))
	for _, text := range t {
		_ = w.EncodeString(text)
	}
}
