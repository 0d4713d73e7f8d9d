package places

import (
	"net"
	"net/netip"
)

// Guard gives each connection of a listener a place, at the door of that name.
func (p *Places) Guard(l net.Listener, door string) net.Listener { return &guarded{l, p, door} }

type guarded struct {
	net.Listener
	places *Places
	door   string
}

// Accept waits for the next connection that has a place.
func (g *guarded) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		var client netip.Addr
		if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
			client = a.AddrPort().Addr().Unmap()
		}
		end := func() { _ = c.Close() } // the reader sees it
		if place, ok := g.places.Take(Visitor{Client: client, Door: g.door, Claimed: true, End: end}); ok {
			return &placed{Conn: c, place: place}, nil
		}
		_ = c.Close() // it was not used
	}
}

// A placed connection is used when something is read or written.
type placed struct {
	net.Conn
	place *Place
}

// Read implements net.Conn.
func (c *placed) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.place.Touch()
	return n, err
}

// Write implements net.Conn.
func (c *placed) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.place.Touch()
	return n, err
}

// Close makes room for another connection and closes this one.
func (c *placed) Close() error {
	c.place.Leave()
	return c.Conn.Close()
}
