package listen_test

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"lachan/resolver/listen"
)

var anyPort = netip.MustParseAddrPort("127.0.0.1:0")

func open(t *testing.T, endpoints ...listen.Endpoint) []listen.Socket {
	t.Helper()
	sockets, err := listen.Open(endpoints)
	if err != nil {
		t.Fatal(err)
	}
	return sockets
}

func end(t *testing.T, sockets []listen.Socket) {
	t.Helper()
	if err := listen.Close(sockets); err != nil {
		t.Error(err)
	}
}

func bound(t *testing.T, s listen.Socket) netip.AddrPort {
	t.Helper()
	addr, err := s.Bound()
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

func TestAnEndpointHasOnePortOverEachNetworkThatItNeeds(t *testing.T) {
	f := func(p listen.Protocol, want ...string) {
		t.Helper()
		sockets := open(t, listen.Endpoint{Protocol: p, Addr: anyPort})
		defer end(t, sockets)
		port := bound(t, sockets[0]).Port()
		var networks []string
		for _, s := range sockets {
			if got := bound(t, s); got.Addr() != anyPort.Addr() || got.Port() != port || port == 0 {
				t.Errorf("%s over %s: bound to %s, want port %d", p, s.Network, got, port)
			}
			networks = append(networks, s.Network)
		}
		if networks = slices.Compact(networks); !slices.Equal(networks, want) {
			t.Errorf("%s: %q, want %q", p, networks, want)
		}
	}
	f(listen.Plain, listen.TCP, listen.UDP)
	f(listen.DoT, listen.TCP)
	f(listen.DoH, listen.TCP, listen.UDP)
	f(listen.DoQ, listen.UDP)
}

// The address is free again when the last of the copies is closed.
func TestCopiesKeepTheSocketOpen(t *testing.T) {
	sockets := open(t, listen.At(listen.Plain, anyPort)...)
	copies, err := listen.Copies(sockets)
	if err != nil {
		t.Fatal(err)
	}
	addr := bound(t, copies[0])
	end(t, sockets)
	if c, err := net.Dial("tcp", addr.String()); err != nil {
		t.Errorf("a copy does not listen: %v", err)
	} else {
		c.Close()
	}
	end(t, copies)
	end(t, open(t, listen.At(listen.Plain, addr)...))
}

func TestWithAnErrorNothingStaysOpen(t *testing.T) {
	taken := open(t, listen.At(listen.Plain, anyPort)...)
	defer end(t, taken)
	free := open(t, listen.At(listen.Plain, anyPort)...)
	addr := bound(t, free[0])
	end(t, free)
	_, err := listen.Open(listen.At(listen.Plain, addr, bound(t, taken[0])))
	if err == nil || !strings.Contains(err.Error(), bound(t, taken[0]).String()+" for dns") || !strings.Contains(err.Error(), "in use") {
		t.Errorf("error %v", err)
	}
	end(t, open(t, listen.At(listen.Plain, addr)...))
}

func TestUpdateKeepsWhatIsStillNamed(t *testing.T) {
	first, second := listen.Endpoint{Protocol: listen.Plain, Addr: anyPort}, listen.Endpoint{Protocol: listen.DoT, Addr: anyPort}
	held := open(t, first)
	all, surplus, err := listen.Update(held, []listen.Endpoint{first, second, second})
	if err != nil || len(surplus) != 0 || len(all) != len(held)+1 || !slices.Equal(all[:len(held)], held) {
		t.Fatalf("held %v, then %v, surplus %v, %v", held, all, surplus, err)
	}
	defer end(t, all)
	last, surplus, err := listen.Update(all, []listen.Endpoint{second})
	if err != nil || !slices.Equal(last, all[len(held):]) || !slices.Equal(surplus, held) {
		t.Errorf("then %v, surplus %v, %v", last, surplus, err)
	}
}

// Others may have the socket in whatever mode they like, and asking for the
// descriptor does not change it.
func TestHoldersLeaveTheModeAlone(t *testing.T) {
	sockets := open(t, listen.At(listen.Plain, anyPort)...)
	defer end(t, sockets)
	for _, s := range sockets {
		for _, nonblocking := range []bool{true, false} {
			if err := unix.SetNonblock(int(s.File.Fd()), nonblocking); err != nil {
				t.Fatal(err)
			}
			c, err := s.Copy()
			if err != nil {
				t.Fatal(err)
			}
			flags, err := unix.FcntlInt(c.File.Fd(), unix.F_GETFL, 0)
			if err != nil || flags&unix.O_NONBLOCK != 0 != nonblocking {
				t.Errorf("%s: nonblocking %v became %#x, %v", s.Network, nonblocking, flags, err)
			}
			end(t, []listen.Socket{c})
		}
	}
}

// A socket that is closed has no copy.
func TestAClosedSocketHasNoCopy(t *testing.T) {
	sockets := open(t, listen.Endpoint{Protocol: listen.Plain, Addr: anyPort})
	end(t, sockets)
	for _, s := range sockets {
		if c, err := s.Copy(); err == nil || c.File != nil {
			t.Errorf("%v, %v", c, err)
		}
	}
}
