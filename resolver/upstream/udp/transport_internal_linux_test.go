package udp

import (
	"net/netip"
	"reflect"
	"testing"

	"golang.org/x/sys/unix"
)

// A server is asked by its family, at its port and, where it is on a link, on that.
func TestWhereSocketsAreConnectedTo(t *testing.T) {
	link := netip.MustParseAddr("fe80::1").As16()
	for server, want := range map[string]unix.Sockaddr{
		"192.0.2.1:53":          &unix.SockaddrInet4{Port: 53, Addr: [4]byte{192, 0, 2, 1}},
		"[::ffff:192.0.2.1]:54": &unix.SockaddrInet4{Port: 54, Addr: [4]byte{192, 0, 2, 1}},
		"[fe80::1]:53":          &unix.SockaddrInet6{Port: 53, Addr: link},
		"[fe80::1%lo]:55":       &unix.SockaddrInet6{Port: 55, Addr: link, ZoneId: 1}, // lo is always the first
		"[fe80::1%nowhere]:53":  nil,
	} {
		var to transport
		err := to.address(netip.MustParseAddrPort(server))
		if want == nil {
			if err == nil {
				t.Errorf("%s is connected to %+v", server, to.to)
			}
			continue
		}
		_, is4 := want.(*unix.SockaddrInet4)
		if err != nil || !reflect.DeepEqual(to.to, want) || (to.domain == unix.AF_INET) != is4 {
			t.Errorf("%s: %+v of family %d, want %+v: %v", server, to.to, to.domain, want, err)
		}
	}
}
