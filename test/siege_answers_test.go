package test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"time"

	"github.com/miekg/dns"
)

// This file has what attackers do with what they have asked for: answers as long as
// there can be, so many that the cache is full of them, and none at all. Whoever has
// a zone of his own can have them; here it is that of startHostileUpstream.

func answerAttacks() []attack {
	return []attack{
		{"64 KiB for many who ask the same over UDP", func(ctx context.Context, s *siege) { s.equal(ctx) }},
		{"64 KiB for who asks the same over TCP and takes none", func(ctx context.Context, s *siege) { s.pipelined(ctx) }},
		{"a cache full of long answers", func(ctx context.Context, s *siege) { s.flood(ctx, mediumZone, sized(2000, 800)) }},
		{"questions that nobody answers", func(ctx context.Context, s *siege) { s.flood(ctx, silentZone, sized(6000, 2000)) }},
		{"1,400 idle connections to http.listen", func(ctx context.Context, s *siege) { s.occupy(ctx, s.http, 1400, nil) }},
	}
}

// socket is one of an attacker's; what comes is thrown away.
func (s *siege) socket(from int) net.Conn {
	d := net.Dialer{LocalAddr: &net.UDPAddr{IP: net.IPv4(127, 66, 0, byte(1+from%besiegers))}}
	c, err := d.Dial("udp", s.dns)
	if err != nil {
		panic(err) // the address is the test's
	}
	s.laid.Go(func() {
		for buffer := make([]byte, 1500); ; {
			if _, err := c.Read(buffer); err == net.ErrClosed {
				return
			}
		}
	})
	return c
}

// wire is a question as it goes over UDP.
func wire(name string) []byte {
	packed, err := new(dns.Msg).SetQuestion(dns.Fqdn(name), dns.TypeA).Pack()
	if err != nil {
		panic(err) // it is a good one
	}
	return packed
}

// equal has thousands wait for one answer, again and again.
func (s *siege) equal(ctx context.Context) {
	const waiting = 8000
	for from := range besiegers {
		c := s.socket(from)
		s.laid.Go(func() {
			for round := 0; ctx.Err() == nil; round++ {
				packed := wire(fmt.Sprintf("e%d.%s", round, giantZone))
				for i := range waiting / besiegers {
					packed[0], packed[1] = byte(i>>8), byte(i)
					_, _ = c.Write(packed) // what is refused is lost
					s.tries.Add(1)
				}
				select {
				case <-ctx.Done():
				case <-time.After(2 * slowAnswer):
				}
			}
		})
	}
}

// pipelined asks the same question as often as a connection lets it, and takes no
// answer.
func (s *siege) pipelined(ctx context.Context) {
	const connections, questions = 40, 64
	way := s.plain(s.dns)
	for i := range connections {
		s.laid.Go(func() {
			for round := 0; ctx.Err() == nil; round++ {
				packed := wire(fmt.Sprintf("p%d-%d.%s", round, i/8, giantZone))
				framed := append([]byte{byte(len(packed) >> 8), byte(len(packed))}, packed...)
				c, err := way(ctx, i)
				if err == nil {
					_, _ = c.Write(bytes.Repeat(framed, questions)) // what is refused is lost
					s.tries.Add(questions)
				}
				select {
				case <-ctx.Done():
				case <-time.After(4 * slowAnswer):
				}
				if err == nil {
					c.Close()
				}
			}
		})
	}
}

// flood asks for names that nobody has asked for, at a pace.
func (s *siege) flood(ctx context.Context, zone string, perSecond int) {
	const step = 5 * time.Millisecond
	for from := range besiegers {
		c := s.socket(from)
		s.laid.Go(func() {
			tick := time.NewTicker(step)
			defer tick.Stop()
			begin := time.Now()
			for n := 0; ctx.Err() == nil; <-tick.C {
				for due := int(time.Since(begin).Seconds() * float64(perSecond/besiegers)); n < due; n++ {
					_, _ = c.Write(wire(fmt.Sprintf("n%d-%d.%s", from, n, zone))) // what is refused is lost
					s.tries.Add(1)
				}
			}
		})
	}
}
