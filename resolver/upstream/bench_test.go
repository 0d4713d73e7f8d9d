package upstream_test

import (
	"context"
	"net"
	"testing"
	"time"

	"lachan/resolver/upstream"

	"github.com/miekg/dns"
)

// echo is a server on loopback that turns every query into its own reply.
func echo(t testing.TB) *upstream.Group {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	t.Cleanup(func() { _ = conn.Close(); <-ended })
	go func() {
		defer close(ended)
		for buf := make([]byte, 4096); ; {
			n, from, err := conn.ReadFromUDPAddrPort(buf)
			if err != nil {
				return
			}
			buf[2] |= 0x80
			_, _ = conn.WriteToUDPAddrPort(buf[:n], from)
		}
	}()
	server := upstream.Server{Addr: conn.LocalAddr().(*net.UDPAddr).AddrPort()}
	return upstream.NewGroup(upstream.Fastest, 2*time.Second, upstream.Bootstrap(nil).Open(loops, []upstream.Server{server})...)
}

// An exchange opens a socket, which is most of what it allocates.
func TestExchangeAllocatesLittle(t *testing.T) {
	g, query, buf := echo(t), ask(t, "www.hoc.example.", dns.TypeA), make([]byte, 4096)
	allocations := testing.AllocsPerRun(100, func() {
		if _, err := g.Exchange(context.Background(), query, buf); err != nil {
			t.Fatal(err)
		}
	})
	if allocations > 30 {
		t.Errorf("%v allocations, want 30 or fewer", allocations)
	}
}

func BenchmarkExchange(b *testing.B) {
	g, query := echo(b), ask(b, "www.hoc.example.", dns.TypeA)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		buf := make([]byte, 4096)
		for pb.Next() {
			if _, err := g.Exchange(context.Background(), query, buf); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
