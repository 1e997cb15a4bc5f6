// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package network_test

import (
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/provider"
)

// old are versions of TLS that only a test's server may speak.
var old = regexp.MustCompile(`VersionTLS1[01]\b|VersionSSL30`)

func TestNothingSpeaksOldTLS(t *testing.T) {
	t.Parallel()
	read := 0
	err := filepath.WalkDir("../../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		content, err := os.ReadFile(path) //nolint:gosec // the module's own files
		if err != nil {
			return err
		}
		read++
		if found := old.Find(content); found != nil && !strings.HasSuffix(path, "_test.go") {
			t.Errorf("%s has %s", path, found)
		}
		return nil
	})
	if err != nil || read < 100 {
		t.Errorf("%d files were read: %v", read, err)
	}
}

func TestNoSettingTurnsVerificationOff(t *testing.T) {
	t.Parallel()
	asked := map[string]bool{}
	lookup := func(name string) (string, bool) {
		asked[name] = true
		return "", false
	}
	server := provider.NewServer(provider.New("test", provider.Environment{Lookup: lookup, Dial: (&net.Dialer{}).DialContext}))()
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	suspicious := regexp.MustCompile(`(?i)insecure|skip|verif|tls|ssl`)
	var look func(where string, attributes []*tfprotov6.SchemaAttribute)
	look = func(where string, attributes []*tfprotov6.SchemaAttribute) {
		for _, attribute := range attributes {
			if suspicious.MatchString(attribute.Name) {
				t.Errorf("%s.%s", where, attribute.Name)
			}
			if attribute.NestedType != nil {
				look(where+"."+attribute.Name, attribute.NestedType.Attributes)
			}
		}
	}
	look("provider", schema.Provider.Block.Attributes)
	for name, resource := range schema.ResourceSchemas {
		look(name, resource.Block.Attributes)
	}
	empty, err := tfprotov6.NewDynamicValue(schema.Provider.ValueType(), emptyObject(schema.Provider.ValueType()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: &empty}); err != nil {
		t.Fatal(err)
	}
	for name := range asked {
		if suspicious.MatchString(name) {
			t.Errorf("the variable %s", name)
		}
	}
	if !asked["HTTPS_PROXY"] {
		t.Error("the environment was not asked")
	}
}

func emptyObject(typ tftypes.Type) tftypes.Value {
	attributes := map[string]tftypes.Value{}
	if object, ok := typ.(tftypes.Object); ok {
		for name, attribute := range object.AttributeTypes {
			attributes[name] = tftypes.NewValue(attribute, nil)
		}
	}
	return tftypes.NewValue(typ, attributes)
}
