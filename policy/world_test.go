package policy_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/blocklist/format"
	"lachan/internal/yamlfile"
	"lachan/policy"
	"lachan/policy/catalogue"
)

// hanoi is the time zone of all tests.
var hanoi = time.FixedZone("+07", 7*60*60)

// monday at ten, in a school's hours.
const monday = "2026-09-07 10:00"

// A world is a policy with the lists that the tests share.
type world struct {
	t      *testing.T
	policy *policy.Policy
	list   *blocklist.List
}

// feeds are the configured feeds of every world, and lists what they name. An
// entry may name its own category after a space.
var feeds = []policy.Feed{
	{Name: "adult", Category: "adult"},
	{Name: "gambling", Category: "co-bac"},
	{Name: "malware", Category: "malware"},
	{Name: "phishing", Category: "phishing"},
	{Name: "social", Category: "social"},
	{Name: "clips", Category: "short-video"},
	{Name: "games", Category: "games"},
	{Name: "vpn", Category: "circumvention"},
	{Name: "zalo-more", Category: "service:zalo"},
	{Name: "a05", Category: "authority-order", Authority: "A05", Document: "12/A05"},
	{Name: "core-enemy", Category: "ads"},
	{Name: "abuse", Category: "csam"},
}

var lists = map[string][]string{
	"adult":      {"adult.example", "both.example"},
	"gambling":   {"bet.example", "both.example", "order.example", "abuse-bet.example"},
	"abuse":      {"abuse-bet.example"},
	"malware":    {"evil.example", "evil.zalo.me", "evilsocial.example"},
	"phishing":   {"phish.example"},
	"social":     {"social.example", "evilsocial.example", "clipsocial.example"},
	"clips":      {"clip.example", "clipsocial.example"},
	"games":      {"game.example"},
	"vpn":        {"vpn.example"},
	"zalo-more":  {"zalo-more.example"},
	"a05":        {"order.example", "order-bet.example gambling"},
	"core-enemy": {"time.windows.com"},
	"own-allow":  {"lesson.example", "bet.example", "evil.example"},
	"own-block":  {"lesson.example", "noise.example"},
	"locked":     {"lockme.example", "lockme-adult.example adult"},
}

// newWorld loads a policy, with further feeds beside the standing ones, and
// fails the test when anything is wrong with it.
func newWorld(t *testing.T, text string, more ...policy.Feed) *world {
	t.Helper()
	p, problems := loadText(t, text, more...)
	if len(problems) > 0 {
		t.Fatalf("load: %v", problems)
	}
	return &world{t, p, newList(t, p)}
}

func loadText(t *testing.T, text string, more ...policy.Feed) (*policy.Policy, yamlfile.Problems) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return policy.Load(path, append(feeds[:len(feeds):len(feeds)], more...), hanoi, policy.Unknown{})
}

// newList compiles the lists above and those that come with the program.
func newList(t testing.TB, p *policy.Policy) *blocklist.List {
	t.Helper()
	facts, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	sources := []blocklist.Source{
		source("builtin/services", func(add func(name, category string)) {
			for _, s := range facts.Services {
				for _, name := range s.Domains {
					add(name, "service:"+s.ID)
				}
			}
		}),
		source("builtin/core", func(add func(name, category string)) {
			for _, c := range facts.Core {
				if c.Exact {
					continue
				}
				if c.Essential() {
					add(c.Name, "core-essential")
				} else {
					add(c.Name, "core")
				}
			}
		}),
	}
	for feed, names := range lists {
		sources = append(sources, source(feed, func(add func(name, category string)) {
			for _, entry := range names {
				name, category, _ := strings.Cut(entry, " ")
				add(name, category)
			}
		}))
	}
	path := filepath.Join(t.TempDir(), "list.snap")
	if _, err := blocklist.Compile(context.Background(), path, sources, blocklist.Options{}); err != nil {
		t.Fatal(err)
	}
	snapshot, err := blocklist.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot.Bind(p.Tags, nil)
}

func source(name string, entries func(add func(name, category string))) blocklist.Source {
	return blocklist.Source{Name: name, Rules: func(emit func(format.Rule) error) (err error) {
		entries(func(name, category string) {
			if err == nil {
				err = emit(format.Rule{Name: name, Category: category})
			}
		})
		return err
	}}
}

// at is the rules of a moment, "2006-01-02 15:04".
func (w *world) at(moment string) *policy.Rules {
	w.t.Helper()
	now, err := time.ParseInLocation("2006-01-02 15:04", moment, hanoi)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.policy.At(w.list, now, 1)
}

// group finds a unit; "" is unknown clients.
func (w *world) group(unit string) policy.GroupID {
	w.t.Helper()
	if unit == "" {
		return 0
	}
	g, ok := w.policy.GroupOf(unit)
	if !ok {
		w.t.Fatalf("no unit %q", unit)
	}
	return g
}

// mustName is a name that cannot be wrong.
func mustName(text string) *domain.Name {
	n := new(domain.Name)
	if err := n.SetText(text); err != nil {
		panic(err)
	}
	return n
}

func name(t testing.TB, text string) *domain.Name {
	t.Helper()
	n := new(domain.Name)
	if err := n.SetText(text); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return n
}

// asks decides a question for an address.
func (w *world) asks(moment, unit, text string) policy.Decision {
	w.t.Helper()
	return w.at(moment).Decide(w.group(unit), name(w.t, text), dns.TypeA)
}

// tell is a decision in words: action, layer, and of a block its category,
// reply and info code; of an exception what it would have been.
func (w *world) tell(d policy.Decision) string {
	switch {
	case d.Action == policy.Block:
		return fmt.Sprintf("block %v %s %v %d", d.Layer, w.policy.CategoryCode(d.Category), d.Reply, d.EDE)
	case d.Excepted:
		return fmt.Sprintf("pass %v excepted %s", d.Layer, w.policy.CategoryCode(d.Category))
	case d.Action == policy.Rewrite:
		return fmt.Sprintf("rewrite %v %s", d.Layer, d.Rewrite.Name)
	case d.Action == policy.Local:
		return fmt.Sprintf("local %v %v", d.Layer, d.Reply)
	case d.Explicit:
		return fmt.Sprintf("pass %v explicit", d.Layer)
	}
	return fmt.Sprintf("pass %v", d.Layer)
}

// wants says what becomes of a question at monday.
func (w *world) wants(unit, text, want string) {
	w.t.Helper()
	w.wantsAt(monday, unit, text, want)
}

func (w *world) wantsAt(moment, unit, text, want string) {
	w.t.Helper()
	if got := w.tell(w.asks(moment, unit, text)); got != want {
		w.t.Errorf("%s, %q asks %s: got %q, want %q", moment, unit, text, got, want)
	}
}
