package exchange

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/miekg/dns"
)

// TestAQueryLosesItsOPTRecordAlone, wherever that stands in the additional section.
func TestAQueryLosesItsOPTRecordAlone(t *testing.T) {
	record := func(text string) dns.RR {
		rr, err := dns.NewRR(text)
		if err != nil {
			t.Fatal(err)
		}
		return rr
	}
	opt := func() dns.RR { return new(dns.Msg).SetEdns0(1232, true).Extra[0] }
	before, after := record("a.example. 60 TXT before"), record("b.example. 60 TXT after")
	f := func(what string, want bool, answer []dns.RR, extra ...dns.RR) {
		t.Helper()
		m := new(dns.Msg).SetQuestion("hoc.example.", dns.TypeA)
		m.Answer, m.Extra = answer, extra
		query, kept := packed(t, m), []dns.RR{}
		gone := !want
		for _, rr := range extra {
			if rr.Header().Rrtype == dns.TypeOPT && !gone {
				gone = true
			} else {
				kept = append(kept, rr)
			}
		}
		m.Extra = kept
		plain, ok := WithoutOPT(query)
		if ok != want || ok && !bytes.Equal(plain, packed(t, m)) || !ok && plain != nil {
			t.Errorf("%s: %x became %x, %v", what, query, plain, ok)
		}
	}
	f("alone", true, nil, opt())
	f("first", true, nil, opt(), after)
	f("last", true, nil, before, opt())
	f("between", true, nil, before, opt(), after)
	f("two", true, nil, opt(), opt())
	f("none", false, nil, before, after)
	f("nothing", false, nil)
	whole := packed(t, new(dns.Msg).SetQuestion("hoc.example.", dns.TypeA).SetEdns0(1232, true))
	other := bytes.Clone(whole) // where the record is said to be an answer it is no OPT record of the query
	binary.BigEndian.PutUint16(other[6:], 1)
	binary.BigEndian.PutUint16(other[10:], 0)
	if plain, ok := WithoutOPT(other); ok {
		t.Errorf("of the answers: %x", plain)
	}
	for i := range whole {
		if plain, ok := WithoutOPT(whole[:i]); ok {
			t.Errorf("of %d bytes: %x", i, plain)
		}
	}
	end, ok := QuestionEnd(whole)
	if last, whole2 := messageEnd(whole); !ok || end != 12+13+4 || !whole2 || last != len(whole) {
		t.Errorf("the question ends at %d, the message at %d of %d", end, last, len(whole))
	}
	if last, ok := messageEnd(append(bytes.Clone(whole), 1, 2)); !ok || last != len(whole) {
		t.Errorf("a message with more behind it ends at %d of %d, %v", last, len(whole), ok)
	}
	for i := range whole {
		if _, ok := messageEnd(whole[:i]); ok {
			t.Errorf("of %d bytes there is a whole message", i)
		}
		if _, ok := QuestionEnd(whole[:i]); ok != (i >= end) {
			t.Errorf("of %d bytes there is a question: %v", i, ok)
		}
	}
	if Truncated(whole) || !Truncated([]byte{2: 2, 11: 0}) {
		t.Error("which message is truncated")
	}
}
