package upstream

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/miekg/dns"
)

const (
	// The addresses of a server that is named are looked up again when their TTL
	// is over, but not more often than once in shortest, nor less than in longest.
	shortest = time.Minute
	longest  = 24 * time.Hour
)

// A lookup finds the addresses of a server that is named, by asking other
// servers. When those do not answer, what they said last holds on.
type lookup struct {
	host    string // with a final dot
	servers Exchanger

	mu    sync.Mutex
	addrs []netip.Addr // mu
	until time.Time    // mu
}

// addresses are those of IPv4 first. Whoever calls it while it asks, waits.
func (l *lookup) addresses(ctx context.Context) ([]netip.Addr, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Now().Before(l.until) {
		return l.addrs, nil
	}
	addrs, ttl, err := l.ask(ctx)
	if err != nil && len(l.addrs) == 0 {
		return nil, fmt.Errorf("look up %s: %w", l.host, err)
	}
	if err == nil {
		l.addrs = addrs
	}
	l.until = time.Now().Add(ttl)
	return l.addrs, nil
}

// ask asks for addresses of both families at once. It has an error when there
// is none of either.
func (l *lookup) ask(ctx context.Context) (addrs []netip.Addr, ttl time.Duration, err error) {
	var six []netip.Addr
	sixTTL, done := longest, make(chan struct{})
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
		err = fmt.Errorf("%w: it has no address", ErrNetwork)
	}
	return addrs, max(min(ttl, sixTTL), shortest), err
}

// askFor asks for the addresses of one family.
func (l *lookup) askFor(ctx context.Context, rrtype uint16) (addrs []netip.Addr, ttl time.Duration, err error) {
	query, err := new(dns.Msg).SetQuestion(l.host, rrtype).SetEdns0(maxDatagram, false).Pack()
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrQuery, err)
	}
	wire, err := l.servers.Exchange(ctx, query, nil)
	if err != nil {
		return nil, 0, err
	}
	reply := new(dns.Msg)
	if err := reply.Unpack(wire); err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	ttl = longest
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

func appendAddr(addrs []netip.Addr, octets []byte) []netip.Addr {
	if addr, ok := netip.AddrFromSlice(octets); ok {
		return append(addrs, addr.Unmap())
	}
	return addrs
}
