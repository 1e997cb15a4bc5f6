// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package shape checks HTTP traffic with the two clouds against their OpenAPI documents: what our clients ask, and what
// the simulator answers. It is only for tests.
//
// Each cloud has two files in documents/. The shape is the vendor's document with every sentence taken out. Of Sekoia's
// there is a second one, its Swagger of the Symphony API: its request bodies are laid over the first, which lost them.
// The overlay is written by hand and says what the shape lacks; each part of it carries x-confidence (D documented, C
// seen in the vendor's own client code, I inferred) and x-source. An overlay is a part of an OpenAPI document that is
// laid over the shape: objects are merged, lists are appended, and anything else is replaced. Two things are the
// overlay's own: x-every-operation is merged into each operation that asks for a credential, and a parameter with
// x-user-agent is documented only for the client of that name.
//
// The documents are made stricter than they were written: an object whose schema lists its properties takes no others
// unless it says so, and a query parameter that is not described, or is given twice, is a problem.
//
// Sekoia's shape is OpenAPI 3.1. kin-openapi 0.152 reads that, type lists and anyOf with null included, but it then
// compiles a JSON Schema for every single value that it checks, and gives opaque reasons. So 3.1 is rewritten to the
// 3.0 that means the same when a document is loaded: see downgrade.
package shape
