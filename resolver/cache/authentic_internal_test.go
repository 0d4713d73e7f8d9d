package cache

import (
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/resolver/dnswire"
)

// That an answer was validated is told as long as it is fresh: past its end its signatures
// may have ended too.
func TestAnAnswerPastItsEndIsNotAuthentic(t *testing.T) {
	m := new(dns.Msg).SetQuestion("a.example.", dns.TypeA).SetEdns0(1232, true)
	query, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	reply := new(dns.Msg).SetReply(m)
	reply.AuthenticatedData = true
	a, err := dns.NewRR("a.example. 60 A 192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	reply.Answer = append(reply.Answer, a)
	text, err := reply.Pack()
	if err != nil {
		t.Fatal(err)
	}
	e, _, err := NewEntry(query, text, Lifetimes{MaxTTL: time.Hour}, true, false, 0)
	if err != nil || !e.Authentic() {
		t.Fatalf("authentic is %v, %v", e.Authentic(), err)
	}
	var q dnswire.Query
	if outcome, _ := q.Parse(query); outcome != dnswire.Accept {
		t.Fatal(outcome)
	}
	for at, want := range map[time.Duration]bool{0: true, 59 * time.Second: true, 61 * time.Second: false} {
		out := e.AppendTo(nil, &q, int64(at))
		if got := out[3]&dnswire.FlagAD != 0; got != want {
			t.Errorf("after %s AD is %v", at, got)
		}
	}
}
