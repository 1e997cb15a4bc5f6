// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package connector_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const (
	address        = "sekoia_okta_device_connector.test"
	connectorsPath = "/v1/symphony/connector-configurations"
	accountsPath   = "/v1/symphony/module-configurations"
	devicesPath    = "/api/v1/devices"
	wellKnownPath  = "/.well-known/okta-organization"
)

// set is the values of variables of testdata/connector/main.tf.
type set map[string]any

// variables are those of testdata/connector for the clouds, with changes; nil unsets one.
func variables(clouds *acctest.Clouds, changes ...set) config.Variables {
	values := clouds.Variables(nil)
	for _, change := range changes {
		for name, value := range change {
			switch value := value.(type) {
			case nil:
				delete(values, name)
			case string:
				values[name] = config.StringVariable(value)
			case bool:
				values[name] = config.BoolVariable(value)
			case map[string]string:
				elements := map[string]config.Variable{}
				for key, element := range value {
					elements[key] = config.StringVariable(element)
				}
				values[name] = config.MapVariable(elements)
			default:
				panic(fmt.Sprintf("a variable of type %T", value)) // a mistake in a test
			}
		}
	}
	return values
}

// apply is a step that applies testdata/connector.
func apply(clouds *acctest.Clouds, changes ...set) resource.TestStep {
	return resource.TestStep{ConfigDirectory: config.StaticDirectory("testdata/connector"), ConfigVariables: variables(clouds, changes...)}
}

// refused is a step whose plan or apply fails with a text, written with any white space between its words.
func refused(clouds *acctest.Clouds, want string, changes ...set) resource.TestStep {
	step := apply(clouds, changes...)
	step.ExpectError = words(want)
	return step
}

// planOnly makes a step end with its plan.
func planOnly(step resource.TestStep) resource.TestStep {
	step.PlanOnly = true
	return step
}

// words matches a text however Terraform breaks its lines.
func words(text string) *regexp.Regexp {
	fields := strings.Fields(text)
	for i, field := range fields {
		fields[i] = regexp.QuoteMeta(field)
	}
	return regexp.MustCompile(strings.Join(fields, `[\s│]+`))
}

// unchanged is a step in which nothing is planned.
func unchanged(clouds *acctest.Clouds, changes ...set) resource.TestStep {
	step := apply(clouds, changes...)
	step.ConfigPlanChecks = resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	return step
}

// planned adds the action that a step's plan has to have for the connector.
func planned(action plancheck.ResourceActionType, step resource.TestStep) resource.TestStep {
	step.ConfigPlanChecks.PreApply = append(step.ConfigPlanChecks.PreApply, plancheck.ExpectResourceAction(address, action))
	return step
}

// before runs something ahead of a step.
func before(do func(), step resource.TestStep) resource.TestStep {
	step.PreConfig = do
	return step
}

// after checks something behind a step's apply.
func after(step resource.TestStep, check func(*terraform.State) error) resource.TestStep {
	step.Check = check
	return step
}

// nothingLeft checks that a destroy left neither account nor connector in Sekoia.
func nothingLeft(t *testing.T, clouds *acctest.Clouds) func(*terraform.State) error {
	t.Helper()
	return func(*terraform.State) error {
		if held := inSekoia(t, clouds); len(held.connectors) > 0 || len(held.accounts) > 0 {
			return fmt.Errorf("left in Sekoia: %+v", held)
		}
		return nil
	}
}

// held is what Sekoia holds, without what is deleted.
type held struct {
	accounts   []acctest.Account
	connectors []acctest.Connector
}

func inSekoia(t *testing.T, clouds *acctest.Clouds) held {
	t.Helper()
	var h held
	state := clouds.State(t)
	for _, account := range state.Accounts {
		if !account.Deleted {
			h.accounts = append(h.accounts, account)
		}
	}
	for _, connector := range state.Connectors {
		if !connector.Deleted {
			h.connectors = append(h.connectors, connector)
		}
	}
	return h
}

// onePair returns the only account and the only connector in Sekoia, the one on the other.
func onePair(t *testing.T, clouds *acctest.Clouds) (acctest.Account, acctest.Connector) {
	t.Helper()
	h := inSekoia(t, clouds)
	if len(h.accounts) != 1 || len(h.connectors) != 1 || h.connectors[0].ModuleConfigurationUUID != h.accounts[0].UUID {
		t.Fatalf("want one account and one connector on it, got %+v", h)
	}
	return h.accounts[0], h.connectors[0]
}

// noWrite checks that no call that writes reached Sekoia since the log was reset.
func noWrite(t *testing.T, clouds *acctest.Clouds) {
	t.Helper()
	if writes := clouds.Requests(t).Of(acctest.Sekoia).Writes(); len(writes) > 0 {
		t.Errorf("calls that write reached Sekoia:\n%s", writes)
	}
}

// attribute returns an attribute of the connector in a state.
func attribute(state *terraform.State, name string) string {
	return state.RootModule().Resources[address].Primary.Attributes[name]
}

// answer is a fault that answers so, as often as it is asked.
func answer(cloud, method, path string, status int, body any) acctest.Fault {
	return acctest.Fault{Cloud: cloud, Method: method, Path: path, Kind: "status", Status: status, Body: body}
}

// once limits a fault to one call.
func once(fault acctest.Fault) acctest.Fault {
	n := 1
	fault.Times = &n
	return fault
}

func oktaError(code, summary string) map[string]any {
	return map[string]any{"errorCode": code, "errorSummary": summary, "errorLink": code, "errorId": "oaeTest", "errorCauses": []any{}}
}

// oktaDown lets no call to Okta through but the connector's own.
var oktaDown = answer(acctest.Okta, "", "", http.StatusServiceUnavailable, map[string]any{})
