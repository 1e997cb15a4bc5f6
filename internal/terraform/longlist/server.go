// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package longlist

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// Framework is all that the framework's server does. tf6server asks for the last three by type assertion, so a wrapper
// that lacked them would take list resources and actions away.
type Framework interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// server is the framework's server except for the long lists in the answers of data sources.
type server struct {
	Framework
}

// Server writes into the framework's answers the lists that data sources hand over. It relies on this (framework 1.19,
// terraform-plugin-go 0.31, go-cty 1.18, Terraform 1.11.4):
//
//   - The framework calls a data source's Read with a context that descends from that of ReadDataSource.
//   - It answers with the state as MessagePack: a map of all attributes, in which nil is null. An attribute that the
//     data source left null is still null there. Nothing after Read (semantic equality, null blocks as empty ones)
//     changes a null computed attribute.
//   - tfprotov6.DynamicValue holds these bytes, and terraform-plugin-go passes them on as they are.
//   - Terraform decodes them with go-cty, by the schema: an object is a map with each attribute once, a list an array.
//     They are written as terraform-plugin-go writes them: sorted, and in the shortest form.
//
// If a part of this no longer holds, Terraform gets an error, or the test that compares both paths fails. The list is
// never shorter.
func Server(of Framework) Framework { return &server{Framework: of} }

// ReadDataSource is the framework's, with the lists that the data source handed over.
func (s *server) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	lists := handover{}
	resp, err := s.Framework.ReadDataSource(context.WithValue(ctx, handoverKey{}, lists), req)
	if err != nil || resp == nil || resp.State == nil || len(lists) == 0 {
		return resp, err
	}
	resp.State.MsgPack, err = splice(resp.State.MsgPack, lists)
	if err != nil {
		resp.Diagnostics = append(resp.Diagnostics, &tfprotov6.Diagnostic{
			Severity: tfprotov6.DiagnosticSeverityError,
			Summary:  "The result could not be written into the state",
			Detail:   fmt.Sprintf("This is a mistake in the provider, in %s: %s.", req.TypeName, err),
		})
	}
	return resp, nil
}

// handover is what one read hands over: lists by the attributes that they belong to. Each read has its own, and is one
// goroutine.
type handover map[string]List

type handoverKey struct{}

// put hands a list over to the server that calls the data source. The attribute then stays null in the framework's
// state. It reports false if there is no such server, as in a test that calls the framework's own: the list has to take
// the framework's path then.
func put(ctx context.Context, attribute string, list List) bool {
	lists, ok := ctx.Value(handoverKey{}).(handover)
	if ok {
		lists[attribute] = list
	}
	return ok
}

// splice is the state with the lists in the places of their nulls.
func splice(state []byte, lists handover) ([]byte, error) {
	decoder := msgpack.NewDecoder(bytes.NewReader(state))
	count, err := decoder.DecodeMapLen()
	if err != nil {
		return nil, fmt.Errorf("read the framework's answer: %w", err)
	}
	w := newWriter()
	_ = w.EncodeMapLen(count)
	written := 0
	for range count {
		name, err := decoder.DecodeString()
		value, valueErr := decoder.DecodeRaw() // as it is encoded
		if err = cmp.Or(err, valueErr); err != nil {
			return nil, fmt.Errorf("read the framework's answer: %w", err)
		}
		_ = w.EncodeString(name)
		list, ok := lists[name]
		switch {
		case !ok:
			w.buffer.Write(value)
		case !bytes.Equal(value, []byte{msgpcode.Nil}):
			return nil, fmt.Errorf("%s has a value already", name)
		default:
			list.write(w)
			written++
		}
	}
	if written < len(lists) {
		return nil, fmt.Errorf("%d of %d lists have no attribute in the framework's answer", len(lists)-written, len(lists))
	}
	return w.buffer.Bytes(), nil
}

// Results are what a data source read, by the attributes that it belongs to.
type Results struct {
	Values map[string]attr.Value
	// Lists are those that may be long.
	Lists map[string]List
}

// SetState answers a data source's Read: the state is the configuration with what was read. An error is a mistake in
// the provider.
func SetState(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse, read Results) {
	state, err := withResults(ctx, req.Config.Raw, read)
	if err != nil {
		resp.Diagnostics.AddError("What was read could not be put into the state", err.Error())
		return
	}
	resp.State.Raw = state
}

// withResults is a data source's state. The framework's own way, State.Set, takes several times as long, and its
// reflection over Go structs several times that. Lists go to the server if it takes them, and are null in this state.
func withResults(ctx context.Context, config tftypes.Value, read Results) (tftypes.Value, error) {
	var configured map[string]tftypes.Value
	if err := config.As(&configured); err != nil {
		return tftypes.Value{}, fmt.Errorf("read the configuration: %w", err)
	}
	values := make(map[string]attr.Value, len(read.Values)+len(read.Lists))
	maps.Copy(values, read.Values)
	for name, list := range read.Lists {
		if !put(ctx, name, list) {
			values[name] = list.Value()
		}
	}
	attributes := maps.Clone(configured) // As hands out the map of the value itself
	for name, value := range values {
		raw, err := value.ToTerraformValue(ctx)
		if err != nil {
			return tftypes.Value{}, fmt.Errorf("convert %s: %w", name, err)
		}
		attributes[name] = raw
	}
	if err := tftypes.ValidateValue(config.Type(), attributes); err != nil {
		return tftypes.Value{}, fmt.Errorf("build the state: %w", err)
	}
	return tftypes.NewValue(config.Type(), attributes), nil
}
