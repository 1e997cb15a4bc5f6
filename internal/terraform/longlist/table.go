// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package longlist

import (
	"cmp"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// A Table is all that Terraform is told about one kind of object; T is the client's type for it. It is not changed
// after [NewTable], and is safe for concurrent use.
type Table[T any] struct {
	fields []Field[T] // by name: terraform-plugin-go writes the attributes of an object in this order
	types  map[string]attr.Type
}

// A Field is one attribute of an object, read-only, in all its forms.
type Field[T any] struct {
	name      string
	typ       attr.Type
	attribute schema.Attribute
	value     func(*T) attr.Value
	write     func(*writer, *T)
	// set is the way back, from Terraform's value; nil for a list.
	set func(*T, attr.Value)
}

// NewTable makes a table of fields with different names.
func NewTable[T any](fields ...Field[T]) *Table[T] {
	table := &Table[T]{fields: fields, types: make(map[string]attr.Type, len(fields))}
	slices.SortFunc(table.fields, func(a, b Field[T]) int { return cmp.Compare(a.name, b.name) })
	for _, field := range table.fields {
		table.types[field.name] = field.typ
	}
	return table
}

// Value is a string or a bool. at returns where the client's type holds it. A nil pointer is null, and so is the empty
// string of a field that is not a pointer.
func Value[T any, V string | *string | bool | *bool](name, description string, at func(*T) *V) Field[T] {
	switch at := any(at).(type) {
	case func(*T) **string:
		return settableText(name, description, func(of *T) *string { return *at(of) }, func(of *T, value *string) { *at(of) = value })
	case func(*T) *string:
		return settableText(name, description, func(of *T) *string {
			if value := at(of); *value != "" {
				return value
			}
			return nil
		}, func(of *T, value *string) {
			if value != nil {
				*at(of) = *value
			}
		})
	case func(*T) **bool:
		return settableFlag(name, description, func(of *T) *bool { return *at(of) }, func(of *T, value *bool) { *at(of) = value })
	case func(*T) *bool:
		return settableFlag(name, description, at, func(of *T, value *bool) { *at(of) = value != nil && *value })
	}
	panic("longlist: a kind without a case") // V's kinds are those above
}

// Text is a string that is worked out from the client's type; null if read returns nil.
func Text[T any](name, description string, read func(*T) *string) Field[T] {
	return Field[T]{
		name: name, typ: types.StringType,
		attribute: schema.StringAttribute{Computed: true, MarkdownDescription: description},
		value:     func(of *T) attr.Value { return types.StringPointerValue(read(of)) },
		write: func(w *writer, of *T) {
			if text := read(of); text != nil {
				w.text(*text)
			} else {
				w.null()
			}
		},
	}
}

// Flag is a bool that is worked out from the client's type; null if read returns nil.
func Flag[T any](name, description string, read func(*T) *bool) Field[T] {
	return Field[T]{
		name: name, typ: types.BoolType,
		attribute: schema.BoolAttribute{Computed: true, MarkdownDescription: description},
		value:     func(of *T) attr.Value { return types.BoolPointerValue(read(of)) },
		write: func(w *writer, of *T) {
			if flag := read(of); flag != nil {
				w.flag(*flag)
			} else {
				w.null()
			}
		},
	}
}

func settableText[T any](name, description string, read func(*T) *string, set func(*T, *string)) Field[T] {
	field := Text(name, description, read)
	field.set = func(of *T, value attr.Value) {
		if text, ok := value.(types.String); ok {
			set(of, text.ValueStringPointer())
		}
	}
	return field
}

func settableFlag[T any](name, description string, read func(*T) *bool, set func(*T, *bool)) Field[T] {
	field := Flag(name, description, read)
	field.set = func(of *T, value attr.Value) {
		if flag, ok := value.(types.Bool); ok {
			set(of, flag.ValueBoolPointer())
		}
	}
	return field
}

// Number is a whole number, null if read returns nil.
func Number[T any](name, description string, read func(*T) *int64) Field[T] {
	return Field[T]{
		name: name, typ: types.Int64Type,
		attribute: schema.Int64Attribute{Computed: true, MarkdownDescription: description},
		value:     func(of *T) attr.Value { return types.Int64PointerValue(read(of)) },
		write: func(w *writer, of *T) {
			if number := read(of); number != nil {
				w.number(*number)
			} else {
				w.null()
			}
		},
	}
}

// Objects is a list of objects within an object, null if read returns nil.
func Objects[T, E any](name, description string, elements *Table[E], read func(*T) []E) Field[T] {
	return Field[T]{
		name: name, typ: types.ListType{ElemType: elements.Type()}, attribute: elements.Attribute(description),
		value: func(of *T) attr.Value {
			if list := read(of); list != nil {
				return elements.List(list).Value()
			}
			return types.ListNull(elements.Type())
		},
		write: func(w *writer, of *T) {
			if list := read(of); list != nil {
				elements.List(list).write(w)
			} else {
				w.null()
			}
		},
	}
}

// Only is the table of these attributes alone.
func (t *Table[T]) Only(names ...string) *Table[T] {
	return NewTable(slices.DeleteFunc(slices.Clone(t.fields), func(field Field[T]) bool { return !slices.Contains(names, field.name) })...)
}

// Read makes the client's type from the attributes of an object of this type. Null and unknown attributes, and lists,
// are left as they are in an empty T.
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
		values[field.name] = field.value(of)
	}
	return values
}

// List is the list of these objects. It reads them when it is written: until then nobody may change them.
func (t *Table[T]) List(of []T) List { return objects[T]{table: t, of: of} }

// A List is the value of a list attribute. It is never null: a list that was not read is not handed over.
type List interface {
	// Value is the framework's form of it.
	Value() attr.Value

	write(w *writer)
}

// objects is a list of objects.
type objects[T any] struct {
	table *Table[T]
	of    []T
}

// Value implements [List].
func (o objects[T]) Value() attr.Value {
	elements := make([]attr.Value, len(o.of))
	for index := range o.of {
		elements[index] = types.ObjectValueMust(o.table.types, o.table.Values(&o.of[index]))
	}
	return types.ListValueMust(o.table.Type(), elements)
}

func (o objects[T]) write(w *writer) {
	w.arrayLen(len(o.of))
	begin := len(w.bytes)
	for index := range o.of {
		if index == sample {
			w.expect((len(w.bytes) - begin) / sample * (len(o.of) - sample))
		}
		w.mapLen(len(o.table.fields))
		for at := range o.table.fields {
			w.text(o.table.fields[at].name)
			o.table.fields[at].write(w, &o.of[index])
		}
	}
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
	w.arrayLen(len(t))
	for _, text := range t {
		w.text(text)
	}
}
