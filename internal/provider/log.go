// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"log/slog"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// logCall hands what the transport has to say to Terraform's log. Nothing is masked here, for no secret and no body
// comes this way.
func logCall(ctx context.Context, level slog.Level, message string, fields map[string]any) {
	switch level {
	case slog.LevelDebug:
		tflog.Debug(ctx, message, fields)
	case slog.LevelInfo:
		tflog.Info(ctx, message, fields)
	case slog.LevelWarn:
		tflog.Warn(ctx, message, fields)
	default:
		tflog.Error(ctx, message, fields)
	}
}
