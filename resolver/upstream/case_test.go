package upstream_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/resolver/upstream"
	"lachan/resolver/upstream/udp"
)

// A caseServer answers every name, and notes those that came in random case.
type caseServer struct {
	t       *testing.T
	plain   *upstream.Plain
	answer  atomic.Pointer[func(d datagram, mixed bool)]
	mu      sync.Mutex
	asked   int // mu
	mixed   int // mu
	spelled map[string]bool
}

func newCaseServer(t *testing.T, answer func(d datagram, mixed bool)) *caseServer {
	s := &caseServer{t: t, spelled: map[string]bool{}}
	s.answer.Store(&answer)
	addr := peerUDP(t, func(d datagram) {
		name := unpack(t, d.wire).Question[0].Name
		mixed := name != strings.ToLower(name)
		s.mu.Lock()
		s.asked++
		if mixed {
			s.mixed++
		}
		s.spelled[name] = true
		s.mu.Unlock()
		(*s.answer.Load())(d, mixed)
	})
	s.plain = upstream.NewPlain(loops, addr)
	return s
}

// ask asks n names and fails for each that is not answered as it was asked.
func (s *caseServer) ask(n int, timeout time.Duration) {
	s.t.Helper()
	for i := range n {
		query := ask(s.t, fmt.Sprintf("www%d.school.example.", i), dns.TypeA)
		reply, err := s.plain.Exchange(within(s.t, timeout), query, nil)
		if err != nil {
			s.t.Fatalf("question %d: %v", i, err)
		}
		if m := unpack(s.t, reply); !bytes.Equal(reply[:2], query[:2]) || m.Rcode != dns.RcodeSuccess || len(m.Answer) != 1 ||
			m.Question[0].Name != unpack(s.t, query).Question[0].Name || m.Answer[0].Header().Name != m.Question[0].Name {
			s.t.Fatalf("question %d: %v", i, m)
		}
	}
}

// take is what the server was asked since it was looked at last.
func (s *caseServer) take() (asked, mixed, spellings int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked, mixed, spellings = s.asked, s.mixed, len(s.spelled)
	s.asked, s.mixed = 0, 0
	clear(s.spelled)
	return asked, mixed, spellings
}

// keep repeats the question as it came, and spells the owner out.
func keep(t *testing.T) func(d datagram, mixed bool) {
	return func(d datagram, _ bool) {
		m := unpack(t, replyTo(t, d.wire, dns.RcodeSuccess, unpack(t, d.wire).Question[0].Name+" 60 A 192.0.2.1"))
		m.Compress = false
		d.back(pack(t, m))
	}
}

// lose answers in lower case.
func lose(t *testing.T) func(d datagram, mixed bool) {
	return func(d datagram, _ bool) {
		name := strings.ToLower(unpack(t, d.wire).Question[0].Name)
		m := unpack(t, replyTo(t, d.wire, dns.RcodeSuccess, name+" 60 A 192.0.2.1"))
		m.Question[0].Name = name
		d.back(pack(t, m))
	}
}

// An upstream that repeats names letter by letter is asked in random case: a forger has
// to guess each letter too. The client sees none of it.
func TestNamesGoOutInRandomCaseWhereThatIsKept(t *testing.T) {
	s := newCaseServer(t, keep(t))
	s.ask(20, 10*time.Second)
	_, learning, _ := s.take()
	s.ask(100, 10*time.Second)
	asked, mixed, _ := s.take()
	t.Logf("of the first 20 questions %d went out in random case, of 100 more %d", learning, mixed)
	if learning > 12 || asked != 100 || mixed < 99 || s.plain.Case() != udp.CaseKept {
		t.Errorf("%d, then %d of %d in random case; learned %q", learning, mixed, asked, s.plain.Case())
	}
	for range 50 { // the same name
		s.ask(1, 10*time.Second)
	}
	if asked, _, spellings := s.take(); asked != 50 || spellings < 45 {
		t.Errorf("one name was spelled in %d ways in %d questions", spellings, asked)
	}
}

