// Package stream asks one server over a stream: over TCP with a connection for
// each exchange, and over TLS, HTTPS and QUIC with a connection that is kept.
package stream

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"

	"lachan/resolver/upstream/exchange"
)

// TCP asks one server over TCP, with a connection for each exchange.
type TCP struct {
	server netip.AddrPort
}

// NewTCP returns a TCP for the server. It opens nothing.
func NewTCP(server netip.AddrPort) *TCP {
	return &TCP{server: server}
}

// Exchange sends query and returns the reply, which may have up to 65,535 bytes
// and is part of buf if buf has room for it.
func (t *TCP) Exchange(ctx context.Context, query, buf []byte) ([]byte, error) {
	framed, err := exchange.WithRandomID(query, 2)
	if err != nil {
		return nil, err
	}
	binary.BigEndian.PutUint16(framed, uint16(len(query)))
	ctx, cancel := context.WithDeadline(ctx, exchange.Deadline(ctx, time.Now()))
	defer cancel()
	conn, err := new(net.Dialer).DialTCP(ctx, "tcp", netip.AddrPort{}, t.server)
	if err != nil {
		return nil, exchange.Error(ctx, "connect to", t.server, err)
	}
	defer conn.Close()
	defer exchange.Interrupt(ctx, conn)()

	if _, err := conn.Write(framed); err != nil {
		return nil, exchange.Error(ctx, "send to", t.server, err)
	}
	reply, err := readFramed(conn, buf)
	if err != nil {
		return nil, exchange.Error(ctx, "read reply of", t.server, err)
	}
	reply, err = exchange.Accept(framed[2:], query, reply)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", t.server, err)
	}
	return reply, nil
}

// readFramed reads one message and the two bytes before it that hold its length.
func readFramed(r io.Reader, buf []byte) ([]byte, error) {
	var size [2]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(size[:]))
	if cap(buf) < n {
		buf = make([]byte, n)
	}
	_, err := io.ReadFull(r, buf[:n])
	return buf[:n], err
}
