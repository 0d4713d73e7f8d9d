package explain_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist"
	"lachan/blocklist/format"
	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/explain"
	"lachan/internal/eventloop"
	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver"
	"lachan/resolver/cache"
	"lachan/resolver/clientconn"
	"lachan/resolver/ddr"
	"lachan/resolver/inside"
	"lachan/resolver/listen"
	"lachan/resolver/upstream"
)

var differential = flag.Int("differential", 4_000, "questions that TestExplainIsTheServer asks")

// perWorld is how many questions one configuration is asked.
const perWorld = 400

// TestExplainIsTheServer asks random questions of random configurations over the wire,
// and asks for the explanation of each: what the server does is what the explanation
// says that it does. Configurations are of schools and groups with profiles (of their own,
// for learning only, for examinations), locks, rules in force and not, entries with ends and
// services, two lists, an order, two response policy zones, rebinding, zones of upstreams, own
// names. Questions come over UDP and TCP, from clients of units and others. Not here:
// rate limits, which the explanation tells and which depend on what was asked before; doors
// that are encrypted, which lead to the same judgement; what changes while a question is under way.
func TestExplainIsTheServer(t *testing.T) {
	loops, err := eventloop.New(1)
	if err != nil {
		t.Fatal(err)
	}
	defer loops.Close()
	random := rand.New(rand.NewPCG(3, 17)) // the same each time
	asked, seen := 0, map[string]int{}
	for asked < *differential && !t.Failed() {
		w := newWorld(t, random, loops)
		for range perWorld {
			w.compare(t, random, seen)
			asked++
		}
		w.end()
	}
	t.Logf("%d questions: %v", asked, seen)
	for _, outcome := range []string{"pass", "block", "local", "rewrite", "refused", "drop", "tcp-only", "data", "private", "imitation"} {
		if seen[outcome] == 0 {
			t.Errorf("no question came to %s", outcome)
		}
	}
}

// A world is a server of a random configuration, and the explanations of it.
type world struct {
	cfg    *config.Config
	rules  *policy.Rules
	serves func(netip.Addr) bool // clients that no unit claims
	addr   string
	end    func()
}

func newWorld(t *testing.T, random *rand.Rand, loops *eventloop.Loops) *world {
	t.Helper()
	cfg := &config.Config{}
	cfg.SetDefaults()
	cfg.Server.CheckName = ""
	coin := func() bool { return random.IntN(2) == 0 }
	cfg.Server.RebindProtection = coin()
	if coin() {
		cfg.Server.RebindAllowed = []string{"n1.example"}
	}
	if coin() {
		cfg.Server.CheckName = "n2.example"
	}
	if coin() {
		cfg.Server.TLS.Name = "n3.example"
	}
	refuses := coin()
	zones := map[string]*upstream.Group{}
	group := upstream.NewGroup(upstream.Ordered, 5*time.Second, upstream.NewMember("test", answers{}))
	for _, zone := range []string{"10.in-addr.arpa", "n4.example", "lan.test", "localhost"} {
		if coin() {
			zones[zone] = group
		}
	}
	cfg.Upstream.Zones = map[string][]config.Upstream{}
	for zone := range zones {
		cfg.Upstream.Zones[zone] = nil
	}
	w := &world{cfg: cfg, rules: randomRules(t, random), serves: func(netip.Addr) bool { return !refuses }}
	forward, err := upstream.NewZones(group, zones)
	if err != nil {
		t.Fatal(err)
	}
	allowed, err := inside.NewDomains(cfg.Server.RebindAllowed...)
	if err != nil {
		t.Fatal(err)
	}
	settings := &resolver.Settings{
		Clients: resolver.Clients{RefuseUnknown: refuses},
		Replies: resolver.Replies{
			BlockTTL: time.Minute, RebindProtection: cfg.Server.RebindProtection, RebindAllowed: allowed,
		},
		Identity: resolver.Identity{CheckName: cfg.CheckName(), Discovery: ddr.Discovery{Name: cfg.ServerName()}},
		Cache: resolver.Cache{
			Bounds:    cache.Bounds{Entries: 1000, Bytes: 64 << 20},
			Lifetimes: cache.Lifetimes{MaxTTL: time.Hour, NegativeTTL: time.Hour, StaleFor: time.Hour},
		},
		Connections: clientconn.Limits{Connections: 10_000, Idle: 5 * time.Second},
	}
	r := resolver.New(metrics.New("test"), loops, slog.New(slog.DiscardHandler))
	r.Use(settings, w.rules, forward)
	sockets, err := listen.Open(listen.At(listen.Plain, netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Listen(sockets); err != nil {
		t.Fatal(err)
	}
	w.addr = r.Endpoints()[0].Addr.String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx, time.Second) }()
	w.end = func() {
		cancel()
		<-done // what waits is of no interest
	}
	return w
}

