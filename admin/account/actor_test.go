package account_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/admin/account"
)

// A tree is units with what is above them; kinds are told by how their names begin.
type tree map[string]string

func (t tree) Parent(unit string) (string, bool) { parent, ok := t[unit]; return parent, ok }

func (t tree) Kind(unit string) account.Kind {
	kind, _, _ := strings.Cut(unit, "-")
	return account.Kind(kind)
}

// country has two provinces, each with two communes, each with two schools; a school to
// try with in the first commune, and two authorities.
func country() tree {
	t := tree{"authority-a": "", "authority-b": "", "test-1": "commune-11"}
	for p := 1; p <= 2; p++ {
		province := fmt.Sprint("province-", p)
		t[province] = ""
		for c := 1; c <= 2; c++ {
			commune := fmt.Sprintf("commune-%d%d", p, c)
			t[commune] = province
			for s := 1; s <= 2; s++ {
				t[fmt.Sprintf("school-%d%d%d", p, c, s)] = commune
			}
		}
	}
	return t
}

var now = time.Date(2026, 11, 28, 2, 40, 11, 0, time.UTC)

func actor(role account.Role, unit string) account.Actor {
	return account.Actor{ID: "acc_1", Grants: []account.Grant{{Account: "acc_1", Role: role, Unit: unit}}}
}

// TestEachRoleMayWhatTheTableSays: each role x each right x the own unit, below, beside
// and above. A letter stands for each that is allowed: o is the own unit, g a group of it,
// c a child, d what is below that, t a school to try with below, s a sister, u the unit
// above, e everything, a the own authority, b another.
func TestEachRoleMayWhatTheTableSays(t *testing.T) {
	units := country()
	f := func(role account.Role, own string, at map[string]string, want map[account.Right]string) {
		t.Helper()
		for _, right := range account.Rights() {
			got := ""
			for _, letter := range strings.Split("ogcdtsueab", "") {
				unit, asked := at[letter]
				if asked && actor(role, own).May(right, unit, units, now) {
					got += letter
				}
			}
			if got != want[right] {
				t.Errorf("%s over %s may %s over %q, want %q", role, own, right, got, want[right])
			}
		}
	}
	all := map[string]string{"e": "", "a": "authority-a", "b": "authority-b"}
	with := func(more map[string]string) map[string]string {
		at := map[string]string{}
		for _, m := range []map[string]string{all, more} {
			for k, v := range m {
				at[k] = v
			}
		}
		return at
	}
	f(account.School, "school-111", with(map[string]string{"o": "school-111", "g": "school-111/teachers", "s": "school-112", "u": "commune-11", "t": "test-1"}), map[account.Right]string{
		account.View: "og", account.Answer: "og", account.Except: "og", account.Calendar: "og", account.Report: "og",
		account.ReadReports: "og", account.Accounts: "og", account.Audit: "og",
	})
	f(account.Commune, "commune-11", with(map[string]string{"o": "commune-11", "c": "school-111", "d": "school-112/teachers", "t": "test-1", "s": "commune-12", "u": "province-1"}), map[account.Right]string{
		account.View: "ocdt", account.Answer: "ocdt", account.Except: "ocdt", account.Calendar: "ocdt", account.Report: "ocdt", account.Lock: "o",
		account.ReadReports: "ocdt", account.Accounts: "ocdt", account.Audit: "ocdt",
	})
	f(account.Province, "province-1", with(map[string]string{"o": "province-1", "c": "commune-11", "d": "school-111", "t": "test-1", "s": "province-2", "g": "school-211"}), map[account.Right]string{
		account.View: "ocdt", account.Answer: "ocdt", account.Except: "ocdt", account.Structure: "ocdt", account.Calendar: "ocdt", account.Lock: "o", account.Lists: "o",
		account.ReadOrders: "ogcdtseab", account.Hold: "ogcdtseab", account.Report: "ocdt", account.ReadReports: "ocdt", account.Accounts: "ocdt", account.Audit: "ocdt",
	})
	everything := "ocdtsab"
	f(account.Operator, "", map[string]string{"o": "", "c": "province-1", "d": "school-111", "t": "test-1", "s": "province-2", "a": "authority-a", "b": "nobody-knows"}, map[account.Right]string{
		account.View: everything, account.Answer: "t", account.Except: "t", account.Structure: everything, account.Calendar: everything,
		account.Lock: "ocsa", account.Lists: everything, account.Order: everything, account.ReadOrders: everything, account.Release: everything,
		account.Hold: everything, account.Report: everything, account.ReadReports: everything, account.Accounts: everything, account.Audit: everything,
	})
	f(account.Operator, "province-1", with(map[string]string{"o": "province-1", "d": "school-111", "t": "test-1", "s": "province-2"}), map[account.Right]string{
		account.View: "odt", account.Answer: "t", account.Except: "t", account.Structure: "odt", account.Calendar: "odt", account.Lock: "o", account.Lists: "odt", account.Order: "odt",
		account.ReadOrders: "odt", account.Release: "odt", account.Hold: "odt", account.Report: "odt", account.ReadReports: "odt", account.Accounts: "odt", account.Audit: "odt",
	})
	f(account.Authority, "authority-a", with(map[string]string{"o": "province-1", "d": "school-111"}), map[account.Right]string{
		account.View: "a", account.Lists: "a", account.Order: "a", account.ReadOrders: "a", account.Report: "a", account.ReadReports: "a", account.Audit: "a",
	})
	f(account.Viewer, "commune-11", with(map[string]string{"o": "commune-11", "d": "school-111", "s": "commune-12", "u": "province-1"}), map[account.Right]string{
		account.View: "od", account.ReadReports: "od", account.Audit: "od",
	})
	f(account.Viewer, "province-1", with(map[string]string{"o": "province-1", "d": "school-111", "s": "province-2"}), map[account.Right]string{
		account.View: "od", account.ReadOrders: "odseab", account.ReadReports: "od", account.Audit: "od",
	})
}

