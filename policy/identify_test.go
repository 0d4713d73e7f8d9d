package policy_test

import (
	"net/netip"
	"testing"

	"lachan/policy"
)

// TestLinkLocalClientsAreOfTheOnlySchool: by its link-local address, which every
// machine has, no client gets out of the policy.
func TestLinkLocalClientsAreOfTheOnlySchool(t *testing.T) {
	f := func(text, client, want string) {
		t.Helper()
		w := newWorld(t, "profiles: {hs: {block: [games]}, thi: {default: deny}, gv: {block: []}}\nunits:\n"+text)
		g, known := w.at(monday).Identify(netip.MustParseAddr(client))
		if known != (want != "") || known && g != w.group(want) {
			t.Errorf("%s in\n%s: group %d, known %v, want %q", client, text, g, known, want)
		}
	}
	const one = "  - {id: a, profile: hs, networks: [10.20.0.0/16], groups: [{id: gv, profile: gv, networks: [10.20.8.0/24]}, {id: nha, profile: thi}]}\n"
	const exam = "  - {id: a, profile: hs, networks: [10.20.0.0/16], groups: [{id: thi, profile: thi, networks: [10.20.9.0/24]}]}\n"
	f(one, "fe80::1234", "a")
	f(one, "fe80::1234%eth0", "a")
	f(one, "169.254.7.7", "a")
	f(one, "2001:db8::1", "")
	f(one, "10.20.8.1", "a/gv")
	f(exam, "fe80::1234", "a/thi") // it may be in the examination room
	f(one+"  - {id: b, networks: [10.30.0.0/16]}\n", "fe80::1234", "")
	f(one+"  - {id: tinh, kind: province, networks: [\"fe80::/10\"]}\n", "fe80::1234", "tinh")
	f("  - {id: tinh, kind: province, networks: [10.0.0.0/8]}\n", "fe80::1234", "")
}

func TestPoliciesThatClaimClients(t *testing.T) {
	f := func(text string, claims, v4, v6 bool) {
		t.Helper()
		p := newWorld(t, "units: ["+text+"]\n").policy
		has4, has6 := policy.Families(p)
		if policy.ClaimsClients(p) != claims || has4 != v4 || has6 != v6 {
			t.Errorf("%s: claims %v, IPv4 %v, IPv6 %v", text, policy.ClaimsClients(p), has4, has6)
		}
	}
	f("", false, false, false)
	f("{id: a}", false, false, false)
	f("{id: a, networks: [10.20.0.0/16]}", true, true, false)
	f("{id: a, networks: ['2001:db8::/48']}", true, false, true)
	f("{id: a, links: [k7f3q9x2m4w8z1c5]}", true, false, false)
	f("{id: a, devices: ['cpe:x']}", true, false, false)
}

func TestTheNetworkOfAnAddress(t *testing.T) {
	w := newWorld(t, "units: [{id: a, networks: [10.20.0.0/16, 10.20.8.1, 10.30.0.1, '2001:db8::/48', '2001:db8:1:2::/64']}]\n")
	f := func(client, want string) {
		t.Helper()
		got, known := policy.NetworkOf(w.policy, netip.MustParseAddr(client))
		if is := got.String(); known != (want != "") || known && is != want {
			t.Errorf("%s: %s, known %v, want %q", client, is, known, want)
		}
	}
	f("10.20.1.1", "10.20.0.0/16")
	f("::ffff:10.20.1.1", "10.20.0.0/16")
	f("10.20.8.1", "10.20.8.1/32")
	f("10.30.0.1", "10.30.0.1/32")
	f("10.30.0.2", "")
	f("2001:db8::1", "2001:db8::/48")
	f("2001:db8:1:2::9", "2001:db8:1:2::/64")
	f("fe80::1%eth0", "") // the only school's, but in no network
	if _, known := policy.NetworkOf(w.policy, netip.Addr{}); known {
		t.Error("no address is in a network")
	}
}
