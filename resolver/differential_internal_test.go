package resolver

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
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
	"lachan/policy"
	"lachan/resolver/cache"
)

var differential = flag.Int("differential", 30_000, "questions that TestDifferential asks")

const differentialPolicy = `
profiles:
  hs: {block: [gambling, social], safe_search: strict, youtube: strict}
  null-replies: {block: [gambling], reply: "null"}
  refusing: {block: [gambling], reply: refused}
units:
  - id: truong
    kind: school
    profile: hs
    networks: ["192.0.2.0/24"]
    allow: [{name: bet1.example}]
    block: [{name: blocked.example}]
  - {id: khac, kind: school, profile: null-replies, networks: ["198.51.100.0/24"]}
  - {id: nua, kind: school, profile: refusing, networks: ["203.0.113.0/24"]}
`

// newDifferential is a resolver with lists and its reference.
func newDifferential(t *testing.T) (*Resolver, *reference) {
	t.Helper()
	settings := quietSettings()
	settings.Replies.RebindProtection, settings.Cache.Prefetch, settings.Cache.Bounds.Entries = true, false, 50_000
	r := newTestResolver(t, settings, func(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
		return worldwide(q.Question[0]), nil
	})
	path := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, []byte(differentialPolicy), 0o600); err != nil {
		t.Fatal(err)
	}
	p, problems := policy.Load(path, []policy.Feed{{Name: "bets", Category: "gambling"}, {Name: "hosts", Category: "gambling"}}, time.UTC, policy.Unknown{})
	if p == nil {
		t.Fatal(problems)
	}
	source := func(name, text string, as format.Format) blocklist.Source {
		return blocklist.Source{Name: name, Digest: text, Rules: func(emit func(format.Rule) error) error {
			_, err := format.Parse(strings.NewReader(text), as, format.Options{Subdomains: true}, emit, nil)
			return err
		}}
	}
	lists, err := blocklist.CompileAside(t.Context(), []blocklist.Source{
		source("bets", "bet1.example\nbet2.example\nbet3.example\nlisted.test\n", format.Hosts),
		source("hosts", "203.0.113.0/24\n", format.Addresses),
	})
	if err != nil {
		t.Fatal(err)
	}
	rules := p.At(lists.Bind(p.Tags, nil), time.Now(), 2)
	r.Use(&settings, rules, r.snapshot.Load().upstreams)
	return r, &reference{rules: rules, upstream: worldwide, settings: settings, kept: map[string]bool{}}
}

// The resolver, with all that makes it fast, answers as the reference does:
// real names and invented ones, asked again and again, in all types and shapes,
// and messages that are damaged in every way.
func TestDifferential(t *testing.T) {
	r, ref := newDifferential(t)
	names := differentialNames()
	random := rand.New(rand.NewPCG(7, 11)) // the same questions each time
	clients := []netip.Addr{netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("198.51.100.7"), netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("8.8.8.8")}
	lately, differences := r.cache.NewHot(), 0
	for i := 0; i < *differential && differences < 20; i++ {
		wire := oneQuestion(random, names)
		damaged := random.IntN(8) == 0
		if damaged {
			wire = damage(random, wire)
		}
		ref.client = clients[random.IntN(len(clients))]
		ref.damaged, ref.unsure = damaged, false
		want, got := ref.answer(wire), r.askedBy(ref.client, wire, lately)
		if difference := differ(got, want, damaged); difference != "" && !ref.unsure {
			differences++
			t.Errorf("question %d, %x from %s: %s\ngot\n%v\nwant\n%v", i, wire, ref.client, difference, got, want)
		}
	}
}

// askedBy is the answer to a message; nil when there is none.
func (r *Resolver) askedBy(client netip.Addr, wire []byte, lately *cache.Hot) *dns.Msg {
	q, box := r.lease(), make(mailbox, 1)
	q.message = q.in[:copy(q.in[:], wire)]
	q.client, q.to, q.hot = client, box, lately
	q.begin(r.snapshot.Load(), r.clock())
	if r.serve(q) {
		r.finish(q, r.clock(), r.lane)
		r.queries.Put(q)
	}
	return <-box
}

// differentialNames are names of the real world, where there is a list of
// them, and names of the test's own.
func differentialNames() (names []string) {
	if file, err := os.Open("../../shared/data/top-domains.txt"); err == nil {
		defer file.Close()
		for s := bufio.NewScanner(file); s.Scan() && len(names) < 20_000; {
			if name := strings.TrimSpace(s.Text()); name != "" && name[0] != '#' {
				names = append(names, dns.Fqdn(name))
			}
		}
	}
	for i := range 2000 {
		names = append(names, fmt.Sprintf("n%d.example.", i))
	}
	for range 50 {
		names = append(names, ".", "localhost.", "x.invalid.", "listed.test.", "a.b.listed.test.", "blocked.example.", "www.blocked.example.",
			"bet1.example.", "bet2.example.", "www.bet3.example.", "www.google.com.", "www.youtube.com.", "mask.icloud.com.", "_dns.resolver.arpa.")
	}
	return names
}

