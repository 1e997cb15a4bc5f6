// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport"
)

// logCall hands what the transport has to say to Terraform's log. Nothing is masked here, for no secret and no body
// comes this way.
func logCall(ctx context.Context, level transport.Level, message string, fields map[string]any) {
	switch level {
	case transport.LevelTrace:
		tflog.Trace(ctx, message, fields)
	case transport.LevelDebug:
		tflog.Debug(ctx, message, fields)
	case transport.LevelInfo:
		tflog.Info(ctx, message, fields)
	case transport.LevelWarn:
		tflog.Warn(ctx, message, fields)
	default:
		tflog.Error(ctx, message, fields)
	}
}
