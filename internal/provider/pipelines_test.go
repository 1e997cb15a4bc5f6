// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	yaml "github.com/oasdiff/yaml3"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

const pipelines = "../../examples/pull-requests/"

// parsed reads a pipeline file.
func parsed(t *testing.T, name string, into any) {
	t.Helper()
	content, err := os.ReadFile(filepath.Clean(pipelines + name))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(content, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// runner stands in for the machine that runs a pipeline: a checkout with the example's root module, and programs. Those
// that need the network are replaced. Each of those notes how it was called.
type runner struct {
	cli      *acctest.CLI
	clouds   *acctest.Clouds
	checkout string
	programs string
}

// newRunner makes a runner whose root module reads the simulated organization.
func newRunner(t *testing.T) *runner {
	t.Helper()
	if _, err := exec.LookPath("jq"); err != nil {
		t.Fatalf("the pipelines of the guide need jq: %v", err)
	}
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
	r := &runner{clouds: clouds, checkout: t.TempDir(), programs: t.TempDir()}
	r.cli = acctest.NewBinaryCLI(t, clouds, map[string]string{
		"OKTA_CLIENT_ORGURL": "", "OKTA_API_TOKEN": "", "TF_VAR_okta_api_token": clouds.Ready.OktaToken,
		"PATH": r.programs + string(os.PathListSeparator) + os.Getenv("PATH"), "TF_CLI_ARGS_apply": "-no-color", "TF_CLI_ARGS_plan": "-no-color",
	})
	r.cli.Dir = filepath.Join(r.checkout, "okta-devices")
	if err := os.Mkdir(r.cli.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	clouds.SetOrganization(t, map[string]any{"id": "00o1abcdefGHIJKLM0h8"})
	r.cli.Write(t, "main.tf", simulated(clouds).Replace(example(t, "pull-requests/main.tf")))
	r.cli.Write(t, "plan-comment.sh", example(t, "pull-requests/plan-comment.sh"))
	r.program(t, "terraform", `if [ "$1" = init ]; then exit; fi; exec "`+acctest.Terraform(t).Path+`" "$@"`) // init needs the registry
	r.program(t, "apk", "exit")
	return r
}

// program puts a shell script into the runner's PATH.
func (r *runner) program(t *testing.T, name, script string) {
	t.Helper()
	//nolint:gosec // a program has to be executable
	if err := os.WriteFile(filepath.Join(r.programs, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
}

// note returns what a program has noted, and forgets it.
func (r *runner) note(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(r.programs, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(r.programs, name)); err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// run runs a script in a folder of the checkout, and returns its exit code and what it printed.
func (r *runner) run(t *testing.T, folder, script string, environment ...string) (code int, printed string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "sh", "-e", "-c", script) //nolint:gosec // the example's own script
	command.Dir = filepath.Join(r.checkout, folder)
	command.Env = slices.Concat(r.cli.Command(t.Context()).Env, []string{"NOTES=" + r.programs}, environment)
	output, err := command.CombinedOutput()
	if err != nil && command.ProcessState == nil {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), acctest.Plain(string(output))
}

// want checks how a part of a pipeline ended, and what it wrote.
func want(t *testing.T, what string, code, wantCode int, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s: there is no %q in\n%s", what, part, text)
		}
	}
	if code != wantCode {
		t.Errorf("%s: exit code %d, want %d:\n%s", what, code, wantCode, text)
	}
}

// revoke makes Okta refuse the pipeline's token until the returned function is called.
func (r *runner) revoke(t *testing.T) (restore func()) {
	t.Helper()
	r.clouds.SetTokens(t, "another")
	return func() { r.clouds.SetTokens(t, r.clouds.Ready.OktaToken) }
}

// stopByHand stops the only connector, as a person does.
func (r *runner) stopByHand(t *testing.T) {
	t.Helper()
	state := r.clouds.State(t)
	if len(state.Connectors) != 1 {
		t.Fatalf("the apply left %d connectors", len(state.Connectors))
	}
	r.clouds.PatchConnector(t, state.Connectors[0].UUID, map[string]any{"display_status": "STOPPED"})
}

// What each pipeline shows of a plan that failed, of one that passed, and of an organization whose token was revoked.
const (
	failedPlan  = "## ❌ The plan failed"
	createsOne  = "## 📝 1 to create, 0 to update, 0 to delete"
	badToken    = "| ❌ failed | `okta_credentials` |"
	updatesOne  = "| `sekoia_okta_device_connector.acme` | update |"
	firstMarker = "<!-- okta-devices -->\n## "
)

func TestAccExamplePipelineGitHub(t *testing.T) {
	t.Parallel()
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct{ Run string }
		}
	}
	parsed(t, "workflow.yml", &workflow)
	script := func(job string) []string {
		var scripts []string
		for _, step := range workflow.Jobs[job].Steps {
			if step.Run != "" {
				scripts = append(scripts, step.Run)
			}
		}
		return scripts
	}
	r := newRunner(t)
	r.program(t, "openssl", "echo end-of-the-comment")
	r.program(t, "gh", `case "$*" in *--jq*) cat "$NOTES/last" ;; *) echo "$*" >"$NOTES/posted"; cat comment.md >>"$NOTES/posted" ;; esac`)
	output, summary := filepath.Join(r.programs, "output"), filepath.Join(r.programs, "summary")
	comment := func() string {
		code, printed := r.run(t, "okta-devices", script("plan")[1], "GITHUB_OUTPUT="+output)
		want(t, "the comment", code, 0, printed)
		text, found := strings.CutPrefix(r.note(t, "output"), "text<<end-of-the-comment\n")
		text, ended := strings.CutSuffix(text, "\nend-of-the-comment\n")
		if !found || !ended {
			t.Errorf("the job's output is %q", text)
		}
		return text
	}
	post := func(text, last, method string) {
		if err := os.WriteFile(filepath.Join(r.programs, "last"), []byte(last), 0o600); err != nil {
			t.Fatal(err)
		}
		code, printed := r.run(t, ".", script("comment")[0], "COMMENT="+text, "REPOSITORY=acme/infrastructure", "NUMBER=7")
		want(t, "the posted comment", code, 0, printed)
		want(t, "the posted comment", 0, 0, r.note(t, "posted"), "--method "+method, firstMarker)
	}
	restore := r.revoke(t)
	code, printed := r.run(t, "okta-devices", script("plan")[0])
	want(t, "a plan with a revoked token", code, 1, printed, "Okta rejected the API token (401)")
	text := comment()
	want(t, "its comment", 0, 0, text, failedPlan, badToken)
	post(text, "", "POST repos/acme/infrastructure/issues/7/comments")
	restore()
	code, printed = r.run(t, "okta-devices", script("plan")[0])
	want(t, "a plan", code, 0, printed)
	text = comment()
	want(t, "its comment", 0, 0, text, createsOne)
	post(text, "4711\n", "PATCH repos/acme/infrastructure/issues/comments/4711")
	code, printed = r.run(t, "okta-devices", script("apply")[0])
	want(t, "the apply", code, 0, printed, "Apply complete! Resources: 1 added")
	code, printed = r.run(t, "okta-devices", script("drift")[0], "GITHUB_STEP_SUMMARY="+summary)
	want(t, "the nightly plan", code, 0, printed+r.note(t, "summary"), "## ✅ No changes")
	r.stopByHand(t)
	code, printed = r.run(t, "okta-devices", script("drift")[0], "GITHUB_STEP_SUMMARY="+summary)
	want(t, "the nightly plan after a change by hand", code, 2, printed+r.note(t, "summary"), updatesOne)
}

func TestAccExamplePipelineGitLab(t *testing.T) {
	t.Parallel()
	type job struct {
		Extends      string
		BeforeScript []string `yaml:"before_script"`
		Script       []string
		AfterScript  []string `yaml:"after_script"`
	}
	var pipeline struct {
		Base                        job `yaml:".terraform"`
		Plan, Comment, Apply, Drift job
	}
	parsed(t, "gitlab-ci.yml", &pipeline)
	lines := func(parts ...[]string) string { return strings.Join(slices.Concat(parts...), "\n") }
	script := func(of job) string {
		if of.Extends != ".terraform" {
			t.Fatalf("a job extends %q", of.Extends)
		}
		return lines(pipeline.Base.BeforeScript, of.Script)
	}
	r := newRunner(t)
	r.program(t, "curl", `case "$*" in *per_page*) cat "$NOTES/last" ;; *) echo "$*" >"$NOTES/posted"; cat body.md >>"$NOTES/posted" ;; esac`)
	post := func(last, method string) string {
		if err := os.WriteFile(filepath.Join(r.programs, "last"), []byte(last), 0o600); err != nil {
			t.Fatal(err)
		}
		code, printed := r.run(t, ".", lines(pipeline.Plan.AfterScript))
		want(t, "the comment", code, 0, printed)
		code, printed = r.run(t, ".", lines(pipeline.Comment.BeforeScript, pipeline.Comment.Script),
			"CI_API_V4_URL=https://gitlab.example/api/v4", "CI_PROJECT_ID=3", "CI_MERGE_REQUEST_IID=7", "GITLAB_TOKEN=glpat-1")
		want(t, "the posted comment", code, 0, printed)
		posted := r.note(t, "posted")
		want(t, "the posted comment", 0, 0, posted, "--request "+method+" ", "merge_requests/7/notes", firstMarker)
		return posted
	}
	restore := r.revoke(t)
	code, printed := r.run(t, ".", script(pipeline.Plan))
	want(t, "a plan with a revoked token", code, 1, printed, "Okta rejected the API token (401)")
	want(t, "its comment", 0, 0, post("[]", "POST"), failedPlan, badToken)
	restore()
	code, printed = r.run(t, ".", script(pipeline.Plan))
	want(t, "a plan", code, 0, printed)
	last := `[{"id":1,"body":"LGTM"},{"id":4711,"body":"<!-- okta-devices -->\n## ❌ The plan failed"}]`
	want(t, "its comment", 0, 0, post(last, "PUT"), createsOne, "/notes/4711")
	code, printed = r.run(t, ".", script(pipeline.Apply))
	want(t, "the apply", code, 0, printed, "Apply complete! Resources: 1 added")
	code, printed = r.run(t, ".", script(pipeline.Drift))
	want(t, "the nightly plan", code, 0, printed, "No changes.")
	r.stopByHand(t)
	code, printed = r.run(t, ".", script(pipeline.Drift))
	want(t, "the nightly plan after a change by hand", code, 2, printed, "enabled")
}

func TestAccExamplePipelineAtlantis(t *testing.T) {
	t.Parallel()
	var config struct {
		Repos []struct {
			Workflow             string
			AllowedOverrides     []string `yaml:"allowed_overrides"`
			AllowCustomWorkflows bool     `yaml:"allow_custom_workflows"`
		}
		Workflows map[string]struct {
			Plan, Apply struct{ Steps []any }
		}
	}
	parsed(t, "atlantis.yaml", &config)
	if len(config.Repos) != 1 || config.Repos[0].AllowCustomWorkflows || len(config.Repos[0].AllowedOverrides) != 0 {
		t.Errorf("a pull request can change its own workflow: %+v", config.Repos)
	}
	var plan string
	for _, step := range config.Workflows[config.Repos[0].Workflow].Plan.Steps {
		if run, ok := step.(map[string]any); ok {
			plan, _ = run["run"].(string)
		}
	}
	r := newRunner(t)
	file := "PLANFILE=" + filepath.Join(r.programs, "acme.tfplan")
	restore := r.revoke(t)
	code, printed := r.run(t, "okta-devices", plan, file)
	want(t, "a plan with a revoked token", code, 1, printed, "data.sekoia_okta_connection_test.acme: okta_credentials failed: Okta answered 401")
	if _, err := os.Stat(filepath.Join(r.programs, "acme.tfplan")); err == nil {
		t.Error("a failed plan leaves a plan file, which Atlantis would offer to apply")
	}
	restore()
	code, printed = r.run(t, "okta-devices", plan, file)
	want(t, "a plan", code, 0, printed, "Plan: 1 to add")
	code, printed = r.run(t, "okta-devices", `terraform apply "$PLANFILE"`, file)
	want(t, "the apply", code, 0, printed, "Apply complete! Resources: 1 added")
}

func TestAccExamplePlanComment(t *testing.T) {
	t.Parallel()
	r := newRunner(t)
	comment := func() string {
		code, printed := r.run(t, "okta-devices", "bash plan-comment.sh plan.tfplan")
		want(t, "the comment", code, 0, printed)
		return printed
	}
	want(t, "without a plan", 0, 0, comment(), "## ❌ There is no plan")
	r.cli.Write(t, "more.tf", "check \"always_fails\" {\n  assert {\n    condition     = data.sekoia_okta_connection_test.acme.okta_organization_id == \"\"\n"+
		"    error_message = \"This is the text of the check.\"\n  }\n}\n")
	r.cli.Succeed(t, "plan", "-out=plan.tfplan")
	text := comment()
	want(t, "a plan with a failed check", 0, 0, text, createsOne, "| `sekoia_okta_device_connector.acme` | create |",
		"* **check.always_fails**: This is the text of the check.", "### ✅ ")
	if strings.Contains(text, r.clouds.Ready.OktaToken) {
		t.Error("the comment shows the token")
	}
}
