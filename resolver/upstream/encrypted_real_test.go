package upstream_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"lachan/internal/testserver"
	"lachan/resolver/upstream"

	"github.com/miekg/dns"
)

func TestAsksRealServersOverEncryptedTransports(t *testing.T) {
	const names = 100
	records := []string{"hoc.example. 60 A 192.0.2.1"}
	for i := range names {
		records = append(records, fmt.Sprintf("may-%d.example. 60 A 192.0.2.%d", i, i))
	}
	certificate := good(t)
	cert, key := files(t, certificate)
	unbound := testserver.StartEncryptedUnbound(t, cert, key, records...)
	dnsdist := testserver.StartDNSDist(t, cert, key, unbound.Addr)
	knot := testserver.StartKnotResolver(t, cert, key, unbound.Addr)
	f := func(server string) {
		t.Helper()
		g := member(t, server)
		answered(t, g)
		var all sync.WaitGroup
		for i := range names {
			all.Go(func() {
				reply, err := g.Exchange(soon(t), askEDNS(t, fmt.Sprintf("may-%d.example.", i), dns.TypeA), nil)
				if err != nil {
					t.Errorf("%s: %v", server, err)
				} else if a := unpack(t, reply).Answer; len(a) != 1 || a[0].(*dns.A).A[3] != byte(i) {
					t.Errorf("%s: %v", server, a)
				}
			})
		}
		all.Wait()
	}
	for _, s := range []testserver.Encrypted{unbound, dnsdist, knot} {
		f("tls://" + s.TLS.String())
		f("https://" + s.HTTPS.String())
		f(fmt.Sprintf("https://dns.example:%d/dns-query#ip=127.0.0.1", s.HTTPS.Port()))
		f(fmt.Sprintf("tls://dns.example:%d#ip=127.0.0.1&pin=%s", s.TLS.Port(), pinOf(certificate)))
	}
}

// Servers of different kinds stand in for each other while one after the other
// is stopped.
func TestEncryptedServersStandInForEachOther(t *testing.T) {
	cert, key := files(t, good(t))
	first := testserver.StartEncryptedUnbound(t, cert, key, "hoc.example. 60 A 192.0.2.1")
	second := testserver.StartEncryptedUnbound(t, cert, key, "hoc.example. 60 A 192.0.2.2")
	var servers []upstream.Server
	for _, text := range []string{"tls://" + first.TLS.String(), second.Addr.String()} {
		s, err := upstream.ParseServer(text)
		if err != nil {
			t.Fatal(err)
		}
		servers = append(servers, s)
	}
	g := upstream.NewGroup(upstream.Ordered, 4*time.Second, upstream.Bootstrap(nil).Open(loops, servers)...)
	answered(t, g)
	first.Stop()
	for range 5 {
		answered(t, g)
	}
	if s := g.Stats(); s[0].Up || s[1].Exchanges != 5 {
		t.Errorf("%+v", s)
	}
	first.Start()
	running(t, g)
	for over := time.Now().Add(20 * time.Second); !g.Stats()[0].Up; answered(t, g) {
		if time.Now().After(over) {
			t.Fatal("the first server is not asked again")
		}
	}
}
