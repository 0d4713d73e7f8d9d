package selftest

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist"
	"lachan/blocklist/format"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/tested"
	"lachan/internal/eventloop"
	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver"
	"lachan/resolver/cache"
	"lachan/resolver/clientconn"
	"lachan/resolver/listen"
	"lachan/resolver/standin"
	"lachan/resolver/upstream"
)

const units = `
timetables: {gio-hoc: {days: all, from: "00:00", to: "24:00", on: any}}
profiles:
  hs: {block: [gambling, malware, fake-news], reply: nxdomain, replies: {malware: null}}
  gv: {block: [malware]}
units:
  - {id: a, kind: school, profile: hs, networks: [127.11.0.0/16], allow: [one.bet.example], groups: [{id: gv, profile: gv, networks: [127.11.8.0/24]}]}
  - {id: b, kind: school, profile: hs, groups: [{id: gv, profile: gv, networks: [127.12.8.0/24]}]}
`

// A node is a resolver that answers by one set of rules, and a tester that goes by another.
type node struct {
	t        testing.TB
	resolver *resolver.Resolver
	key      standin.Key
	cfg      config.Config
	tester   *Tester
	src      Sources
	rules    atomic.Pointer[policy.Rules]
	list     *blocklist.List
	file     string
	zones    *upstream.Zones
}

func rulesOf(t testing.TB, text string, names map[string]string) (*policy.Rules, *blocklist.List) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var feeds []policy.Feed
	var sources []blocklist.Source
	for category, list := range names {
		feeds = append(feeds, policy.Feed{Name: category, Category: category})
		sources = append(sources, blocklist.Source{Name: category, Digest: list, Rules: func(emit func(format.Rule) error) error {
			_, err := format.Parse(strings.NewReader(list), format.Domains, format.Options{Subdomains: true}, emit, nil)
			return err
		}})
	}
	p, problems := policy.Load(path, feeds, time.UTC, policy.Unknown{})
	if p == nil {
		t.Fatal(problems)
	}
	lists, err := blocklist.CompileAside(t.Context(), sources)
	if err != nil {
		t.Fatal(err)
	}
	list := lists.Bind(p.Tags, nil)
	return p.At(list, time.Now(), 1), list
}

var lists = map[string]string{
	"gambling": "one.bet.example\ntwo.bet.example\nthree.bet.example\nfour.bet.example\n", "malware": "evil.example\n",
}

