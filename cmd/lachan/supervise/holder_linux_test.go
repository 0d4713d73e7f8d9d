package supervise

import (
	"net"
	"net/netip"
	"strings"
	"testing"

	"lachan/internal/message"
	"lachan/internal/wording"
)

func TestSocketsOfTheKernelAreRead(t *testing.T) {
	f := func(line, network, want string) {
		t.Helper()
		s, ok := parseSocket(line, network)
		if got := s.address.String() + " " + s.uid + " " + s.inode; ok != (want != "") || ok && got != want {
			t.Errorf("%s: %s, %t, want %s", line, got, ok, want)
		}
	}
	f("  1: 3500007F:0035 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 23456 1 0 100 0 0 10 5", "tcp", "127.0.0.53:53 101 23456")
	f(" 77: 3500007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000   101        0 777 2 0 0", "udp", "127.0.0.53:53 101 777")
	f(" 1: 0000000000000000FFFF00003500007F:0035 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 9 1", "tcp", "127.0.0.53:53 0 9")
	f(" 1: 00000000000000000000000001000000:0035 00000000000000000000000000000000:0000 07 0:0 0:0 0 5 0 9 1", "udp", "[::1]:53 5 9")
	f("  1: 0100007F:A0F2 0100007F:0035 01 00000000:00000000 00:00000000 00000000   101        0 23456 1", "tcp", "")
	f("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", "tcp", "")
	f("1: 0100007F 0 0A 0 0 0 0 0 0 0", "tcp", "")
	f("1: XX00007F:0035 0 0A 0 0 0 0 0 0 0", "tcp", "")
	f("", "udp", "")
}

// FuzzParseSocket: any line is read or not, and does no harm.
func FuzzParseSocket(f *testing.F) {
	f.Add("  1: 3500007F:0035 00000000:0000 0A 0:0 0:0 0 101 0 23456 1")
	f.Fuzz(func(_ *testing.T, line string) {
		_, _ = parseSocket(line, "tcp")
		_, _ = parseSocket(line, "udp")
	})
}

// That a port is in use is told with what has it, and with what to do, in the language
// of the reader. The resolver that systemd runs is told by its name.
func TestAPortInUseIsTold(t *testing.T) {
	e := message.Endpoint{Role: message.RolePlain, Address: netip.MustParseAddrPort("0.0.0.0:53")}
	at := netip.MustParseAddrPort
	f := func(h holder, vi, en string) {
		t.Helper()
		text := explainTaken(e, "server.listen", h)
		if !strings.Contains(text.In(wording.Vietnamese), vi) || !strings.Contains(text.In(wording.English), en) {
			t.Errorf("%+v: %v", h, text)
		}
		if !strings.Contains(text.EN, "0.0.0.0:53") || !strings.Contains(text.EN, "server.listen") {
			t.Errorf("%+v: says neither where nor what to change: %v", h, text)
		}
	}
	f(holder{at("127.0.0.53:53"), 612, "systemd-resolve", false}, "DNSStubListener=no", "systemd-resolved has 127.0.0.53:53")
	f(holder{at("127.0.0.54:53"), 0, "systemd-resolve", true}, "systemd-resolved đang giữ 127.0.0.54:53", "DNSStubListener=no")
	f(holder{at("127.0.0.53:53"), 0, "", false}, "DNSStubListener=no", "systemd-resolved has")
	f(holder{at("0.0.0.0:53"), 77, "dnsmasq", false}, "dnsmasq (tiến trình 77)", "dnsmasq (process 77)")
	f(holder{at("0.0.0.0:53"), 0, "bind", true}, "người dùng bind", "user bind")
	f(holder{}, "chương trình khác", "another program")
}

func TestWhatHasAPortIsFound(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	there := l.Addr().(*net.TCPAddr).AddrPort()
	for _, wanted := range []netip.AddrPort{there, netip.AddrPortFrom(netip.IPv4Unspecified(), there.Port())} {
		if h := holderOf(message.Endpoint{Role: message.RolePlain, Address: wanted}); h.address != there || h.name == "" {
			t.Errorf("%s: found %+v", wanted, h)
		}
	}
	other := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.2"), there.Port())
	if h := holderOf(message.Endpoint{Role: message.RolePlain, Address: other}); h.address.IsValid() {
		t.Errorf("%s: found %+v", other, h)
	}
}