// answers is an upstream: some names lead to a private address.
type answers struct{}

func (answers) Exchange(_ context.Context, query, _ []byte) ([]byte, error) {
	q := new(dns.Msg)
	if err := q.Unpack(query); err != nil {
		return nil, err
	}
	m := new(dns.Msg).SetReply(q)
	asked := q.Question[0]
	four, six := "198.51.100.7", "2001:db8::7"
	if leadsInside(asked.Name) {
		four, six = "192.168.1.7", "fd00::7"
	}
	text := asked.Name + " 300 TXT upstream"
	switch asked.Qtype {
	case dns.TypeA:
		text = asked.Name + " 300 A " + four
	case dns.TypeAAAA:
		text = asked.Name + " 300 AAAA " + six
	case dns.TypeTXT:
	default:
		return m.Pack()
	}
	rr, err := dns.NewRR(text)
	if err != nil {
		return nil, err
	}
	m.Answer = []dns.RR{rr}
	return m.Pack()
}

func leadsInside(name string) bool { return strings.HasPrefix(strings.ToLower(name), "inside") }

// names are those that configurations and questions are made of.
func someName(random *rand.Rand) string {
	special := []string{
		"localhost", "x.localhost", "printer.local", "7.1.168.192.in-addr.arpa", "1.0.0.10.in-addr.arpa", "10.in-addr.arpa",
		"pc.lan.test", "x.onion", "resolver.arpa", "_dns.resolver.arpa", "_dns.n3.example", "n3.example", "n2.example", "games.n2.example",
		"www.google.com", "www.youtube.com", "use-application-dns.net", "inside.n1.example", "moet.gov.vn", "www.bing.com",
		"vietcombank-n1.top", "www.vietcombank-n1.top", "login.momo-n2-vn.com", "paypa1.com",
	}
	if random.IntN(3) == 0 {
		return special[random.IntN(len(special))]
	}
	name := fmt.Sprintf("n%d.example", random.IntN(12))
	return []string{"", "www.", "inside.", "inside1.www."}[random.IntN(4)] + name
}

// randomRules are of two schools with profiles and entries of their own, two lists and
// two response policy zones.
func randomRules(t *testing.T, random *rand.Rand) *policy.Rules {
	t.Helper()
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	entries := func() string {
		var list []string
		for range random.IntN(4) {
			list = append(list, fmt.Sprintf("n%d.example", random.IntN(12)))
		}
		return strings.Join(list, ", ")
	}
	text := "profiles:\n"
	for _, profile := range []string{"a", "b"} {
		text += fmt.Sprintf("  %s: {block: [%s], allow: [%s], default: %s, reply: %s, safe_search: %s, youtube: %s}\n", profile,
			pick("gambling", "games, malware, look-alike", "malware", "gambling, games, malware, look-alike", "service:youtube, games"), entries(), pick("allow", "allow", "allow", "deny"),
			pick("nxdomain", "nodata", "refused", `"null"`), pick("off", "strict"), pick("off", "strict"))
	}
	text += "  thi: {only: [n5.example, service:youtube]}\n"
	text += "timetables: {luon: {days: all, on: any}, khong: {days: mon, from: \"00:00\", to: \"00:01\", on: exam}}\n"
	// rule is one that is in force, or not, or none.
	rule := func() string {
		during := pick("luon", "khong")
		switch random.IntN(6) {
		case 0:
			return fmt.Sprintf("{during: %s, block: [%s]}", during, pick("n6.example", "service:youtube", "games"))
		case 1:
			return fmt.Sprintf("{during: %s, allow: [%s]}", during, pick("n7.example", "service:youtube", "games"))
		case 2:
			return fmt.Sprintf("{during: %s, only: [n8.example]}", during)
		case 3:
			return fmt.Sprintf("{during: %s, profile: thi}", during)
		}
		return ""
	}
	ending := func() string { // an entry whose time is over, has begun, or is to come
		return pick("", "{name: n9.example, until: 2020-01-01}", "{name: n9.example, from: 2020-01-01}", "{name: n9.example, from: 2999-01-01}")
	}
	listed := func(parts ...string) string {
		return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ", ")
	}
	text += fmt.Sprintf("units:\n  - {id: tinh, kind: province, lock: [%s], block: [%s]}\n", pick("", "", "gambling", "malware", "look-alike"), entries())
	for i, school := range []string{"mot", "hai"} {
		text += fmt.Sprintf("  - {id: %s, parent: tinh, kind: school, profile: %s, networks: [127.%d.0.0/16], rules: [%s], allow: [%s], block: [%s], groups: [%s]}\n",
			school, pick("a", "b"), i+1, rule(), listed(entries(), pick("", "", "service:youtube", "look-alike", "vietcombank-n1.top")), listed(entries(), ending()),
			fmt.Sprintf("{id: nhom, networks: [127.%d.0.2/32], profile: %s, rules: [%s], allow: [%s]}", i+1, pick("a", "b", "thi"), rule(), entries()))
	}
	path := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p, problems := policy.Load(path, []policy.Feed{
		{Name: "bets", Category: "gambling"}, {Name: "plays", Category: "games"},
		{Name: "first", Category: "malware", Zone: true}, {Name: "second", Category: "games", Zone: true},
		{Name: "order", Category: "authority-order", LockedBy: "tinh"},
	}, time.UTC, policy.Unknown{})
	if p == nil {
		t.Fatal(problems)
	}
	list := func(name string, as format.Format, text string) blocklist.Source {
		return blocklist.Source{Name: name, Digest: text, Rules: func(emit func(format.Rule) error) error {
			_, err := format.Parse(strings.NewReader(text), as, format.Options{Subdomains: true}, emit, nil)
			return err
		}}
	}
	plain := func() string { return strings.ReplaceAll(entries(), ", ", "\n") + "\nn11.example\n" }
	zone := func() string {
		records := "$TTL 60\n$ORIGIN rpz.test.\n@ SOA a. b. 1 2 3 4 5\n"
		used := map[string]bool{}
		for range 1 + random.IntN(7) {
			owner := pick("", "*.") + fmt.Sprintf("n%d.example", random.IntN(12))
			if random.IntN(6) == 0 {
				owner = fmt.Sprintf("32.%d.0.%d.127.rpz-client-ip", 1+random.IntN(3), 1+random.IntN(2))
			}
			if used[owner] {
				continue
			}
			used[owner] = true
			records += owner + " " + pick("CNAME .", "CNAME *.", "CNAME rpz-passthru.", "CNAME rpz-drop.", "CNAME rpz-tcp-only.",
				"A 192.0.2.80", "CNAME walled.garden.example.") + "\n"
		}
		return records
	}
	lists, err := blocklist.CompileAside(t.Context(), []blocklist.Source{
		list("bets", format.Domains, plain()), list("plays", format.Domains, plain()),
		list("first", format.RPZ, zone()), list("second", format.RPZ, zone()), list("order", format.Domains, pick("n10.example\n", "www.n1.example\n")),
	})
	if err != nil {
		t.Fatal(err)
	}
	return p.At(lists.Bind(p.Tags, nil), time.Now(), 1)
}

