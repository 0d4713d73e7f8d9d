package upstream

import (
	"bytes"
	"slices"
	"testing"

	"github.com/miekg/dns"
)

// FuzzAccept: whatever comes, accept does not panic, and what it accepts has
// the query's ID, is a response, repeats the question but for case (or is a
// bare FORMERR), is no longer than what came, and is a message that accept
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
		if _, ok := questionEnd(query); !ok {
			return
		}
		// The ID was not random: what came may answer the query itself.
		raw := slices.Clone(came)
		got, err := accept(query, query, came)
		if err != nil {
			if matches(query, raw) {
				t.Fatalf("%v: %x to %x", err, raw, query)
			}
			return
		}
		if len(got) > len(raw) || !bytes.Equal(got[:2], query[:2]) || got[2]&bitQR == 0 {
			t.Fatalf("accepted %x to %x", got, query)
		}
		if end, _ := questionEnd(query); !bareFormErr(got) && !bytes.EqualFold(got[headerSize:end-4], query[headerSize:end-4]) && isASCII(query[headerSize:end]) {
			t.Fatalf("accepted another question: %x to %x", got, query)
		}
		if again, err := accept(query, query, slices.Clone(got)); err != nil || !bytes.Equal(again, got) {
			t.Fatalf("accepted %x, then %x, %v", got, again, err)
		}
	})
}

// matches tells whether miekg/dns reads both, to the last record that is
// announced, and finds reply to be of query. It follows a compression pointer in
// a question, where no server puts one: such are no match.
func matches(query, reply []byte) bool {
	var q, r dns.Msg
	if q.Unpack(query) != nil || r.Unpack(reply) != nil {
		return false
	}
	end, _ := questionEnd(query)
	replyEnd, ok := questionEnd(reply)
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
		plain, ok := withoutOPT(query)
		if !bytes.Equal(before, query) {
			t.Fatalf("%x was written to", before)
		}
		if !ok {
			return
		}
		if records(plain) != records(query)-1 || len(query)-len(plain) < 11 {
			t.Fatalf("%x became %x", query, plain)
		}
		end, _ := questionEnd(query)
		if got, ok := questionEnd(plain); !ok || got != end || !bytes.Equal(plain[headerSize:end], query[headerSize:end]) {
			t.Fatalf("question of %x changed: %x", query, plain)
		}
	})
}

// FuzzParseServer: it does not panic, and what it reads it reads again from its
// own text; what it does not read is a Mistake with both languages.
func FuzzParseServer(f *testing.F) {
	for _, text := range []string{"1.1.1.1", "tcp://[2606:4700::1111]:53", "system", "fe80::1%eth0:53", "[::1]:"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseServer(text)
		if err != nil {
			if m, ok := err.(*Mistake); !ok || m.Text.VI == "" || m.Text.EN == "" {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if again, err := ParseServer(s.String()); err != nil || again != s {
			t.Fatalf("%q is %q, read again as %q, %v", text, s, again, err)
		}
	})
}

// FuzzNameservers: whatever the file holds, what is read are addresses of hosts
// at port 53.
func FuzzNameservers(f *testing.F) {
	f.Add("nameserver 192.0.2.1\nnameserver fe80::1%eth0\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, addr := range nameservers(text) {
			if !addr.IsValid() || addr.Port() != dnsPort || addr.Addr().IsUnspecified() {
				t.Fatalf("%q: %v", text, addr)
			}
		}
	})
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
