//go:build linux

package main

import (
	"fmt"
	"net"
	"time"

	"github.com/miekg/dns"

	"lachan/bench/process"
)

// idleConnections are opened at a time to see what one costs.
const idleConnections = 10_000

// idle measures the memory of connections that were used once and wait.
func (b *bench) idle() {
	if err := b.idleIn(b.lachan); err != nil {
		b.numbers = append(b.numbers, fmt.Sprintf("- not measured: %d idle connections: %v", idleConnections, err))
	}
}

func (b *bench) idleIn(s *subject) error {
	say("opening %d connections to %s", idleConnections, s.name)
	before, err := process.MemoryOf(s.child.PID())
	if err != nil {
		return err
	}
	var open []net.Conn
	defer func() {
		for _, c := range open {
			_ = c.Close() // nothing is lost
		}
	}()
	query := new(dns.Msg).SetQuestion("localhost.", dns.TypeA)
	for i := range idleConnections {
		// Of one address there are not enough ports.
		from := &net.TCPAddr{IP: net.IPv4(127, 9, byte(i>>8), byte(i))}
		c, err := (&net.Dialer{LocalAddr: from, Timeout: 5 * time.Second}).DialContext(b.ctx, "tcp", s.addr.String())
		if err != nil {
			return fmt.Errorf("connection %d: %w", len(open), err)
		}
		open = append(open, c)
		if err := c.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
			return err
		}
		if _, _, err := new(dns.Client).ExchangeWithConn(query, &dns.Conn{Conn: c}); err != nil {
			return fmt.Errorf("question on connection %d: %w", len(open), err)
		}
	}
	after, err := process.MemoryOf(s.child.PID())
	if err != nil {
		return err
	}
	r, err := b.load(s, "warm.queries", "-rate", "10000", "-time", "2s")
	if err != nil {
		return err
	}
	b.numbers = append(b.numbers, fmt.Sprintf("- %d idle connections: %.0f MB more, %.0f MB in all; meanwhile p50 %.0f µs, p99 %.0f µs at 10,000 q/s",
		idleConnections, float64(after.Resident-before.Resident)/1e6, float64(after.Resident)/1e6, r.P50, r.P99))
	return nil
}
