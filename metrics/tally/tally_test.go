package tally_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"lachan/metrics"
	"lachan/metrics/tally"
)

// A node notices what tests ask it.
type node struct {
	t        *testing.T
	dir      string
	counters *metrics.Counters
	shard    *metrics.Shard
	stop     func()
}

// run is a node with eight schools that counts until it is stopped, in the
// time of a bubble, which begins at midnight.
func run(t *testing.T, dir string) *node {
	t.Helper()
	n := &node{t: t, dir: dir, counters: metrics.New("nut-1")}
	var schools []metrics.School
	for i := range 8 {
		schools = append(schools, metrics.School{ID: fmt.Sprint("truong-", i), Province: "tinh", Commune: fmt.Sprint("xa-", i/4), Level: "primary"})
	}
	n.counters.SetSchools(schools)
	secret := n.counters.Category("csam")
	n.counters.SampleNames(func(c metrics.Category) bool { return c != secret && c != metrics.CategoryNone })
	n.shard = n.counters.Shard()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tally.New(n.counters, tally.Options{Dir: dir, Zone: time.UTC, Keep: 48 * time.Hour, Log: slog.New(slog.DiscardHandler)}).Run(ctx)
	}()
	n.stop = func() { cancel(); <-ended }
	synctest.Wait()
	return n
}

func wire(t *testing.T, name string) []byte {
	t.Helper()
	b := make([]byte, 255)
	end, err := dns.PackDomainName(dns.Fqdn(name), b, 0, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	return b[:end]
}

// ask asks once as a client of a school.
func (n *node) ask(school, client int, category, name string) {
	n.t.Helper()
	e := metrics.Event{
		Group: n.counters.Group(fmt.Sprint("truong-", school), ""), Name: wire(n.t, name),
		Client: netip.AddrFrom4([4]byte{10, byte(school), byte(client >> 8), byte(client)}),
	}
	if category != "" {
		e.Decision, e.Category = metrics.DecisionBlocked, n.counters.Category(category)
	}
	n.shard.Record(&e)
}

func (n *node) days() []tally.Day {
	n.t.Helper()
	days, err := tally.Read(n.dir, "2000-01-01", "2000-12-31")
	if err != nil {
		n.t.Fatal(err)
	}
	return days
}

func TestOnlyWhatManyAskIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := run(t, t.TempDir())
		spread := func(name, category string, clients, schools, times int) {
			for i := range clients {
				for range times {
					n.ask(i%schools, i/schools, category, name)
				}
			}
		}
		spread("many.example", "gambling", 10, 5, 3)
		spread("few-clients.example", "gambling", 9, 5, 100)
		spread("few-schools.example", "gambling", 100, 4, 3)
		spread("secret.example", "csam", 100, 8, 3)
		spread("allowed.example", "", 100, 8, 3)
		n.stop()
		days := n.days()
		if len(days) != 1 || days[0].Day != "2000-01-01" || days[0].Node != "nut-1" || days[0].Lost != 0 {
			t.Fatalf("days: %+v", days)
		}
		want := []tally.NameOfDay{{Province: "tinh", Level: "primary", Category: "gambling", Name: "many.example", Count: 30}}
		if !slices.Equal(days[0].Names, want) {
			t.Errorf("names %+v, want %+v", days[0].Names, want)
		}
		files, err := os.ReadDir(n.dir)
		if err != nil || len(files) != 1 {
			t.Fatalf("%v %v", files, err)
		}
		text, err := os.ReadFile(filepath.Join(n.dir, files[0].Name()))
		if err != nil || strings.Contains(string(text), "few") || strings.Contains(string(text), "secret") || strings.Contains(string(text), "10.") {
			t.Errorf("the file tells too much: %s, %v", text, err)
		}
	})
}

func TestClientsAreCountedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := run(t, t.TempDir())
		for range 20 {
			for i := range 300 {
				n.ask(0, i, "", "lesson.example")
			}
			for i := range 9 {
				n.ask(1, i, "", "lesson.example")
			}
			time.Sleep(2 * time.Second)
		}
		n.stop()
		clients := n.days()[0].Clients
		if len(clients) != 1 || clients[0].School != "truong-0" || clients[0].Clients < 290 || clients[0].Clients > 310 {
			t.Errorf("clients %+v, want about 300 of truong-0 alone", clients)
		}
	})
}

