package test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// numbered is a list of n names.
func numbered(edition string, n int) string {
	var text strings.Builder
	text.Grow(n * 32)
	text.WriteString("edition-" + edition + ".example\n")
	for i := range n {
		fmt.Fprintf(&text, "n%d.%s.example\n", i, edition)
	}
	return text.String()
}

func TestAKillAtAnyMomentOfAnUpdateLeavesAStartThatFilters(t *testing.T) {
	names, kills := sized(300_000, 60_000), sized(200, 20)
	up := startStandIn(t)
	p := newProcess(t, "feeds: [{name: bets, url: bets.txt, format: domains, category: gambling, max_shrink: 100%}]\n", "", up.addr)
	compiling := func() bool { return len(p.files("state/lists/*.tmp")) > 0 }
	filters := func(edition string) bool { return blocked(p.ask("edition-" + edition + ".example")) }
	before, edition := "zero", "zero"
	bring := func() {
		p.write("bets.txt", numbered(edition, names))
		p.signal(syscall.SIGHUP)
	}
	p.write("bets.txt", numbered(edition, names))
	p.start()
	p.until("the first lists are in force", func() bool { return filters(edition) })
	before, edition = edition, "one"
	begin := time.Now()
	bring()
	p.until("the next are in force", func() bool { return filters(edition) })
	whole := time.Since(begin)

	old, caught := 0, 0
	for i := range kills {
		if filters(edition) {
			before, edition = edition, fmt.Sprintf("e%d", i)
			bring()
		}
		<-time.After(rand.N(whole + whole/4)) // any moment of it, and a little after
		if compiling() {
			caught++
		}
		p.kill()
		p.start()
		switch isNew, isOld := filters(edition), filters(before); {
		case isNew:
		case isOld:
			old++
		default:
			t.Fatalf("kill %d: the start filters neither with the lists before nor with the new ones", i)
		}
	}
	p.until("the new lists are in force", func() bool { return filters(edition) })
	t.Logf("%d kills within updates of %v, %d of them while lists were compiled; %d starts with the lists before, %d with the new ones",
		kills, whole.Round(time.Millisecond), caught, old, kills-old)
	p.until("what the kills left is removed", func() bool { return len(p.files("state/lists/*")) <= 5 && !compiling() })
}

// files are those in the directory of a process that match a pattern.
func (p *process) files(pattern string) []string {
	p.t.Helper()
	found, err := filepath.Glob(filepath.Join(p.dir, pattern))
	if err != nil {
		p.t.Fatal(err)
	}
	return found
}
