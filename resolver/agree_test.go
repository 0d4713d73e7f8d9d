package resolver_test

import (
	"context"
	"fmt"
	"maps"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"lachan/metrics"
	"lachan/resolver/listen"
)

// threeSchools differ in what they block. Each is known by its networks, by a
// link id or, from elsewhere, by its id.
const threeSchools = `
profiles:
  hs: {block: [gambling, malware], safe_search: strict, youtube: strict, reply: nxdomain, replies: {malware: null}}
  gv: {block: [malware], reply: nodata}
  thi: {default: deny, reply: refused, allow: [lesson.example]}
units:
  - {id: tinh, kind: province, lock: [phishing]}
  - {id: a, parent: tinh, profile: hs, networks: [127.1.0.0/16], links: [link-of-school-a-01], allow: [ok.bet.example], block: [own.example]}
  - {id: b, parent: tinh, profile: gv, networks: [127.2.0.0/16], links: [link-of-school-b-01]}
  - {id: c, parent: tinh, profile: thi, networks: [127.3.0.0/16], links: [link-of-school-c-01]}
  - {id: d, parent: tinh, profile: gv}
`

// questions are two hundred, of names that are blocked, allowed, rewritten,
// unknown or ours, and types with and without addresses.
func questions() (list []*dns.Msg) {
	names := []string{
		"lesson.example.", "alias.example.", "bet.example.", "ok.bet.example.", "deep.bet.example.", "own.example.", "evil.example.",
		"phish.example.", "www.google.com.", "www.youtube.com.", "nowhere.example.", "localhost.", "x.invalid.", "use-application-dns.net.",
		"to-bet.example.", "LeSSon.EXAMPLE.", "mask.icloud.com.", "a.b.c.lesson.example.", "_dns.resolver.arpa.", "example.",
	}
	types := []uint16{
		dns.TypeA, dns.TypeAAAA, dns.TypeHTTPS, dns.TypeTXT, dns.TypeMX, dns.TypeCNAME, dns.TypeNS, dns.TypeSOA, dns.TypeANY, dns.TypeSVCB,
	}
	for _, name := range names {
		for _, qtype := range types {
			list = append(list, new(dns.Msg).SetQuestion(name, qtype).SetEdns0(1232, false))
		}
	}
	return list
}

// account is what an answer says, but for how long it may be kept.
func account(m *dns.Msg) string {
	data := func(rrs []dns.RR) string {
		var texts []string
		for _, rr := range rrs {
			h := *rr.Header()
			text := strings.TrimPrefix(rr.String(), rr.Header().String())
			if soa, ok := rr.(*dns.SOA); ok {
				text = soa.Ns
			}
			texts = append(texts, h.Name+" "+dns.TypeToString[h.Rrtype]+" "+text)
		}
		return strings.Join(texts, ", ")
	}
	return fmt.Sprintf("%s AD=%v TC=%v EDE=%d [%s] [%s]", dns.RcodeToString[m.Rcode], m.AuthenticatedData, m.Truncated, ede(m), data(m.Answer), data(m.Ns))
}

// TestEveryWayInAgrees: whatever carries a question, and however its school is
// known, the answer, the decision, the category and what is counted are the same.
func TestEveryWayInAgrees(t *testing.T) {
	up := newSource(t, lesson+"alias.example. CNAME lesson.example.\nto-bet.example. CNAME bet.example.\n")
	n := newNode(t, badLists, up.addr)
	n.load(threeSchools)
	n.settings.Clients.UnitIDs = true
	n.settings.Cache.Bounds.Entries = 100_000
	f := newFrontage(t, n, listen.DoT, listen.DoH, listen.DoQ)
	asked := questions()
	if len(asked) != 200 {
		t.Fatalf("%d questions", len(asked))
	}
	for i, school := range []string{"a", "b", "c"} {
		address := fmt.Sprintf("127.%d.0.1", i+1)
		elsewhere, link := "127.9.0.1", "link-of-school-"+school+"-01"
		byAddress := caller{from: address, serverName: house}
		var want []string
		var wantCounts map[string]int
		ask := func(kind string, w way, c caller) {
			t.Helper()
			before, total := n.schoolCounts(), n.asked(w.transport())
			put, end := w.open(t, f, c)
			defer end()
			for j, m := range asked {
				m.Id = uint16(j)
				got := account(put(m))
				if len(want) < len(asked) {
					want = append(want, got)
				} else if got != want[j] {
					t.Errorf("school %s by %s over %s asks %s:\n%s\nover UDP\n%s", school, kind, w.name, m.Question[0].String(), got, want[j])
				}
			}
			// What is counted is counted a moment after the answer.
			until(t, "every question over "+w.name+" is counted", func() bool { return n.asked(w.transport())-total == len(asked) })
			counts := n.schoolCounts()
			for series, value := range before {
				if counts[series] -= value; counts[series] == 0 {
					delete(counts, series)
				}
			}
			if wantCounts == nil {
				wantCounts = counts
			} else if !maps.Equal(counts, wantCounts) {
				t.Errorf("school %s by %s over %s counts\n%v\nover UDP\n%v", school, kind, w.name, counts, wantCounts)
			}
		}
		for _, w := range ways() {
			ask("address", w, byAddress)
		}
		for _, w := range ways()[2:] {
			ask("server name", w, caller{from: elsewhere, serverName: link + "." + house})
			if w.transport() == "doh" {
				ask("path", w, caller{from: elsewhere, serverName: house, path: "/" + strings.ToUpper(link)})
			}
		}
	}
}

// schoolCounts are the series that count the questions of schools.
func (n *node) schoolCounts() map[string]int {
	return n.series("/metrics/compliance", "lachan_school_queries_total{")
}

