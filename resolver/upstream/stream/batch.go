package stream

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"sync"
)

// This file has the records of a TLS connection that are written one after the other leave in one
// call of the kernel, which costs more than encrypting them.

// A batchConn is a connection on which what is written leaves with flush.
type batchConn interface {
	net.Conn
	flush() error
}

// A tlsConn is one over TLS.
type tlsConn struct {
	*tls.Conn
	held *heldConn
}

func (c *tlsConn) flush() error { return c.held.flush() }

// dialSecure connects to a server, which has proved who it is when it returns.
func dialSecure(ctx context.Context, addr netip.AddrPort, config *tls.Config) (*tlsConn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr.String())
	if err != nil {
		return nil, err
	}
	held := &heldConn{Conn: conn}
	c := tls.Client(held, config)
	if err := c.HandshakeContext(ctx); err != nil {
		_ = conn.Close() // nothing is lost by an error
		return nil, err
	}
	held.hold()
	return &tlsConn{c, held}, nil
}

// mostHeld is how many bytes are held at most.
const mostHeld = 64 << 10

// A heldConn is what TLS writes to. What TLS says by itself, such as that it has other keys, leaves
// with what is written next, or when the connection is closed.
type heldConn struct {
	net.Conn

	mu          sync.Mutex
	holds       bool   // mu
	held, spare []byte // mu
	broken      bool   // mu; a write has failed
}

// hold has what is written from now on wait for flush.
func (c *heldConn) hold() {
	c.mu.Lock()
	c.holds = true
	c.mu.Unlock()
}

// Write implements net.Conn.
func (c *heldConn) Write(b []byte) (int, error) {
	c.mu.Lock()
	if !c.holds {
		c.mu.Unlock()
		return c.Conn.Write(b)
	}
	c.held = append(c.held, b...)
	full := len(c.held) > mostHeld
	c.mu.Unlock()
	if full {
		return len(b), c.flush()
	}
	return len(b), nil
}

// flush writes what is held. It is for one goroutine, so that what is written keeps its order; the
// others never wait for the kernel.
func (c *heldConn) flush() error {
	c.mu.Lock()
	sending := c.held
	c.held, c.spare = c.spare[:0], nil
	c.mu.Unlock()
	if len(sending) == 0 {
		return nil
	}
	_, err := c.Conn.Write(sending)
	c.mu.Lock()
	c.spare, c.broken = sending[:0], err != nil
	c.mu.Unlock()
	return err
}

// Close implements net.Conn. Unless the server takes nothing any more, TLS has its last word, for
// which it has set a deadline.
func (c *heldConn) Close() error {
	c.mu.Lock()
	broken := c.broken
	c.mu.Unlock()
	if !broken {
		_ = c.flush() // the server may be gone
	}
	return c.Conn.Close()
}
