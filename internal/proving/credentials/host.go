// Copyright (c) the terraform-provider-sekoia authors
// SPDX-License-Identifier: MPL-2.0

package credentials

import "strings"

// The names of the world.
const (
	ownHost    = "acme.okta.com"
	sekoiaHost = "api.sekoia.io"
	customHost = "login.acme.example"
	listedHost = "okta.inside.example:8443"
	evilHost   = "evil.example"
)

// Rule says when a URL is right.
type Rule int

// The rules. The zero value is for what is refused.
const (
	// Never is what no credential goes to.
	Never Rule = iota
	// Always is one of the cloud's own, written in one way or another.
	Always
	// Proved is a custom domain that the organization names: allowed if the credential was tested.
	Proved
	// Listed is a host that the environment may list.
	Listed
	// Loopback is this machine: right for Sekoia, and for Okta only if Sekoia is on this machine too.
	Loopback
)

// Host is a URL as somebody writes it.
type Host struct {
	// Name is what the table calls it.
	Name string
	// text is the URL. OWN stands for the cloud's own host, DOMAIN for its domain.
	text string
	rule Rule
	// origin is where it leads, if that is not text itself without a slash at its end.
	origin string
	// harmless reports whether it leads to Okta itself, but not to an organization: refused as useless.
	harmless bool
	// odd reports whether a service may refuse what is right.
	odd bool
	// cloud is the only one that it is about; "": both.
	cloud string
}

// URL is the text for a cloud.
func (h Host) URL(cloud string) string {
	own, domain := ownHost, "okta.com"
	if cloud == sekoia {
		own, domain = sekoiaHost, "sekoia.io"
	}
	return strings.NewReplacer("UPPER", strings.ToUpper(own), "OWN", own, "DOMAIN", domain, "WIDE", wide(own)).Replace(h.text)
}

// Origin is where it leads, if anywhere.
func (h Host) Origin(cloud string) string {
	if h.origin != "" {
		return Host{text: h.origin}.URL(cloud)
	}
	return strings.TrimRight(h.URL(cloud), "/")
}

// wide writes ASCII letters in full width.
func wide(text string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'ａ'
		}
		return r
	}, text)
}

// Hosts are those for a cloud.
func Hosts(cloud string) []Host {
	var hosts []Host
	for _, group := range [][]Host{allowed(), lookalikes(), tricks(), letters(), addresses(), ports(), shapes()} {
		for _, host := range group {
			if host.cloud == "" || host.cloud == cloud {
				hosts = append(hosts, host)
			}
		}
	}
	return hosts
}

func allowed() []Host {
	own := "https://OWN"
	hosts := []Host{
		{Name: "the own host", text: own, rule: Always},
		{Name: "upper case", text: "https://UPPER", rule: Always, origin: own},
		{Name: "a scheme in upper case", text: "HTTPS://OWN", rule: Always, odd: true, origin: own},
		{Name: "a slash at the end", text: "https://OWN/", rule: Always},
		{Name: "port 443", text: "https://OWN:443", rule: Always, origin: own},
		{Name: "a confirmed custom domain", text: "https://" + customHost, rule: Proved, cloud: okta},
		{Name: "a host that may be listed", text: "https://" + listedHost, rule: Listed, cloud: okta},
		{Name: "another region", text: "https://app.fra2.sekoia.io/api", rule: Always, origin: "https://app.fra2.sekoia.io", cloud: sekoia},
		{Name: "localhost", text: "https://localhost", rule: Loopback},
		{Name: "localhost, http, a port", text: "http://localhost:8080", rule: Loopback},
		{Name: "LOCALHOST", text: "https://LOCALHOST", rule: Loopback, origin: "https://localhost"},
		{Name: "127.0.0.1", text: "http://127.0.0.1:9", rule: Loopback},
		{Name: "127.8.8.8", text: "https://127.8.8.8", rule: Loopback},
		{Name: "::1", text: "https://[::1]:8443", rule: Loopback},
	}
	for _, domain := range []string{"oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil", "trex-gov.com"} {
		hosts = append(hosts, Host{Name: "acme." + domain, text: "https://acme." + domain, rule: Always, cloud: okta})
	}
	return hosts
}