// asked is how many questions are counted of a transport.
func (n *node) asked(transport string) (total int) {
	for series, value := range n.series("/metrics", "lachan_queries_total{") {
		if strings.Contains(series, `transport="`+transport+`"`) {
			total += value
		}
	}
	return total
}

// series are those of a page of metrics that begin so.
func (n *node) series(path, prefix string) map[string]int {
	n.t.Helper()
	aggregator := metrics.NewAggregator(n.counters.Node(), metrics.BuildInfo{})
	if err := aggregator.Absorb(n.counters.Tick(nil, new(metrics.Sent), metrics.ResolverReadings{})); err != nil {
		n.t.Fatal(err)
	}
	handler := metrics.Handler(aggregator, &metrics.Conditions{},
		func() metrics.Readings { return metrics.Readings{} }, func() []string { return nil },
		func(context.Context) (*metrics.Totals, error) { return n.counters.Totals(), nil })
	page := httptest.NewRecorder()
	handler.ServeHTTP(page, httptest.NewRequest("GET", path, nil))
	values := map[string]int{}
	for line := range strings.Lines(page.Body.String()) {
		at := strings.LastIndexByte(line, ' ')
		if value, err := strconv.Atoi(strings.TrimSpace(line[at+1:])); err == nil && strings.HasPrefix(line, prefix) {
			values[line[:at]] = value
		}
	}
	return values
}

// A link id counts where the address tells nothing, or is of the same school and
// not stricter; the id of a unit, which anybody can guess, where neither is known;
// and nothing that is nobody's changes anything.
func TestNoIDGetsAnybodyOutOfTheirGroup(t *testing.T) {
	n := newNode(t, badLists, newSource(t, lesson+"bet.example. A 192.0.2.66\n").addr)
	n.load(strings.Replace(threeSchools, "block: [own.example]}", "block: [own.example], groups: ["+
		"{id: gv, profile: gv, links: [link-of-teachers-a-01]}, {id: thi, profile: thi, networks: [127.1.7.0/24]}]}", 1))
	f := newFrontage(t, n, listen.DoT, listen.DoH, listen.DoQ)
	ask := func(from, id, want string) {
		t.Helper()
		for _, w := range ways()[2:] {
			callers := []caller{{from: from, serverName: id + "." + house}}
			if w.transport() == "doh" {
				callers = append(callers, caller{from: from, serverName: house, path: "/" + id})
			}
			for _, c := range callers {
				put, end := w.open(t, f, c)
				if got := tell(put(new(dns.Msg).SetQuestion("bet.example.", dns.TypeA).SetEdns0(1232, false))); got != want {
					t.Errorf("%s over %s as %v: %q, want %q", from, w.name, c, got, want)
				}
				end()
			}
		}
	}
	const pupils, exam, elsewhere, passes, blocked = "127.1.0.1", "127.1.7.1", "127.9.0.1", "192.0.2.66", "NXDOMAIN"
	n.settings.Clients.UnitIDs = true
	n.use()
	ask(pupils, "link-of-school-b-01", blocked) // it is another school's
	ask(pupils, "link-of-teachers-a-01", passes)
	ask(exam, "link-of-teachers-a-01", "REFUSED")
	ask(exam, "link-of-school-a-01", "REFUSED")
	ask(elsewhere, "link-of-teachers-a-01", passes)
	ask(elsewhere, "link-of-school-b-01", passes)
	ask(pupils, "b", blocked)
	ask(pupils, "d", blocked)
	ask(pupils, "nobody", blocked)
	ask(elsewhere, "link-of-school-a-01", blocked)
	ask(elsewhere, "b", blocked) // it has a link id, and is not known by its name
	ask(elsewhere, "d", passes)
	n.settings.Clients.UnitIDs = false
	n.use()
	ask(elsewhere, "d", blocked)
	n.settings.Clients.RefuseUnknown = true
	n.use()
	ask(elsewhere, "d", "REFUSED")
	ask(elsewhere, "nobody", "REFUSED")
	ask(elsewhere, "link-of-school-b-01", passes)
}

// TestAnIDThatAnybodyKnowsUsesUpNothing: questions of clients that show the plain id of a
// school count in no figures, and take nothing from what the school may ask.
func TestAnIDThatAnybodyKnowsUsesUpNothing(t *testing.T) {
	n := newNode(t, badLists, newSource(t, lesson).addr)
	n.load(strings.Replace(threeSchools, "{id: d, parent: tinh, profile: gv}",
		"{id: d, parent: tinh, profile: gv, networks: [127.4.0.0/16]}", 1))
	n.settings.Clients.UnitIDs, n.settings.Rates.Unit = true, 1
	f := newFrontage(t, n, listen.DoT, listen.DoH, listen.DoQ)
	ask := func(from string) {
		t.Helper()
		put, end := ways()[2].open(t, f, caller{from: from, serverName: "d." + house})
		defer end()
		if got := tell(put(new(dns.Msg).SetQuestion("bet.example.", dns.TypeTXT).SetEdns0(1232, false))); strings.Contains(got, "REFUSED") {
			t.Errorf("from %s: %q", from, got)
		}
	}
	before := n.asked("dot")
	for range 20 {
		ask("127.9.0.1")
	}
	until(t, "20 questions are counted", func() bool { return n.asked("dot")-before == 20 })
	counts := n.schoolCounts()
	t.Logf("20 questions with the id of a school, which may ask 1 a second: %d series of schools", len(counts))
	if len(counts) > 0 {
		t.Errorf("counted: %v", counts)
	}
	ask("127.4.0.1")
	until(t, "a question from the school's network counts", func() bool { return len(n.schoolCounts()) == 1 })
}