func newNode(t testing.TB) *node {
	t.Helper()
	loops, err := eventloop.New(eventloop.Count)
	if err != nil {
		t.Fatal(err)
	}
	n := &node{t: t, key: standin.NewKey(), file: filepath.Join(t.TempDir(), "selftest.jsonl")}
	n.resolver = resolver.New(metrics.New("test"), loops, slog.New(slog.DiscardHandler))
	group := upstream.NewGroup(upstream.Ordered, time.Second, upstream.Bootstrap(nil).Open(loops, []upstream.Server{{Addr: netip.MustParseAddrPort("127.0.0.1:1")}})...)
	if n.zones, err = upstream.NewZones(group, nil); err != nil {
		t.Fatal(err)
	}
	rules, list := rulesOf(t, units, lists)
	n.rules.Store(rules)
	n.list = list
	n.use(rules, n.key)
	sockets, _, err := listen.Update(nil, listen.At(listen.Plain, netip.MustParseAddrPort("127.0.0.1:0")))
	if err == nil {
		err = n.resolver.Listen(sockets)
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- n.resolver.Run(ctx, 10*time.Second) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	n.cfg.Server.Listen = []netip.AddrPort{n.resolver.Endpoints()[0].Addr}
	n.src = Sources{
		InForce:       func() (*config.Config, *policy.Rules, *blocklist.List) { return &n.cfg, n.rules.Load(), n.list },
		ServesUnknown: func() bool { return true }, Key: n.key, Core: []string{"time.windows.com", "captive.apple.com"}, File: n.file,
		Conditions: &metrics.Conditions{}, Log: slog.New(slog.DiscardHandler),
	}
	n.tester = New(n.src)
	return n
}

// use has the resolver answer by rules.
func (n *node) use(rules *policy.Rules, key standin.Key) {
	n.resolver.Use(&resolver.Settings{
		StandIn: key, Replies: resolver.Replies{BlockTTL: time.Minute},
		Cache:       resolver.Cache{Bounds: cache.Bounds{Entries: 100, Bytes: 1 << 20}},
		Connections: clientconn.Limits{Connections: 50, Idle: 5 * time.Second, ProxyProtocol: n.cfg.Server.ProxyProtocol},
	}, rules, n.zones)
}

// test tests once, on a day.
func (n *node) test(day int) tested.Run {
	n.t.Helper()
	n.tester.test(n.t.Context(), &n.cfg, n.list, time.Date(2026, 9, 7+day, 5, 0, 0, 0, time.UTC))
	return n.tester.Last()
}

// TestANodeThatAnswersAsItDecidesPasses: every group is asked at every door, each policy
// with all its categories; a category without a list is told, and is no failure.
func TestANodeThatAnswersAsItDecidesPasses(t *testing.T) {
	n := newNode(t)
	n.src.Conditions.Set("self-test", "of the day before")
	for day := range 3 {
		r := n.test(day)
		text, _ := json.Marshal(r)
		if r.Failed != 0 || r.Units != 4 || len(r.Doors) != 2 || strings.Join(r.Categories, " ") != "gambling malware" ||
			strings.Join(r.Empty, " ") != "fake-news" {
			t.Errorf("%s", text)
		}
		if r.Policies < 2 || r.Questions < 2*(2+2)+2*(1+2)+2*2 {
			t.Errorf("too few: %s", text)
		}
	}
	if list := n.src.Conditions.List(); len(list) != 0 {
		t.Errorf("it passes, and there is %v", list)
	}
	if runs, err := tested.Read(n.file, "2026-09-07", "2026-09-09"); len(runs) != 3 || err != nil {
		t.Errorf("%d runs are kept, %v", len(runs), err)
	}
	if again := New(n.src); again.Last().Day != "2026-09-09" {
		t.Errorf("after a start the last one is %v", again.Last())
	}
}

// TestWhatIsLetPastIsFound: the lists and the policy are as they should be, and what
// answers goes by others.
func TestWhatIsLetPastIsFound(t *testing.T) {
	n := newNode(t)
	f := func(what string, kind tested.Kind, change func(), tells ...string) {
		t.Helper()
		change()
		r := n.test(0)
		text, _ := json.Marshal(r.Failures)
		if r.Failed == 0 || len(r.Failures) == 0 || tested.Worst(&r).Kind != kind {
			t.Errorf("%s: %d failed, %s", what, r.Failed, text)
			return
		}
		for _, part := range tells {
			if !strings.Contains(string(text), part) {
				t.Errorf("%s: %s does not tell %s", what, text, part)
			}
		}
		list := n.src.Conditions.List()
		if len(list) != 1 || list[0].Name != "self-test" || !strings.Contains(list[0].Text, n.tester.Last().Doors[0]) {
			t.Errorf("%s: the conditions are %v", what, list)
		}
		if failed := n.tester.Reading().Failed[string(kind)]; failed == 0 {
			t.Errorf("%s: no figure tells of it", what)
		}
	}
	other := func(policy string, names map[string]string) func() {
		return func() {
			rules, _ := rulesOf(t, policy, names)
			n.use(rules, n.key)
		}
	}
	f("a list is not in use", tested.LetPast, other(units, map[string]string{"gambling": lists["gambling"]}),
		`"evil.example"`, `"malware"`, `"udp `, `"tcp `)
	f("a profile is another", tested.LetPast, other(strings.Replace(units, "[gambling, malware, fake-news]", "[malware]", 1), lists),
		`"gambling"`, `.bet.example"`)
	f("a network is of another unit", tested.OtherUnit, other(strings.Replace(units, "127.12.8.0/24", "127.13.8.0/24", 1), lists),
		`"unit":"b/gv"`)
	core := strings.Replace(units, "hs: {block: [", "hs: {default: deny, block: [", 1)
	f("what is never blocked is", tested.Blocked, other(core, lists), `"blocked"`)
	f("the key is another", tested.Unheard, func() { n.use(n.rules.Load(), standin.NewKey()) })
	n.use(n.rules.Load(), n.key)
	if r := n.test(0); r.Failed != 0 || len(n.src.Conditions.List()) != 0 {
		t.Errorf("all is well again: %v, %v", r, n.src.Conditions.List())
	}
}

// TestADoorThatIsNotOursOrSaysNothingIsFound: another program answers where clients come in,
// and lets everything past; at another door nobody is.
func TestADoorThatIsNotOursOrSaysNothingIsFound(t *testing.T) {
	n := newNode(t)
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	other := &dns.Server{PacketConn: socket, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q).SetEdns0(1232, false)
		_ = w.WriteMsg(m) // it is asked again
	})}
	go func() { _ = other.ActivateAndServe() }() // ends with its socket
	n.cfg.Server.Listen = append(n.cfg.Server.Listen, netip.MustParseAddrPort(socket.LocalAddr().String()))
	r := n.test(0)
	kinds := map[tested.Kind]string{}
	for i := range r.Failures {
		if at := r.Failures[i].Door; kinds[r.Failures[i].Kind] == at {
			t.Errorf("what is wrong with a door is told for each category: %+v", r.Failures)
		}
		kinds[r.Failures[i].Kind] = r.Failures[i].Door
	}
	if kinds[tested.Unheard] != "udp "+socket.LocalAddr().String() || kinds[tested.Silent] != "tcp "+socket.LocalAddr().String() {
		t.Errorf("%v", r.Failures)
	}
}

