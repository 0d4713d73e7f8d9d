package upstream_test

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lachan/resolver/upstream"
)

func TestParseServer(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		got, err := upstream.ParseServer(text)
		if err != nil || got.String() != want {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
		if again, err := upstream.ParseServer(got.String()); err != nil || again != got {
			t.Errorf("%q: its own text %q is read as %q, %v", text, got, again, err)
		}
	}
	f("1.1.1.1", "1.1.1.1:53")
	f("1.1.1.1:5353", "1.1.1.1:5353")
	f("udp://1.1.1.1", "1.1.1.1:53")
	f("tcp://1.1.1.1:5353", "tcp://1.1.1.1:5353")
	f("2606:4700::1111", "[2606:4700::1111]:53")
	f("[2606:4700::1111]", "[2606:4700::1111]:53")
	f("[2606:4700::1111]:5353", "[2606:4700::1111]:5353")
	f("tcp://[2606:4700:0::1111]", "tcp://[2606:4700::1111]:53")
	f("fe80::1%eth0", "[fe80::1%eth0]:53")
	f("::ffff:192.0.2.1", "192.0.2.1:53")
	f("system", "system")
	f("tls://9.9.9.9", "tls://9.9.9.9:853")
	f("tls://[2620:fe::fe]:8853", "tls://[2620:fe::fe]:8853")
	f("tls://DNS.Example.", "tls://dns.example:853")
	f("tls://dns.example:8853#ip=192.0.2.1&ip=2001:db8:0::1", "tls://dns.example:8853#ip=192.0.2.1&ip=2001:db8::1")
	f("https://9.9.9.9", "https://9.9.9.9:443/dns-query")
	f("https://dns.example:8443/q?a=b#http=3&ip=192.0.2.1", "https://dns.example:8443/q?a=b#ip=192.0.2.1&http=3")
	f("quic://dns.example", "quic://dns.example:853")
	f("tls://dns.example#pin="+aPin+"&ip=192.0.2.1", "tls://dns.example:853#ip=192.0.2.1&pin="+aPin)
}

// aPin is the digest of no key in particular.
const aPin = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

func TestServersThatAreMistakes(t *testing.T) {
	f := func(text, says string) {
		t.Helper()
		_, err := upstream.ParseServer(text)
		var mistake *upstream.ConfigError
		if !errors.As(err, &mistake) {
			t.Errorf("%q: %v", text, err)
			return
		}
		if !strings.Contains(mistake.Text.EN, says) || strings.Contains(err.Error(), "%!") {
			t.Errorf("%q: %v", text, err)
		}
	}
	f("", "is empty")
	f("dns.example", "not a host name")
	f("udp://dns.example:53", "not a host name")
	f("1.1.1", "not an IP address")
	f("1.1.1.1.1", "not an IP address")
	f(" 1.1.1.1", "not an IP address")
	f("1.1.1.1,8.8.8.8", "not an IP address")
	f("1.1.1.1/32", "not an IP address")
	f("[1.1.1.1]:53", "not an IP address")
	f("[2606:4700::1111", "not an IP address")
	f("[2606:4700::1111]53", "not an IP address")
	f("udp://", "not an IP address")
	f("1.1.1.1:", "port")
	f("1.1.1.1:0", "port")
	f("1.1.1.1:65536", "port")
	f("1.1.1.1:dns", "port")
	f("1.1.1.1:+53", "port")
	f("[2606:4700::1111]:x", "port")
	f("0.0.0.0", "address of one host")
	f("[::]:53", "address of one host")
	f("224.0.0.251", "address of one host")
	f("255.255.255.255", "address of one host")
	f("http://1.1.1.1", "not supported")
	f("system://", "not supported")
	f("tls://", "usable host name")
	f("tls://dns", "usable host name")
	f("tls://1.1.1", "usable host name")
	f("tls://dns.example/", "usable host name")
	f("tls://dns..example", "usable host name")
	f("tls://dns.example:0", "port 853")
	f("tls://0.0.0.0", "address of one host")
	f("tls://9.9.9.9#ip=9.9.9.9", "ip=")
	f("tls://dns.example#ip=dns.example", "ip=")
	f("tls://dns.example#ip=", "ip=")
	f("tls://dns.example#pin=AAAA", "pin=")
	f("tls://dns.example#ip=9.9.9.9&sni=x", "\"sni\"")
	f("https://dns.example/a b", "the path")
	f("https://dns.example/%zz", "the path")
	f("https://user@dns.example/", "usable host name")
	f("https://dns.example#http=2", "http=")
	f("quic://dns.example#http=3", "http=")
	f("quic://dns.example/dns-query", "usable host name")
}