// compare asks one question both ways.
func (w *world) compare(t *testing.T, random *rand.Rand, seen map[string]int) {
	t.Helper()
	types := []uint16{dns.TypeA, dns.TypeA, dns.TypeA, dns.TypeAAAA, dns.TypeTXT, dns.TypeHTTPS, dns.TypeANY, dns.TypeMX}
	name, qtype := someName(random), types[random.IntN(len(types))]
	client := fmt.Sprintf("127.%d.0.%d", []int{1, 1, 2, 2, 9}[random.IntN(5)], 1+random.IntN(3))
	question := explain.Question{Client: client, Type: dns.TypeToString[qtype], Server: explain.NewServer(w.cfg), Serves: w.serves}
	e, err := question.Ask(name, time.UTC, func(time.Time) *policy.Rules { return w.rules })
	if err != nil {
		t.Fatal(err)
	}
	network := []string{"udp", "udp", "udp", "tcp"}[random.IntN(4)]
	if e.Reply == policy.ReplyDrop.String() || e.Action == "refused" {
		network = "udp" // a connection of a client that is refused ends without a word
	}
	m := new(dns.Msg).SetQuestion(dns.Fqdn(name), qtype).SetEdns0(1232, false)
	got := w.ask(t, network, client, m, e.Reply == policy.ReplyDrop.String())
	outcome, wrong := judge(&e, m.Question[0], network, got)
	seen[outcome]++
	if e.Category == "look-alike" {
		seen["imitation"]++
	}
	if wrong != "" {
		t.Errorf("%s %s from %s over %s: %s\nexplained\n%v\nanswered\n%v", name, dns.TypeToString[qtype], client, network, wrong, e, got)
	}
}

