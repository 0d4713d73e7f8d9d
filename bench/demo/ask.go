package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"github.com/miekg/dns"
)

// ask asks as the pupils of all schools do, until ctx is done: at most some forty questions
// a second, as many as there would be at that hour.
func ask(ctx context.Context, server string, zone *time.Location) error {
	random := rand.New(rand.NewPCG(3, 4))
	all := schools()
	every := time.NewTicker(25 * time.Millisecond)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-every.C:
			s := &all[random.IntN(len(all))]
			if s.silent || random.IntN(100) >= max(5, busy(now.In(zone))) {
				continue
			}
			if err := s.ask(ctx, server, random); err != nil {
				return err
			}
		}
	}
}

// ask sends one question of a school. It does not wait for the answer.
func (s *school) ask(ctx context.Context, server string, random *rand.Rand) error {
	name := fmt.Sprintf("bai-hoc-%d.example.", random.IntN(50))
	for i, of := range [...]int{s.games, s.social, s.harm, s.advert} {
		if random.IntN(1000) < of {
			name = fmt.Sprintf("%s-%d.example.", categories[i], random.IntN(100))
		}
	}
	question, err := new(dns.Msg).SetQuestion(name, dns.TypeA).Pack()
	if err != nil {
		return fmt.Errorf("write a question: %w", err)
	}
	from := net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(s.pupil())}}
	c, err := from.DialContext(ctx, "udp", server)
	if err != nil {
		return fmt.Errorf("ask from %s: %w", s.pupil(), err)
	}
	defer c.Close()
	_, err = c.Write(question)
	if err != nil {
		return fmt.Errorf("ask from %s: %w", s.pupil(), err)
	}
	return nil
}
