package stream

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/miekg/dns"

	"lachan/internal/suspended"
	"lachan/resolver/upstream/exchange"
)

// The addresses of a named server are looked up again when their TTL is over, but
// at most once in minTTL and at least once in maxTTL.
const (
	minTTL = time.Minute
	maxTTL = 24 * time.Hour
)

// ErrNoAddress means that the addresses of a named server were not found.
var ErrNoAddress = errors.New("no address found")

// A Bootstrap asks the servers that know the addresses of named servers. It is
// called like upstream.Exchanger.
type Bootstrap interface {
	Exchange(ctx context.Context, query, buf []byte) (reply []byte, err error)
}

// A lookup finds the addresses of a named server by asking other servers. While
// those do not answer, their last answer stays in use.
type lookup struct {
	host    string // with a final dot
	servers Bootstrap

	mu    sync.Mutex
	addrs []netip.Addr // mu
	until time.Time    // mu; of the clock of suspended
}

// addresses returns those of IPv4 first. A caller that comes while another one
// asks waits for it.
func (l *lookup) addresses(ctx context.Context) ([]netip.Addr, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if suspended.Now().Before(l.until) {
		return l.addrs, nil
	}
	addrs, ttl, err := l.ask(ctx)
	if err != nil && len(l.addrs) == 0 {
		return nil, fmt.Errorf("look up %s: %w: %w", l.host, ErrNoAddress, err)
	}
	if err == nil {
		l.addrs = addrs
	}
	l.until = suspended.Now().Add(ttl)
	return l.addrs, nil
}

// ask asks for addresses of both families at once. It returns an error if there
// is none of either.
func (l *lookup) ask(ctx context.Context) (addrs []netip.Addr, ttl time.Duration, err error) {
	var six []netip.Addr
	sixTTL, done := maxTTL, make(chan struct{})
	go func() {
		defer close(done)
		if found, ttl, err := l.askFor(ctx, dns.TypeAAAA); err == nil {
			six, sixTTL = found, ttl
		}
	}()
	addrs, ttl, err = l.askFor(ctx, dns.TypeA)
	<-done
	if err != nil && len(six) > 0 {
		ttl, err = sixTTL, nil
	}
	if addrs = append(addrs, six...); err == nil && len(addrs) == 0 {
		err = fmt.Errorf("%w: it has no address", exchange.ErrNetwork)
	}
	return addrs, max(min(ttl, sixTTL), minTTL), err
}

// askFor asks for the addresses of one family.
func (l *lookup) askFor(ctx context.Context, rrtype uint16) (addrs []netip.Addr, ttl time.Duration, err error) {
	query, err := new(dns.Msg).SetQuestion(l.host, rrtype).SetEdns0(exchange.MaxDatagram, false).Pack()
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", exchange.ErrQuery, err)
	}
	wire, err := l.servers.Exchange(ctx, query, nil)
	if err != nil {
		return nil, 0, err
	}
	reply := new(dns.Msg)
	if err := reply.Unpack(wire); err != nil {
		return nil, 0, fmt.Errorf("%w: %w", exchange.ErrMalformed, err)
	}
	ttl = maxTTL
	for _, rr := range reply.Answer {
		ttl = min(ttl, time.Duration(rr.Header().Ttl)*time.Second)
		switch rr := rr.(type) {
		case *dns.A:
			addrs = appendAddr(addrs, rr.A)
		case *dns.AAAA:
			addrs = appendAddr(addrs, rr.AAAA)
		}
	}
	return addrs, ttl, nil
}

func appendAddr(addrs []netip.Addr, bytes []byte) []netip.Addr {
	if addr, ok := netip.AddrFromSlice(bytes); ok {
		return append(addrs, addr.Unmap())
	}
	return addrs
}
