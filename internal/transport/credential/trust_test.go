// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credential_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sekoia-io/terraform-provider-sekoia/internal/transport/credential"
)

func TestTrustOfOktaURLs(t *testing.T) {
	t.Parallel()
	const (
		refused   = credential.OktaRefused
		untrusted = credential.OktaUntrusted
		trusted   = credential.OktaTrusted
	)
	// nowhere: Sekoia is the real one and the list is empty; local: Sekoia is on this machine.
	nowhere, local := credential.Trust{}, credential.Trust{Loopback: true}
	list := credential.Trust{OktaHosts: mustHosts(t, "sso.corp.example, gw.corp.example:8443, 10.0.0.7, 127.0.0.1:9000, [::1]:9000, intranet")}
	cases := map[string]struct {
		trust credential.Trust
		url   string
		want  credential.OktaTrust
	}{
		"an organization":                          {nowhere, "https://acme.okta.com", trusted},
		"an organization with a slash":             {nowhere, "https://acme.okta.com/", trusted},
		"a next page's link":                       {nowhere, "https://acme.okta.com/api/v1/devices?after=x", trusted},
		"port 443 as written":                      {nowhere, "https://acme.okta.com:443", trusted},
		"an empty port":                            {nowhere, "https://acme.okta.com:", trusted},
		"upper case":                               {nowhere, "HTTPS://ACME.OKTA.COM", trusted},
		"preview":                                  {nowhere, "https://acme.oktapreview.com", trusted},
		"EMEA":                                     {nowhere, "https://acme.okta-emea.com", trusted},
		"government":                               {nowhere, "https://acme.okta-gov.com", trusted},
		"military":                                 {nowhere, "https://acme.okta.mil", trusted},
		"military's preview":                       {nowhere, "https://acme.trex-gov.com", trusted},
		"the administration site is Okta's":        {nowhere, "https://acme-admin.okta.com", trusted},
		"punycode below Okta's domain":             {nowhere, "https://xn--acm-dma.okta.com", trusted},
		"a custom domain":                          {nowhere, "https://login.acme.example", untrusted},
		"a custom domain in punycode":              {nowhere, "https://xn--bcher-kva.example", untrusted},
		"Okta's domain as a subdomain":             {nowhere, "https://okta.com.evil.example", untrusted},
		"an organization as a subdomain":           {nowhere, "https://acme.okta.com.evil.example", untrusted},
		"Okta's domain as a label's end":           {nowhere, "https://evilokta.com", untrusted},
		"with a dash":                              {nowhere, "https://acme.evil-okta.com", untrusted},
		"another top-level domain":                 {nowhere, "https://acme.okta.co", untrusted},
		"doubled .com":                             {nowhere, "https://acme.okta.com.com", untrusted},
		"punycode that looks like okta":            {nowhere, "https://acme.xn--kta-5cd.com", untrusted},
		"Okta's domain as the user name":           {nowhere, "https://acme.okta.com@evil.example", refused},
		"Okta's domain as the password":            {nowhere, "https://a:acme.okta.com@evil.example", refused},
		"userinfo before Okta's domain":            {nowhere, "https://user:password@acme.okta.com", refused},
		"an empty user name":                       {nowhere, "https://@acme.okta.com", refused},
		"http":                                     {nowhere, "http://acme.okta.com", refused},
		"http on port 443":                         {nowhere, "http://acme.okta.com:443", refused},
		"another scheme":                           {nowhere, "ftp://acme.okta.com", refused},
		"no scheme":                                {nowhere, "acme.okta.com", refused},
		"a scheme-relative URL":                    {nowhere, "//acme.okta.com", refused},
		"no host":                                  {nowhere, "https://", refused},
		"an opaque URL":                            {nowhere, "https:acme.okta.com", refused},
		"another port":                             {nowhere, "https://acme.okta.com:8443", refused},
		"port 80":                                  {nowhere, "https://acme.okta.com:80", refused},
		"port 0443":                                {nowhere, "https://acme.okta.com:0443", refused},
		"port 0":                                   {nowhere, "https://acme.okta.com:0", refused},
		"port 65979, which is 443 in 16 bit":       {nowhere, "https://acme.okta.com:65979", refused},
		"another port of a custom domain":          {nowhere, "https://login.acme.example:8443", refused},
		"a trailing dot":                           {nowhere, "https://acme.okta.com.", refused},
		"an empty label":                           {nowhere, "https://acme..okta.com", refused},
		"a leading dot":                            {nowhere, "https://.okta.com", refused},
		"a Cyrillic letter":                        {nowhere, "https://acme.\u043ekta.com", refused},
		"a fullwidth dot":                          {nowhere, "https://acme.okta\uff0ecom", refused},
		"an ideographic full stop":                 {nowhere, "https://acme.okta\u3002com", refused},
		"the Kelvin sign for k":                    {nowhere, "https://acme.o\u212ata.com", refused},
		"a soft hyphen":                            {nowhere, "https://acme.ok\u00adta.com", refused},
		"an underscore":                            {nowhere, "https://acme_x.okta.com", refused},
		"a label that begins with a dash":          {nowhere, "https://-acme.okta.com", refused},
		"a label that ends with a dash":            {nowhere, "https://acme-.okta.com", refused},
		"a label of 64 letters":                    {nowhere, "https://" + strings.Repeat("a", 64) + ".okta.com", refused},
		"a name of 254 letters":                    {nowhere, "https://" + strings.Repeat("a.", 123) + "okta.com", refused},
		"a private address":                        {nowhere, "https://10.0.0.1", refused},
		"the metadata address":                     {nowhere, "https://169.254.169.254", refused},
		"an IPv6 address":                          {nowhere, "https://[2001:db8::1]", refused},
		"a zone":                                   {nowhere, "https://[fe80::1%25eth0]", refused},
		"a decimal address":                        {nowhere, "https://2130706433", refused},
		"an octal address":                         {nowhere, "https://0177.0.0.1", refused},
		"a hexadecimal address":                    {nowhere, "https://0x7f000001", refused},
		"hexadecimal labels":                       {nowhere, "https://0x7f.0.0.0x1", refused},
		"a number as the last label":               {nowhere, "https://acme.okta.1", refused},
		"a single label":                           {nowhere, "https://intranet", refused},
		"loopback is not trusted by itself":        {nowhere, "https://127.0.0.1:8443", refused},
		"localhost neither":                        {nowhere, "https://localhost", refused},
		"loopback over http neither":               {nowhere, "http://127.0.0.1:8080", refused},
		"loopback where Sekoia is":                 {local, "http://127.0.0.1:8080", trusted},
		"loopback over https":                      {local, "https://127.0.0.1:8443", trusted},
		"another loopback address":                 {local, "http://127.8.9.10:80", trusted},
		"localhost where Sekoia is":                {local, "http://LOCALHOST:8080", trusted},
		"IPv6 loopback":                            {local, "http://[::1]:8080", trusted},
		"loopback with userinfo":                   {local, "http://user@127.0.0.1:8080", refused},
		"localhost with a trailing dot":            {local, "http://localhost.:8080", refused},
		"a name below localhost":                   {local, "http://okta.localhost:8080", refused},
		"localhost as a subdomain":                 {local, "https://localhost.evil.example", untrusted},
		"loopback as a subdomain":                  {local, "https://127.0.0.1.evil.example", untrusted},
		"loopback shortened":                       {local, "http://127.1:8080", refused},
		"loopback in decimal":                      {local, "http://2130706433:8080", refused},
		"loopback in octal":                        {local, "http://0177.0.0.1:8080", refused},
		"loopback in hexadecimal":                  {local, "http://0x7f.1:8080", refused},
		"the unspecified address":                  {local, "http://0.0.0.0:8080", refused},
		"IPv6's unspecified address":               {local, "http://[::]:8080", refused},
		"loopback inside IPv6":                     {local, "http://[::ffff:127.0.0.1]:8080", refused},
		"IPv6 loopback written out":                {local, "http://[0:0:0:0:0:0:0:1]:8080", refused},
		"a private address, Sekoia local":          {local, "http://10.0.0.1:8080", refused},
		"http to Okta, Sekoia local":               {local, "http://acme.okta.com", refused},
		"Okta's own domain, Sekoia local":          {local, "https://acme.okta.com", trusted},
		"loopback where the port is not one":       {local, "http://127.0.0.1:70000", refused},
		"a listed host":                            {list, "https://sso.corp.example", trusted},
		"a listed host in upper case":              {list, "https://SSO.corp.example", trusted},
		"a listed host with port 443":              {list, "https://sso.corp.example:443/x", trusted},
		"a listed host on another port":            {list, "https://sso.corp.example:8443", refused},
		"a listed host over http":                  {list, "http://sso.corp.example", refused},
		"a listed host over http on its port":      {list, "http://sso.corp.example:443", refused},
		"a listed host with a trailing dot":        {list, "https://sso.corp.example.", refused},
		"a name below a listed host":               {list, "https://evil.sso.corp.example", untrusted},
		"a listed host as a subdomain":             {list, "https://sso.corp.example.evil.example", untrusted},
		"a listed host as the user name":           {list, "https://sso.corp.example@evil.example", refused},
		"a listed port":                            {list, "https://gw.corp.example:8443", trusted},
		"443 of a host that is listed with 8443":   {list, "https://gw.corp.example", untrusted},
		"http to a listed port":                    {list, "http://gw.corp.example:8443", refused},
		"a listed address":                         {list, "https://10.0.0.7", trusted},
		"a listed name with one label":             {list, "https://intranet", trusted},
		"listed loopback":                          {list, "https://127.0.0.1:9000", trusted},
		"listed loopback over http":                {list, "http://127.0.0.1:9000", trusted},
		"listed IPv6 loopback":                     {list, "http://[::1]:9000", trusted},
		"another port of listed loopback":          {list, "http://127.0.0.1:9001", refused},
		"another loopback address than the listed": {list, "http://127.0.0.2:9000", refused},
		"Okta's own domain beside a list":          {list, "https://acme.okta.com", trusted},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(c.url)
			if err != nil {
				t.Fatal(err)
			}
			got, reason := c.trust.Okta(u)
			if got != c.want || (reason == "") != (got == trusted) {
				t.Errorf("%s is %d, want %d; the reason is %q", c.url, got, c.want, reason)
			}
		})
	}
}

