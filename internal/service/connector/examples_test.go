// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
	"github.com/sekoia-io/terraform-provider-sekoia/internal/simulator"
)

const (
	examples = "../../../examples/"
	// exampleID is the connector's UUID in the examples of an import.
	exampleID = "0f7a3c52-9f5e-4d0b-8a53-6a3f0b5b7c11"
)

// blocks are the blocks of this kind ("action") in an example file.
func blocks(t *testing.T, file, kind string) []*hclsyntax.Block {
	t.Helper()
	parsed, problems := hclparse.NewParser().ParseHCLFile(filepath.Clean(file))
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	body, ok := parsed.Body.(*hclsyntax.Body)
	if !ok {
		t.Fatalf("%s has a %T", file, parsed.Body)
	}
	var found []*hclsyntax.Block
	for _, block := range body.Blocks {
		if block.Type == kind {
			found = append(found, block)
		}
	}
	if len(found) == 0 {
		t.Fatalf("%s has no block %s", file, kind)
	}
	return found
}

// written reads a block's texts and booleans. What refers to something else is that: the connector's UUID, say.
func written(t *testing.T, body *hclsyntax.Body, reference string) values {
	t.Helper()
	read := values{}
	for name, attribute := range body.Attributes {
		if len(attribute.Expr.Variables()) > 0 {
			read[name] = text(reference)
			continue
		}
		value, problems := attribute.Expr.Value(&hcl.EvalContext{})
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		switch kind := value.Type().FriendlyName(); kind {
		case "string":
			read[name] = text(value.AsString())
		case "bool":
			read[name] = boolean(value.True())
		default:
			t.Fatalf("%s is a %s", name, kind)
		}
	}
	return read
}

// configOf is the config block of an action or a list; none is an empty one.
func configOf(t *testing.T, block *hclsyntax.Block, reference string) values {
	t.Helper()
	for _, inner := range block.Body.Blocks {
		if inner.Type == "config" {
			return written(t, inner.Body, reference)
		}
	}
	return values{}
}

func TestSyncActionExamples(t *testing.T) {
	t.Parallel()
	for _, file := range exampleFiles(t, "actions/"+syncType+"/*.tf", 2) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			clouds, provider, id := syncable(t)
			for _, block := range blocks(t, file, "action") {
				set := configOf(t, block, id)
				encoded := dynamic(t, provider.schemas.ActionSchemas[syncType].Schema.ValueType(), set)
				if block.Labels[0] != syncType {
					t.Errorf("the example is of %s", block.Labels[0])
				}
				validated, err := provider.server.ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: syncType, Config: encoded})
				succeeded(t, err, validated.Diagnostics)
				clouds.ResetRequests(t)
				result := provider.invoke(t.Context(), t, set, nil)
				succeeded(t, nil, result.diagnostics)
				wantWrites(t, clouds, "stop", "start")
			}
		})
	}
}

// exampleFiles are the files of a pattern in the examples.
func exampleFiles(t *testing.T, pattern string, want int) []string {
	t.Helper()
	files, err := filepath.Glob(examples + pattern)
	if err != nil || len(files) != want {
		t.Fatalf("%s: %v (%v)", pattern, files, err)
	}
	return files
}

func TestListResourceExamples(t *testing.T) {
	t.Parallel()

	// The example's organization is that of a test which has no other.
	wants := map[string][]string{"all": {"Okta devices", "Okta laptops", "All devices"}, "acme": {"Okta devices", "All devices"}}
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
	for _, name := range wants["all"] {
		account, _ := byHand(t, clouds, name, clouds.Ready.CommunityID)
		clouds.PatchAccount(t, account, map[string]any{"value": map[string]any{"base_url": "https://acme.okta.com"}})
	}
	provider := speak(t, clouds, nil, nil)
	of := provider.schemas.ListResourceSchemas[connectorType].ValueType()
	for _, file := range exampleFiles(t, "list-resources/"+connectorType+"/*.tfquery.hcl", 1) {
		for _, block := range blocks(t, file, "list") {
			set := configOf(t, block, "")
			validated, err := provider.server.ValidateListResourceConfig(t.Context(), &tfprotov6.ValidateListResourceConfigRequest{
				TypeName: block.Labels[0], Config: dynamic(t, of, set),
			})
			succeeded(t, err, validated.Diagnostics)
			if got := names(t, provider.list(t.Context(), t, set, 20, true)); !slices.Equal(got, wants[block.Labels[1]]) {
				t.Errorf("%s finds %q, want %q", block.Labels[1], got, wants[block.Labels[1]])
			}
		}
	}
}

