package main

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

func TestAKillWhileListsAreCompiledLeavesAStartThatFilters(t *testing.T) {
	const names, kills = 300_000, 10
	up := startStandIn(t)
	p := newProcess(t, "feeds: [{name: bets, url: bets.txt, format: domains, category: gambling, max_shrink: 100%}]\n", "", up.addr)
	caught := 0
	compiling := func() bool { return len(p.files("state/lists/*.tmp")) > 0 }
	filters := func(edition string) bool { return blocked(p.ask("edition-" + edition + ".example")) }
	before, edition := "zero", "zero"
	p.write("bets.txt", numbered(edition, names))
	p.start()
	p.metric(`lachan_feed_entries{feed="bets"}`, fmt.Sprint(names+1))
	for i := range kills {
		p.kill()
		p.start()
		if filters(edition) { // they were complete when the kill came
			before, edition = edition, fmt.Sprintf("e%d", i)
			p.write("bets.txt", numbered(edition, names))
			p.signal(syscall.SIGHUP)
		} else if !filters(before) {
			t.Fatalf("kill %d: the start filters neither with the lists before nor with the new ones", i)
		}
		p.until("lists are compiled, or are in force", func() bool { return compiling() || filters(edition) })
		<-time.After(rand.N(150 * time.Millisecond)) // any moment of it
		if compiling() {
			caught++
		}
	}
	p.kill()
	p.start()
	p.until("the new lists are in force", func() bool { return filters(edition) })
	t.Logf("%d kills, %d of them while lists were compiled", kills, caught)
	if left := p.files("state/lists/*"); len(left) > 4 {
		t.Errorf("the folder of lists grows: %v", left)
	}
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
