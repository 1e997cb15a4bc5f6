// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/diagnostic"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// Address is the provider's address in the registry.
const Address = "registry.terraform.io/sekoia-io/sekoia"

// NewServer makes servers of a provider in protocol 6: the framework's own, except that data sources have long lists,
// and that faults of the whole provider are reported once. A server of a framework to come that does something else is
// returned as it is.
func NewServer(of provider.Provider) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		made := providerserver.NewProtocol6(of)()
		if framework, ok := made.(longlist.Framework); ok {
			return &onceServer{Framework: longlist.Server(framework), reported: map[string]bool{}}
		}
		return made
	}
}

// An onceServer reports a fault of the whole provider, such as a rejected API key, once in a run, however many
// resources meet it. And it ends each error of a plan or of a data source with the way out of a destroy that it may
// block: Terraform plans and reads data sources before it destroys anything.
//
// One error ends a plan. So the other managed resources keep their state or their plan, and report nothing. A data
// source must have a result or an error, and so must an apply: they repeat the error in one line. Only the report of a
// managed resource silences another one, because in a check block Terraform makes the error of a data source a warning.
type onceServer struct {
	longlist.Framework

	mu sync.Mutex
	// reported has the summaries of the faults, and whether a managed resource was among those that reported them.
	reported map[string]bool
}

// once returns the diagnostics without what was reported before. silent says that no error at all is needed.
func (s *onceServer) once(diags []*tfprotov6.Diagnostic, resource, silent bool) []*tfprotov6.Diagnostic {
	s.mu.Lock()
	defer s.mu.Unlock()
	var kept []*tfprotov6.Diagnostic
	for _, each := range diags {
		if each.Severity == tfprotov6.DiagnosticSeverityError && strings.HasPrefix(each.Summary, diagnostic.Provider+": ") {
			byResource, reported := s.reported[each.Summary]
			s.reported[each.Summary] = byResource || resource
			if byResource && silent {
				continue
			}
			if reported {
				each.Detail = "Another message of this run says what to do."
			}
		}
		kept = append(kept, each)
	}
	return kept
}

// ConfigureProvider begins a run. A process that a debugger started serves several.
func (s *onceServer) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	s.mu.Lock()
	clear(s.reported)
	s.mu.Unlock()
	return s.Framework.ConfigureProvider(ctx, req)
}

// ReadResource leaves a fault out that another resource has reported: the state stays as it was. An import has no
// state that could stay.
func (s *onceServer) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := s.Framework.ReadResource(ctx, req)
	if err == nil {
		var state map[string]any
		imported := req.CurrentState == nil || msgpack.Unmarshal(req.CurrentState.MsgPack, &state) != nil || state["name"] == nil
		resp.Diagnostics = s.once(resp.Diagnostics, true, !imported)
	}
	return resp, err
}

// PlanResourceChange leaves a fault out that another resource has reported.
func (s *onceServer) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := s.Framework.PlanResourceChange(ctx, req)
	if err == nil {
		resp.Diagnostics = s.once(resp.Diagnostics, true, resp.PlannedState != nil)
		addWayOut(resp.Diagnostics)
	}
	return resp, err
}

// ApplyResourceChange repeats a fault in one line.
func (s *onceServer) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := s.Framework.ApplyResourceChange(ctx, req)
	if err == nil {
		resp.Diagnostics = s.once(resp.Diagnostics, true, false)
	}
	return resp, err
}

// ReadDataSource repeats a fault in one line, and ends each error with the way out.
func (s *onceServer) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	resp, err := s.Framework.ReadDataSource(ctx, req)
	if err == nil {
		resp.Diagnostics = s.once(resp.Diagnostics, false, false)
		addWayOut(resp.Diagnostics)
	}
	return resp, err
}

// addWayOut ends errors with the way out of a destroy, unless they lead to another section of the same guide.
func addWayOut(diags []*tfprotov6.Diagnostic) {
	for _, each := range diags {
		if each.Severity == tfprotov6.DiagnosticSeverityError && !strings.Contains(each.Detail, diagnostic.TroubleshootingLink("")) {
			each.Detail = strings.TrimSpace(each.Detail + "\nIf this blocks a destroy: " + diagnostic.TroubleshootingLink("a-destroy-blocked-by-its-plan"))
		}
	}
}
