package upstream

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"
)

// maxMessage is what the two length octets of RFC 1035 section 4.2.2 can say.
const maxMessage = 65535

// TCP asks one server over TCP, with a connection for each exchange.
type TCP struct {
	server netip.AddrPort
}

// NewTCP returns an Exchanger for the server. It opens nothing.
func NewTCP(server netip.AddrPort) *TCP {
	return &TCP{server: server}
}

// Exchange implements Exchanger. The reply may have up to 65,535 octets; it is
// part of buf when buf has room for it.
func (t *TCP) Exchange(ctx context.Context, query, buf []byte) ([]byte, error) {
	framed, err := withRandomID(query, 2)
	if err != nil {
		return nil, err
	}
	binary.BigEndian.PutUint16(framed, uint16(len(query)))
	ctx, cancel := context.WithDeadline(ctx, deadline(ctx, time.Now()))
	defer cancel()
	conn, err := new(net.Dialer).DialTCP(ctx, "tcp", netip.AddrPort{}, t.server)
	if err != nil {
		return nil, ioError(ctx, "connect to", t.server, err)
	}
	defer conn.Close()
	defer interrupt(ctx, conn)()

	if _, err := conn.Write(framed); err != nil {
		return nil, ioError(ctx, "send to", t.server, err)
	}
	reply, err := readFramed(conn, buf)
	if err != nil {
		return nil, ioError(ctx, "read reply of", t.server, err)
	}
	reply, err = accept(framed[2:], query, reply)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", t.server, err)
	}
	return reply, nil
}

// readFramed reads one message behind its two length octets.
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
