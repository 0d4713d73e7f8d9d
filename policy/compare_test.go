package policy_test

import (
	"net/netip"
	"slices"
	"testing"

	"lachan/blocklist/domain"
	"lachan/blocklist/format"
	"lachan/policy"
)

// compare asks one question, and of what its answer may point at, in both ways; it
// returns how many decisions it has compared.
func (m *maker) compare(t *testing.T, a *allWritten, rules *policy.Rules, seed uint64) int {
	t.Helper()
	unit, asked, target := m.one(someUnits), m.one(someNames), m.one(someNames)
	qtype := []uint16{domain.TypeA, domain.TypeAAAA, 16}[m.IntN(3)]
	g, ok := rules.Policy().GroupOf(unit)
	if !ok {
		t.Fatal("no unit", unit)
	}
	same := func(what string, got policy.Decision, want said) {
		t.Helper()
		is := said{got.Action, got.Layer, got.Reply, got.Explicit, got.Excepted}
		if is != want {
			t.Errorf("world %d, %s: %s asks %s (%d): %+v, want %+v", seed, what, unit, asked, qtype, is, want)
		}
	}
	question := a.judgeName(unit, asked, qtype, 0)
	want := question.verdict()
	d := rules.Decide(g, mustName(asked), qtype)
	same("Decide", d, want)

	named := a.judgeName(unit, target, qtype, question.passed)
	same("DecideTarget "+target, rules.DecideTarget(g, d, mustName(target), qtype), named.decideTarget(want))

	addr := netip.MustParseAddr(m.one(someAddrs))
	of := &judged{allWritten: a, unit: unit, is: a.listedAddr(addr)}
	of.judgeZones(question.passed, func(f *ruled) (found []*format.Rule) {
		for i := range f.rules {
			r := &f.rules[i]
			if r.Prefix.IsValid() && r.Prefix.Contains(addr) && (found == nil || r.Prefix.Bits() > found[0].Prefix.Bits()) {
				found = []*format.Rule{r}
			}
		}
		return found
	})
	same("DecideAddr "+addr.String(), rules.DecideAddr(g, d, addr), of.decideTarget(want))

	union, is := policy.Set{}, words{}
	for _, name := range m.some(someNames, 3) {
		set, _ := rules.Classify(mustName(name), qtype)
		union = union.Or(set)
		is.add(keys(a.listed(name, qtype))...)
	}
	for i := range a.feeds {
		if f := &a.feeds[i].feed; f.Allow || f.Zone {
			delete(is, "feed:"+f.Name)
		}
	}
	delete(is, "core")
	delete(is, "core-essential")
	all := &judged{allWritten: a, unit: unit, is: is}
	wanted := want
	if len(is) > 0 {
		wanted = all.decideTarget(want)
	}
	same("DecideSet", rules.DecideSet(g, d, union), wanted)
	return 4
}

// judgeName is a name with what lists and zones say of it.
func (a *allWritten) judgeName(unit, name string, qtype uint16, passed int) *judged {
	j := &judged{allWritten: a, unit: unit, name: name, is: a.listed(name, qtype)}
	j.judgeZones(passed, func(f *ruled) (found []*format.Rule) {
		for i := range f.rules {
			r := &f.rules[i]
			if r.Prefix.IsValid() || !a.covers(r, name, qtype) {
				continue
			}
			if found == nil || len(r.Name) > len(found[0].Name) {
				found = []*format.Rule{r}
			}
		}
		ends := func(r format.Rule) bool {
			return name != r.Name && within(name, r.Name) && len(r.Name) > len(found[0].Name)
		}
		if found != nil && found[0].Scope == format.Below && slices.ContainsFunc(f.rules, ends) {
			return nil
		}
		return found
	})
	return j
}
