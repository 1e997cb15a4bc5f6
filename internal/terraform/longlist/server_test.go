// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package longlist_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/terraform/longlist"
)

// thing has a field of each kind.
type thing struct {
	name  *string
	on    *bool
	count *int64
	parts []part
}

type part struct{ name *string }

var (
	parts  = longlist.NewTable(longlist.Value("name", "", func(p *part) **string { return &p.name }))
	things = longlist.NewTable(
		longlist.Value("name", "", func(of *thing) **string { return &of.name }),
		longlist.Value("on", "", func(of *thing) **bool { return &of.on }),
		longlist.Number("count", "", func(of *thing) *int64 { return of.count }),
		longlist.Objects("parts", "", parts, func(of *thing) []part { return of.parts }),
	)
)

// madeUp is a provider with one data source, which reads what it is made with.
type madeUp struct {
	read longlist.Results
	fail bool
	// state, if set, takes the place of the data source's own.
	state func(tftypes.Value) tftypes.Value
}

func (madeUp) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "made"
}
func (madeUp) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse)          {}
func (madeUp) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}
func (madeUp) Resources(context.Context) []func() resource.Resource                              { return nil }
func (m madeUp) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return source(m) }}
}

type source madeUp

func (source) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_up"
}

func (source) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"filter": schema.StringAttribute{Optional: true},
		"ids":    schema.ListAttribute{Computed: true, ElementType: types.StringType},
		"things": things.Attribute(""),
		"total":  schema.Int64Attribute{Computed: true},
	}}
}

func (s source) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	longlist.SetState(ctx, req, resp, s.read)
	if resp.Diagnostics.HasError() {
		return
	}
	if s.fail {
		resp.Diagnostics.AddError("failed", "after the lists")
	}
	if s.state != nil {
		resp.State.Raw = s.state(resp.State.Raw)
	}
}

// objectType is the data source's.
var objectType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{
	"filter": tftypes.String, "total": tftypes.Number, "ids": tftypes.List{ElementType: tftypes.String},
	"things": tftypes.List{ElementType: things.Type().TerraformType(context.Background())},
}}

// frameworkOf is the framework's own server.
func frameworkOf(t *testing.T, of provider.Provider) longlist.Framework {
	t.Helper()
	framework, ok := providerserver.NewProtocol6(of)().(longlist.Framework)
	if !ok {
		t.Fatal("the framework's server does something else")
	}
	return framework
}

// ask reads the data source through a server.
func ask(t *testing.T, server tfprotov6.ProviderServer) (*tfprotov6.ReadDataSourceResponse, error) {
	t.Helper()
	values := map[string]tftypes.Value{}
	for name, kind := range objectType.AttributeTypes {
		values[name] = tftypes.NewValue(kind, nil)
	}
	values["filter"] = tftypes.NewValue(tftypes.String, "é")
	config, err := tfprotov6.NewDynamicValue(objectType, tftypes.NewValue(objectType, values))
	if err != nil {
		t.Fatal(err)
	}
	return server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: "made_up", Config: &config})
}

// some makes up lists: all lengths at which MessagePack changes its form come, of texts and of lists.
func some(random *rand.Rand) longlist.Results {
	letters := []rune("ab é漢🦊\x00\"\\\u202e\u0301")
	lengths := []int{0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536}
	text := func() *string {
		if random.IntN(3) == 0 {
			return nil
		}
		length := random.IntN(40)
		if random.IntN(50) == 0 {
			length = lengths[random.IntN(len(lengths))]
		}
		made := make([]rune, length)
		for index := range made {
			made[index] = letters[random.IntN(len(letters))]
		}
		if random.IntN(2) == 0 {
			return new(strings.Repeat("a", length)) // whose length in bytes is that in letters
		}
		return new(string(made))
	}
	list := make([]thing, []int{0, 1, 15, 16, 63, 64, 65, 300}[random.IntN(8)])
	for index := range list {
		list[index].name = text()
		if random.IntN(3) > 0 {
			list[index].on = new(random.IntN(2) == 0)
		}
		if random.IntN(3) > 0 {
			list[index].count = new(random.Int64() >> random.IntN(64) * int64(1-2*random.IntN(2)))
		}
		if random.IntN(3) > 0 {
			list[index].parts = make([]part, random.IntN(20))
			for at := range list[index].parts {
				list[index].parts[at].name = text()
			}
		}
	}
	ids := make(longlist.Texts, random.IntN(20))
	for index := range ids {
		ids[index] = fmt.Sprint("id", index)
	}
	return longlist.Results{
		Values: map[string]attr.Value{"total": types.Int64Value(random.Int64N(1 << 40))},
		Lists:  map[string]longlist.List{"things": things.List(list), "ids": ids},
	}
}

