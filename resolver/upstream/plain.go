package upstream

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

const (
	maxDatagram = 4096
	// maxGuesses is how many datagrams from the right address and port may
	// miss ID or question before the exchange turns to TCP: each exchange has a
	// port of its own, so that somebody is guessing.
	maxGuesses = 32
	// defaultTimeout bounds an exchange whose context has no deadline.
	defaultTimeout = 2 * time.Second
)

// Plain asks one server over UDP, and over TCP when the reply is truncated.
//
// Each exchange has a socket to itself, connected to the server, so that the
// kernel drops what comes from elsewhere. What a forger has to guess is the ID
// (16 bits) and the port, which the kernel draws at random from its range (28,232
// ports by default on Linux): about 31 bits, and after maxGuesses wrong ones the
// exchange leaves UDP. Who has learned all open ports still has to guess which of
// them is used: with the 256 that a busy server has, 24 bits. The query is sent
// again, with the same ID, when half of the time is over.
type Plain struct {
	server  netip.AddrPort
	sockets sockets
	tcp     *TCP
	dropped atomic.Uint64
}

// NewPlain returns an Exchanger for the server. It opens nothing.
func NewPlain(server netip.AddrPort) *Plain {
	return &Plain{server: server, sockets: sockets{server: server}, tcp: NewTCP(server)}
}

// Exchange implements Exchanger. buf of 4096 octets or more saves an allocation.
func (p *Plain) Exchange(ctx context.Context, query, buf []byte) ([]byte, error) {
	sent, err := withRandomID(query, 0)
	if err != nil {
		return nil, err
	}
	reply, err := p.exchangeUDP(ctx, sent, query, buf)
	if !errors.Is(err, errUseTCP) {
		return reply, err
	}
	reply, failed := p.tcp.Exchange(ctx, query, buf)
	if failed != nil {
		return nil, fmt.Errorf("%w: %w", err, failed)
	}
	return reply, nil
}

// Mismatches counts the datagrams that were dropped since the start because
// they came from the server's address and port but did not answer the query.
func (p *Plain) Mismatches() uint64 { return p.dropped.Load() }

// errUseTCP ends the UDP part of an exchange: something came, but not a reply
// to rely on.
var errUseTCP = errors.New("udp reply was truncated or forged")

func (p *Plain) exchangeUDP(ctx context.Context, sent, query, buf []byte) ([]byte, error) {
	conn, err := p.sockets.take(ctx)
	if err != nil {
		return nil, ioError(ctx, "open socket to", p.server, err)
	}
	clean := false
	defer func() { p.sockets.give(conn, clean) }()
	stop := interrupt(ctx, conn)
	defer func() { clean = stop() && clean }() // before the socket is given back

	if cap(buf) < maxDatagram {
		buf = make([]byte, maxDatagram)
	}
	buf = buf[:cap(buf)]
	start := time.Now()
	end := deadline(ctx, start)
	guesses := 0
	for _, until := range [...]time.Time{start.Add(end.Sub(start) / 2), end} {
		if _, err = conn.Write(sent); err != nil {
			break
		}
		var reply []byte
		reply, err = p.listen(ctx, conn, until, sent, query, buf, &guesses)
		if err == nil {
			clean = guesses == 0 && until != end
			return reply, nil
		}
		if !errors.Is(err, ErrTimeout) {
			return nil, err
		}
	}
	return nil, ioError(ctx, "ask", p.server, err)
}

// listen reads datagrams until one answers what was sent, and drops the others.
func (p *Plain) listen(ctx context.Context, conn *net.UDPConn, until time.Time, sent, query, buf []byte, guesses *int) ([]byte, error) {
	if err := conn.SetReadDeadline(until); err != nil {
		return nil, ioError(ctx, "ask", p.server, err)
	}
	if err := ctx.Err(); err != nil { // interrupt came before the new deadline and was undone by it
		return nil, ioError(ctx, "ask", p.server, err)
	}
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return nil, ioError(ctx, "ask", p.server, err)
		}
		if answers(sent, buf[:n]) {
			if truncated(buf[:n]) {
				return nil, errUseTCP
			}
			reply, err := accept(sent, query, buf[:n])
			if err != nil {
				return nil, fmt.Errorf("ask %s: %w", p.server, err)
			}
			return reply, nil
		}
		p.dropped.Add(1)
		if *guesses++; *guesses > maxGuesses {
			return nil, errUseTCP
		}
	}
}
