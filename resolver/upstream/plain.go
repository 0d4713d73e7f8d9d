package upstream

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"lachan/internal/eventloop"
	"lachan/resolver/upstream/exchange"
	"lachan/resolver/upstream/stream"
	"lachan/resolver/upstream/udp"
)

// Plain asks one server over UDP, and over TCP if the reply is truncated or
// cannot be relied on.
type Plain struct {
	pool *udp.Pool
	tcp  *stream.TCP
}

// NewPlain returns an Exchanger for the server. It opens nothing; loops wait for
// its sockets.
func NewPlain(loops *eventloop.Loops, server netip.AddrPort) *Plain {
	return &Plain{pool: udp.New(loops, server), tcp: stream.NewTCP(server)}
}

// Exchange implements Exchanger. A buf of 4096 bytes or more saves an
// allocation.
func (p *Plain) Exchange(ctx context.Context, query, buf []byte) ([]byte, error) {
	if !exchange.Valid(query) {
		return nil, ErrQuery
	}
	reply, err := p.pool.Exchange(ctx, query, buf)
	return p.settle(ctx, query, buf, reply, err)
}

// settle ends an exchange whose UDP part ended with reply and err: over TCP, if
// that gave nothing to rely on.
func (p *Plain) settle(ctx context.Context, query, buf, reply []byte, err error) ([]byte, error) {
	if !errors.Is(err, udp.ErrUseTCP) {
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
func (p *Plain) Mismatches() uint64 { return p.pool.Mismatches() }

// Case is what the server makes of the case of letters in a name.
func (p *Plain) Case() udp.Case { return p.pool.Case() }
