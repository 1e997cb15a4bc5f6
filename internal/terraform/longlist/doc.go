// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

// Package longlist brings lists of many thousand objects into Terraform's state.
//
// A [Table] has one row for each attribute of an object. The schema, the type, the framework's value and the bytes that
// Terraform reads all come from it, so that no attribute is in one of them and missing from another.
//
// A [List] reaches Terraform by one of two paths, and the state is the same. The framework's own path makes a value of
// each attribute, copies and compares them several times, and resolves the schema path of every null: for 20,000
// devices that takes many times as long as to fetch them. The other path is [Server]: a data source leaves its lists
// with it (see [SetState]), and it writes them into the answer.
package longlist
