package admin_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/admin/ledger"
	"lachan/blocklist/domain"
	"lachan/internal/yamlfile"
	"lachan/policy"
	"lachan/policy/home"
)

// A disk is a world whose policy is read as the server reads it: policy.yaml, and
// console.yaml as the ledger writes it.
type disk struct{ *world }

func (d disk) folder() string  { return filepath.Join(filepath.Dir(d.path), "ledger") }
func (d disk) console() string { return filepath.Join(d.folder(), "console.yaml") }

func (d disk) origin(console string) *policy.Origin {
	return &policy.Origin{Path: d.path, Console: console, Zone: hanoi, Feeds: feeds}
}

func (d disk) Check(_ context.Context, console []byte) (yamlfile.Problems, error) {
	path := filepath.Join(filepath.Dir(d.path), "checked.yaml")
	if err := os.WriteFile(path, console, 0o600); err != nil {
		return nil, err
	}
	_, problems := d.origin(path).Load()
	return problems, nil
}

func (d disk) Structure(context.Context) error {
	if err := d.ledger.WriteConsole(); err != nil {
		return err
	}
	p, problems := d.origin(d.console()).Load()
	if len(problems) > 0 {
		return problems
	}
	d.policy = p
	return nil
}

// Names is what is in force with what was decided. Units that are gone keep their decisions.
func (d disk) Names(context.Context) error {
	overlay, _, err := policy.OverlayOf(d.policy, admin.Entries(d.ledger.State(), d.ledger.Words, hanoi))
	if err == nil {
		d.policy, err = d.policy.With(overlay)
	}
	return err
}

// none puts nothing in force, until somebody looks.
type none struct{ disk }

func (none) Names(context.Context) error { return nil }

// decision is one at random, right or wrong, by somebody.
func (d disk) decision(rng *rand.Rand, units []string) (account.Actor, admin.Decision) {
	one := func(list ...string) string { return list[rng.IntN(len(list))] }
	unit := units[rng.IntN(len(units))]
	name := func() string { return fmt.Sprintf("%sn%d.example", one("", "www.", "a.b."), rng.IntN(40)) }
	except := admin.Except{
		Unit: unit, Name: name(), Block: rng.IntN(2) == 0,
		Until: one("", "never", "lesson", "term", d.now.AddDate(0, 0, rng.IntN(40)).Format(time.DateOnly)),
	}
	people := []account.Actor{root, is(account.Province, "tinh"), is(account.Commune, "xa"), is(account.School, "kim-dong")}
	by := people[min(rng.IntN(8), 3)*rng.IntN(2)]
	switch rng.IntN(12) {
	case 0:
		return by, admin.ExceptMany{Except: except, Text: name() + "\n" + name() + " # vì\n" + name()}
	case 1:
		return by, admin.Undo{Seq: 1 + rng.Uint64N(d.ledger.State().Seq()+1)}
	case 2:
		if last := d.ledger.State().Seq(); last > 4 {
			return by, admin.Undo{Seq: last - rng.Uint64N(4)}
		}
	case 3, 4:
		for v := range d.ledger.State().Unit(unit) {
			if v.New != nil && rng.IntN(3) == 0 {
				return by, admin.Withdraw{Unit: unit, Object: v.Object}
			}
		}
	case 5:
		except.Name = one("category:games", "service:tiktok", "category:social", "com.vn", "10.0.0.1", "")
	case 6:
		id := fmt.Sprintf("moi-%d", rng.IntN(4))
		text := fmt.Sprintf(`{"parent":%q,"networks":["10.9.%d.0/24"],"block":[%q],"allow":[{"name":%q,"until":"2027-01-%02d"}]}`,
			one("xa", "xa-2", "tinh-2", "khong-co"), rng.IntN(4), name(), name(), 1+rng.IntN(28))
		return root, admin.SetUnit{ID: id, Unit: json.RawMessage(text)}
	case 7:
		id := fmt.Sprintf("moi-%d", rng.IntN(4))
		if rng.IntN(2) == 0 {
			return root, admin.RemoveUnit{ID: id}
		}
		return root, admin.SetRules{Unit: id, Rules: json.RawMessage(fmt.Sprintf(`[{"during":"trong-gio-hoc","block":[%q]}]`, name()))}
	}
	return by, except
}

// alone is the ledger as its segments say, without anything that is made of them.
func (d disk) alone() (console string) {
	d.t.Helper()
	dir := d.t.TempDir()
	err := filepath.WalkDir(d.folder(), func(path string, e os.DirEntry, err error) error {
		name, _ := filepath.Rel(d.folder(), path)
		switch {
		case err != nil || name == "lock" || name == "checkpoint" || name == "console.yaml" || name == "head":
			return err
		case e.IsDir():
			return os.MkdirAll(filepath.Join(dir, name), 0o700)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, name), text, 0o600)
	})
	if err != nil {
		d.t.Fatal(err)
	}
	l, err := ledger.Open(dir)
	if err != nil {
		d.t.Fatal(err)
	}
	defer l.Close()
	return string(l.State().Console(l.Words))
}

