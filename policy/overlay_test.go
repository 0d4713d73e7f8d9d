package policy_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/policy"
)

// overlaid are units with some entries, and room for more in each.
const overlaid = `
profiles: {thi: {block: [adult], default: deny, allow: [lesson.example, deep.lesson.example]}}
units:
- {id: tinh, kind: province, lock: [gambling], allow: [lesson.example%s], block: [noise.example%s]}
- {id: xa, parent: tinh, kind: commune, allow: [a.b.game.example%s], block: [game.example, service:zalo%s]}
- {id: s, parent: xa, profile: thi, allow: [social%s], block: [b.game.example%s], groups: [{id: gv, profile: giao-vien, allow: [noise.example%s], block: [x.noise.example%s]}]}
`

var overlaidUnits = []string{"tinh", "xa", "s", "s/gv"}

// A policy with an overlay decides as one in whose policy.yaml the entries are
// written.
func TestAPolicyWithAnOverlayDecidesAsIfItWereWritten(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	names := []string{
		"lesson.example", "deep.lesson.example", "noise.example", "x.noise.example", "game.example", "b.game.example", "a.b.game.example",
		"chat.zalo.me", "bet.example", "adult.example", "social.example", "www.google.com", "other.example", "c.a.b.game.example",
	}
	noEntries := slices.Repeat([]any{""}, 8)
	base := newWorld(t, fmt.Sprintf(overlaid, noEntries...))
	for range 60 {
		added := slices.Clone(noEntries)
		var entries []policy.OverlayEntry
		for range rng.IntN(8) {
			place := rng.IntN(8)
			e := policy.OverlayEntry{Unit: overlaidUnits[place/2], Allow: place%2 == 0, Name: names[rng.IntN(len(names))], Why: "vì thế"}
			days := ""
			if rng.IntN(3) == 0 {
				from := 1 + rng.IntN(20)
				e.From, e.Until = time.Date(2026, 9, from, 0, 0, 0, 0, hanoi), time.Date(2026, 9, from+5, 0, 0, 0, 0, hanoi)
				days = fmt.Sprintf(", from: 2026-09-%02d, until: 2026-09-%02d", from, from+4)
			}
			added[place] = fmt.Sprintf("%s, {name: %s, why: vì thế%s}", added[place], e.Name, days)
			entries = append(entries, e)
		}
		wantAsWritten(t, base, entries, newWorld(t, fmt.Sprintf(overlaid, added...)), names, rng)
	}
}

func wantAsWritten(t *testing.T, base *world, entries []policy.OverlayEntry, written *world, names []string, rng *rand.Rand) {
	t.Helper()
	overlay, err := base.policy.NewOverlay(entries)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "over")
	if err := policy.WriteOverlay(path, overlay); err != nil {
		t.Fatal(err)
	}
	opened, err := policy.OpenOverlay(path, base.policy)
	if err != nil {
		t.Fatal(err)
	}
	with, err := base.policy.With(opened)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t, with, base.list}
	at := time.Date(2026, 9, 7, 10, 0, 0, 0, hanoi)
	if got, want := with.Standings(at), written.policy.Standings(at); !slices.Equal(got, want) {
		t.Errorf("%+v: standings %+v, want %+v", entries, got, want)
	}
	for range 40 {
		moment := fmt.Sprintf("2026-09-%02d %02d:00", 1+rng.IntN(28), rng.IntN(24))
		unit, text := overlaidUnits[rng.IntN(4)], names[rng.IntN(len(names))]
		rules, other := w.at(moment), written.at(moment)
		group := w.group(unit)
		got, want := rules.Decide(group, name(t, text), dns.TypeA), other.Decide(group, name(t, text), dns.TypeA)
		if w.tell(got) != written.tell(want) || got.Unit != want.Unit || (got.Entry < 0) != (want.Entry < 0) {
			t.Fatalf("%+v\n%s, %s asks %s: %s by %d with the overlay, %s by %d as written", entries, moment, unit, text, w.tell(got), got.Unit, written.tell(want), want.Unit)
		}
		why, err := rules.Explain(group, text, dns.TypeA)
		whyWritten, err2 := other.Explain(group, text, dns.TypeA)
		if err != nil || err2 != nil || why.Result != whyWritten.Result || len(why.Steps) != len(whyWritten.Steps) || decides(why) != 1 {
			t.Fatalf("%+v\n%s\nwith the overlay, as written\n%s", entries, why, whyWritten)
		}
		_, own := rules.Classify(name(t, text), dns.TypeA)
		if _, want := other.Classify(name(t, text), dns.TypeA); own != want {
			t.Fatalf("%+v: %s needs Decide: %v, want %v", entries, text, own, want)
		}
	}
}