func resolvConf(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "resolv.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSystemServers(t *testing.T) {
	f := func(text, listen, want string) {
		t.Helper()
		var own []netip.AddrPort
		for _, l := range strings.Fields(listen) {
			own = append(own, netip.MustParseAddrPort(l))
		}
		servers, err := upstream.SystemServers(resolvConf(t, text), "absent", own)
		servers = upstream.Expand([]upstream.Server{{Transport: upstream.System}}, servers)
		var got []string
		for _, s := range servers {
			got = append(got, s.String())
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q listening at %q: %q, %v, want %q", text, listen, got, err, want)
		}
	}
	const typical = "# by hand\nsearch truong.lan\nnameserver 192.0.2.1\n\tnameserver\t2001:db8::1 # second\noptions edns0\n"
	f(typical, "", "192.0.2.1:53 [2001:db8::1]:53")
	f("nameserver 192.0.2.1\nnameserver 192.0.2.1\n", "", "192.0.2.1:53")
	f("nameserver 127.0.0.53\n", "127.0.0.1:53", "127.0.0.53:53")
	f("nameserver 127.0.0.1\nnameserver 192.0.2.1", "127.0.0.1:53", "192.0.2.1:53")
	f("nameserver 127.0.0.1\n", "127.0.0.1:1053", "127.0.0.1:53")
	f("nameserver 127.0.0.1\nnameserver 192.0.2.1\n", "0.0.0.0:53", "192.0.2.1:53")
	f("nameserver 127.0.0.1\nnameserver ::1\nnameserver 192.0.2.1\n", "[::]:53", "192.0.2.1:53")
	f("nameserver ::1\nnameserver 127.0.0.1\n", "0.0.0.0:53", "[::1]:53")
	f("nameserver\nnameserver x\nnameserver 0.0.0.0\n;nameserver 192.0.2.9\nnameserver 192.0.2.1", "", "192.0.2.1:53")
}

func TestSystemWithoutServers(t *testing.T) {
	f := func(path, says string) {
		t.Helper()
		listen := []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:53")}
		_, err := upstream.SystemServers(path, "absent", listen)
		var mistake *upstream.ConfigError
		if !errors.As(err, &mistake) || !strings.Contains(mistake.Text.EN, says) || !strings.Contains(err.Error(), path) {
			t.Errorf("%v, want %q", err, says)
		}
	}
	f(filepath.Join(t.TempDir(), "absent"), "not known yet")
	f(resolvConf(t, "search truong.lan\n"), "no usable nameserver")
	f(resolvConf(t, "nameserver 127.0.0.1\n"), "only this program's own address")
}

func TestSystemStandsAmongOthers(t *testing.T) {
	one := upstream.Server{Addr: netip.MustParseAddrPort("192.0.2.1:53")}
	two := upstream.Server{Addr: netip.MustParseAddrPort("192.0.2.2:53")}
	got := upstream.Expand([]upstream.Server{one, {Transport: upstream.System}, two}, []upstream.Server{two, one})
	if len(got) != 2 || got[0] != one || got[1] != two {
		t.Errorf("%v", got)
	}
	if got = upstream.Expand([]upstream.Server{{Transport: upstream.System}}, nil); len(got) != 0 {
		t.Errorf("servers of a system that has none: %v", got)
	}
}

// The stub of systemd-resolved stands for the servers behind it: it may be this
// server's own address by the time that it is asked.
func TestTheServersBehindASystemsStubAreTaken(t *testing.T) {
	everywhere := []netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:53")}
	f := func(text, behind, want string) {
		t.Helper()
		servers, err := upstream.SystemServers(resolvConf(t, text), behind, everywhere)
		got := fmt.Sprint(servers)
		if err != nil {
			got = "none"
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	behind := resolvConf(t, "nameserver 192.0.2.7\n")
	f("nameserver 127.0.0.53\noptions edns0 trust-ad\n", behind, "[192.0.2.7:53]")
	f("nameserver 127.0.0.53\n", "absent", "none")
	f("nameserver 127.0.0.53\n", resolvConf(t, ""), "none")
	f("nameserver 127.0.0.53\nnameserver 192.0.2.1\n", behind, "[192.0.2.1:53]")
}

func TestListeningEverywhereIsAtEveryAddressOfTheHost(t *testing.T) {
	everywhere := []netip.AddrPort{netip.MustParseAddrPort("[::]:53")}
	interfaces, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range interfaces {
		addr := netip.MustParsePrefix(i.String()).Addr()
		if own, err := upstream.IsOwn(netip.AddrPortFrom(addr, 53), everywhere); !own || err != nil {
			t.Errorf("%s is not ours: %v", addr, err)
		}
	}
	if own, err := upstream.IsOwn(netip.MustParseAddrPort("192.0.2.1:53"), everywhere); own || err != nil {
		t.Errorf("another host's address is ours: %v", err)
	}
}