// TestADoorThatAnswersAgainTooLateHasFailed: what was not asked there while it said nothing was
// not tested, whatever it says when it is asked once more.
func TestADoorThatAnswersAgainTooLateHasFailed(t *testing.T) {
	n := newNode(t)
	real := n.cfg.Server.Listen[0]
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	var asked atomic.Int64
	relay := &dns.Server{PacketConn: socket, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		if asked.Add(1) <= mostSilent {
			return
		}
		if m, err := dns.Exchange(q, real.String()); err == nil {
			_ = w.WriteMsg(m) // it is asked again
		}
	})}
	go func() { _ = relay.ActivateAndServe() }() // ends with its socket
	tcp, err := net.Listen("tcp", socket.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	n.cfg.Server.Listen = []netip.AddrPort{netip.MustParseAddrPort(socket.LocalAddr().String())}
	r := n.test(0)
	door := "udp " + socket.LocalAddr().String()
	failed := func(f tested.Failure) bool { return f.Door == door && f.Kind == tested.Silent }
	if asked.Load() <= mostSilent || !slices.ContainsFunc(r.Failures, failed) {
		t.Errorf("%d questions, %+v", asked.Load(), r)
	}
}

// TestATestThatNeverWasIsTold: by a figure and a condition, until there is one; a server that
// has nobody to ask as owes none.
func TestATestThatNeverWasIsTold(t *testing.T) {
	n := newNode(t)
	p := n.rules.Load().Policy()
	n.tester.missing(p, time.Now().Add(grace-time.Minute))
	if list := n.src.Conditions.List(); len(list) != 0 || n.tester.Reading().Due.IsZero() {
		t.Errorf("%v, due %v", list, n.tester.Reading().Due)
	}
	n.tester.missing(p, time.Now().Add(grace+time.Minute))
	if list := n.src.Conditions.List(); len(list) != 1 || list[0].Name != "self-test-missing" {
		t.Errorf("none was made, and the conditions are %v", list)
	}
	if err := n.tester.Start(); err != nil || !n.tester.State().Running || n.tester.State().Last != nil {
		t.Errorf("%v, %+v", err, n.tester.State())
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); n.tester.Run(ctx) }()
	for n.tester.State().Running && t.Context().Err() == nil {
		runtime.Gosched()
	}
	stop()
	<-done
	s := n.tester.State()
	if s.Last == nil || s.Last.Failed != 0 || s.VI == "" || s.EN == "" || len(n.src.Conditions.List()) != 0 {
		t.Errorf("%+v, %v", s, n.src.Conditions.List())
	}
	n.tester.src.ServesUnknown = func() bool { return false }
	rules, _ := rulesOf(t, "units: [{id: p, kind: province}]\n", lists)
	n.rules.Store(rules)
	n.tester.missing(rules.Policy(), time.Now().AddDate(0, 1, 0))
	if err := n.tester.Start(); err == nil || !n.tester.Reading().Due.IsZero() || len(n.src.Conditions.List()) != 0 {
		t.Errorf("nobody is served, and a test is owed: %v, %v", err, n.src.Conditions.List())
	}
}

