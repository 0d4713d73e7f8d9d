package caution

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"lachan/cmd/lachan/config"
	"lachan/internal/yamlfile"
)

// This file tells of addresses to listen at that this machine has not got.

// absent are the addresses of c that no interface has now. The server waits for them and
// serves the others meanwhile.
func absent(c *config.Config) (notes yamlfile.Problems) {
	s := &c.Server
	var http []netip.AddrPort
	if c.HTTP.Listen.IsValid() {
		http = append(http, c.HTTP.Listen)
	}
	for _, at := range []struct {
		key   string
		addrs []netip.AddrPort
	}{
		{"server.listen", s.Listen}, {"server.dot", s.DoT}, {"server.doh", s.DoH}, {"server.doq", s.DoQ},
		{"server.rpz_out.listen", s.RPZOut.Listen}, {"server.page.http", s.Page.HTTP}, {"server.page.https", s.Page.HTTPS},
		{"http.listen", http},
	} {
		var missing []string
		for _, a := range at.addrs {
			if !has(a.Addr()) {
				missing = append(missing, a.String())
			}
		}
		if missing != nil {
			notes = append(notes, c.Wrong(at.key, textAbsent.With(strings.Join(missing, ", "))))
		}
	}
	return notes
}

// has reports whether this machine may listen at an address. What else is wrong with it
// is not for this file to say.
func has(a netip.Addr) bool {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(a, 0)))
	if err == nil {
		_ = conn.Close() // nothing was written
	}
	return !errors.Is(err, syscall.EADDRNOTAVAIL)
}
