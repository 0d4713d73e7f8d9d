package format_test

import (
	"strings"
	"testing"

	"lachan/blocklist/format"
)

// What dnsrewrite asks for becomes the answer of the rule, if the list may change
// answers.
func TestAdblockRewrites(t *testing.T) {
	may := withSubdomains
	may.Rewrites = true
	f := func(value, want string) {
		t.Helper()
		claims(t, format.Adblock, may)("||a.example^$dnsrewrite="+value, "tree a.example "+want)
	}
	f("NXDOMAIN", "rewrite nxdomain")
	f("REFUSED", "rewrite refused")
	f("NOERROR", "rewrite nodata")
	f("", "rewrite nodata")
	f("NXDOMAIN;;", "rewrite nxdomain")
	f("REFUSED;;", "rewrite refused")
	f("NOERROR;;", "rewrite nodata")
	f("192.0.2.1", "rewrite data A 192.0.2.1")
	f("2001:db8::1", "rewrite data AAAA 2001:db8::1")
	f("Other.Example", "rewrite data CNAME other.example.")
	f("NOERROR;A;192.0.2.1", "rewrite data A 192.0.2.1")
	f("NOERROR;a;192.0.2.1", "rewrite data A 192.0.2.1")
	f("NOERROR;AAAA;2001:db8::1", "rewrite data AAAA 2001:db8::1")
	f("NOERROR;CNAME;other.example", "rewrite data CNAME other.example.")
	f(`NOERROR;TXT;hello world\, # or not; $5`, `rewrite data TXT "hello world, # or not; $5"`)
	f("NOERROR;TXT;"+strings.Repeat("x", 255), `rewrite data TXT "`+strings.Repeat("x", 255)+`"`) // as long as a string may be
	f("NOERROR;TXT;"+strings.Repeat("x", 256), `rewrite data TXT "`+strings.Repeat("x", 255)+`" "x"`)
	f("NOERROR;MX;32 mail.example", "rewrite data MX 32 mail.example.")
	f("NOERROR;PTR;host.example.", "rewrite data PTR host.example.")
	f("NOERROR;SRV;10 60 8080 host.example", "rewrite data SRV 10 60 8080 host.example.")
	f("NOERROR;HTTPS;32 other.example alpn=h3", `rewrite data HTTPS 32 other.example. alpn="h3"`)
	f("NOERROR;SVCB;1 . alpn=h2", `rewrite data SVCB 1 . alpn="h2"`)
	f("192.0.2.1,important", "rewrite data A 192.0.2.1 important")
	claims(t, format.Adblock, may)("||a.example^$dnstype=HTTPS,dnsrewrite=REFUSED", "tree a.example rewrite refused types [65]")
	claims(t, format.Adblock, may)("@@||a.example^$dnsrewrite\n@@||a.example^$dnsrewrite=192.0.2.1",
		"tree a.example rewrite allow", "tree a.example rewrite data A 192.0.2.1 allow")
	claims(t, format.Adblock, may)(`/^ads\d\.example$/$dnsrewrite=192.0.2.1`, `regex ^ads\d\.example$ rewrite data A 192.0.2.1`)

	bad := func(value string) {
		t.Helper()
		claims(t, format.Adblock, may)("||a.example^$dnsrewrite="+value, "- 1 modifier: dnsrewrite="+value)
	}
	bad("A:NOERROR:192.0.2.1")
	bad("SERVFAIL")
	bad("nxdomain;")
	bad("NOERROR;A;2001:db8::1")
	bad("NOERROR;A;")
	bad("NOERROR;NS;ns.example")
	bad("NOERROR;MX;mail.example")
	bad("fe80::1%eth0")
}

// A list of strangers may only block by it.
func TestRewritesOfListsOfStrangersOnlyBlock(t *testing.T) {
	f := claims(t, format.Adblock, withSubdomains)
	f("||a.example^$dnsrewrite=NXDOMAIN\n||b.example^$dnsrewrite=NOERROR;;\n||c.example^$dnsrewrite=0.0.0.0\n||d.example^$dnsrewrite=::",
		"tree a.example rewrite nxdomain", "tree b.example rewrite nodata",
		"tree c.example rewrite data A 0.0.0.0", "tree d.example rewrite data AAAA ::")
	f("||a.example^$dnsrewrite=192.0.2.1", "- 1 other_answer: dnsrewrite=192.0.2.1")
	f("||a.example^$dnsrewrite=other.example", "- 1 other_answer: dnsrewrite=other.example")
	f("||a.example^$client=192.0.2.1\n||b.example^$ctag=device_pc", "- 1 client_modifier: client=192.0.2.1", "- 2 client_modifier: ctag=device_pc")

	claims(t, format.Hosts, withSubdomains)("192.0.2.1 a.example", "- 1 real_address: 192.0.2.1")
	may := withSubdomains
	may.Rewrites = true
	claims(t, format.Hosts, may)("192.0.2.1 a.example b.example\n0.0.0.0 c.example",
		"name a.example rewrite data A 192.0.2.1", "name b.example rewrite data A 192.0.2.1", "tree c.example")
	claims(t, format.Dnsmasq, may)("address=/a.example/192.0.2.1\naddress=/b.example/", "tree a.example rewrite data A 192.0.2.1", "tree b.example")
	claims(t, format.Unbound, may)(`local-data: "a.example. 3600 IN AAAA 2001:db8::1"`, "name a.example rewrite data AAAA 2001:db8::1")
}

// dnsmasq: the directive of the nearest name counts.
func TestDnsmasqExceptions(t *testing.T) {
	f := claims(t, format.Dnsmasq, withSubdomains)
	f("address=/a.example/\nserver=/ok.a.example/#\nlocal=/b.example/\nserver=/c.example/\nserver=/d.example/192.0.2.1",
		"tree a.example", "tree ok.a.example nearer allow", "tree b.example", "tree c.example", "- 5 forwarding: 192.0.2.1")
}
