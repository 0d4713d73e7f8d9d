package fleet_test

import (
	"net/netip"
	"strings"
	"testing"

	"lachan/cmd/lachan/config/fleet"
	"lachan/internal/wording"
)

// A cluster is named by addresses of servers, without passwords, all encrypted or none.
func TestAClusterIsNamedByItsServers(t *testing.T) {
	f := func(url, ca string, want ...string) {
		t.Helper()
		is := fleet.Default()
		is.Listen, is.URL, is.CA = netip.MustParseAddrPort("192.0.2.1:4443"), url, ca
		var said []string
		is.Check(func(path string, text wording.Text) { said = append(said, path+": "+text.EN) })
		if len(said) != len(want) {
			t.Fatalf("%s: %q and not %q", url, said, want)
		}
		for i := range want {
			if !strings.Contains(said[i], want[i]) {
				t.Errorf("%s: %q and not %q", url, said, want)
			}
		}
	}
	f("", "")
	f("tls://nats-1.example", "/ca.pem")
	f("tls://nats-1.example:4222, tls://192.0.2.7:4222,tls://[2001:db8::1]:4222", "")
	f("nats://127.0.0.1:4222", "")
	f("", "/ca.pem", "url: missing")
	f("nats-1.example:4222", "", "no address of a NATS server")
	f("tls://nats-1.example:0", "", "no address of a NATS server")
	f("tls://nats-1.example/x", "", "no address of a NATS server")
	f("tls://", "", "no address of a NATS server")
	f("tls://me:secret@nats-1.example", "", "url: no name and no password")
	f("tls://nats-1.example,nats://nats-2.example", "", "url: all servers have to be tls://")
	f(strings.Repeat("tls://nats.example,", 17)+"tls://nats.example", "", "url: 18 servers, at most 16")
	is := fleet.Default()
	is.URL = "tls://nats-1.example"
	told := 0
	is.Check(func(path string, _ wording.Text) {
		if path == "listen" {
			told++
		}
	})
	if told != 1 {
		t.Errorf("without fleet.listen it is told %d times", told)
	}
}

// Three hubs are named at each, this one among them, with where the others come to.
func TestThreeHubsAreNamedAtEach(t *testing.T) {
	f := func(address, between, url string, hubs []string, want ...string) {
		t.Helper()
		is := fleet.Default()
		is.Listen, is.Address, is.URL, is.Hubs = netip.MustParseAddrPort("0.0.0.0:4443"), address, url, hubs
		if between != "" {
			is.Between = netip.MustParseAddrPort(between)
		}
		var said []string
		is.Check(func(path string, text wording.Text) { said = append(said, path+": "+text.EN) })
		if len(said) != len(want) {
			t.Fatalf("%q: %q and not %q", hubs, said, want)
		}
		for i := range want {
			if !strings.Contains(said[i], want[i]) {
				t.Errorf("%q: %q and not %q", hubs, said, want)
			}
		}
	}
	const one, two, three, between = "hub-1.example:4443", "hub-2.example:4443", "hub-3.example:4443", "0.0.0.0:4444"
	f(two, between, "", []string{one, two, three})
	f(one, "", "", nil)
	f(one, between, "", nil, "hubs: missing")
	f(one, "", "", []string{one, two, three}, "between: missing")
	f(one, between, "", []string{one, two}, "hubs: has 2 addresses")
	f(one, between, "", []string{one, two, two}, "hubs[2]: \"hub-2.example:4443\" is there twice")
	f(one, between, "", []string{one, two, "hub-3.example"}, "hubs[2]: \"hub-3.example\" is no name")
	f("hub-4.example:4443", between, "", []string{one, two, three}, "address: \"hub-4.example:4443\" is not in fleet.hubs")
	f(one, between, "tls://nats.example", []string{one, two, three}, "url: cannot be together")
	is := fleet.Default()
	is.Address, is.Hubs, is.Between = one, []string{one, two, "[2001:db8::3]:4443"}, netip.MustParseAddrPort(between)
	nodes, hubs := is.Partners()
	if strings.Join(nodes, " ") != two+" [2001:db8::3]:4443" || strings.Join(hubs, " ") != "hub-2.example:4444 [2001:db8::3]:4444" || !is.First() {
		t.Errorf("%q %q", nodes, hubs)
	}
}