func TestImportExamples(t *testing.T) {
	t.Parallel()
	const folder = examples + "resources/" + connectorType + "/"
	shell, err := os.ReadFile(folder + "import.sh")
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(string(shell))
	provider := speak(t, acctest.Start(t), nil, nil)
	byString := written(t, blocks(t, folder+"import-by-string-id.tf", "import")[0].Body, "")
	identity, problems := blocks(t, folder+"import-by-identity.tf", "import")[0].Body.Attributes["identity"].Expr.Value(nil)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	for name, request := range map[string]*tfprotov6.ImportResourceStateRequest{
		"import.sh":              {ID: words[len(words)-1]},
		"import-by-string-id.tf": {ID: byString.is(t, "id")},
		"import-by-identity.tf":  {Identity: provider.identify(t, identity.GetAttr("id").AsString())},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request.TypeName = connectorType
			found, err := provider.server.ImportResourceState(t.Context(), request)
			succeeded(t, err, found.Diagnostics)
			if got := provider.identified(t, found.ImportedResources[0].Identity); got != exampleID {
				t.Errorf("the example imports %q", got)
			}
		})
	}
}

// TestAccListResourceBlocks plans, with the real Terraform, what terraform query -generate-config-out writes: each
// attribute that is not null, and the import. As it is, nothing changes; with a token, what an import can't give back,
// and nothing else.
func TestAccListResourceBlocks(t *testing.T) {
	t.Parallel()
	clouds := acctest.Start(t, func(c *simulator.Config) { c.Devices, c.Odd = 3, 0 })
	_, running := byHand(t, clouds, `Okta "north" ${x} %{y}`, clouds.Ready.CommunityID)
	_, stopped := byHand(t, clouds, "Okta, south", clouds.Ready.CommunityID)
	settled(t, clouds, running, 3)
	clouds.PatchConnector(t, stopped, map[string]any{"display_status": "STOPPED"})
	provider := speak(t, clouds, nil, nil)
	results := provider.list(t.Context(), t, nil, 100, true)
	cases := map[string]struct {
		token  string
		action string
		change map[string]bool // attributes that change
	}{
		"as they are": {action: "no-op", change: map[string]bool{}},
		"with a token": {
			token:  fmt.Sprintf("api_token_wo = %q\napi_token_wo_version = \"1\"\n", clouds.Ready.OktaToken),
			action: "update", change: map[string]bool{"api_token_wo_version": true, "okta_organization_id": true},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := "terraform {\n  required_providers {\n    sekoia = { source = \"sekoia-io/sekoia\" }\n  }\n}\n"
			for index, result := range results {
				file += generated(t, provider, index, &result, test.token)
			}
			cli := acctest.NewCLI(t, clouds, nil)
			cli.Write(t, "main.tf", file)
			cli.Succeed(t, "plan", "-out=plan")
			var plan plannedChanges
			cli.JSON(t, &plan, "show", "-json", "plan")
			if len(plan.Changes) != 2 {
				t.Fatalf("the plan has %d resources, want 2", len(plan.Changes))
			}
			for _, planned := range plan.Changes {
				if planned.Change.Importing == nil || !slices.Equal(planned.Change.Actions, []string{test.action}) {
					t.Errorf("%s: %v, imported: %t", planned.Address, planned.Change.Actions, planned.Change.Importing != nil)
				}
				for name, after := range planned.Change.After {
					if changes := fmt.Sprint(after) != fmt.Sprint(planned.Change.Before[name]); changes != test.change[name] {
						t.Errorf("%s: %s goes from %v to %v", planned.Address, name, planned.Change.Before[name], after)
					}
				}
			}
		})
	}
}

// plannedChanges is what terraform show -json tells of a plan.
type plannedChanges struct {
	Changes []struct {
		Address string `json:"address"`
		Change  struct {
			Actions       []string `json:"actions"`
			Before, After map[string]any
			Importing     *struct{} `json:"importing"`
		} `json:"change"`
	} `json:"resource_changes"`
}

// generated is what Terraform writes for a result: the configuration that the provider makes of the data, and the
// import.
func generated(t *testing.T, provider *protocol, index int, result *tfprotov6.ListResourceResult, more string) string {
	t.Helper()
	made, err := provider.server.GenerateResourceConfig(t.Context(), &tfprotov6.GenerateResourceConfigRequest{TypeName: connectorType, State: result.Resource})
	succeeded(t, err, made.Diagnostics)
	var block strings.Builder
	fmt.Fprintf(&block, "resource %q \"c%d\" {\n%s", connectorType, index, more)
	for name, value := range attributesOf(t, provider.resourceType(), made.Config) {
		switch {
		case value.IsNull():
		case value.Type().Is(tftypes.Bool):
			var is bool
			if err := value.As(&is); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&block, "%s = %t\n", name, is)
		default:
			escaped := strings.NewReplacer("${", "$${", "%{", "%%{").Replace(values{name: value}.is(t, name))
			fmt.Fprintf(&block, "%s = %q\n", name, escaped)
		}
	}
	fmt.Fprintf(&block, "}\n\nimport {\n  to = %s.c%d\n  id = %q\n}\n", connectorType, index, provider.identified(t, result.Identity))
	return block.String()
}
