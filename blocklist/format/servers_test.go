package format_test

import (
	"strings"
	"testing"

	"lachan/blocklist/format"
)

func TestDnsmasqBlocksWithoutAServer(t *testing.T) {
	f := claims(t, format.Dnsmasq, format.Options{})
	f("local=/a.example/\nserver=/b.example/\naddress=/c.example/", "tree a.example", "tree b.example", "tree c.example")
	f("address=/a.example/0.0.0.0\naddress=/b.example/::\naddress=/c.example/127.0.0.1\naddress=/d.example/#",
		"tree a.example", "tree b.example", "tree c.example", "tree d.example")
	f("address=/a.example/B.example./*.c.example/0.0.0.0", "tree a.example", "tree b.example", "tree c.example")
	f("# c\n\naddress = /a.example/ # why\n--local=/b.example/", "tree a.example", "tree b.example")

	f("server=/a.example/192.0.2.53", "- 1 forwarding: 192.0.2.53")
	f("local=/a.example/192.0.2.53#5353", "- 1 forwarding: 192.0.2.53#5353")
	f("server=/a.example/#", "tree a.example nearer allow")
	f("address=/nas.example/192.0.2.7", "- 1 real_address: 192.0.2.7")
	f("address=/#/0.0.0.0\naddress=//0.0.0.0", "- 1 too_broad: #", "- 2 local_name: //")
	f("address=/com/edu.vn/a.example/", "- 1 public_suffix: com", "- 1 public_suffix: edu.vn", "tree a.example")
	f("cache-size=1000\nserver=192.0.2.53\naddress=/a.example/x", "- 1 directive: cache-size", "- 2 not_an_entry", "- 3 not_an_entry: x")
}

func TestUnboundZonesThatBlock(t *testing.T) {
	f := claims(t, format.Unbound, format.Options{})
	f(`server:
  # c
  local-zone: "a.example." always_nxdomain
  local-zone: 'b.example' refuse
  local-zone: c.example static # why
	local-zone: "d.example" redirect
  local-data: "d.example A 0.0.0.0"
  local-data: 'e.example. 3600 IN AAAA ::'
`, "tree a.example", "tree b.example", "tree c.example", "tree d.example", "name d.example", "name e.example")
	f("local-zone: a.example deny\nlocal-zone: b.example inform_deny\nlocal-zone: c.example always_null\nlocal-zone: d.example always_refuse",
		"tree a.example", "tree b.example", "tree c.example", "tree d.example")

	f(`local-zone: "a.example" transparent`, "- 1 action: transparent")
	f(`local-zone: "a.example" inform`, "- 1 action: inform")
	f(`local-zone: "a.example"`, `- 1 not_an_entry: "a.example"`)
	f(`local-zone: "." refuse`, "- 1 too_broad: .")
	f(`local-zone: "edu.vn." refuse`, "- 1 public_suffix: edu.vn.")
	f(`local-data: "nas.example A 192.168.1.5"`, "- 1 real_address: 192.168.1.5")
	f(`local-data: "a.example TXT hello"`, "- 1 action: TXT")
	f(`local-data: "a.example"`, "- 1 bad_record: a.example")
	f(`local-data: "a.example 9 IN A 0.0.0.0"`+"\n"+`local-data: "b.example 0 A 0.0.0.0"`, "name a.example", "name b.example")
	f("verbosity: 1\nprose", "- 1 directive: verbosity", "- 2 not_an_entry")
}

const zoneHead = `$TTL 300
$ORIGIN rpz.example.
@ IN SOA ns.rpz.example. admin.rpz.example. (
	2026110101 ; serial
	3600 600 604800 300 )
  IN NS ns.rpz.example.
`