// TestNobodyWaitsForATestOfTheHour: one that goes on because lessons are near gives way to one
// that somebody wants, which asks faster.
func TestNobodyWaitsForATestOfTheHour(t *testing.T) {
	n := newNode(t)
	done := make(chan struct{})
	go func() { defer close(done); n.test(0) }()
	for n.tester.State().Asked == 0 && t.Context().Err() == nil {
		runtime.Gosched()
	}
	if err := n.tester.Start(); err != nil {
		t.Fatal(err)
	}
	<-done
	if s := n.tester.State(); s.Last != nil || !s.Running {
		t.Errorf("the one before was not left: %+v", s)
	}
	if r := n.test(1); r.Day != "2026-09-08" || n.tester.State().Running {
		t.Errorf("%+v, %+v", r, n.tester.State())
	}
}

// TestADoorBehindABalancerIsTestedToo: where connections from loopback have to begin with a
// header, the node says that it speaks for itself.
func TestADoorBehindABalancerIsTestedToo(t *testing.T) {
	n := newNode(t)
	n.cfg.Server.ProxyProtocol = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	n.use(n.rules.Load(), n.key)
	if r := n.test(0); r.Failed != 0 || r.Questions == 0 {
		t.Errorf("%+v", r)
	}
}

// TestEveryAddressOfTheMachineIsTested: from loopback, so that the node believes itself; one
// that another machine has is left alone.
func TestEveryAddressOfTheMachineIsTested(t *testing.T) {
	n := newNode(t)
	port := n.cfg.Server.Listen[0].Port()
	n.cfg.Server.Listen = []netip.AddrPort{netip.MustParseAddrPort("203.0.113.7:53")}
	if doors := Doors(&n.cfg); len(doors) != 0 {
		t.Errorf("%v are tested", doors)
	}
	n.cfg.Server.Listen, n.cfg.Server.DoT = nil, []netip.AddrPort{netip.AddrPortFrom(netip.IPv4Unspecified(), port)}
	if doors := Doors(&n.cfg); len(doors) != 1 || doors[0].Address.Addr() != netip.MustParseAddr("127.0.0.1") {
		t.Errorf("%v are tested", doors)
	}
	n.cfg.Server.DoT = nil
	for _, a := range addresses() {
		if a.IsLinkLocalUnicast() {
			continue // it needs a zone, with which no configuration has it
		}
		socket, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(a, 0)))
		if err != nil {
			t.Fatal(err)
		}
		server := &dns.Server{PacketConn: socket, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
			from, _, _ := net.SplitHostPort(w.RemoteAddr().String())
			m := new(dns.Msg).SetReply(q)
			m.Answer = []dns.RR{&dns.TXT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeTXT, Class: dns.ClassINET}, Txt: []string{from}}}
			_ = w.WriteMsg(m) // the test sees that nothing comes
		})}
		go func() { _ = server.ActivateAndServe() }() // ends with its socket
		n.cfg.Server.Listen = []netip.AddrPort{netip.MustParseAddrPort(socket.LocalAddr().String())}
		c := Doors(&n.cfg)[0].open()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		r, err := c.ask(ctx, new(dns.Msg).SetQuestion("x.example.", dns.TypeA))
		cancel()
		c.close()
		_ = socket.Close()
		if err != nil || !netip.MustParseAddr(r.Answer[0].(*dns.TXT).Txt[0]).IsLoopback() {
			t.Errorf("%s: %v, %v", a, r, err)
		}
	}
}