// TestDifferentNamesAreCountedOnce: of a school, of those of a commune together,
// of all; but not of a few clients, nor of names that nobody may know.
func TestDifferentNamesAreCountedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := run(t, t.TempDir())
		for i := range 200 {
			n.ask(i%3, i, "games", fmt.Sprintf("n%d.example", i%50))
			n.ask(i%3, i, "csam", fmt.Sprintf("secret%d.example", i))
			n.ask(i%3, i, "", fmt.Sprintf("lesson%d.example", i))
		}
		for i := range 9 {
			n.ask(7, i, "games", fmt.Sprintf("rare%d.example", i))
		}
		n.stop()
		got := map[string]uint64{}
		for _, b := range n.days()[0].Blocked {
			got[b.Unit] = b.Names
		}
		for unit, want := range map[string]uint64{"truong-0": 50, "xa-0": 50, "tinh": 59, tally.Everywhere: 59} {
			if n := got[unit]; n < want-1 || n > want+1 {
				t.Errorf("%s: %d names, want %d", unit, n, want)
			}
		}
		if _, few := got["truong-7"]; few || len(got) != 6 {
			t.Errorf("of few it tells %v", got)
		}
	})
}

func TestEachDayHasItsFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := run(t, t.TempDir())
		time.Sleep(8 * time.Hour)
		for range 5 {
			for i := range 40 {
				n.ask(i%8, i/8, "games", "game.example")
			}
			time.Sleep(24 * time.Hour)
		}
		n.stop()
		var days []string
		for _, d := range n.days() {
			days = append(days, d.Day)
			if d.Day != "2000-01-06" && (len(d.Names) != 1 || d.Names[0].Count != 40) {
				t.Errorf("%s: %+v", d.Day, d.Names)
			}
		}
		if want := []string{"2000-01-04", "2000-01-05", "2000-01-06"}; !slices.Equal(days, want) {
			t.Errorf("days %v, want %v: two are kept", days, want)
		}
	})
}

func TestADayGoesOnAfterAStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		for range 2 {
			n := run(t, dir)
			for i := range 80 {
				n.ask(i%8, i/8, "games", "game.example")
				n.ask(0, i, "", "lesson.example")
			}
			n.stop()
		}
		days, err := tally.Read(dir, "2000-01-01", "2000-01-01")
		if err != nil || len(days) != 1 || len(days[0].Names) != 1 || days[0].Names[0].Count != 160 {
			t.Fatalf("%+v %v", days, err)
		}
		if c := days[0].Clients; len(c) != 8 || c[0].Clients > 95 {
			t.Errorf("clients of both starts: %+v", c)
		}
	})
}

func TestTheMostAskedAreFoundAmongMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := run(t, t.TempDir())
		zipf := rand.NewZipf(rand.New(rand.NewPCG(1, 2)), 1.2, 1, 20_000)
		truth := map[string]int{}
		for i := range 200_000 {
			name := fmt.Sprintf("n%d.example", zipf.Uint64())
			truth[name]++
			n.ask(i%8, i/8%50, "social", name)
			if i%2000 == 0 {
				time.Sleep(2 * time.Second) // it is drained
			}
		}
		n.stop()
		names := n.days()[0].Names
		for i := range 20 {
			name := fmt.Sprintf("n%d.example", i)
			at := slices.IndexFunc(names, func(x tally.NameOfDay) bool { return x.Name == name })
			if at < 0 || int(names[at].Count) < truth[name] || int(names[at].Count-names[at].Over) > truth[name] {
				t.Errorf("%s was asked %d times; found at %d", name, truth[name], at)
			}
		}
	})
}

func TestWhatThereIsNoRoomForIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := run(t, t.TempDir())
		for i := range 10_000 {
			n.ask(i%8, i, "games", "game.example")
		}
		n.stop()
		d := n.days()[0]
		if d.Lost == 0 || d.Names[0].Count+d.Lost != 10_000 {
			t.Errorf("lost %d, counted %+v", d.Lost, d.Names)
		}
	})
}

// TestDaysOfOtherNodesAreRead: from directories beside the node's own files,
// each once.
func TestDaysOfOtherNodesAreRead(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"2000-01-01.json", "nut-1/2000-01-01.json", "nut-2/2000-01-01.json"} {
		node := filepath.Base(filepath.Dir(name))
		if node == "." {
			node = "nut-1"
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), fmt.Appendf(nil, `{"day": "2000-01-01", "node": %q}`, node), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	days, err := tally.Read(dir, "2000-01-01", "2000-01-02")
	if err != nil || len(days) != 2 || days[0].Node != "nut-1" || days[1].Node != "nut-2" {
		t.Errorf("%+v %v", days, err)
	}
}

func TestADamagedDayIsTold(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "2000-01-01.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if days, err := tally.Read(dir, "2000-01-01", "2000-01-01"); err == nil || len(days) != 0 {
		t.Errorf("%v %v", days, err)
	}
	if days, err := tally.Read(filepath.Join(dir, "none"), "2000-01-01", "2000-01-01"); err != nil || len(days) != 0 {
		t.Errorf("no directory: %v %v", days, err)
	}
}
