// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
)

// protocol is all that the framework's server does. tf6server asks for the last three by type assertion.
type protocol interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// A toldServer tells a fault of the whole provider, such as a rejected API key, once in a run, however many resources
// meet it. And it ends each error of a data source with the way out of a destroy that it may block: Terraform reads
// data sources before it destroys anything.
//
// One error ends a plan. So the other managed resources keep their state or their plan, and say nothing. A data source
// must have a result or an error, and so must an apply: they repeat the error in one line. Only what a managed resource
// has told silences another one, because in a check block Terraform makes the error of a data source a warning.
type toldServer struct {
	protocol

	mu sync.Mutex
	// told has the summaries of the faults that were told, and whether a managed resource was among those who told
	// them.
	told map[string]bool
}

// tellOnce wraps a server; one that does something else than this one knows of is returned as it is.
func tellOnce(of tfprotov6.ProviderServer) tfprotov6.ProviderServer {
	if wrapped, ok := of.(protocol); ok {
		return &toldServer{protocol: wrapped, told: map[string]bool{}}
	}
	return of
}

// once returns the diagnostics without what was told before. silent reports whether no error at all is needed.
func (s *toldServer) once(diags []*tfprotov6.Diagnostic, resource, silent bool) []*tfprotov6.Diagnostic {
	s.mu.Lock()
	defer s.mu.Unlock()
	var kept []*tfprotov6.Diagnostic
	for _, each := range diags {
		if each.Severity == tfprotov6.DiagnosticSeverityError && strings.HasPrefix(each.Summary, diagnostic.Provider+": ") {
			byResource, told := s.told[each.Summary]
			s.told[each.Summary] = byResource || resource
			if byResource && silent {
				continue
			}
			if told {
				each.Detail = "Another error of this run says what to do."
			}
		}
		kept = append(kept, each)
	}
	return kept
}

// ReadResource leaves a fault out that another resource has told: the state stays as it was. An import has no state
// that could stay.
func (s *toldServer) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := s.protocol.ReadResource(ctx, req)
	if err == nil {
		var state map[string]any
		imported := req.CurrentState == nil || msgpack.Unmarshal(req.CurrentState.MsgPack, &state) != nil || state["name"] == nil
		resp.Diagnostics = s.once(resp.Diagnostics, true, !imported)
	}
	return resp, err
}

// PlanResourceChange leaves a fault out that another resource has told.
func (s *toldServer) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := s.protocol.PlanResourceChange(ctx, req)
	if err == nil {
		resp.Diagnostics = s.once(resp.Diagnostics, true, resp.PlannedState != nil)
	}
	return resp, err
}

// ApplyResourceChange repeats a fault in one line.
func (s *toldServer) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := s.protocol.ApplyResourceChange(ctx, req)
	if err == nil {
		resp.Diagnostics = s.once(resp.Diagnostics, true, false)
	}
	return resp, err
}

// ReadDataSource repeats a fault in one line, and ends each error with the way out.
func (s *toldServer) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	resp, err := s.protocol.ReadDataSource(ctx, req)
	if err == nil {
		resp.Diagnostics = s.once(resp.Diagnostics, false, false)
		for _, each := range resp.Diagnostics {
			if each.Severity == tfprotov6.DiagnosticSeverityError {
				each.Detail = strings.TrimSpace(each.Detail + "\nIf this blocks a destroy: " + diagnostic.TroubleshootingLink("a-destroy-blocked-by-its-plan"))
			}
		}
	}
	return resp, err
}
