package config

import (
	"net/netip"

	"lachan/internal/message"
)

// listeners checks that no two listeners want the same address and port.
func (k *checker) listeners() {
	c := k.cfg
	if len(c.Server.Listen) == 0 {
		k.wrong("server.listen", textNoListen)
	}
	var places sockets
	add := func(path string, addrs []netip.AddrPort, on carriers) {
		for i, a := range addrs {
			if other, taken := places.take(a, on, path); taken {
				k.wrong(Item(path, i), textListenTwice.With(a, other.addr, other.path))
			}
		}
	}
	add("server.listen", c.Server.Listen, onUDP|onTCP)
	add("server.dot", c.Server.DoT, onTCP)
	add("server.doh", c.Server.DoH, onUDP|onTCP)
	add("server.doq", c.Server.DoQ, onUDP)
	add("server.rpz_out.listen", c.Server.RPZOut.Listen, onUDP|onTCP)
	add("server.page.http", c.Server.Page.HTTP, onTCP)
	add("server.page.https", c.Server.Page.HTTPS, onTCP)
	add("radius.listen", c.RADIUS.Listen, onUDP)
	one := func(path string, a netip.AddrPort) { // one that is off meets none
		if other, taken := places.take(a, onTCP, path); taken {
			k.wrong(path, textListenTwice.With(a, other.addr, other.path))
		}
	}
	one("http.listen", c.HTTP.Listen)
	one("console.listen", c.Console.Listen)
	one("fleet.listen", c.Fleet.Listen)
	one("fleet.between", c.Fleet.Between)
}

// carriers are the transports that a listener has sockets of.
type carriers uint8

const (
	onUDP carriers = 1 << iota
	onTCP
)

// sockets are those that listeners want.
type sockets []socket

// A socket is what the listener at path wants.
type socket struct {
	addr netip.AddrPort
	on   carriers
	path string
}

// take adds one unless another listener has it already, which is returned.
func (s *sockets) take(addr netip.AddrPort, on carriers, path string) (other socket, taken bool) {
	for _, other := range *s {
		if other.on&on != 0 && sameSocket(other.addr, addr) {
			return other, true
		}
	}
	*s = append(*s, socket{addr, on, path})
	return socket{}, false
}

// sameSocket reports whether b cannot be listened on beside a: the same port, and
// the same address or one that stands for all of its family.
func sameSocket(a, b netip.AddrPort) bool {
	x, y := a.Addr().Unmap(), b.Addr().Unmap()
	return a.Port() != 0 && a.Port() == b.Port() && x.Is4() == y.Is4() &&
		(x == y || x.IsUnspecified() || y.IsUnspecified())
}

// Endpoints are everything that the server listens on, for whatever purpose.
func (c *Config) Endpoints() (list []message.Endpoint) {
	s := &c.Server
	add := func(role message.Role, addrs ...netip.AddrPort) {
		for _, a := range addrs {
			list = append(list, message.Endpoint{Role: role, Address: a})
		}
	}
	add(message.RolePlain, s.Listen...)
	add(message.RoleDoT, s.DoT...)
	add(message.RoleDoH, s.DoH...)
	add(message.RoleDoQ, s.DoQ...)
	if c.HTTP.Listen.IsValid() {
		add(message.RoleHTTP, c.HTTP.Listen)
	}
	if c.Console.Listen.IsValid() {
		add(message.RoleConsole, c.Console.Listen)
	}
	if c.Fleet.Listen.IsValid() {
		add(message.RoleFleet, c.Fleet.Listen)
	}
	add(message.RolePage, s.Page.HTTP...)
	add(message.RolePageTLS, s.Page.HTTPS...)
	add(message.RoleZones, s.RPZOut.Listen...)
	add(message.RoleRADIUS, c.RADIUS.Listen...)
	return list
}