// decides counts the steps that decide.
func decides(e policy.Explanation) (count int) {
	for _, s := range e.Steps {
		if s.Decides && s.Layer == e.Layer {
			count++
		}
	}
	return count
}

func TestWhatIsWrongWithAnOverlayIsAnError(t *testing.T) {
	p := newWorld(t, "units: [{id: a}]").policy
	f := func(e policy.OverlayEntry) {
		t.Helper()
		if _, err := p.NewOverlay([]policy.OverlayEntry{e}); !errors.Is(err, policy.ErrOverlayEntry) {
			t.Errorf("%+v: %v", e, err)
		}
	}
	f(policy.OverlayEntry{Unit: "b", Name: "x.example"})
	f(policy.OverlayEntry{Unit: "", Name: "x.example"})
	f(policy.OverlayEntry{Unit: "a", Name: "x..example"})
	f(policy.OverlayEntry{Unit: "a", Name: "edu.vn"})
	f(policy.OverlayEntry{Unit: "a", Name: "x.example", From: now, Until: now})

	other := newWorld(t, "units: [{id: a, allow: [y.example]}]").policy
	overlay, err := p.NewOverlay([]policy.OverlayEntry{{Unit: "a", Name: "x.example", Allow: true}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "over")
	if err := policy.WriteOverlay(path, overlay); err != nil {
		t.Fatal(err)
	}
	if _, err := policy.OpenOverlay(path, other); !errors.Is(err, policy.ErrDamaged) {
		t.Errorf("of another policy: %v", err)
	}
	if _, err := other.With(overlay); err == nil {
		t.Error("an overlay was laid over another policy")
	}
	if without, err := p.With(nil); err != nil || without.Digest() != p.Digest() {
		t.Errorf("without an overlay: %v", err)
	}
}

func TestAnOverlayIsAsLargeAsPeopleDecide(t *testing.T) {
	w := newWorld(t, "profiles: {deny: {default: deny}}\nunits: [{id: a, profile: deny}]")
	var entries []policy.OverlayEntry
	for i := range 2000 {
		entries = append(entries, policy.OverlayEntry{Unit: "a", Name: fmt.Sprintf("site-%d.example", i), Allow: true})
	}
	overlay, err := w.policy.NewOverlay(entries)
	if err != nil || overlay.Len() != len(entries) {
		t.Fatal(overlay.Len(), err)
	}
	if w.policy, err = w.policy.With(overlay); err != nil {
		t.Fatal(err)
	}
	w.wants("a", "www.site-0.example", "pass own excepted default-deny")
	w.wants("a", "site-1999.example", "pass own excepted default-deny")
	w.wants("a", "site-2000.example", "block default default-deny nxdomain 17")
	r := w.at(monday)
	var n domain.Name
	if err := n.SetText("www.site-7.example"); err != nil {
		t.Fatal(err)
	}
	if allocations := testing.AllocsPerRun(100, func() { r.DecideFor(netip.Addr{}, 1, &n, dns.TypeA) }); allocations != 0 {
		t.Errorf("%v allocations", allocations)
	}
}

// However the bytes of an overlay are changed, it is refused, or, if the checksums
// are made to fit, it is judged by without a panic.
func TestADamagedOverlayIsRefused(t *testing.T) {
	w := newWorld(t, fmt.Sprintf(overlaid, slices.Repeat([]any{""}, 8)...))
	overlay, err := w.policy.NewOverlay([]policy.OverlayEntry{
		{Unit: "tinh", Name: "bet.example", Allow: true, Why: "vì thế"}, {Unit: "s", Name: "noise.example"}, {Unit: "s/gv", Name: "x.noise.example", Allow: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "over")
	rng := rand.New(rand.NewPCG(7, 8))
	for i := range 600 {
		if err := policy.WriteOverlay(path, overlay); err != nil {
			t.Fatal(err)
		}
		const header = 48 + 8*24 + 8
		spoil(t, path, func(b []byte) {
			b[rng.IntN(len(b))] ^= byte(1 + rng.IntN(255))
			if i%2 == 0 {
				refit(b, header)
			}
		})
		opened, err := policy.OpenOverlay(path, w.policy)
		if err != nil {
			continue
		}
		if i%2 == 1 {
			t.Fatal("a damaged overlay was opened")
		}
		with, err := w.policy.With(opened)
		if err != nil {
			t.Fatal(err)
		}
		askEverything(with)
	}
}