// read is the policy of what lies on the disk, with what was decided, as commands read it.
func (d disk) read(o *policy.Origin) *policy.Policy {
	d.t.Helper()
	p, problems := o.Load()
	if len(problems) > 0 {
		d.t.Fatal(problems)
	}
	if o.Console == "" {
		return p
	}
	entries, problems := policy.Decided(o.Console, hanoi)
	overlay, _, err := policy.OverlayOf(p, entries)
	if err == nil && len(problems) == 0 {
		p, err = p.With(overlay)
	}
	if err != nil || len(problems) > 0 {
		d.t.Fatal(err, problems)
	}
	return p
}

// same asks two policies many times what a unit may at a minute.
func (d disk) same(what string, rng *rand.Rand, times int, before, after *policy.Policy) {
	d.t.Helper()
	var units []string
	for _, g := range before.Groups() {
		units = append(units, g.UnitID())
	}
	if before.NumGroups() != after.NumGroups() {
		d.t.Fatalf("%s: %d units, want %d", what, after.NumGroups(), before.NumGroups())
	}
	tell := func(p *policy.Policy, unit, name string, at time.Time) string {
		var n domain.Name
		g, ok := p.GroupOf(unit)
		if err := n.SetText(name); err != nil || !ok {
			d.t.Fatal(unit, name, ok, err)
		}
		e := p.At(d.bound(p), at, 1).Decide(g, &n, 1)
		return fmt.Sprint(e.Action, e.Reply, e.Layer, p.CategoryCode(e.Category), unitID(p, e.Unit))
	}
	for range times {
		unit := units[rng.IntN(len(units))]
		name := fmt.Sprintf("%sn%d.example", []string{"", "www.", "b.", "a.b."}[rng.IntN(4)], rng.IntN(40))
		at := monday.Add(time.Duration(rng.IntN(90*24*60)) * time.Minute)
		if unit == "" {
			continue
		}
		if was, is := tell(before, unit, name, at), tell(after, unit, name, at); was != is {
			d.t.Fatalf("%s: %s asks for %s at %s: %s, want %s", what, unit, name, at, is, was)
		}
	}
}

func unitID(p *policy.Policy, unit uint32) string {
	g := p.Group(policy.GroupID(unit))
	return g.UnitID()
}

// TestAfterAnyRunOfDecisionsAllSayTheSame: decisions at random, right and wrong, of all kinds
// that change who may what. Then console.yaml is what the records alone say, byte for byte;
// a policy that is read of the files decides as the one in force; and so does the export of
// it. policy.yaml stays as it was.
func TestAfterAnyRunOfDecisionsAllSayTheSame(t *testing.T) {
	decisions, questions := 150, 500
	if os.Getenv("TEST_PROOF") != "" {
		decisions, questions = 10_000, 10_000
	}
	d := disk{newWorld(t)}
	d.desk = admin.New(admin.Parts{
		Ledger: d.ledger, View: d.world, Force: none{d}, Lists: d.world, Accounts: d.world, Papers: d.world, Requests: d.asked,
		Now: func() time.Time { return d.now },
	})
	written, err := os.ReadFile(d.path)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(18, 7))
	units := []string{"tinh", "xa", "kim-dong", "kim-dong/gv", "le-loi", "thu", "nguyen-du", "quang-trung", "moi-0", "moi-1", "khong-co"}
	refused := map[admin.RefusalKind]int{}
	done := 0
	look := func() {
		t.Helper()
		if err := d.ledger.WriteConsole(); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(d.console())
		if err != nil {
			t.Fatal(err)
		}
		if anew := d.alone(); anew != string(text) {
			t.Fatalf("after %d decisions console.yaml has %d bytes, the records say %d", done, len(text), len(anew))
		}
		if err := d.Names(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.same("read anew", rng, questions, d.policy, d.read(d.origin(d.console())))
	}
	for tries := 1; done < decisions; tries++ {
		by, what := d.decision(rng, units)
		_, err := d.do(by, what)
		refusal := (*admin.Refusal)(nil)
		switch {
		case err == nil:
			done++
		case !errors.As(err, &refusal) || refusal.Kind == admin.Trouble:
			t.Fatalf("%T %+v: %v", what, what, err)
		default:
			refused[refusal.Kind]++
		}
		d.now = d.now.Add(time.Duration(rng.IntN(20)) * time.Minute)
		if tries%(decisions/3) == 0 {
			look()
		}
	}
	look()
	text, err := home.Export(d.origin(d.console()), d.Rules())
	if err != nil {
		t.Fatal(err)
	}
	alone := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(alone, text, 0o600); err != nil {
		t.Fatal(err)
	}
	exported := d.origin("")
	exported.Path = alone
	d.same("exported", rng, questions, d.policy, d.read(exported))
	if now, err := os.ReadFile(d.path); err != nil || !slices.Equal(now, written) {
		t.Error("policy.yaml is not as it was written", err)
	}
	if len(refused) < 3 || !strings.Contains(string(text), "vì bài học") {
		t.Errorf("refused: %v; the export:\n%.2000s", refused, text)
	}
	t.Logf("%d decisions, refused %v, %d records", done, refused, d.ledger.State().Seq())
}