func TestZoneTriggersAndActions(t *testing.T) {
	f := claims(t, format.RPZ, format.Options{})
	f(zoneHead+"a.example CNAME .\n*.a.example CNAME .", "name a.example nxdomain", "below a.example nxdomain")
	f(zoneHead+"a.example 60 IN CNAME *. ; no data\nb.example CNAME rpz-drop.\nc.example CNAME walled.garden.example.\nd.example CNAME rpz-tcp-only.",
		"name a.example nodata", "name b.example drop", "name c.example data CNAME walled.garden.example.", "name d.example tcp-only")
	f(zoneHead+"a.example A 192.0.2.1\n AAAA 2001:db8::1\nb.example TXT \"a ; b\"",
		"name a.example data A 192.0.2.1", "name a.example data AAAA 2001:db8::1", `name b.example data TXT "a ; b"`)
	f(zoneHead+"A.Example.RPZ.example. CNAME RPZ-PASSTHRU.\nb.example CNAME b.example.", "name a.example passthru", "name b.example passthru")
	f(zoneHead+"32.1.2.0.192.rpz-ip CNAME .\n24.0.2.0.192.rpz-ip CNAME rpz-passthru.\n48.zz.1.db8.2001.rpz-ip CNAME .\n128.1.zz.db8.2001.rpz-ip CNAME .",
		"prefix 192.0.2.1/32 nxdomain", "prefix 192.0.2.0/24 passthru", "prefix 2001:db8:1::/48 nxdomain", "prefix 2001:db8::1/128 nxdomain")
	f("$TTL 1h\n@ SOA localhost. root.localhost. 1 2 3 4 5\n NS localhost.\na.example CNAME .", "name a.example nxdomain") // no $ORIGIN
	f("a.example.rpz.example. IN SOA x. x. 1 2 3 4 5\nbad.example.a.example.rpz.example. CNAME .", "name bad.example nxdomain")

	f(zoneHead+"24.0.0.0.10.rpz-client-ip CNAME rpz-passthru.\nns.example.rpz-nsdname CNAME .\n32.1.2.0.192.rpz-nsip CNAME .",
		"client prefix 10.0.0.0/24 passthru", "- 8 trigger: rpz-nsdname", "- 9 trigger: rpz-nsip")
	f(zoneHead+"33.1.2.0.192.rpz-ip CNAME .\nx.rpz-ip CNAME .\n8.0.0.0.10.rpz-ip CNAME .", "- 7 bad_address: 33.1.2.0.192.rpz-ip",
		"- 8 bad_address: x.rpz-ip", "prefix 10.0.0.0/8 nxdomain")
	f(zoneHead+"*.b?d.example CNAME .\nc.example CNAME .", "- 7 bad_name: b?d.example", "name c.example nxdomain")
	f(zoneHead+"* CNAME .\n*.vn CNAME .\ncom CNAME .", "below . nxdomain", "below vn nxdomain", "name com nxdomain")
	f(zoneHead+"router A 192.168.1.1\n*.local CNAME .\n10.zz.fe80.rpz-ip CNAME *.\n8.0.0.0.127.rpz-ip CNAME .\n0.0.0.0.0.rpz-ip CNAME .",
		"name router data A 192.168.1.1", "below local nxdomain", "prefix fe80::/10 nodata", "prefix 127.0.0.0/8 nxdomain", "prefix 0.0.0.0/0 nxdomain")
	f(zoneHead+"a.other.test. CNAME .", "- 7 out_of_zone: a.other.test.")
	f(zoneHead+"\n \t\nc\tCNAME .\nd.example CNAME .", "name c nxdomain", "name d.example nxdomain")
	f("$ORIGIN rpz.example.\nc CNAME .", "name c nxdomain") // a zone without its own records
	f(zoneHead+"128.1.0.0.zz.0.db8.2001.rpz-ip CNAME .\n32.201.c000.ffff.zz.rpz-ip CNAME .\n32.zz.rpz-ip CNAME .\n129.1.zz.2001.rpz-ip CNAME .",
		"prefix 2001:db8::1/128 nxdomain", "prefix 192.0.2.1/32 nxdomain", "prefix ::/32 nxdomain", "- 10 bad_address: 129.1.zz.2001.rpz-ip")
	f("$ORIGIN rpz.example.\n$ORIGIN sub.rpz.example.\na CNAME .", "name a.sub nxdomain") // the first is the zone
	f(zoneHead+"$INCLUDE /etc/hosts\n$GENERATE 1-9 a$ CNAME .", "- 7 directive: $INCLUDE", "- 8 directive: $GENERATE")
	f(zoneHead+"a.example CNAME\nb.example CNAME .", `- 7 bad_record: dns: not a TTL: "CNAME" at line: 1:15`, "name b.example nxdomain")
}

func TestAnOpenParenthesisTakesTwentyLinesAtMost(t *testing.T) {
	got := read(t, format.RPZ, format.Options{}, "a.example TXT (\n"+strings.Repeat("b.example CNAME .\n", 30))
	rules, rejects := 0, 0
	for _, s := range got {
		if strings.HasPrefix(s, "-") {
			rejects++
		} else {
			rules++
		}
	}
	if rules != 11 || rejects != 20 {
		t.Errorf("%d rules and %d rejects, want 11 and 20: %q", rules, rejects, got)
	}
	f := claims(t, format.RPZ, format.Options{})
	f("a.example TXT (\nb.example CNAME .", "- 1 bad_record", "- 2 bad_record") // open at the end
}