func oneQuestion(random *rand.Rand, names []string) []byte {
	types := []uint16{dns.TypeA, dns.TypeA, dns.TypeA, dns.TypeAAAA, dns.TypeHTTPS, dns.TypeTXT, dns.TypeMX, dns.TypeANY, dns.TypeSOA, dns.TypePTR, dns.TypeAXFR, 65280}
	m := new(dns.Msg).SetQuestion(mixed(random, names[random.IntN(len(names))]), types[random.IntN(len(types))])
	m.Id = uint16(random.Uint32())
	m.RecursionDesired, m.CheckingDisabled, m.AuthenticatedData = random.IntN(10) > 0, random.IntN(10) == 0, random.IntN(3) == 0
	if random.IntN(100) == 0 {
		m.Question[0].Qclass = []uint16{dns.ClassCHAOS, dns.ClassANY, dns.ClassHESIOD}[random.IntN(3)]
	}
	if random.IntN(10) < 6 {
		m.SetEdns0([]uint16{0, 512, 1232, 4096, 65535}[random.IntN(5)], random.IntN(4) == 0)
		if random.IntN(4) == 0 {
			opt := m.IsEdns0()
			opt.Option = append(opt.Option, &dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: "0123456789abcdef"}, &dns.EDNS0_PADDING{Padding: make([]byte, random.IntN(50))})
		}
	}
	wire, err := m.Pack()
	if err != nil {
		panic(err) // the test's own
	}
	return wire
}

// mixed is a name in letters of either case.
func mixed(random *rand.Rand, name string) string {
	if random.IntN(3) > 0 {
		return name
	}
	octets := []byte(name)
	for i, c := range octets {
		if 'a' <= c && c <= 'z' && random.IntN(2) == 0 {
			octets[i] = c - 'a' + 'A'
		}
	}
	return string(octets)
}

func damage(random *rand.Rand, wire []byte) []byte {
	wire = slices.Clone(wire)
	switch random.IntN(4) {
	case 0:
		return wire[:random.IntN(len(wire))]
	case 1:
		return append(wire, make([]byte, random.IntN(20))...)
	case 2:
		wire[2] = byte(random.Uint32()) // flags and opcode
		return wire
	}
	for range 1 + random.IntN(3) {
		wire[random.IntN(len(wire))] ^= 1 << random.IntN(8)
	}
	return wire
}

// differ says in what two answers differ; "" when they do not. TTLs may be
// less by what time has passed. Of a damaged message only so much is certain as
// both have read the same of it.
func differ(got, want *dns.Msg, damaged bool) string {
	if got == nil || want == nil {
		if got == nil && want == nil || damaged && want != nil && want.Rcode == dns.RcodeFormatError {
			return ""
		}
		return "one is silent"
	}
	if damaged && (want.Rcode == dns.RcodeFormatError || got.Rcode == dns.RcodeFormatError) {
		if got.Id != want.Id || !got.Response {
			return "it is no answer"
		}
		return ""
	}
	if header(got) != header(want) {
		return "headers"
	}
	if damaged && got.Opcode != dns.OpcodeQuery {
		return ""
	}
	if len(got.Question) != len(want.Question) || len(got.Question) == 1 && got.Question[0] != want.Question[0] {
		return "questions"
	}
	for _, section := range [][2][]dns.RR{{got.Answer, want.Answer}, {got.Ns, want.Ns}} {
		if difference := differRecords(section[0], section[1]); difference != "" {
			return difference
		}
	}
	return differOPT(got.IsEdns0(), want.IsEdns0())
}

func header(m *dns.Msg) dns.MsgHdr {
	h := m.MsgHdr
	h.Rcode &= 0xF // the rest is the OPT record's
	return h
}

func differRecords(got, want []dns.RR) string {
	if len(got) != len(want) {
		return "the number of records"
	}
	for i := range got {
		g, w := dns.Copy(got[i]), dns.Copy(want[i])
		if g.Header().Ttl > w.Header().Ttl || g.Header().Ttl+300 < w.Header().Ttl {
			return "TTLs"
		}
		g.Header().Ttl, w.Header().Ttl = 0, 0
		if !strings.EqualFold(g.String(), w.String()) { // names may point into the question, with its letters
			return "records"
		}
	}
	return ""
}

func differOPT(got, want *dns.OPT) string {
	switch {
	case got == nil && want == nil:
		return ""
	case got == nil || want == nil:
		return "one has no OPT record"
	case got.UDPSize() != want.UDPSize() || got.Do() != want.Do() || got.Version() != want.Version():
		return "OPT records"
	case len(got.Option) < len(want.Option):
		return "extended errors"
	}
	for i := range want.Option {
		if got.Option[i].String() != want.Option[i].String() {
			return "extended errors"
		}
	}
	return ""
}
