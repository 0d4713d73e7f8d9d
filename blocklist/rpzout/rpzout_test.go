package rpzout_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist"
	"lachan/blocklist/format"
	"lachan/blocklist/rpzout"
	"lachan/blocklist/transfer"
	"lachan/internal/testserver"
)

const (
	zoneName = "gambling.rpz.example."
	soon     = 20 * time.Second
)

var start = time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)

// listOf compiles rules; feed "a" has tag 0, "b" tag 1.
func listOf(t *testing.T, a []format.Rule, b ...format.Rule) *blocklist.List {
	t.Helper()
	source := func(name string, rules []format.Rule) blocklist.Source {
		return blocklist.Source{Name: name, Digest: fmt.Sprint(rules), Rules: func(emit func(format.Rule) error) error {
			for _, r := range rules {
				if err := emit(r); err != nil {
					return err
				}
			}
			return nil
		}}
	}
	path := filepath.Join(t.TempDir(), "x.snap")
	if _, err := blocklist.Compile(t.Context(), path, []blocklist.Source{source("a", a), source("b", b)}, blocklist.Options{}); err != nil {
		t.Fatal(err)
	}
	s, err := blocklist.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s.Bind(func(feed, _ string) blocklist.Set { return blocklist.Of(int(feed[0] - 'a')) }, nil)
}

func trees(names ...string) (rules []format.Rule) {
	for _, n := range names {
		rules = append(rules, format.Rule{Name: n})
	}
	return rules
}

func many(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("bet-%d.example", i))
	}
	return names
}

func key(t *testing.T, secret string) *transfer.Key {
	t.Helper()
	k, err := transfer.NewKey(testserver.KeyName, "hmac-sha256", secret)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A primary is a running server of one zone with the entries of feed "a".
type primary struct {
	*rpzout.Server
	t    *testing.T
	addr netip.AddrPort
	at   time.Time
	stop func()
}

func run(t *testing.T, addr netip.AddrPort, z rpzout.Zone) *primary {
	t.Helper()
	z.Name = zoneName
	p := &primary{rpzout.New("node.example", []rpzout.Zone{z}, slog.New(slog.DiscardHandler)), t, addr, start, nil}
	if err := p.Listen([]netip.AddrPort{addr}); err != nil {
		t.Fatal(err)
	}
	p.addr = p.Addresses()[0]
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- p.Run(ctx) }()
	p.stop = sync.OnceFunc(func() { stop(); <-done })
	t.Cleanup(p.stop)
	return p
}

// publish waits until the list is what the zone has, or would be but for being
// the same.
func (p *primary) publish(l *blocklist.List) {
	p.t.Helper()
	p.at = p.at.Add(time.Minute)
	p.Publish(l, []blocklist.Set{blocklist.Of(0)}, p.at)
}

func (p *primary) client(k *transfer.Key) *transfer.Client {
	zone, err := transfer.Parse(fmt.Sprintf("axfr://%s/%s", p.addr, zoneName))
	if err != nil {
		p.t.Fatal(err)
	}
	return &transfer.Client{Zone: zone, Key: k, MaxBytes: 64 << 20, Dial: (&net.Dialer{}).DialContext}
}

// fetch waits for a version that begins with the serial of the last publication.
func (p *primary) fetch(k *transfer.Key, good string) (text string, answer transfer.Answer) {
	p.t.Helper()
	until(p.t, "the zone is published", func() bool {
		var out bytes.Buffer
		var err error
		answer, err = p.client(k).Fetch(p.t.Context(), strings.NewReader(good), &out)
		text = out.String()
		return err == nil && answer.SOA.Serial == uint32(p.at.Unix())
	})
	return text, answer
}

func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(soon)
	defer deadline.Stop()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-deadline.C:
			t.Fatalf("not within %v: %s", soon, what)
		}
	}
}

// triggers are the records of a zone but SOA and NS, in short.
func triggers(text string) (list []string) {
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if f[3] == "CNAME" {
			list = append(list, strings.TrimSuffix(f[0], "."+zoneName)+" "+f[4])
		}
	}
	return list
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

