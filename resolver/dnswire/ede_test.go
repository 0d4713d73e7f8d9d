package dnswire_test

import (
	"testing"

	"github.com/miekg/dns"

	"lachan/resolver/dnswire"
)

// withErrors is a message with extended errors.
func withErrors(codes ...uint16) *dns.Msg {
	m := query("lesson.example.", dns.TypeA).SetEdns0(1232, false)
	for _, code := range codes {
		m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_EDE{InfoCode: code, ExtraText: "why"})
	}
	return m
}

func TestTheFirstExtendedErrorIsRead(t *testing.T) {
	f := func(m *dns.Msg, want uint16) {
		t.Helper()
		if got := dnswire.ExtendedError(pack(t, m)); got != want {
			t.Errorf("%v: %d, want %d", m, got, want)
		}
	}
	f(withErrors(), dnswire.EDENone)
	f(withErrors(6), 6)
	f(withErrors(0, 22), 0)
	f(query("lesson.example.", dns.TypeA), dnswire.EDENone)
}

// TestOnlyOptionsAreExtendedErrors has the bytes of one where none is meant.
func TestOnlyOptionsAreExtendedErrors(t *testing.T) {
	f := func(what string, rrtype byte, rdata string, want uint16) {
		t.Helper()
		msg := pack(t, query("lesson.example.", dns.TypeA))
		msg[11] = 1
		msg = append(msg, 0, 0, rrtype, 0, 1, 0, 0, 0, 0, 0, byte(len(rdata)))
		if got := dnswire.ExtendedError(append(msg, rdata...)); got != want {
			t.Errorf("%s: %d, want %d", what, got, want)
		}
	}
	const filtered = "\x00\x0f\x00\x02\x00\x11"
	f("an option", byte(dns.TypeOPT), filtered, 17)
	f("a TXT record", byte(dns.TypeTXT), filtered, dnswire.EDENone)
	f("a private type", 0xFF, filtered, dnswire.EDENone)
	f("an OPT record with half an option", byte(dns.TypeOPT), filtered+"\x00\x0f\x00", dnswire.EDENone)
	f("an OPT record with an option that is too long", byte(dns.TypeOPT), filtered+"\x00\x0f\x00\x03\x00\x12", dnswire.EDENone)
	f("an error without a code", byte(dns.TypeOPT), "\x00\x0f\x00\x01\x00", dnswire.EDENone)
}

// FuzzExtendedError: any bytes have an answer, and of a message that miekg/dns
// reads it is the one that is found there.
func FuzzExtendedError(f *testing.F) {
	f.Add(pack(f, withErrors(6)))
	f.Add(pack(f, withErrors(22, 15)))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, msg []byte) {
		got := dnswire.ExtendedError(msg)
		var m dns.Msg
		if m.Unpack(msg) != nil || len(m.Question) != 1 || len(m.Extra) != 1 {
			return
		}
		opt, ok := m.Extra[0].(*dns.OPT)
		if !ok {
			return
		}
		for _, o := range opt.Option {
			if e, ok := o.(*dns.EDNS0_EDE); ok {
				if got != e.InfoCode {
					t.Fatalf("%d, miekg/dns reads %d", got, e.InfoCode)
				}
				return
			}
		}
	})
}

// The errors of upstreams that filter are 15 to 18 (RFC 8914 sections 4.16 to 4.19).
func TestWhichErrorsAreOfAFilter(t *testing.T) {
	for code := range uint16(64) {
		if got, want := dnswire.EDEOfFilter(code), 15 <= code && code <= 18; got != want {
			t.Errorf("code %d: of a filter %v", code, got)
		}
	}
}