func TestAGrantThatEndedOrFitsNothingIsNone(t *testing.T) {
	units := country()
	f := func(g account.Grant, unit string, want bool) {
		t.Helper()
		a := account.Actor{Grants: []account.Grant{g}}
		if got := a.May(account.View, unit, units, now); got != want {
			t.Errorf("%+v over %q: %v", g, unit, got)
		}
	}
	f(account.Grant{Role: account.School, Unit: "school-111", Until: now.Add(time.Second)}, "school-111", true)
	f(account.Grant{Role: account.School, Unit: "school-111", Until: now}, "school-111", false)
	f(account.Grant{Role: account.School, Unit: "province-1"}, "province-1", false)
	f(account.Grant{Role: account.Commune, Unit: "province-1"}, "school-111", false)
	f(account.Grant{Role: account.School, Unit: ""}, "school-111", false)
	f(account.Grant{Role: account.Province, Unit: ""}, "school-111", false)
	f(account.Grant{Role: account.Viewer, Unit: "school-111/teachers"}, "school-111/teachers", false)
	f(account.Grant{Role: account.School, Unit: "school-gone"}, "school-gone", false)
	f(account.Grant{Role: account.Machine, Unit: ""}, "school-111", false)
	f(account.Grant{Role: "root", Unit: ""}, "school-111", false)
	units["commune-11"] = "school-111" // round in circles
	f(account.Grant{Role: account.Viewer, Unit: "province-1"}, "school-111", false)
}

func TestATokenMayLessThanItsOwner(t *testing.T) {
	units := country()
	a := actor(account.Commune, "commune-11")
	a.Scopes, a.Within = []account.Right{account.View, account.Structure}, "school-111"
	f := func(right account.Right, unit string, want bool) {
		t.Helper()
		if got := a.May(right, unit, units, now); got != want {
			t.Errorf("%s over %s: %v", right, unit, got)
		}
	}
	f(account.View, "school-111", true)
	f(account.View, "school-111/teachers", true)
	f(account.View, "school-112", false)      // beside its unit
	f(account.View, "commune-11", false)      // above its unit
	f(account.Except, "school-111", false)    // not among its scopes
	f(account.Structure, "school-111", false) // not its owner's
	if a.MayGrant(account.School, "school-111", units, now) || a.MayManage("school-111", nil, units, now) {
		t.Error("a token makes accounts")
	}
	a.Machine = true
	if a.May(account.Except, "school-111", units, now) || a.MayGrant(account.School, "school-111", units, now) {
		t.Error("a token of the machine may all")
	}
}

// TestNoSequenceOfGrantsReachesAbove: whoever is granted something by people of a unit,
// who were granted it by others of it, has no right that the first one of them has not.
func TestNoSequenceOfGrantsReachesAbove(t *testing.T) {
	units, random, given := country(), rand.New(rand.NewPCG(18, 3)), 0
	all := []string{"", "school-gone", "school-111/teachers"}
	for unit := range units {
		all = append(all, unit)
	}
	slices.Sort(all)
	for _, first := range []account.Grant{
		{Role: account.School, Unit: "school-111"}, {Role: account.Commune, Unit: "commune-11"},
		{Role: account.Province, Unit: "province-1"}, {Role: account.Authority, Unit: "authority-a"}, {Role: account.Viewer, Unit: "province-1"},
	} {
		root := account.Actor{Grants: []account.Grant{first}}
		people := []account.Actor{root}
		for range 20_000 {
			by, to := random.IntN(len(people)), random.IntN(len(people)+1)
			g := account.Grant{Role: account.Roles()[random.IntN(6)], Unit: all[random.IntN(len(all))]}
			if !people[by].MayGrant(g.Role, g.Unit, units, now) {
				continue
			}
			given++
			if to == len(people) && len(people) < 8 {
				people = append(people, account.Actor{})
			}
			to = min(to, len(people)-1)
			if !slices.Contains(people[to].Grants, g) {
				people[to].Grants = append(slices.Clone(people[to].Grants), g)
			}
		}
		for _, p := range people {
			for _, unit := range all {
				for _, right := range account.Rights() {
					has := root.May(right, unit, units, now)
					if right == account.Lock && unit != first.Unit { // a commune locks for itself, whoever made its account
						has = root.May(account.Accounts, unit, units, now)
					}
					if p.May(right, unit, units, now) && !has {
						t.Errorf("%s over %s gave away %s over %q: %+v", first.Role, first.Unit, right, unit, p.Grants)
					}
				}
			}
		}
	}
	if given < 1000 {
		t.Errorf("only %d grants", given)
	}
	t.Logf("%d grants", given)
}