func lookalikes() []Host {
	return named("https://", evilHost, "OWN.evil.example", "DOMAIN.evil.example", "evilDOMAIN", "acme.evilDOMAIN", "acme-DOMAIN", "OWN.com", "OWN.co",
		"OWN.DOMAIN.evil.example", "acme.okta.example", "acme.okta.net", "acme.okta.io", "acme.trexcloud.com", "acme.okta-preview.com", "acme.oktagov.com",
		"okta.com.sekoia.example", "sekoia.com", "api.sekoia.com", "localhost.evil.example", "127.0.0.1.nip.example", "localhost.DOMAIN.evil.example",
		"other.acme.example", "login.acme.example.evil.example", "xlogin.acme.example", ".DOMAIN", "metadata.google.internal", "intranet")
}

// named are hosts whose name is what is written. None is allowed.
func named(before string, texts ...string) []Host {
	hosts := make([]Host, len(texts))
	for index, text := range texts {
		hosts[index] = Host{Name: before + text, text: before + text}
	}
	return hosts
}

func tricks() []Host {
	hosts := named("https://",
		"OWN@evil.example", "OWN:443@evil.example", "OWN%40evil.example", "user:password@OWN", "user@OWN", "@OWN", "evil.example@OWN",
		"DOMAIN%2eevil.example", "evil.example%2f.DOMAIN", "evil.example%00.DOMAIN", "evil.example%23.DOMAIN", "evil.example%0a.DOMAIN", "evil.example%5c.DOMAIN",
		`OWN\@evil.example`, `evil.example\.DOMAIN`, `evil.example\@OWN`, `OWN\.evil.example`,
		"OWN#@evil.example", "evil.example#.DOMAIN", "evil.example#@OWN", "evil.example?.DOMAIN", "evil.example?@OWN", "evil.example/.DOMAIN", "evil.example/OWN",
		"evil.example;.DOMAIN", "evil.example&.DOMAIN", "evil.example,OWN", "OWN,evil.example", "evil.example$OWN", "OWN?x=@evil.example")
	hosts = append(hosts, named("", `https:\\OWN`, "https:OWN", "https:/OWN", "https:///OWN", "https:////OWN", "https:evil.example//OWN", "//OWN", "OWN",
		"http://OWN", "http://OWN:443", "HTTP://OWN", "ftp://OWN", "ws://OWN", "file:///etc/passwd", "javascript:alert(1)", "unix:///run/x", "https://", "https", ":",
		"https://https://OWN", "http://https://OWN", "https://evil.example:443:OWN")...)
	return append(hosts,
		Host{Name: "a path that names another host", text: "https://OWN/@evil.example", cloud: okta},
		Host{Name: "a path that goes up", text: "https://OWN/../../evil.example", cloud: okta},
		Host{Name: "the admin console", text: "https://acme-admin.okta.com", harmless: true, cloud: okta},
		Host{Name: "www.okta.com", text: "https://www.okta.com", harmless: true, cloud: okta},
		Host{Name: "okta.com", text: "https://okta.com", harmless: true, cloud: okta},
		Host{Name: "sekoia.io", text: "https://sekoia.io", cloud: sekoia})
}

func letters() []Host {
	escaped := func(name, text string) Host { return Host{Name: name, text: text} }
	return []Host{
		escaped("ideographic full stops (U+3002)", "https://acme。DOMAIN"), escaped("full-width full stops (U+FF0E)", "https://acme．DOMAIN"),
		escaped("half-width full stops (U+FF61)", "https://acme｡DOMAIN"), escaped("an attacker's before U+3002", "https://evil.example。DOMAIN"),
		escaped("okta。com", "https://acme.okta。com"), escaped("sekoia．io", "https://api.sekoia．io"),
		escaped("a Cyrillic o", "https://acme.\u043ekta.com"), escaped("a Cyrillic e", "https://api.s\u0435koia.io"), escaped("a Cyrillic a", "https://\u0430cme.DOMAIN"),
		escaped("the Kelvin sign", "https://acme.o\u212ata.com"), escaped("the Kelvin sign, Sekoia", "https://api.se\u212aoia.io"),
		escaped("a long s", "https://api.\u017fekoia.io"), escaped("a dotless i", "https://api.seko\u0131a.io"), escaped("a dotted I", "https://api.seko\u0130a.io"),
		escaped("full-width letters", "https://WIDE"), escaped("a soft hyphen", "https://acme.ok\u00adta.com"), escaped("a zero-width joiner", "https://acme\u200d.DOMAIN"),
		escaped("a right-to-left override", "https://\u202emoc.atko.DOMAIN"), escaped("a fraction slash", "https://evil.example\u2044.DOMAIN"),
		escaped("a full-width slash", "https://evil.example／.DOMAIN"), escaped("a full-width at", "https://OWN＠evil.example"), escaped("a division slash", "https://OWN\u2215.evil.example"),
		escaped("an account-of sign", "https://evil.example\u2100.DOMAIN"), escaped("punycode of a Cyrillic o", "https://acme.xn--kta-8cd.com"),
		escaped("punycode before the domain", "https://acme.xn--DOMAIN"), escaped("an emoji", "https://🦆.evil.example"),
	}
}

