// Package rpzout serves what lists say as response policy zones, so that the
// BIND, Unbound, Knot or PowerDNS that an operator has already blocks the same:
// SOA, AXFR and IXFR, NOTIFY to secondaries, TSIG.
//
// A zone has QNAME triggers (name and *.name, CNAME .) and rpz-ip triggers.
// What such a zone cannot express is left out: regular expressions, conditions on
// query types other than A, and the clients for which a rule holds.
package rpzout

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/miekg/dns"

	"lachan/blocklist"
	"lachan/blocklist/transfer"
)

// A Zone is a zone to serve. A secondary must have an address within one of the
// prefixes in Allow, if there are any, and the key, if there is one. With neither,
// no secondary gets the zone.
type Zone struct {
	Name   string // absolute, lower case
	Key    *transfer.Key
	Allow  []netip.Prefix
	Notify []netip.AddrPort // secondaries to tell of each change
}

// A Server serves zones. Make it with New, have it Listen, then Run it; Publish
// says what is in the zones.
type Server struct {
	// Failed, if not nil, is told of each fault of the program, by any goroutine.
	// What met it fails alone: an answer, the version of a zone, a notification.
	Failed func(error)

	log   *slog.Logger
	zones []*zone

	listeners []*dns.Server
	addresses []netip.AddrPort

	next chan publication // holds the newest that is not yet taken up
}

type publication struct {
	list *blocklist.List
	tags []blocklist.Set // by zone
	at   time.Time
}

// New makes a server of zones, whose SOA records name node as the primary.
func New(node string, zones []Zone, log *slog.Logger) *Server {
	s := &Server{log: log, next: make(chan publication, 1)}
	for _, z := range zones {
		z.Name = dns.CanonicalName(z.Name)
		s.zones = append(s.zones, &zone{Zone: z, node: dns.CanonicalName(node)})
	}
	return s
}

func (s *Server) zone(name string) *zone {
	name = dns.CanonicalName(name)
	for _, z := range s.zones {
		if z.Name == name {
			return z
		}
	}
	return nil
}

// Listen opens UDP and TCP at the addresses; port 0 takes any that is free for
// both.
func (s *Server) Listen(addresses []netip.AddrPort) error {
	for _, addr := range addresses {
		tcp, err := net.Listen("tcp", addr.String())
		if err != nil {
			return fmt.Errorf("listen for zone transfers: %w", errors.Join(err, s.Close()))
		}
		s.add(&dns.Server{Listener: deadlineListener{tcp}})
		udp, err := net.ListenPacket("udp", tcp.Addr().String())
		if err != nil {
			return fmt.Errorf("listen for zone transfers: %w", errors.Join(err, s.Close()))
		}
		s.add(&dns.Server{PacketConn: udp})
		s.addresses = append(s.addresses, tcp.Addr().(*net.TCPAddr).AddrPort())
	}
	return nil
}

// Use takes sockets that are open already, for Run to serve.
func (s *Server) Use(streams []net.Listener, packets []net.PacketConn) {
	for _, l := range streams {
		s.add(&dns.Server{Listener: deadlineListener{l}})
		s.addresses = append(s.addresses, l.Addr().(*net.TCPAddr).AddrPort())
	}
	for _, c := range packets {
		s.add(&dns.Server{PacketConn: c})
	}
}

func (s *Server) add(l *dns.Server) {
	l.Handler, l.TsigProvider = s, keys{s}
	l.DecorateReader = func(r dns.Reader) dns.Reader { return readableOnly{r, s} }
	s.listeners = append(s.listeners, l)
}

// Addresses returns the addresses that Listen has opened, in its order.
func (s *Server) Addresses() []netip.AddrPort { return s.addresses }

// Close closes the sockets of a server that does not run.
func (s *Server) Close() error {
	var errs []error
	for _, l := range s.listeners {
		if l.Listener != nil {
			errs = append(errs, l.Listener.Close())
		} else {
			errs = append(errs, l.PacketConn.Close())
		}
	}
	return errors.Join(errs...)
}

// Publish makes the entries with one of a zone's tags (tags[i] of the zone i)
// what the zone has. It returns at once; of several publications that come
// faster than they can be compared only the last counts. It is for one goroutine
// at a time.
func (s *Server) Publish(list *blocklist.List, tags []blocklist.Set, at time.Time) {
	select {
	case <-s.next:
	default:
	}
	s.next <- publication{list, tags, at}
}

// Run serves until ctx is done, and then closes the sockets.
func (s *Server) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, l := range s.listeners {
		ready := make(chan struct{})
		l.NotifyStartedFunc = func() { close(ready) }
		wg.Go(func() {
			if err := l.ActivateAndServe(); err != nil && ctx.Err() == nil {
				s.log.Error("serve zone transfers", "error", err)
			}
		})
		<-ready
		defer l.ShutdownContext(ctx) // closed at once: ctx is done by then
	}
	var newest publication
	var again <-chan time.Time // nil unless the newest has met a fault
	var waits *backoff.ExponentialBackOff
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case newest = <-s.next:
			waits = &backoff.ExponentialBackOff{InitialInterval: firstRetry, MaxInterval: longRetry, Multiplier: 2}
		case <-again:
		}
		again = nil
		if s.contain(func() { s.take(ctx, &wg, newest) }) {
			again = time.After(waits.NextBackOff())
		}
	}
}

// firstRetry is after how long a publication that has met a fault is tried again.
// It doubles up to longRetry.
const (
	firstRetry = time.Second
	longRetry  = 10 * time.Minute
)

// take publishes and tells the secondaries.
func (s *Server) take(ctx context.Context, wg *sync.WaitGroup, p publication) {
	for i, z := range s.zones {
		if !z.publish(content{p.list, p.tags[i], p.at.Unix()}, p.at) {
			continue
		}
		serial := z.newest().serial
		s.log.Info("zone published", "zone", z.Name, "serial", serial)
		for _, secondary := range z.Notify {
			wg.Go(func() { s.contain(func() { s.notify(ctx, z, secondary, serial) }) })
		}
	}
}
