package rpzout_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist"
	"lachan/blocklist/format"
	"lachan/blocklist/rpzout"
)

// A store compiles one list after the other as a server does: small changes are
// overlays of the snapshot.
type store struct {
	*blocklist.Store
	lists *blocklist.Lists
}

func (s *store) of(t testing.TB, rules []format.Rule) *blocklist.List {
	t.Helper()
	source := blocklist.Source{Name: "a", Digest: fmt.Sprint(len(rules), rules[:min(len(rules), 5000)]), Rules: func(emit func(format.Rule) error) error {
		for _, r := range rules {
			if err := emit(r); err != nil {
				return err
			}
		}
		return nil
	}}
	var err error
	if s.lists, _, err = s.Update(t.Context(), s.lists, []blocklist.Source{source}, blocklist.Options{}); err != nil {
		t.Fatal(err)
	}
	return s.lists.Bind(func(string, string) blocklist.Set { return blocklist.Of(0) }, nil)
}

func newStore(t testing.TB) *store { return &store{Store: blocklist.NewStore(t.TempDir())} }

func TestChangesLeadFromAnyVersionToTheNext(t *testing.T) {
	p := run(t, netip.MustParseAddrPort("127.0.0.1:0"), rpzout.Zone{Allow: loopback})
	s := newStore(t)
	random := rand.New(rand.NewPCG(1, 2))
	text, changes := "", 0
	for range 30 {
		var rules []format.Rule
		for i := range 60 {
			r := format.Rule{Name: fmt.Sprintf("n%d.example", i%20), Scope: format.Scope(random.IntN(3)), Allow: random.IntN(5) == 0}
			switch {
			case random.IntN(4) == 0:
				continue
			case i >= 50:
				r = format.Rule{Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}), 32)}
			case i >= 20:
				r.Name = fmt.Sprintf("below%d.%s", i, r.Name)
			}
			rules = append(rules, r)
		}
		p.publish(s.of(t, rules))
		whole, _ := p.fetch(nil, "")
		next, answer := p.fetch(nil, text)
		if next != whole {
			t.Fatalf("the changes lead to\n%s, the zone is\n%s", next, whole)
		}
		text, changes = next, changes+answer.Changes
	}
	if changes == 0 {
		t.Error("no version came as changes")
	}
}

// BenchmarkPublishOneOfAMillionNames is what one new name costs a zone of a
// million, from the list to the serial.
func BenchmarkPublishOneOfAMillionNames(b *testing.B) {
	names := many(1_000_000)
	s := newStore(b)
	server := rpzout.New("node.example", []rpzout.Zone{{Name: zoneName, Allow: loopback}}, slog.New(slog.DiscardHandler))
	if err := server.Listen([]netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}); err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error)
	go func() { done <- server.Run(ctx) }()
	defer func() { stop(); <-done }()
	at := start
	publish := func() {
		at = at.Add(time.Minute)
		list := s.of(b, trees(names...))
		b.StartTimer()
		server.Publish(list, []blocklist.Set{blocklist.Of(0)}, at)
		until(b, "it is published", func() bool {
			m := new(dns.Msg).SetQuestion(zoneName, dns.TypeSOA)
			reply, _, err := new(dns.Client).Exchange(m, server.Addresses()[0].String())
			return err == nil && len(reply.Answer) == 1 && reply.Answer[0].(*dns.SOA).Serial == uint32(at.Unix())
		})
		b.StopTimer()
	}
	b.StopTimer()
	publish()
	b.ResetTimer()
	for i := range b.N {
		names = append([]string{fmt.Sprintf("new-%d.example", i)}, names...)
		publish()
	}
}
