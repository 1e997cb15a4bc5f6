// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package repository

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

var (
	usesLine   = regexp.MustCompile(`^\s*(?:- )?uses:\s*(.*)$`)
	pinned     = regexp.MustCompile(`^[\w.-]+(?:/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	runLine    = regexp.MustCompile(`^(\s*)(?:- )?run:\s*(.*)$`)
	jobLine    = regexp.MustCompile(`^  [\w-]+:$`)
	permission = regexp.MustCompile(`^(\s*)permissions:\s*(.*)$`)
	// Events that run with the repository's secrets for what a stranger wrote.
	dangerous = regexp.MustCompile(`\b(pull_request_target|workflow_run|issue_comment)\b`)
)

// workflow lists what is wrong with a workflow, in addition to what actionlint finds.
func workflow(name, text string) []string {
	var problems []string
	report := func(line int, format string, arguments ...any) {
		problems = append(problems, fmt.Sprintf("%s:%d: ", name, line+1)+fmt.Sprintf(format, arguments...))
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if comment := strings.TrimSpace(line); strings.HasPrefix(comment, "#") {
			continue
		}
		if uses := usesLine.FindStringSubmatch(line); uses != nil {
			if !pinned.MatchString(uses[1]) {
				report(i, "%s is not pinned: OWNER/NAME@<40 digits> # vX.Y.Z", uses[1])
			}
			if strings.HasPrefix(uses[1], "actions/checkout@") && !strings.Contains(step(lines, i), "persist-credentials: false") {
				report(i, "the checkout leaves its token in the folder: persist-credentials: false")
			}
		}
		if run := runLine.FindStringSubmatch(line); len(run) == 3 && strings.Contains(run[2]+block(lines, i, strings.Index(line, "run:")), "${{") {
			report(i, "an expression in a script is run as code: hand it over in env")
		}
		if permission := permission.FindStringSubmatch(line); len(permission) == 3 && strings.Contains(permission[2], "write") {
			report(i, "permissions: %s is more than a job needs", permission[2])
		}
		if event := dangerous.FindString(line); event != "" {
			report(i, "%s runs with secrets for what a stranger wrote", event)
		}
	}
	return append(problems, jobs(name, text)...)
}

// jobs lists what a workflow and each of its jobs lack.
func jobs(name, text string) []string {
	var problems []string
	head, body, found := strings.Cut(text, "\njobs:\n")
	if !found {
		return []string{name + ": there is no job"}
	}
	if !strings.Contains(head, "\npermissions:\n  contents: read\n") {
		problems = append(problems, name+": the workflow does not begin with permissions: contents: read")
	}
	lines := strings.Split(body, "\n")
	for i, line := range lines {
		if jobLine.MatchString(line) && !strings.Contains(block(lines, i, indent(line)), "\n    timeout-minutes: ") {
			problems = append(problems, fmt.Sprintf("%s: the job %s has no timeout-minutes", name, strings.TrimSpace(line)))
		}
	}
	return problems
}

// indent is the number of spaces that a line begins with.
func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// block are the lines below line i that begin further in than the given column.
func block(lines []string, i, column int) string {
	var inner strings.Builder
	for _, line := range lines[i+1:] {
		if strings.TrimSpace(line) != "" && indent(line) <= column {
			break
		}
		inner.WriteString("\n" + line)
	}
	return inner.String()
}

// step are the lines below line i up to the next item of the list.
func step(lines []string, i int) string {
	var rest []string
	for _, line := range lines[i+1:] {
		if strings.HasPrefix(strings.TrimSpace(line), "- ") {
			break
		}
		rest = append(rest, line)
	}
	return strings.Join(rest, "\n")
}

func TestWorkflows(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, path := range files(t, 4, ".yml", ".yaml") {
		if strings.HasPrefix(path, ".github/workflows/") || strings.HasSuffix(path, "/workflow.yml") {
			none(t, workflow(path, read(t, path)))
			checked++
		}
	}
	if checked < 4 {
		t.Errorf("%d workflows were found, and there are four at least, the guide's example among them", checked)
	}
}

func TestWhatIsWrongWithAWorkflowIsFound(t *testing.T) {
	t.Parallel()
	const good = `name: test

on:
  push:

permissions:
  contents: read

jobs:
  one:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - run: |
          make test
      - run: make lint
        env:
          TITLE: ${{ github.event.pull_request.title }}
`
	for name, c := range map[string]struct {
		old, changed string
		want         []string
	}{
		"nothing":                             {"", "", nil},
		"an action by its tag":                {"@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7", []string{":14: actions/checkout@v7 is not pinned"}},
		"an action by a branch":               {"3d3c42e5aac5ba805825da76410c181273ba90b1", "main", []string{"is not pinned"}},
		"an abbreviated digest":               {"3d3c42e5aac5ba805825da76410c181273ba90b1", "3d3c42e", []string{"is not pinned"}},
		"a digest that says no version":       {" # v7.0.1", "", []string{"is not pinned"}},
		"a digest with a moving version":      {"# v7.0.1", "# v7", []string{"is not pinned"}},
		"an image":                            {"actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "docker://alpine:3", []string{"is not pinned"}},
		"credentials that stay":               {"persist-credentials: false", "fetch-depth: 0", []string{"persist-credentials"}},
		"another step's persist-credentials":  {"        with:\n          persist-credentials: false\n", "      - uses: a/b@3d3c42e5aac5ba805825da76410c181273ba90b1 # v1.0.0\n        with:\n          persist-credentials: false\n", []string{"persist-credentials"}},
		"a title in a script":                 {"make test", "echo ${{ github.event.pull_request.title }}", []string{":17: an expression in a script"}},
		"a title in a script of one line":     {"run: make lint", "run: echo ${{ github.head_ref }}", []string{":19: an expression in a script"}},
		"a job that may do everything":        {"    runs-on", "    permissions: write-all\n    runs-on", []string{"write-all is more than a job needs"}},
		"a workflow with default permissions": {"permissions:\n  contents: read\n\n", "", []string{"does not begin with permissions"}},
		"a workflow that may write":           {"  contents: read", "  contents: write", []string{"does not begin with permissions"}},
		"a job without a limit":               {"    timeout-minutes: 5\n", "", []string{"the job one: has no timeout-minutes"}},
		"a second job without a limit":        {"  one:\n", "  zero:\n    runs-on: x\n  one:\n", []string{"the job zero: has no timeout-minutes"}},
		"a stranger's code with secrets":      {"  push:", "  pull_request_target:", []string{"pull_request_target runs with secrets"}},
		"the same as a list":                  {"on:\n  push:", "on: [push, workflow_run]", []string{"workflow_run runs with secrets"}},
		"a comment about it":                  {"name: test", "# no pull_request_target here\nname: test", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(good, c.old) {
				t.Fatalf("%q is not in the workflow", c.old)
			}
			expect(t, workflow("w.yml", strings.Replace(good, c.old, c.changed, 1)), c.want)
		})
	}
}

func TestReleaseHoldsWhatItShould(t *testing.T) {
	t.Parallel()
	config, workflow := read(t, ".goreleaser.yml"), read(t, ".github/workflows/release.yml")
	for name, part := range map[string]string{
		"the licenses are in the archive":               "files: [LICENSE, THIRD_PARTY_LICENSES]",
		"no path of the machine is in the binary":       "- -trimpath",
		"no C compiler's output is in it":               "- CGO_ENABLED=0",
		"the files' times are the commit's":             `mod_timestamp: "{{ .CommitTimestamp }}"`,
		"the modules are what go.sum says":              "- go mod verify",
		"the checksums are signed":                      "artifacts: checksum",
		"each binary's bill of materials is there":      "cyclonedx-gomod, bin",
		"the bill of materials is the same every time":  "-noserial, -notimestamp",
		"the registry's manifest has a checksum too":    "terraform-registry-manifest.json",
		"the simulator is not taken for a provider":     `name_template: "sekoia-okta-simulator_{{`,
		"the notes are those that were written by hand": "disable: true",
	} {
		if !strings.Contains(config, part) {
			t.Errorf("%s: .goreleaser.yml has no %s", name, part)
		}
	}
	for name, part := range map[string]string{
		"the files are attested":                  "uses: actions/attest@",
		"the simulator's too":                     "dist/*.tar.gz",
		"the attestation can be signed":           "id-token: write",
		"nothing is built from a cache":           "cache: false",
		"goreleaser's version does not move":      "version: v2.",
		"reviewers can be asked before a release": "environment: release",
	} {
		if !strings.Contains(workflow, part) {
			t.Errorf("%s: release.yml has no %s", name, part)
		}
	}
}

func TestEveryModuleIsKeptUpToDate(t *testing.T) {
	t.Parallel()
	config := read(t, ".github/dependabot.yml")
	for _, path := range files(t, 4, ".mod") {
		folder := `"/` + strings.TrimSuffix(strings.TrimSuffix(path, "go.mod"), "/") + `"`
		if !strings.Contains(config, folder) {
			t.Errorf(".github/dependabot.yml does not name %s", folder)
		}
	}
	if !strings.Contains(config, "package-ecosystem: github-actions") {
		t.Error(".github/dependabot.yml leaves the workflows' actions as they are")
	}
}