// TestServerAnswersAsTheFramework holds the bytes of both paths against each other.
func TestServerAnswersAsTheFramework(t *testing.T) {
	t.Parallel()
	seeds := uint64(100)
	if testing.Short() {
		seeds = 10
	}
	for seed := range seeds {
		read := some(rand.New(rand.NewPCG(seed, 0))) //nolint:gosec // a test's, and the same each time
		framework := frameworkOf(t, madeUp{read: read})
		want, err := ask(t, framework)
		if err != nil || len(want.Diagnostics) > 0 {
			t.Fatal(err, want)
		}
		got, err := ask(t, longlist.Server(framework))
		if err != nil || len(got.Diagnostics) > 0 {
			t.Fatal(err, got)
		}
		if string(want.State.MsgPack) != string(got.State.MsgPack) {
			t.Fatalf("seed %d: the state is\n%q, want\n%q", seed, got.State.MsgPack, want.State.MsgPack)
		}
	}
}

// TestServerWritesTheLists makes sure that the comparison above is one of two different paths.
func TestServerWritesTheLists(t *testing.T) {
	t.Parallel()
	seen := tftypes.Value{}
	made := madeUp{
		read:  longlist.Results{Lists: map[string]longlist.List{"ids": longlist.Texts{"one"}}},
		state: func(state tftypes.Value) tftypes.Value { seen = state; return state },
	}
	answer, err := ask(t, longlist.Server(frameworkOf(t, made)))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(seen.String(), "one") || !strings.Contains(string(answer.State.MsgPack), "one") {
		t.Errorf("the framework had the list: %s", seen)
	}
}

func TestServerKeepsReadsApart(t *testing.T) {
	t.Parallel()
	var readers sync.WaitGroup
	server := longlist.Server(frameworkOf(t, &counting{}))
	answers := make([]string, 50)
	for index := range answers {
		readers.Go(func() {
			answer, err := ask(t, server)
			if err != nil {
				t.Error(err)
				return
			}
			state, err := answer.State.Unmarshal(objectType)
			if err != nil {
				t.Error(err)
				return
			}
			answers[index] = state.String()
		})
	}
	readers.Wait()
	seen := map[string]bool{}
	for _, answer := range answers {
		seen[answer] = true
	}
	if len(seen) != len(answers) {
		t.Errorf("%d reads have %d lists", len(answers), len(seen))
	}
}

// counting reads a different list each time.
type counting struct {
	madeUp
	mu    sync.Mutex
	reads int
}

// DataSources implements provider.Provider: the framework makes a data source for each read.
func (c *counting) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.reads++
		return source{read: longlist.Results{Lists: map[string]longlist.List{"ids": longlist.Texts{fmt.Sprint(c.reads)}}}}
	}}
}

func TestServerLeavesOtherAnswersAlone(t *testing.T) {
	t.Parallel()
	listOf := func(attribute string) longlist.Results {
		return longlist.Results{Lists: map[string]longlist.List{attribute: longlist.Texts{"one"}}}
	}
	lists := listOf("ids")
	null := func(tftypes.Value) tftypes.Value { return tftypes.NewValue(objectType, nil) }
	for name, test := range map[string]struct {
		made madeUp
		says []string
	}{
		"without lists":                {made: madeUp{}},
		"an error next to lists":       {made: madeUp{read: lists, fail: true}, says: []string{"after the lists"}},
		"an error without a state":     {made: madeUp{read: longlist.Results{Values: map[string]attr.Value{"total": types.StringValue("")}}}, says: []string{"build the state"}},
		"a state without attributes":   {made: madeUp{read: lists, state: null}, says: []string{"1 of 1 lists have no attribute"}},
		"a list of what is not there":  {made: madeUp{read: listOf("other")}, says: []string{"1 of 1 lists have no attribute"}},
		"a list of what has its value": {made: madeUp{read: listOf("filter")}, says: []string{"filter has a value already"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, err := ask(t, longlist.Server(frameworkOf(t, test.made)))
			if err != nil {
				t.Fatal(err)
			}
			if len(answer.Diagnostics) != len(test.says) {
				t.Fatalf("the diagnostics are %v, want %q", answer.Diagnostics, test.says)
			}
			for index, want := range test.says {
				if got := answer.Diagnostics[index]; got.Severity != tfprotov6.DiagnosticSeverityError || !strings.Contains(got.Detail, want) {
					t.Errorf("the error is %q, want %q", got.Detail, want)
				}
			}
		})
	}
}
