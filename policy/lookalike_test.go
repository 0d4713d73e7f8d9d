package policy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"lachan/blocklist/domain"
	"lachan/policy"
)

const imitated = `
profiles:
  hs: {extends: none, block: [look-alike, gambling]}
  gv: {extends: none, block: [gambling], observe: [look-alike, games]}
  back: {extends: hs, observe: [gambling]}
  again: {extends: gv, block: [games]}
  deny: {extends: none, block: [look-alike], default: deny}
units:
  - {id: tinh, kind: province}
  - {id: a, parent: tinh, kind: school, profile: hs, allow: [vietcombank-vn.top]}
  - {id: b, parent: tinh, kind: school, profile: gv}
  - {id: c, parent: tinh, kind: school, profile: hs, allow: [look-alike]}
  - {id: d, parent: tinh, kind: school, profile: deny, allow: [momo-vn.com]}
  - {id: e, kind: school, profile: gv, lock: [look-alike], allow: [vietcombank-vn.top]}
  - {id: f, kind: school, profile: back}
  - {id: g, kind: school, profile: again}
`

func TestWhatImitatesABrand(t *testing.T) {
	w := newWorld(t, imitated)
	w.wants("a", "vietcombank-login.top", "block profile look-alike nxdomain 17")
	w.wants("a", "vietcombank-vn.top", "pass own explicit")
	w.wants("a", "vietcombank.com.vn", "pass default")
	w.wants("b", "vietcombank-login.top", "pass default")
	w.wants("c", "vietcombank-login.top", "pass default")
	w.wants("d", "vietcombank-login.top", "block default default-deny nxdomain 17")
	w.wants("d", "momo-vn.com", "pass own excepted default-deny")
	w.wants("e", "vietcombank-vn.top", "block lock look-alike nxdomain 15") // a lock holds for the unit itself too
	w.wants("", "vietcombank-login.top", "pass default")
}

// TestWhoMindsWhatANameIs: it is looked for as soon as anything blocks or observes it, also for a
// time only, and not before.
func TestWhoMindsWhatANameIs(t *testing.T) {
	f := func(text string, want bool) {
		t.Helper()
		w := newWorld(t, text)
		r := w.at(monday)
		var n domain.Name
		if err := n.SetText("vietcombank-login.top"); err != nil {
			t.Fatal(err)
		}
		if got := policy.MindsTraits(r); got != want || !policy.Traits(r, &n).Empty() != want {
			t.Errorf("%s: minded %v, found %v", text, got, policy.Traits(r, &n))
		}
	}
	const unit = "units: [{id: a, kind: school, profile: p, "
	f("profiles: {p: {extends: none, block: [gambling]}}\n"+unit+"allow: [look-alike]}]", false)
	f("profiles: {p: {extends: none, block: [look-alike]}}\n"+unit+"}]", true)
	f("profiles: {p: {extends: none, block: [], observe: [look-alike]}}\n"+unit+"}]", true)
	f("profiles: {p: {extends: none, block: []}}\n"+unit+"block: [look-alike]}]", true)
	f("profiles: {p: {extends: none, block: []}}\n"+unit+"lock: [look-alike]}]", true)
	f("profiles: {p: {extends: none, block: []}}\n"+unit+"block: [{category: look-alike, until: 2030-01-01}]}]", true)
	f("profiles: {p: {extends: none, block: []}}\ntimetables: {t: {days: mon-fri, from: '07:00', to: '11:00'}}\n"+
		unit+"rules: [{during: t, block: [look-alike]}]}]", true)
}

func TestWhatAProfileObserves(t *testing.T) {
	w := newWorld(t, imitated)
	f := func(unit, text, want string) {
		t.Helper()
		r := w.at(monday)
		var n domain.Name
		if err := n.SetText(text); err != nil {
			t.Fatal(err)
		}
		g := w.group(unit)
		d := r.Decide(g, &n, dns.TypeA)
		if got := d.Action.String() + " " + w.policy.CategoryCode(policy.Observed(r, g, &d)); got != want {
			t.Errorf("%s asks %s: %s, want %s", unit, text, got, want)
		}
	}
	f("b", "vietcombank-login.top", "pass look-alike")
	f("b", "game.example", "pass games")
	f("b", "lesson.example", "pass none")
	f("a", "vietcombank-login.top", "block none")
	f("a", "vietcombank-vn.top", "pass none")
	f("f", "bet.example", "pass gambling") // what is observed is no longer blocked
	f("f", "vietcombank-login.top", "block none")
	f("g", "game.example", "block none") // and what is blocked no longer observed
	f("g", "vietcombank-login.top", "pass look-alike")
	f("e", "vietcombank-login.top", "block none")
}

func TestAnExplanationSaysWhoIsImitated(t *testing.T) {
	w := newWorld(t, imitated)
	f := func(unit, name string, want ...string) {
		t.Helper()
		e, err := w.at(monday).Explain(w.group(unit), name, dns.TypeA)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range want {
			if !strings.Contains(e.String(), part) {
				t.Errorf("%s asks %s: no %q in\n%s", unit, name, part, e)
			}
		}
	}
	f("a", "login.vietcombank-vn.org", "imitates Vietcombank (vietcombank.com.vn): the brand stands in a name of others", "* profile", "look-alike")
	f("a", "vіetcombank.com", "by characters that look alike", "nhái Vietcombank")
	f("b", "vietcombank-vn.org", "imitates Vietcombank", "* default")
	f("e", "vietcombank-vn.top", "* lock", "look-alike")
}

// TestAnExplanationSaysThatTheNodeDecides where a domain that nobody has asked for before does not
// get what the others get; and what wins over that.
func TestAnExplanationSaysThatTheNodeDecides(t *testing.T) {
	w := newWorld(t, `
profiles:
  hs: {extends: none, block: [first-seen, gambling]}
  gv: {extends: none, block: [gambling], observe: [first-seen]}
  off: {extends: none, block: [gambling]}
units:
  - {id: a, kind: school, profile: hs, allow: [allowed.example]}
  - {id: b, kind: school, profile: gv}
  - {id: c, kind: school, profile: off}
`)
	f := func(unit, name, want string) {
		t.Helper()
		e, err := w.at(monday).Explain(w.group(unit), name, dns.TypeA)
		if err != nil {
			t.Fatal(err)
		}
		if has := strings.Contains(e.String(), "nobody has asked for this domain"); has != (want != "") || !strings.Contains(e.String(), want) {
			t.Errorf("%s asks %s: want %q in\n%s", unit, name, want, e)
		}
	}
	f("a", "lesson.example", "it is blocked for ten minutes")
	f("a", "allowed.example", "")
	f("a", "metric.gstatic.com", "") // is never blocked
	f("a", "bet.example", "")        // is blocked anyway
	f("b", "lesson.example", "it passes and is counted as first-seen")
	f("c", "lesson.example", "")
}

func TestWhatIsBlockedCannotBeObserved(t *testing.T) {
	wants := func(text, want string) {
		t.Helper()
		problems := problemsOf(t, text)
		if !strings.Contains(problems, want) {
			t.Errorf("%v, want %q", problems, want)
		}
	}
	wants("profiles: {a: {block: [games], observe: [games]}}", "both blocked and observed")
	wants("profiles: {a: {observe: [gamse]}}", `no category or service "gamse"`)
}

// problemsOf are what is wrong with a policy.
func problemsOf(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, problems := policy.Load(path, nil, hanoi, policy.Unknown{})
	return fmt.Sprint(problems)
}