func TestTrustRefusesWhatIsNotThere(t *testing.T) {
	t.Parallel()
	if got, _ := (credential.Trust{Loopback: true}).Okta(nil); got != credential.OktaRefused {
		t.Errorf("nil is %d", got)
	}
	if err := (credential.Trust{}).Sekoia(nil); err == nil {
		t.Error("the Sekoia key may go to nil")
	}
	if err := (credential.Trust{}).Sekoia(&url.URL{}); err == nil {
		t.Error("the Sekoia key may go to an empty URL, whose origin is the unset one")
	}
	built := &url.URL{Scheme: "https", Host: "evil.example\\.okta.com"}
	if got, _ := (credential.Trust{}).Okta(built); got != credential.OktaRefused {
		t.Errorf("a host with a backslash is %d", got)
	}
}

func TestTheReasonSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ url, want string }{
		"plain http":      {"http://acme.okta.com", "scheme is http"},
		"another port":    {"https://acme.okta.com:8443", "port is 8443, not 443"},
		"userinfo":        {"https://hunter2@acme.okta.com", "user name or a password"},
		"loopback":        {"https://localhost", "this machine"},
		"a custom domain": {"https://login.acme.example", "not one of Okta's own domains"},
		"an address":      {"https://10.0.0.1", "custom domain"},
		"another letter":  {"https://acme.\u043ekta.com", "ASCII"},
		"a port too high": {"https://acme.okta.com:70000", "1 to 65535"},
		"another scheme":  {"ftp://acme.okta.com", "scheme is ftp"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(c.url)
			if err != nil {
				t.Fatal(err)
			}
			_, got := credential.Trust{}.Okta(u)
			if !strings.Contains(got, c.want) || strings.Contains(got, "hunter2") {
				t.Errorf("the reason is %q, want %q in it", got, c.want)
			}
		})
	}
}