// TestNobodyIsTestedWhereNobodyUnknownIsServed: a server without schools is tested as those
// whom it serves.
func TestNobodyIsTestedWhereNobodyUnknownIsServed(t *testing.T) {
	rules, _ := rulesOf(t, "units: [{id: p, kind: province}]\n", lists)
	p := newPlan(rules, &choice{}, 1, "2026-09-07")
	if len(p.groups(false)) != 0 || len(p.groups(true)) != 1 {
		t.Errorf("%v, %v", p.groups(false), p.groups(true))
	}
}

// TestNamesOfTheAbuseOfChildrenAreNotKept: that they are let past is told without them.
func TestNamesOfTheAbuseOfChildrenAreNotKept(t *testing.T) {
	q := question{category: "csam", name: "bad.example"}
	if q.shown() != "" {
		t.Errorf("%q is shown", q.shown())
	}
	f := tested.Failure{Kind: tested.LetPast, Category: "csam"}
	if text := tested.What(&f).String(); !strings.Contains(text, "not said") {
		t.Errorf("%s", text)
	}
}

// TestATestIsDueBeforeLessons: once on each day of lessons, from two hours before them on.
func TestATestIsDueBeforeLessons(t *testing.T) {
	text := strings.Replace(units, `{days: all, from: "00:00", to: "24:00", on: any}`, `{days: mon-fri, from: "07:00", to: "17:00"}`, 1)
	text = "calendar: {holidays: [{name: Tết, from: 2026-09-10}]}\n" + text
	rules, _ := rulesOf(t, text, lists)
	moment := func(text string) (at time.Time) {
		t.Helper()
		at, err := time.Parse("2006-01-02 15:04", text)
		if err != nil && text != "" {
			t.Fatal(err)
		}
		return at
	}
	f := func(at, last string, want bool) {
		t.Helper()
		if Due(rules.Policy(), moment(last), moment(at)) != want {
			t.Errorf("at %s, after %s: due is not %v", at, last, want)
		}
	}
	f("2026-09-07 04:59", "2026-09-04 05:00", false)
	f("2026-09-07 05:00", "2026-09-04 05:00", true)
	f("2026-09-07 05:02", "2026-09-07 05:00", false)
	f("2026-09-07 05:00", "2026-09-07 00:30", true) // somebody wanted one in the night
	f("2026-09-07 22:00", "2026-09-04 05:00", true) // it was off until then
	f("2026-09-10 06:00", "2026-09-09 05:00", false)
	f("2026-09-12 06:00", "2026-09-11 05:00", false) // a Saturday
	f("2026-09-12 06:00", "", true)                  // there was none yet
	f("2026-09-13 05:00", "2026-09-06 05:00", true)  // a week without lessons
	f("2026-09-12 06:00", "2031-01-01 05:00", true)  // the clock was set back
	g := func(began, last, at, want string) {
		t.Helper()
		if is := owed(rules.Policy(), moment(began), moment(last), moment(at)); !is.Equal(moment(want)) {
			t.Errorf("started %s, tested %s, at %s: a test has to have ended since %v", began, last, at, is)
		}
	}
	g("2026-09-01 00:00", "2026-09-04 05:40", "2026-09-07 06:59", "2026-09-04 05:00")
	g("2026-09-01 00:00", "2026-09-04 05:40", "2026-09-07 07:00", "2026-09-07 05:00")
	g("2026-09-01 00:00", "2026-09-09 05:40", "2026-09-10 12:00", "2026-09-09 05:00") // Tết
	g("2026-09-12 08:00", "2026-09-10 05:40", "2026-09-12 09:00", "")                 // off on Friday, started on Saturday
	g("2026-09-12 08:00", "", "2026-09-12 09:00", "2026-09-12 08:00")
	g("2026-09-01 00:00", "2026-09-02 05:40", "2026-09-13 09:00", "2026-09-11 05:00")
	text = "calendar: {holidays: [{name: hè, from: 2026-08-01, to: 2026-12-31}]}\n" + text[strings.Index(text, "\n")+1:]
	rules, _ = rulesOf(t, text, lists)
	g("2026-09-01 00:00", "2026-09-02 05:40", "2026-09-09 05:41", "2026-09-09 05:40")
	g("2026-09-01 00:00", "2026-09-02 05:40", "2026-09-09 05:39", "")
}