// An upstream that minds the case costs no answer: it is learned, and asked as before.
func TestAnUpstreamThatMindsTheCaseCostsNoAnswer(t *testing.T) {
	refuse := func(rcode int) func(d datagram, mixed bool) {
		return func(d datagram, mixed bool) {
			if mixed {
				d.back(replyTo(t, d.wire, rcode))
				return
			}
			keep(t)(d, mixed)
		}
	}
	f := func(what string, timeout time.Duration, answer func(d datagram, mixed bool)) {
		t.Helper()
		s := newCaseServer(t, answer)
		s.ask(30, timeout)
		_, mixed, _ := s.take()
		s.ask(30, timeout)
		asked, later, _ := s.take()
		t.Logf("%s: %d questions in random case, then none", what, mixed)
		if mixed == 0 || mixed > 8 || later != 0 || asked != 30 || s.plain.Case() != udp.CaseLost {
			t.Errorf("%s: %d, then %d of %d in random case; learned %q", what, mixed, later, asked, s.plain.Case())
		}
	}
	f("lower case", 10*time.Second, lose(t))
	f("NXDOMAIN", 10*time.Second, refuse(dns.RcodeNameError))
	f("SERVFAIL", 10*time.Second, refuse(dns.RcodeServerFailure))
	f("FORMERR", 10*time.Second, refuse(dns.RcodeFormatError))
	f("nothing", time.Second, func(d datagram, mixed bool) {
		if !mixed {
			keep(t)(d, mixed)
		}
	})
}

// What was learned may end, as another server answers behind the address: that costs no
// answer either, and random case ends after three replies.
func TestAnUpstreamThatCeasesToKeepTheCaseCostsNoAnswer(t *testing.T) {
	f := func(what string, timeout time.Duration, answer func(d datagram, mixed bool)) {
		t.Helper()
		s := newCaseServer(t, keep(t))
		s.ask(30, 10*time.Second)
		s.take()
		s.answer.Store(&answer)
		s.ask(20, timeout)
		asked, mixed, _ := s.take()
		t.Logf("%s: %d questions sent for 20, %d in random case", what, asked, mixed)
		if asked < 23 || asked > 26 || mixed != 3 || s.plain.Case() != udp.CaseLost {
			t.Errorf("%s: %d sent, %d in random case; learned %q", what, asked, mixed, s.plain.Case())
		}
	}
	f("lower case", 10*time.Second, lose(t))
	f("nothing in random case", time.Second, func(d datagram, mixed bool) {
		if !mixed {
			keep(t)(d, mixed)
		}
	})
}

// A reply that has all but the case of the letters is not taken: the question is asked
// again.
func TestAForgerHasToKnowTheCase(t *testing.T) {
	s := newCaseServer(t, keep(t))
	s.ask(30, 10*time.Second)
	s.take()
	forge := func(d datagram, mixed bool) {
		if mixed {
			forged := replyTo(t, d.wire, dns.RcodeSuccess, unpack(t, d.wire).Question[0].Name+" 60 A 198.51.100.66")
			copy(forged[12:], bytes.ToLower(forged[12:12+len(unpack(t, d.wire).Question[0].Name)]))
			d.back(forged)
		}
		keep(t)(d, mixed)
	}
	s.answer.Store(&forge)
	reply, err := s.plain.Exchange(soon(t), ask(t, "hoc.school.example.", dns.TypeA), nil)
	if err != nil {
		t.Fatal(err)
	}
	if a := unpack(t, reply).Answer[0].(*dns.A).A.String(); a != "192.0.2.1" {
		t.Errorf("accepted %s", a)
	}
	if asked, mixed, _ := s.take(); asked != 2 || mixed != 1 || s.plain.Mismatches() == 0 {
		t.Errorf("asked %d times, %d in random case; %d mismatches", asked, mixed, s.plain.Mismatches())
	}
}

// That an upstream keeps the case is said once, in the log and in its figures.
func TestWhatAnUpstreamMakesOfTheCaseIsTold(t *testing.T) {
	s := newCaseServer(t, lose(t))
	m := upstream.NewMember("192.0.2.53:53", s.plain)
	g := upstream.NewGroup(upstream.Ordered, 10*time.Second, m)
	lines := make(chan string, 100)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		g.Run(ctx, slog.New(slog.NewTextHandler(lineWriter(lines), nil)))
	}()
	for i := range 60 {
		if _, err := g.Exchange(soon(t), ask(t, fmt.Sprintf("n%d.school.example.", i), dns.TypeA), nil); err != nil {
			t.Fatal(err)
		}
	}
	line := <-lines
	cancel()
	<-ended
	if !strings.Contains(line, "kept=false") || len(lines) > 0 || m.Stat().Case != udp.CaseLost {
		t.Errorf("%q and %d more lines; learned %q", line, len(lines), m.Stat().Case)
	}
}

type lineWriter chan string

func (w lineWriter) Write(line []byte) (int, error) {
	w <- string(line)
	return len(line), nil
}