func TestTrustOfSekoiaURLs(t *testing.T) {
	t.Parallel()
	var unset credential.Trust
	set := credential.Trust{SekoiaOrigin: mustOrigin(t, "https://sekoia.corp.example:8443/api")}
	plain := credential.Trust{SekoiaOrigin: mustOrigin(t, "http://sekoia_lab.corp.example")}
	cases := map[string]struct {
		trust credential.Trust
		url   string
		may   bool
	}{
		"the first region":                      {unset, "https://api.sekoia.io", true},
		"another region, with a path":           {unset, "https://app.fra2.sekoia.io/api", true},
		"a new region":                          {unset, "https://api.xyz9.sekoia.io", true},
		"port 443 as written":                   {unset, "https://api.sekoia.io:443", true},
		"upper case":                            {unset, "https://API.SEKOIA.IO", true},
		"the domain itself":                     {unset, "https://sekoia.io", false},
		"another port":                          {unset, "https://api.sekoia.io:8443", false},
		"http":                                  {unset, "http://api.sekoia.io", false},
		"http on port 443":                      {unset, "http://api.sekoia.io:443", false},
		"as a subdomain":                        {unset, "https://api.sekoia.io.evil.example", false},
		"as a label's end":                      {unset, "https://api.evilsekoia.io", false},
		"as the user name":                      {unset, "https://api.sekoia.io@evil.example", false},
		"userinfo":                              {unset, "https://user:hunter2@api.sekoia.io", false},
		"a trailing dot":                        {unset, "https://api.sekoia.io.", false},
		"a Cyrillic letter":                     {unset, "https://api.sek\u043eia.io", false},
		"the Kelvin sign for k":                 {unset, "https://api.se\u212aoia.io", false},
		"an Okta organization":                  {unset, "https://acme.okta.com", false},
		"an address":                            {unset, "https://10.0.0.1", false},
		"loopback over http":                    {unset, "http://127.0.0.1:8080", true},
		"loopback over https":                   {unset, "https://127.1.2.3:1", true},
		"localhost":                             {unset, "http://localhost:8080", true},
		"IPv6 loopback":                         {unset, "http://[::1]:8080", true},
		"loopback with userinfo":                {unset, "http://user@localhost:8080", false},
		"loopback shortened":                    {unset, "http://127.1:8080", false},
		"loopback in decimal":                   {unset, "http://2130706433:8080", false},
		"a name below localhost":                {unset, "http://sekoia.localhost:8080", false},
		"the environment's origin":              {set, "https://sekoia.corp.example:8443/api/v1/me", true},
		"the environment's origin, unset":       {unset, "https://sekoia.corp.example:8443/api", false},
		"another port than the environment's":   {set, "https://sekoia.corp.example/api", false},
		"another scheme than the environment's": {set, "http://sekoia.corp.example:8443/api", false},
		"a name below the environment's":        {set, "https://evil.sekoia.corp.example:8443", false},
		"userinfo at the environment's origin":  {set, "https://user@sekoia.corp.example:8443", false},
		"the usual hosts beside it":             {set, "https://api.sekoia.io", true},
		"any host that the environment names":   {plain, "http://sekoia_lab.corp.example/v1/me", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(c.url)
			if err != nil {
				t.Fatal(err)
			}
			err = c.trust.Sekoia(u)
			if (err == nil) != c.may {
				t.Errorf("%s: %v", c.url, err)
			}
			if err != nil && (!strings.Contains(err.Error(), "SEKOIA_BASE_URL") || strings.Contains(err.Error(), "hunter2")) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func mustHosts(t *testing.T, value string) []credential.HostPort {
	t.Helper()
	hosts, err := credential.ParseTrustedHosts(value)
	if err != nil {
		t.Fatal(err)
	}
	return hosts
}

func TestParseTrustedHosts(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		value string
		want  []credential.HostPort
	}{
		"nothing":                       {"", nil},
		"spaces and commas":             {" , ,", nil},
		"a host alone means port 443":   {"sso.acme.example", []credential.HostPort{{Host: "sso.acme.example", Port: "443"}}},
		"a host with a port":            {"sso.acme.example:8443", []credential.HostPort{{Host: "sso.acme.example", Port: "8443"}}},
		"letters become lower case":     {"SSO.Acme.Example", []credential.HostPort{{Host: "sso.acme.example", Port: "443"}}},
		"several, with spaces":          {"a.example, b.example:1 ,", []credential.HostPort{{Host: "a.example", Port: "443"}, {Host: "b.example", Port: "1"}}},
		"addresses":                     {"10.0.0.1,[2001:db8::1],[::1]:8443", []credential.HostPort{{Host: "10.0.0.1", Port: "443"}, {Host: "2001:db8::1", Port: "443"}, {Host: "::1", Port: "8443"}}},
		"a name in punycode":            {"xn--bcher-kva.example", []credential.HostPort{{Host: "xn--bcher-kva.example", Port: "443"}}},
		"a name with one label":         {"intranet", []credential.HostPort{{Host: "intranet", Port: "443"}}},
		"the highest port":              {"a.example:65535", []credential.HostPort{{Host: "a.example", Port: "65535"}}},
		"a colon without a port is 443": {"a.example:", []credential.HostPort{{Host: "a.example", Port: "443"}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, mustHosts(t, c.value)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseTrustedHostsNamesTheItemAndTheReason(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ value, item, reason string }{
		"a scheme":                     {"a.example,https://b.example", `"https://b.example"`, "scheme"},
		"a path":                       {"a.example/x", `"a.example/x"`, "path"},
		"a query":                      {"a.example?x", `"a.example?x"`, "path"},
		"an empty query":               {"a.example?", `"a.example?"`, "path"},
		"a fragment":                   {"a.example#x", `"a.example#x"`, "path"},
		"a wildcard":                   {"*.example", `"*.example"`, "wildcards"},
		"everything":                   {"*", `"*"`, "wildcards"},
		"a user name":                  {"hunter2@a.example", `"***@a.example"`, "user name"},
		"a password":                   {"a:hunter2@a.example", `"***@a.example"`, "user name"},
		"a port that is no number":     {"a.example:https", `"a.example:https"`, "host:port"},
		"port 0":                       {"a.example:0", `"a.example:0"`, "1 to 65535"},
		"a port that is too high":      {"a.example:65536", `"a.example:65536"`, "1 to 65535"},
		"a port with a leading zero":   {"a.example:0443", `"a.example:0443"`, "1 to 65535"},
		"a trailing dot":               {"a.example.", `"a.example."`, "dot at its end"},
		"letters that are no ASCII":    {"bücher.example", `"bücher.example"`, "ASCII"},
		"an IPv6 address bare":         {"::1", `"::1"`, "[::1]"},
		"a shortened address":          {"127.1", `"127.1"`, "IP address"},
		"a decimal address":            {"2130706433", `"2130706433"`, "IP address"},
		"brackets that do not close":   {"[::1", `"[::1"`, "host:port"},
		"control characters, escaped":  {"a\x1b[31m", `\x1b[31m`, "host:port"},
		"spaces inside":                {"a b", `"a b"`, "host:port"},
		"semicolons between the hosts": {"a.example;b.example", `"a.example;b.example"`, "ASCII"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hosts, err := credential.ParseTrustedHosts(c.value)
			if err == nil {
				t.Fatalf("taken as %v", hosts)
			}
			for _, want := range []string{credential.TrustedOktaHostsVariable, c.item, c.reason} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in the error: %v", want, err)
				}
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}

func TestKindsOfHosts(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		host                  string
		okta, admin, loopback bool
	}{
		"an organization":              {host: "acme.okta.com", okta: true},
		"Okta's domain itself":         {host: "okta.com", okta: true},
		"upper case":                   {host: "ACME.OKTA.COM", okta: true},
		"an administration site":       {host: "acme-admin.okta.com", okta: true, admin: true},
		"one in upper case":            {host: "ACME-ADMIN.OKTAPREVIEW.COM", okta: true, admin: true},
		"one of EMEA":                  {host: "acme-admin.okta-emea.com", okta: true, admin: true},
		"one of the government":        {host: "acme-admin.okta-gov.com", okta: true, admin: true},
		"one of the military":          {host: "acme-admin.okta.mil", okta: true, admin: true},
		"one of the military preview":  {host: "acme-admin.trex-gov.com", okta: true, admin: true},
		"an organization called admin": {host: "admin.okta.com", okta: true},
		"admin inside a name":          {host: "acme-admin-x.okta.com", okta: true},
		"an admin host elsewhere":      {host: "acme-admin.okta.com.evil.example"},
		"okta as a label's end":        {host: "evilokta.com"},
		"a trailing dot":               {host: "acme.okta.com."},
		"nothing":                      {host: ""},
		"localhost":                    {host: "localhost", loopback: true},
		"localhost in upper case":      {host: "LocalHost", loopback: true},
		"the first loopback address":   {host: "127.0.0.1", loopback: true},
		"the last loopback address":    {host: "127.255.255.255", loopback: true},
		"after the last":               {host: "128.0.0.1"},
		"IPv6 loopback":                {host: "::1", loopback: true},
		"IPv6 loopback in brackets":    {host: "[::1]"},
		"IPv6 loopback with a zone":    {host: "::1%lo"},
		"leading zeros":                {host: "127.0.0.01"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := credential.IsOktaDomain(c.host); got != c.okta {
				t.Errorf("IsOktaDomain: %t", got)
			}
			if got := credential.IsOktaAdminHost(c.host); got != c.admin {
				t.Errorf("IsOktaAdminHost: %t", got)
			}
			if got := credential.IsLoopback(c.host); got != c.loopback {
				t.Errorf("IsLoopback: %t", got)
			}
		})
	}
}

func mustOrigin(t *testing.T, raw string) credential.Origin {
	t.Helper()
	origin, err := credential.ParseOrigin(raw)
	if err != nil {
		t.Fatalf("ParseOrigin(%q): %v", raw, err)
	}
	return origin
}
