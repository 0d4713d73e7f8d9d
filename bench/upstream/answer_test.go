//go:build linux

package main

import (
	"testing"

	"github.com/miekg/dns"
)

func TestEveryQuestionHasAnAnswer(t *testing.T) {
	f := func(qtype uint16, answers, authority int) {
		t.Helper()
		query := new(dns.Msg).SetQuestion("www.lesson.example.", qtype).SetEdns0(1232, false)
		wire, err := query.Pack()
		if err != nil {
			t.Fatal(err)
		}
		room := make([]byte, packetOctets)
		var reply dns.Msg
		if err := reply.Unpack(answer(room, copy(room, wire))); err != nil {
			t.Fatal(err)
		}
		if reply.Id != query.Id || !reply.Response || reply.Question[0] != query.Question[0] || len(reply.Answer) != answers || len(reply.Ns) != authority {
			t.Errorf("answered\n%v", &reply)
		}
	}
	f(dns.TypeA, 1, 0)
	f(dns.TypeAAAA, 1, 0)
	f(dns.TypeHTTPS, 0, 1)
}