func addresses() []Host {
	return append(named("https://", "93.184.216.34", "1572395042", "0x5db8d822", "0135.0270.0330.0042", "93.184.55330", "[2606:2800:220:1::1]", "[fe80::1%25eth0]", "[::1%25lo]",
		"[::ffff:93.184.216.34]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]", "0", "169.254.169.254", "[fd00:ec2::254]", "127.1", "127.0.1", "2130706433", "0x7f000001",
		"0177.0.0.1", "127.0.0.01", "127.0.0.1.", "[0:0:0:0:0:0:0:1]", "[::0001]", "localhost.", "10.0.0.1", "255.255.255.255", "127.0.0.1.evil.example", "0x7f.1", "１２７.0.0.1", "[::1", "::1"),
		named("http://", "169.254.169.254", "10.0.0.1", "[::ffff:127.0.0.1]")...)
}

func ports() []Host {
	return append(named("https://", "OWN:8443", "OWN:80", "OWN:0443", "OWN:+443", "OWN:-443", "OWN:443443", "OWN:65979", "OWN:0", "OWN: 443", "OWN:443 ", "OWN:４４３", "OWN:443x", "OWN:443:443",
		"OWN:evil.example", "evil.example:443", "OWN:443.evil.example"), Host{Name: "an empty port", text: "https://OWN:", rule: Always, origin: "https://OWN"})
}

func shapes() []Host {
	long := strings.Repeat("a", 300)
	return []Host{
		{Name: "a dot at the end", text: "https://OWN."}, {Name: "two dots at the end", text: "https://OWN.."}, {Name: "two dots within", text: "https://acme..DOMAIN"},
		{Name: "a space before", text: " https://OWN"}, {Name: "a space behind", text: "https://OWN "}, {Name: "a space within", text: "https://OWN .evil.example"},
		{Name: "a space before the host", text: "https:// OWN"}, {Name: "a tab within", text: "https://evil.example\t.DOMAIN"}, {Name: "a tab in the scheme", text: "ht\ttps://OWN"},
		{Name: "a line break within", text: "https://evil.example\n.DOMAIN"}, {Name: "a line break behind", text: "https://OWN\n"}, {Name: "CR LF and a header", text: "https://OWN\r\nHost: evil.example"},
		{Name: "NUL within", text: "https://evil.example\x00.DOMAIN"}, {Name: "NUL behind", text: "https://OWN\x00.evil.example"}, {Name: "a control character", text: "https://OWN\x01"},
		{Name: "DEL", text: "https://OWN\x7f.evil.example"}, {Name: "a no-break space", text: "https://OWN\u00a0"}, {Name: "a line separator", text: "https://evil.example\u2028.DOMAIN"},
		{Name: "a wildcard", text: "https://*.DOMAIN"}, {Name: "an underscore", text: "https://ac_me.DOMAIN"}, {Name: "a hyphen before", text: "https://-acme.DOMAIN"},
		{Name: "a label of 300", text: "https://" + long + ".DOMAIN"}, {Name: "a name of 3000", text: "https://" + strings.Repeat("aaaaaaaaa.", 300) + "DOMAIN"},
		{Name: "empty", text: ""}, {Name: "only a space", text: " "}, {Name: "interpolation", text: "https://${OWN}"}, {Name: "braces", text: "https://{OWN}"},
		{Name: "a quote", text: `https://OWN".evil.example`}, {Name: "angle brackets", text: "https://OWN<.evil.example"}, {Name: "a pipe", text: "https://OWN|evil.example"},
	}
}
