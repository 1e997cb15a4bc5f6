// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credentials

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Table writes results as ways × outcomes, and what is wrong below it.
func Table(w io.Writer, results []Result, took time.Duration) error {
	var text strings.Builder
	text.WriteString("Where a credential may go: each way in which a URL can be named, with each host that looks like Okta's or Sekoia's.\n" +
		"Credentials seen or stored where they may not go: see WRONG. Hosts that are right are among those that are allowed.\n\n")
	fmt.Fprintf(&text, "%-72s %6s %9s %6s %6s %8s %6s\n", "", "hosts", "validate", "plan", "apply", "allowed", "WRONG")
	var ways []string
	rows, sum, carried, hosts := map[string]map[Outcome]int{}, map[Outcome]int{}, 0, map[string]bool{}
	for _, result := range results {
		name := result.Way.Name
		if rows[name] == nil {
			rows[name] = map[Outcome]int{}
			ways = append(ways, name)
		}
		rows[name][result.Outcome]++
		sum[result.Outcome]++
		carried += result.Carried
		hosts[result.Way.Cloud+result.Host.Name] = true
	}
	for _, way := range ways {
		writeRow(&text, way, rows[way])
	}
	writeRow(&text, "", sum)
	wrong := 0
	for _, result := range results {
		if result.Outcome == Wrong {
			wrong++
			fmt.Fprintf(&text, "\nWRONG: %s\n%q\n%s\n", result.Case, result.Host.URL(result.Way.Cloud), strings.Join(result.Complaints, "\n"))
		}
	}
	fmt.Fprintf(&text, "\n%d cases (%d ways, %d hosts) in %s; %d requests carried a credential, each to where it may go but in the %d cases that are wrong.\n",
		len(results), len(ways), len(hosts), took.Round(time.Second), carried, wrong)
	_, err := io.WriteString(w, text.String())
	return err
}

func writeRow(text *strings.Builder, name string, counts map[Outcome]int) {
	total := 0
	for _, count := range counts {
		total += count
	}
	fmt.Fprintf(text, "%-72s %6d %9d %6d %6d %8d %6d\n", name, total, counts[AtValidate], counts[AtPlan], counts[AtApply], counts[Allowed], counts[Wrong])
}
