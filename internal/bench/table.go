// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// rounds are the runs, each round's together.
type rounds []map[subject]usage

// begin begins a round.
func (r *rounds) begin() map[subject]usage {
	*r = append(*r, map[subject]usage{})
	return (*r)[len(*r)-1]
}

// A row is one figure of one subject, and that of the bare provider.
type row struct {
	what, bare subject
	name       string
	of         func(usage) float64
	show       func(float64) string
	// most is the target: the ratio should not exceed it.
	most float64
}

// rows are what is printed. The targets are those of the project.
func rows() []row {
	wall := func(u usage) float64 { return u.wall.Seconds() }
	processor := func(u usage) float64 { return u.processor.Seconds() }
	provider := func(u usage) float64 { return u.provider.Seconds() }
	memory := func(u usage) float64 { return float64(u.memory) }
	return []row{
		{devices, bareDevices, "wall time", wall, seconds, 0.75},
		{devices, bareDevices, "processor time, Terraform's too", processor, seconds, 0.65},
		{devices, bareDevices, "processor time of the provider", provider, seconds, 0.25},
		{devices, bareDevices, "memory of the provider", memory, megabytes, 0.3},
		{devicesWithUsers, bareDevices, "wall time", wall, seconds, 1.2},
		{devicesWithUsers, bareDevices, "processor time, Terraform's too", processor, seconds, 1.2},
		{devicesWithUsers, bareDevices, "processor time of the provider", provider, seconds, 0},
		{devicesWithUsers, bareDevices, "memory of the provider", memory, megabytes, 0},
		{devicesCounted, bareDevices, "wall time", wall, seconds, 0.25},
		{devicesCounted, bareDevices, "processor time, Terraform's too", processor, seconds, 0.25},
		{devicesCounted, bareDevices, "processor time of the provider", provider, seconds, 0},
		{devicesCounted, bareDevices, "memory of the provider", memory, megabytes, 0},
		{start, bareStart, "wall time", wall, seconds, 1.05},
		{start, bareStart, "processor time, Terraform's too", processor, seconds, 0},
		{start, bareStart, "processor time of the provider", provider, seconds, 0},
		{devices, bareDevices, "size of the state", func(u usage) float64 { return float64(u.state) }, megabytes, 0},
	}
}

func seconds(value float64) string {
	return time.Duration(value * float64(time.Second)).Round(time.Millisecond).String()
}

func megabytes(value float64) string { return fmt.Sprintf("%.1f MB", value/1e6) }

// print writes the table: medians of both, and the lowest, the median and the highest ratio of the rounds.
func (r *rounds) print(to io.Writer) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	line := func(format string, values ...any) {
		_, _ = fmt.Fprintf(table, format, values...) // Flush reports the error
	}
	line("\t\tours\tbare\tratio\tmin–max\tat most\n")
	for _, row := range rows() {
		var ours, bare, ratios []float64
		for _, round := range *r {
			mine, its := row.of(round[row.what]), row.of(round[row.bare])
			ours, bare, ratios = append(ours, mine), append(bare, its), append(ratios, mine/its)
		}
		most := ""
		if row.most > 0 {
			most = fmt.Sprintf("%.2f", row.most)
			if median(ratios) > row.most {
				most += "  missed"
			}
		}
		line("%s\t%s\t%s\t%s\t%.2f\t%.2f–%.2f\t%s\n", row.what, row.name, row.show(median(ours)), row.show(median(bare)), median(ratios),
			slices.Min(ratios), slices.Max(ratios), most)
	}
	return table.Flush()
}

// median is the middle one, or the mean of the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
