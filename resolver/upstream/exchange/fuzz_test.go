package exchange

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/miekg/dns"

	"lachan/resolver/dnswire"
)

// FuzzAccept: whatever comes, Accept does not panic, and what it accepts has
// the query's ID, is a response, repeats the question but for case (or is a
// bare FORMERR), is no longer than what came, and is a message that Accept
// accepts unchanged. What miekg/dns reads as a reply to the question is
// accepted.
func FuzzAccept(f *testing.F) {
	query := packed(f, new(dns.Msg).SetQuestion("Hoc.example.", dns.TypeA).SetEdns0(1232, true))
	reply := new(dns.Msg)
	reply.SetReply(unpacked(f, query))
	rr, err := dns.NewRR("hoc.example. 60 A 192.0.2.1")
	if err != nil {
		f.Fatal(err)
	}
	reply.Answer = append(reply.Answer, rr)
	reply.Compress = true
	f.Add(query, packed(f, reply))
	f.Add(query, append(packed(f, reply), 0))
	f.Add(query, []byte{query[0], query[1], 0x80, 1, 11: 0})
	f.Add(query, query)
	f.Fuzz(func(t *testing.T, query, came []byte) {
		if _, ok := QuestionEnd(query); !ok {
			return
		}
		// The ID was not random: what came may answer the query itself.
		raw := slices.Clone(came)
		got, err := Accept(query, query, came)
		if err != nil {
			if matches(query, raw) {
				t.Fatalf("%v: %x to %x", err, raw, query)
			}
			return
		}
		if len(got) > len(raw) || !bytes.Equal(got[:2], query[:2]) || got[2]&bitQR == 0 {
			t.Fatalf("accepted %x to %x", got, query)
		}
		if end, _ := QuestionEnd(query); !BareFormErr(got) && !bytes.EqualFold(got[dnswire.HeaderSize:end-4], query[dnswire.HeaderSize:end-4]) && isASCII(query[dnswire.HeaderSize:end]) {
			t.Fatalf("accepted another question: %x to %x", got, query)
		}
		if again, err := Accept(query, query, slices.Clone(got)); err != nil || !bytes.Equal(again, got) {
			t.Fatalf("accepted %x, then %x, %v", got, again, err)
		}
	})
}

// matches reports whether miekg/dns reads both, to the last record that is
// announced, and finds reply to be of query. It follows a compression pointer in
// a question, where no server puts one: such are no match.
func matches(query, reply []byte) bool {
	var q, r dns.Msg
	if q.Unpack(query) != nil || r.Unpack(reply) != nil {
		return false
	}
	end, _ := QuestionEnd(query)
	replyEnd, ok := QuestionEnd(reply)
	return ok && end == replyEnd && slices.Equal(q.Question, r.Question) &&
		q.Id == r.Id && r.Response && q.Opcode == r.Opcode &&
		records(reply) == len(r.Answer)+len(r.Ns)+len(r.Extra)
}

func isASCII(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c >= 0x80 })
}

// FuzzWithoutOPT: a query loses its first OPT record of the additional section
// and nothing else, and is not written to.
func FuzzWithoutOPT(f *testing.F) {
	f.Add(packed(f, new(dns.Msg).SetQuestion("hoc.example.", dns.TypeA).SetEdns0(1232, true)))
	f.Add(packed(f, new(dns.Msg).SetQuestion("hoc.example.", dns.TypeA)))
	f.Fuzz(func(t *testing.T, query []byte) {
		before := slices.Clone(query)
		plain, ok := WithoutOPT(query)
		if !bytes.Equal(before, query) {
			t.Fatalf("%x was written to", before)
		}
		if !ok {
			return
		}
		if records(plain) != records(query)-1 || len(query)-len(plain) < 11 {
			t.Fatalf("%x became %x", query, plain)
		}
		end, _ := QuestionEnd(query)
		if got, ok := QuestionEnd(plain); !ok || got != end || !bytes.Equal(plain[dnswire.HeaderSize:end], query[dnswire.HeaderSize:end]) {
			t.Fatalf("question of %x changed: %x", query, plain)
		}
	})
}

// records is how many records the header announces, all sections together.
func records(msg []byte) (n int) {
	for at := 6; at < dnswire.HeaderSize; at += 2 {
		n += int(binary.BigEndian.Uint16(msg[at:]))
	}
	return n
}

func packed(t testing.TB, m *dns.Msg) []byte {
	t.Helper()
	wire, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return wire
}

func unpacked(t testing.TB, wire []byte) *dns.Msg {
	t.Helper()
	m := new(dns.Msg)
	if err := m.Unpack(wire); err != nil {
		t.Fatal(err)
	}
	return m
}