// ask asks over the wire; nil is silence. Where that is expected, it is a question
// after it that is answered.
func (w *world) ask(t *testing.T, network, client string, m *dns.Msg, silent bool) *dns.Msg {
	t.Helper()
	var local net.Addr = &net.UDPAddr{IP: net.ParseIP(client)}
	if network == "tcp" {
		local = &net.TCPAddr{IP: net.ParseIP(client)}
	}
	dialer := net.Dialer{LocalAddr: local}
	conn, err := dialer.DialContext(t.Context(), network, w.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	c := &dns.Conn{Conn: conn, UDPSize: 4096}
	sent := []*dns.Msg{m}
	if silent {
		after := new(dns.Msg).SetQuestion("version.bind.", dns.TypeTXT)
		after.Question[0].Qclass = dns.ClassCHAOS
		sent = append(sent, after)
	}
	for _, m := range sent {
		if err := c.WriteMsg(m); err != nil {
			t.Fatal(err)
		}
	}
	r, err := c.ReadMsg()
	if network == "tcp" && errors.Is(err, io.EOF) { // policy drops the question, and with it the connection
		return nil
	}
	if err != nil {
		t.Fatalf("%s over %s: %v", m.Question[0].Name, network, err)
	}
	if r.Id != m.Id {
		return nil
	}
	return r
}

// judge says what came of a question, and in what the answer is not as explained.
func judge(e *policy.Explanation, q dns.Question, network string, got *dns.Msg) (outcome, wrong string) {
	if e.Reply == policy.ReplyDrop.String() {
		if got != nil {
			return "drop", "it is answered"
		}
		return "drop", ""
	}
	if got == nil {
		return e.Action, "it is not answered"
	}
	rcode, answers := dns.RcodeToString[got.Rcode], len(got.Answer)
	expect := func(code string, most int) string {
		if rcode != code || most >= 0 && answers > most {
			return fmt.Sprintf("%s with %d answers, want %s with at most %d", rcode, answers, code, most)
		}
		if e.Action == "block" && e.EDE != edeOf(got) {
			return fmt.Sprintf("EDE %d, want %d", edeOf(got), e.EDE)
		}
		return ""
	}
	if e.Action == "pass" {
		return judgePassed(e, q, got)
	}
	switch e.Reply {
	case "refused":
		return "refused", expect("REFUSED", 0)
	case "nxdomain":
		return e.Action, expect("NXDOMAIN", 0)
	case "nodata":
		return e.Action, expect("NOERROR", 0)
	case "null":
		if wrong := expect("NOERROR", 1); wrong != "" || answers == 0 && (q.Qtype == dns.TypeA || q.Qtype == dns.TypeAAAA) {
			return "block", "no null address: " + wrong
		}
		return "block", ""
	case "tcp-only":
		if truncated := network == "udp"; got.Truncated != truncated {
			return "tcp-only", fmt.Sprintf("truncated %t", got.Truncated)
		}
		return "tcp-only", ""
	case "data":
		return "data", expect("NOERROR", -1)
	}
	if e.Action == "rewrite" {
		if wrong := expect("NOERROR", -1); wrong != "" {
			return "rewrite", wrong
		}
		if alias, ok := first(got).(*dns.CNAME); answers > 0 && (!ok || !strings.EqualFold(alias.Target, dns.Fqdn(e.Rewrite))) {
			return "rewrite", "it leads elsewhere"
		}
		return "rewrite", ""
	}
	if ofUpstream(got) {
		return "local", "the upstream was asked"
	}
	return "local", ""
}

// judgePassed judges the answer to a question that is for the upstream.
func judgePassed(e *policy.Explanation, q dns.Question, got *dns.Msg) (outcome, wrong string) {
	hasAnswer := q.Qtype == dns.TypeA || q.Qtype == dns.TypeAAAA || q.Qtype == dns.TypeTXT
	if q.Qtype != dns.TypeTXT && hasAnswer && leadsInside(q.Name) && e.Private == policy.PrivateRefused {
		if got.Rcode != dns.RcodeSuccess || len(got.Answer) > 0 || edeOf(got) != dns.ExtendedErrorCodeBlocked {
			return "private", "a private address passes"
		}
		return "private", ""
	}
	if got.Rcode != dns.RcodeSuccess || hasAnswer != ofUpstream(got) {
		return "pass", "it is not the upstream's answer"
	}
	return "pass", ""
}

// ofUpstream reports whether an answer is of the upstream.
func ofUpstream(m *dns.Msg) bool {
	switch rr := first(m).(type) {
	case *dns.A:
		return rr.A.String() == "198.51.100.7" || rr.A.String() == "192.168.1.7"
	case *dns.AAAA:
		return rr.AAAA.String() == "2001:db8::7" || rr.AAAA.String() == "fd00::7"
	case *dns.TXT:
		return rr.Txt[0] == "upstream"
	}
	return false
}

func first(m *dns.Msg) dns.RR {
	if len(m.Answer) == 0 {
		return nil
	}
	return m.Answer[0]
}

func edeOf(m *dns.Msg) uint16 {
	if opt := m.IsEdns0(); opt != nil {
		for _, o := range opt.Option {
			if e, ok := o.(*dns.EDNS0_EDE); ok {
				return e.InfoCode
			}
		}
	}
	return 0
}
