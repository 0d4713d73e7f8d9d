package upstream

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"
)

const (
	maxDatagram = 4096
	// defaultTimeout bounds an exchange whose context has no deadline.
	defaultTimeout = 2 * time.Second
)

// Plain asks one server over UDP (see pool), and over TCP when the reply is
// truncated. The query is sent again, with the same ID, when half of the time is
// over.
type Plain struct {
	pool *pool
	tcp  *TCP
}

// NewPlain returns an Exchanger for the server. It opens nothing.
func NewPlain(server netip.AddrPort) *Plain {
	return &Plain{pool: &pool{server: server}, tcp: NewTCP(server)}
}

// Exchange implements Exchanger. buf of 4096 octets or more saves an allocation.
func (p *Plain) Exchange(ctx context.Context, query, buf []byte) ([]byte, error) {
	if _, ok := questionEnd(query); !ok || len(query) > maxMessage {
		return nil, ErrQuery
	}
	reply, err := p.exchangeUDP(ctx, query, buf)
	return p.settle(ctx, query, buf, reply, err)
}

// settle ends an exchange as its part over UDP has ended: over TCP, where that
// gave nothing to rely on.
func (p *Plain) settle(ctx context.Context, query, buf, reply []byte, err error) ([]byte, error) {
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
// they came from the server's address and port but did not answer a query.
func (p *Plain) Mismatches() uint64 { return p.pool.dropped.Load() }

func (p *Plain) exchangeUDP(ctx context.Context, query, buf []byte) ([]byte, error) {
	type end struct {
		reply []byte
		err   error
	}
	now := time.Now()
	ended := make(chan end, 1)
	c := &call{sent: append([]byte(nil), query...), ends: deadline(ctx, now)}
	c.done = func(reply []byte, err error) func() {
		ended <- end{append(buf[:0], reply...), err}
		return nil
	}
	p.pool.start([]*call{c}, now)
	var e end
	select {
	case e = <-ended:
	case <-ctx.Done():
		if p.pool.cancel(c) {
			return nil, ioError(ctx, "ask", p.pool.server, ctx.Err())
		}
		e = <-ended
	}
	if e.err != nil {
		return nil, failed(p.pool.server, e.err)
	}
	copy(e.reply, query[:2])
	return e.reply, nil
}

// failed says what ended the UDP part of an exchange with the server.
func failed(server netip.AddrPort, err error) error {
	if errors.Is(err, errUseTCP) || errors.Is(err, ErrNetwork) {
		return err
	}
	return fmt.Errorf("ask %s: %w", server, err)
}
