package udp

import (
	"bytes"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestANameInRandomCaseIsTheSameName: letters alone change, the request knows whether any
// did, and the name comes back as it was given.
func TestANameInRandomCaseIsTheSameName(t *testing.T) {
	var random randPool
	flips, same := 0, 0
	f := func(name string, letters bool) {
		t.Helper()
		query, err := new(dns.Msg).SetQuestion(name, dns.TypeA).Pack()
		if err != nil {
			t.Fatal(err)
		}
		for i := range 20 {
			r := &Request{}
			r.Query = bytes.Clone(query)
			trial := i%2 == 0
			r.mix(&random, trial)
			changed := !bytes.Equal(r.Query, query)
			if !bytes.EqualFold(r.Query, query) || !bytes.Equal(r.Query[:12], query[:12]) || r.flips != changed || r.mixed != letters || r.trial != (trial && letters) {
				t.Fatalf("%q became %q: flips %v, mixed %v, trial %v", query, r.Query, r.flips, r.mixed, r.trial)
			}
			if changed {
				flips++
			} else {
				same++
			}
			r.unmix()
			r.unmix()
			if !bytes.Equal(r.Query, query) || r.mixed {
				t.Fatalf("%q came back as %q", query, r.Query)
			}
		}
	}
	f("a.", true)
	f("Z.", true)
	f("www.Hoc.example.", true)
	f("1-2.3.", false)
	f(".", false)
	f(`\@\[\`+"`"+`\{.`, false) // the neighbours of letters
	long := bytes.Repeat([]byte("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghi."), 4)
	f(string(long), true)
	if flips == 0 || same < 60 {
		t.Errorf("%d times a letter was in another case, %d times none", flips, same)
	}
}

// TestLossesAreForgivenAfterAThousandAnswers in the right case, which are counted since
// the server was trusted; before that three of them end it for an hour.
func TestLossesAreForgivenAfterAThousandAnswers(t *testing.T) {
	f := func(keptBetween int, want Case) {
		t.Helper()
		began := time.Now()
		c := caseLearner{made: began, changed: make(chan struct{}, 1)}
		for range 4 {
			c.noteKept()
		}
		if got := Case(c.state.Load()); got != CaseKept {
			t.Fatalf("after four answers %s", got)
		}
		c.noteLost()
		c.noteLost()
		for range keptBetween {
			c.noteKept()
		}
		c.noteLost()
		if got := Case(c.state.Load()); got != want {
			t.Errorf("two losses, %d in the right case, a loss: %s, want %s", keptBetween, got, want)
		}
		if mixes, _ := c.mixes(began.Add(59 * time.Minute)); mixes != (want == CaseKept) {
			t.Errorf("within the hour random case goes out: %v", mixes)
		}
	}
	f(0, CaseLost)
	f(999, CaseLost)
	f(1000, CaseKept)
}