func TestAZoneSaysWhatTheListSays(t *testing.T) {
	p := run(t, netip.MustParseAddrPort("127.0.0.1:0"), rpzout.Zone{Allow: loopback})
	f := func(rules []format.Rule, want ...string) {
		t.Helper()
		p.publish(listOf(t, append(rules, format.Rule{Name: fmt.Sprintf("v%d.example", p.at.Unix()), Scope: format.Exact}), format.Rule{Name: "other.example"}))
		text, _ := p.fetch(nil, "")
		got := slices.DeleteFunc(triggers(text), func(s string) bool { return strings.HasPrefix(s, "v") })
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("records %q, want %q", got, want)
		}
	}
	f(trees("bet.example"), "bet.example .", "*.bet.example .")
	f([]format.Rule{{Name: "bet.example", Scope: format.Exact}}, "bet.example .")
	f([]format.Rule{{Name: "bet.example", Scope: format.Below}}, "*.bet.example .")
	f(trees("bet.example", "www.bet.example"), "bet.example .", "*.bet.example .") // the wildcard covers it
	f(append(trees("bet.example"), format.Rule{Name: "ok.bet.example", Allow: true}),
		"bet.example .", "*.bet.example .", "ok.bet.example rpz-passthru.", "*.ok.bet.example rpz-passthru.")
	f(append(trees("bet.example"), format.Rule{Name: "ok.bet.example", Allow: true, Scope: format.Exact}),
		"bet.example .", "*.bet.example .", "ok.bet.example rpz-passthru.", "*.ok.bet.example .") // a wildcard ends where a name is
	f([]format.Rule{{Name: "ok.bet.example", Allow: true}})
	f([]format.Rule{{Prefix: netip.MustParsePrefix("192.0.2.0/24")}, {Prefix: netip.MustParsePrefix("192.0.2.7/32")},
		{Prefix: netip.MustParsePrefix("2001:db8:1::/48")}, {Prefix: netip.MustParsePrefix("2001:db8::5:1/128")}, {Prefix: netip.MustParsePrefix("::1/128")}},
		"24.0.2.0.192.rpz-ip .", "48.zz.1.db8.2001.rpz-ip .", "128.1.5.zz.db8.2001.rpz-ip .", "128.1.zz.rpz-ip .")
}

func TestChangesAreSentAsSuchForTwentyVersions(t *testing.T) {
	k := key(t, testserver.KeySecret)
	p := run(t, netip.MustParseAddrPort("127.0.0.1:0"), rpzout.Zone{Key: k})
	names := many(500)
	p.publish(listOf(t, trees(names...)))
	first, answer := p.fetch(k, "")
	if len(triggers(first)) != 2*len(names) || answer.Changes != 0 {
		t.Fatalf("%d records", len(triggers(first)))
	}
	second := ""
	for i := range 21 {
		names = append(names[1:], fmt.Sprintf("new-%d.example", i))
		p.publish(listOf(t, trees(names...)))
		text, _ := p.fetch(k, "")
		if i == 0 {
			second = text
		}
	}
	whole, _ := p.fetch(k, "")
	if text, answer := p.fetch(k, second); text != whole || answer.Changes == 0 {
		t.Errorf("20 versions behind: %d changes, the same zone: %v", answer.Changes, text == whole)
	}
	if text, answer := p.fetch(k, first); text != whole || answer.Changes != 0 {
		t.Errorf("21 versions behind: %d changes, want the whole zone; the same zone: %v", answer.Changes, text == whole)
	}
	published := p.at
	p.publish(listOf(t, trees(names...)))
	p.at = published // the same names are no version
	if _, answer := p.fetch(k, whole); !answer.Unchanged {
		t.Error("the same names were published as another version")
	}
}

