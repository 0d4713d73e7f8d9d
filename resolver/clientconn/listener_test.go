package clientconn_test

import (
	"net"
	"net/netip"
	"testing"

	"lachan/resolver/clientconn"
)

// A client with a link-local address is the same over every transport: over UDP its
// packets tell no zone, and prefixes hold no address that has one.
func TestAZoneMakesNoOtherClient(t *testing.T) {
	ip, prefixes := net.ParseIP("fe80::5"), []netip.Prefix{netip.MustParsePrefix("fe80::/10")}
	for _, a := range []net.Addr{
		&net.TCPAddr{IP: ip, Zone: "eth0"}, &net.UDPAddr{IP: ip, Zone: "eth0"}, &net.TCPAddr{IP: ip},
	} {
		client := clientconn.AddrOf(a)
		if client != netip.MustParseAddr("fe80::5") || !clientconn.Contains(prefixes, client) {
			t.Errorf("%s is %s", a, client)
		}
	}
	if client := clientconn.AddrOf(&net.TCPAddr{IP: net.ParseIP("::ffff:192.0.2.1")}); client != netip.MustParseAddr("192.0.2.1") {
		t.Errorf("a mapped address is %s", client)
	}
}