func TestAnAccountIsManagedByThoseAboveAllOfIt(t *testing.T) {
	units := country()
	both := []account.Grant{{Role: account.School, Unit: "school-111"}, {Role: account.Province, Unit: "province-1", Until: now.Add(-time.Hour)}}
	f := func(a account.Actor, grants []account.Grant, want bool) {
		t.Helper()
		if got := a.MayManage("school-111", grants, units, now); got != want {
			t.Errorf("%+v of %+v: %v", a.Grants, grants, got)
		}
	}
	f(actor(account.School, "school-111"), nil, true)
	f(actor(account.School, "school-111"), both[:1], true)
	f(actor(account.School, "school-111"), both, false)
	f(actor(account.School, "school-112"), both[:1], false)
	f(actor(account.Province, "province-1"), both, false)
	f(actor(account.Operator, ""), both, true)
	f(actor(account.Viewer, "province-1"), nil, false)
}

func TestWhoMayIsNamedNearestFirst(t *testing.T) {
	units := country()
	f := func(right account.Right, unit, want string) {
		t.Helper()
		if got := fmt.Sprint(account.WhoMay(right, unit, units)); got != want {
			t.Errorf("%s over %q: %s, want %s", right, unit, got, want)
		}
	}
	f(account.Except, "school-111", "[{school school-111} {commune commune-11} {province province-1}]")
	f(account.Structure, "school-111/teachers", "[{province province-1} {operator province-1} {operator }]")
	f(account.Lock, "province-1", "[{province province-1} {operator province-1} {operator }]")
	f(account.Order, "authority-a", "[{authority authority-a} {operator }]")
	f(account.Release, "", "[{operator }]")
	for _, right := range account.Rights() {
		if right.Text().VI == "" {
			t.Errorf("%s has no name", right)
		}
	}
	for _, role := range append(account.Roles(), account.Machine) {
		if role.Text().VI == "" {
			t.Errorf("%s has no name", role)
		}
	}
}

// TestATokenWithoutScopesMayNothing: whether it was asked for with none, which are then those
// that read, or lies on the disk with none.
func TestATokenWithoutScopesMayNothing(t *testing.T) {
	dir := t.TempDir()
	door, _, err := account.Open(account.Settings{Dir: dir, Grants: everywhere{}})
	if err != nil {
		t.Fatal(err)
	}
	a, _, err := door.Store.Create("lan", now)
	if err != nil {
		t.Fatal(err)
	}
	wish := account.TokenWish{Name: "x", Scopes: []account.Right{}}
	made, text, err := door.Tokens.Issue(account.Actor{ID: a.ID}, a.ID, wish, now)
	if err != nil {
		t.Fatal(err)
	}
	by, err := door.ByToken(text, now)
	if err != nil || by.Scopes == nil || !by.May(account.View, "commune-11", country(), now) ||
		by.May(account.Except, "commune-11", country(), now) || by.MayGrant(account.Viewer, "commune-11", country(), now) {
		t.Errorf("%+v %v may not read, or more than that", by, err)
	}
	path := filepath.Join(dir, "tokens", made.ID+".json")
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	without := regexp.MustCompile(`(?s)"scopes":\s*\[.*?\]`).ReplaceAll(file, []byte(`"scopes": null`))
	if err := os.WriteFile(path, without, 0o600); err != nil || bytes.Equal(file, without) {
		t.Fatal(err)
	}
	if door, _, err = account.Open(account.Settings{Dir: dir, Grants: everywhere{}}); err != nil {
		t.Fatal(err)
	}
	if by, err := door.ByToken(text, now); err == nil && (by.Scopes == nil || by.May(account.View, "commune-11", country(), now)) {
		t.Errorf("%+v may something without scopes", by)
	}
}

// everywhere makes everybody a viewer of everything and a school besides.
type everywhere struct{}

func (everywhere) Grants(id string) []account.Grant {
	return []account.Grant{{Account: id, Role: account.Viewer}, {Account: id, Role: account.Commune, Unit: "commune-11"}}
}
