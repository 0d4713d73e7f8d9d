package resolver_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/resolver/listen"
	"lachan/resolver/upstream"
)

// Over each protocol six hundred questions of two schools are under way at once.
const (
	racers   = 12 // connections, half of them each school's
	eachAsks = 50
)

// TestNoAnswerCrosses: two schools, of which one may not have what the other
// may, ask the same names of the same upstream at the same time, and each
// question gets its own answer and its own school's.
func TestNoAnswerCrosses(t *testing.T) {
	up := newSource(t, "")
	up.answer(func(q *dns.Msg) *dns.Msg { // in any order, each name's own
		<-time.After(rand.N(20 * time.Millisecond))
		m := new(dns.Msg).SetReply(q)
		h := dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeTXT, Class: dns.ClassINET, Ttl: 60}
		m.Answer = []dns.RR{&dns.TXT{Hdr: h, Txt: []string{strings.ToLower(h.Name)}}}
		return m
	})
	n := newNode(t, badLists, up.addr)
	n.load(threeSchools)
	n.settings.Clients.UnitIDs, n.settings.Connections.Connections, n.settings.Cache.Bounds.Entries = true, 2000, 100_000
	patient := upstream.NewGroup(upstream.Ordered, deadline, serversAt(t, up.addr)...)
	zones, err := upstream.NewZones(patient, nil)
	if err != nil {
		t.Fatal(err)
	}
	n.zones = zones
	f := newFrontage(t, n, listen.DoT, listen.DoH, listen.DoQ)
	forms := map[string][]way{} // by protocol
	for _, w := range ways() {
		protocol, _, _ := strings.Cut(w.name, " ")
		forms[protocol] = append(forms[protocol], w)
	}
	for protocol, ways := range forms {
		var racing sync.WaitGroup
		for i := range racers {
			w, school := ways[i%len(ways)], "ab"[i%2:i%2+1]
			callers := callersOf(w, school)
			racing.Go(func() { f.race(t, w, callers[i/2%len(callers)], school, strings.ReplaceAll(protocol, ".", "")) })
		}
		racing.Wait()
	}
}

// callersOf are a school's, by every kind of identity that a way has a place
// for.
func callersOf(w way, school string) []caller {
	callers := []caller{{from: map[string]string{"a": "127.1.0.1", "b": "127.2.0.1"}[school], serverName: house}}
	const elsewhere = "127.9.0.1"
	link := "link-of-school-" + school + "-01"
	switch w.transport() {
	case "udp", "tcp":
		return callers
	case "doh":
		callers = append(callers, caller{from: elsewhere, serverName: house, path: "/" + link})
	}
	return append(callers, caller{from: elsewhere, serverName: link + "." + house})
}

// race asks everything at once over one connection, or as many as it takes, and
// looks whose the answers are.
func (f *frontage) race(t *testing.T, w way, c caller, school, run string) {
	var messages []*dns.Msg
	for i := range eachAsks {
		name := fmt.Sprintf("n%d.%s.%s", i, run, [2]string{"bet.example.", "lesson.example."}[i%2])
		messages = append(messages, new(dns.Msg).SetQuestion(name, dns.TypeTXT))
	}
	for i, r := range f.askAll(t, w, c, messages) {
		asked := messages[i].Question[0].Name
		want := fmt.Sprintf("%q", asked)
		if school == "a" && strings.Contains(asked, "bet.") {
			want = "NXDOMAIN"
		}
		if r == nil || tell(r) != want {
			t.Errorf("%s, school %s, %v asks %s: %v, want %s", w.name, school, c, asked, r, want)
		} else if len(r.Question) > 0 && r.Question[0] != messages[i].Question[0] {
			t.Errorf("%s, school %s asks %s and is told of %s", w.name, school, asked, r.Question[0].Name)
		}
	}
}

// askAll asks without waiting for answers and returns these in the order of the
// questions.
func (f *frontage) askAll(t *testing.T, w way, c caller, messages []*dns.Msg) []*dns.Msg {
	if w.name == "tcp" {
		s := f.stream(c.from)
		defer s.Close()
		return pipelined(t, &dns.Conn{Conn: s}, messages)
	}
	if w.name == "dot" {
		conn := f.dot(c.from, f.greeting(c.serverName, "dot"))
		defer conn.Close()
		return pipelined(t, conn, messages)
	}
	ask, end := w.open(t, f, c)
	defer end()
	replies := make([]*dns.Msg, len(messages))
	var asking sync.WaitGroup
	for i, m := range messages {
		asking.Go(func() { replies[i] = ask(m) })
	}
	asking.Wait()
	return replies
}

// pipelined sends all questions and then reads as many answers, which come in
// any order.
func pipelined(t *testing.T, c *dns.Conn, messages []*dns.Msg) []*dns.Msg {
	if err := c.SetDeadline(time.Now().Add(deadline)); err != nil {
		t.Error(err)
	}
	for i, m := range messages {
		m.Id = uint16(i)
		if err := c.WriteMsg(m); err != nil {
			t.Error(err)
		}
	}
	replies := make([]*dns.Msg, len(messages))
	for range messages {
		m, err := c.ReadMsg()
		if err != nil {
			t.Error(err)
			break
		}
		if int(m.Id) >= len(replies) || replies[m.Id] != nil {
			t.Errorf("a second answer to question %d, or one to none", m.Id)
			break
		}
		replies[m.Id] = m
	}
	return replies
}