// TestAllIsAskedBeforeLessons: of a country in the first half of the time before them, with
// a bound on how much is asked in a second.
func TestAllIsAskedBeforeLessons(t *testing.T) {
	const groups, doors = 120_000, 5
	pace := Pace(groups, doors)
	if took := time.Duration(groups*(doors+1)/pace) * time.Second; took > before/2+time.Minute || pace > fastest {
		t.Errorf("%d a second take %v", pace, took)
	}
	if Pace(1, 2) != slowest {
		t.Errorf("one group is asked %d questions a second", Pace(1, 2))
	}
}

// TestNamesChangeFromDayToDay: on one day they are the same wherever they are chosen, on
// another they are others, and all are from the lists.
func TestNamesChangeFromDayToDay(t *testing.T) {
	var text strings.Builder
	for i := range 30_000 {
		text.WriteString("n" + string(rune('a'+i%26)) + time.Duration(i).String() + ".bet.example\n")
	}
	rules, list := rulesOf(t, units, map[string]string{"gambling": text.String()})
	tag, _ := rules.Policy().Counted("gambling")
	rests := 0
	pick := func(day string) string {
		c, ok := choose(list, []string{"a.example", "b.example"}, day, time.Now(), func(time.Duration) bool { rests++; return true })
		if !ok || len(c.byTag[tag]) != candidates || len(c.never) != 2 {
			t.Fatalf("%v, %v", c.byTag[tag], c.never)
		}
		return c.byTag[tag][0].name
	}
	first := pick("2026-09-07")
	if pick("2026-09-07") != first || pick("2026-09-08") == first || !strings.HasSuffix(first, ".bet.example") {
		t.Errorf("%s is chosen", first)
	}
	if rests < 3*2 {
		t.Errorf("it rested %d times", rests)
	}
	if _, ok := choose(list, nil, "2026-09-07", time.Now(), func(time.Duration) bool { return false }); ok {
		t.Error("it does not end")
	}
}

// BenchmarkQuestion is what a question of a test costs, both sides together.
func BenchmarkQuestion(b *testing.B) {
	n := newNode(b)
	c, _ := choose(n.list, n.src.Core, "2026-09-07", time.Now(), func(time.Duration) bool { return true })
	for _, d := range Doors(&n.cfg) {
		b.Run(d.Protocol, func(b *testing.B) {
			r := newRun(n.tester, b.Context(), []*Door{d}, &c, "2026-09-07")
			defer r.close()
			r.plan = newPlan(n.rules.Load(), &c, 1, "2026-09-07")
			questions := r.plan.questions(r.plan.groups(false)[0])
			for i := 0; b.Loop(); i++ {
				if kind := r.once(&questions[i%len(questions)]); kind != "" {
					b.Fatal(kind)
				}
			}
		})
	}
}