func TestAZoneIsForThoseWhoMayHaveIt(t *testing.T) {
	right, wrong := key(t, testserver.KeySecret), key(t, "a2hvbmcgcGhhaSBraG9hIG5heQ==")
	any4 := netip.MustParseAddrPort("127.0.0.1:0")
	f := func(what string, z rpzout.Zone, k *transfer.Key, may bool) {
		t.Helper()
		p := run(t, any4, z)
		p.publish(listOf(t, trees("bet.example")))
		if may {
			p.fetch(k, "")
			return
		}
		for _, network := range []string{"udp", "tcp"} {
			for _, qtype := range []uint16{dns.TypeSOA, dns.TypeAXFR} {
				m := new(dns.Msg).SetQuestion(zoneName, qtype)
				client := dns.Client{Net: network}
				if k != nil {
					client.TsigProvider = k
					m.SetTsig(k.Name(), k.Algorithm(), 300, time.Now().Unix())
				}
				reply, _, _ := client.Exchange(m, p.addr.String()) // its error is that of the missing signature
				if reply == nil || reply.Rcode != dns.RcodeRefused || len(reply.Answer) > 0 {
					t.Errorf("%s, %s %s: %v", what, network, dns.TypeToString[qtype], reply)
				}
			}
		}
	}
	f("the right key", rpzout.Zone{Key: right}, right, true)
	f("the wrong key", rpzout.Zone{Key: right}, wrong, false)
	f("no key", rpzout.Zone{Key: right}, nil, false)
	f("an address that may", rpzout.Zone{Allow: loopback}, nil, true)
	f("an address that may not", rpzout.Zone{Allow: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}, nil, false)
	f("the right key from elsewhere", rpzout.Zone{Key: right, Allow: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}, right, false)
	f("a zone for nobody", rpzout.Zone{}, nil, false)
}

func TestOtherResolversBlockTheSame(t *testing.T) {
	f := func(what string, secondary func(testing.TB, string, netip.AddrPort) *testserver.Server, z rpzout.Zone) {
		t.Run(what, func(t *testing.T) {
			rules := append(trees(many(1000)...), trees("big.bet.example")...)
			list := listOf(t, append(rules, format.Rule{Name: "ok.big.bet.example", Allow: true}), trees("other.example")...)
			p := run(t, netip.MustParseAddrPort("127.0.0.1:0"), z)
			p.publish(list)
			p.fetch(z.Key, "")
			server := secondary(t, strings.TrimSuffix(zoneName, "."), p.addr)
			blocked := func(name string) bool {
				m := new(dns.Msg).SetQuestion(dns.Fqdn(name), dns.TypeA)
				reply, _, err := (&dns.Client{Timeout: 2 * time.Second}).Exchange(m, server.Addr.String())
				return err == nil && reply.Rcode == dns.RcodeNameError
			}
			until(t, "the zone is in force", func() bool { return blocked("bet-999.example") })
			for name, want := range map[string]bool{
				"bet-0.example": true, "x.y.bet-0.example": true, "notbet-0.example": false, "other.example": false,
				"big.bet.example": true, "bet.example": false, "ok.big.bet.example": false, "x.ok.big.bet.example": false, "x.big.bet.example": true,
			} {
				if blocked(name) != want {
					t.Errorf("%s: blocked %v, want %v", name, !want, want)
				}
			}

			p.stop() // to start again as one that knows of the secondary
			z.Notify = []netip.AddrPort{server.Addr}
			again := run(t, p.addr, z)
			again.at = p.at
			again.publish(listOf(t, append(rules[1:], trees("new.example")...)))
			until(t, "what came with the next version is in force", func() bool { return blocked("new.example") })
			if blocked("bet-0.example") {
				t.Error("what went with the next version is still in force")
			}
			again.publish(listOf(t, append(rules[2:], trees("new.example", "newer.example")...))) // the secondary has the version before: changes
			until(t, "what came as a change is in force", func() bool { return blocked("newer.example") })
			if blocked("bet-1.example") || !blocked("bet-2.example") || !blocked("new.example") {
				t.Error("after the changes other names are in force")
			}
		})
	}
	f("named", testserver.StartNamedSecondary, rpzout.Zone{Key: key(t, testserver.KeySecret)})
	f("unbound", testserver.StartUnboundSecondary, rpzout.Zone{Allow: loopback})
}
