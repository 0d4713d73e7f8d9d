package main

import (
	"fmt"
	"net"

	"github.com/miekg/dns"
)

// answerAll answers every question on a port of loopback with an address that leads nowhere
// (RFC 5737), until stop is called: the demonstration needs no network.
func answerAll() (addr string, stop func(), err error) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listen for what is not blocked: %w", err)
	}
	server := &dns.Server{PacketConn: c, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		if len(q.Question) == 1 && q.Question[0].Qtype == dns.TypeA {
			m.Answer = []dns.RR{&dns.A{
				Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 300},
				A:   net.IPv4(192, 0, 2, 1),
			}}
		}
		_ = w.WriteMsg(m) // an error: the client is gone
	})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.ActivateAndServe() // it ends when it is stopped
	}()
	return c.LocalAddr().String(), func() { _ = c.Close(); <-ended }, nil
}
