package rpzout

import (
	"context"
	"net/netip"
	"time"

	"github.com/miekg/dns"
)

// How often and for how long a secondary is told of a version.
const (
	notifyTries   = 5
	notifyTimeout = 2 * time.Second // of the first try; it doubles
)

// notify tells a secondary of a new version (RFC 1996 section 3.6) until it
// answers. If it does not, it finds the change by its own timers.
func (s *Server) notify(ctx context.Context, z *zone, secondary netip.AddrPort, serial uint32) {
	timeout := notifyTimeout
	for range notifyTries {
		m := new(dns.Msg).SetNotify(z.Name)
		m.Answer = []dns.RR{z.soa(serial)}
		begin := time.Now()
		client := dns.Client{Timeout: timeout}
		reply, _, err := client.ExchangeContext(ctx, m, secondary.String())
		if err == nil && reply.Rcode == dns.RcodeSuccess || ctx.Err() != nil || z.newest().serial != serial {
			return
		}
		select { // a closed port answers at once
		case <-ctx.Done():
			return
		case <-time.After(timeout - time.Since(begin)):
		}
		timeout *= 2
	}
	s.log.Warn("secondary does not answer notify", "zone", z.Name, "secondary", secondary)
}
