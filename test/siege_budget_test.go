package test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// siegeBudget is the memory that a server under siege may have.
const siegeBudget = 256 << 20

// TestPlainQuestionsAreAnsweredUnderSiegeFromAllSides: all attacks at once, on the
// doors, by answers and by lists, leave plain questions as fast as ever, memory within
// its budget and a quarter, and doors that open again within ten seconds.
func TestPlainQuestionsAreAnsweredUnderSiegeFromAllSides(t *testing.T) {
	p, d := besieged(t)
	p.ask("lesson.example") // from memory from now on
	regular := p.regular(d)
	defer regular.Close()
	calm := p.anonymous()
	length := time.Duration(sized(60, 4)) * time.Second
	var ends []func() string
	for _, a := range slices.Concat(attacks(), answerAttacks()) {
		ends = append(ends, p.startAttack(a.name, d, length))
	}
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	hostile := p.startHostileLists(ctx)
	most := p.watchMemory(ctx)
	plain, kept := p.mediansUntil(ctx, regular)
	peak := <-most
	<-hostile
	for _, end := range ends {
		end()
	}
	over := time.Now()
	p.opens(d)
	took := time.Since(over)
	p.hostileListsMet()
	t.Logf("%d attacks at once for %s: plain questions take %s in the middle, those of a connection kept %s; "+
		"%d MiB at most of a budget of %d, %d before; doors open after %s",
		len(ends)+1, length, plain, kept, peak>>20, siegeBudget>>20, calm>>20, took)
	if plain > 10*time.Millisecond {
		t.Errorf("plain questions take %s", plain)
	}
	if peak > siegeBudget*5/4 {
		t.Errorf("%d MiB are held", peak>>20)
	}
	if took > 10*time.Second {
		t.Errorf("the doors open after %s", took)
	}
}

// besieged is a server with a small budget, whose upstreams and lists are an
// attacker's in part.
func besieged(t *testing.T) (*process, encryptedDoors) {
	t.Helper()
	hostile := startHostileUpstream(t)
	return everyDoorWith(t, "", func(p *process) {
		config := strings.Replace(p.read("lachan.yaml"), "upstream: {", "upstream: {"+zonesOf(hostile)+", ", 1)
		p.write("lachan.yaml", fmt.Sprintf("memory: %dMiB\n%s%s", siegeBudget>>20, config, hostileFeeds()))
		p.writeHostileLists(0)
	})
}

// hostileLists are lists that cost their reader much, how they are written, and what
// becomes of each: why it is refused, or how many of its rules are.
var hostileLists = []struct {
	name, format string
	text         func(version int) string
	why          string
	rejected     int
}{
	{"runs", "xlsx", bookOfRuns, "all 1 were rejected", 0},
	{"texts", "xlsx", bookOfTexts, "unpacks to too much", 0},
	{"cells", "xlsx", bookOfCells, "unpacks to too much", 0},
	{"expressions", "regex", func(version int) string {
		var b strings.Builder
		for i := range 2000 {
			fmt.Fprintf(&b, "^[a-z]+%d-%d[a-z]*$\n", i, version)
		}
		return b.String()
	}, "", 1500},
	{"kinds", "csv", func(version int) string {
		var rows strings.Builder
		rows.WriteString("domain,document\n")
		for i := range 25_000 {
			fmt.Fprintf(&rows, "n%d.example,%d-%d/QĐ\n", i, i, version)
		}
		return rows.String()
	}, "", 5000},
}

// hostileListsMet waits until each of the lists has met its bound.
func (p *process) hostileListsMet() {
	p.t.Helper()
	for _, l := range hostileLists {
		if l.why != "" {
			p.refused(l.name, l.why)
			continue
		}
		p.within(time.Minute, fmt.Sprintf("%d rules of %s are refused", l.rejected, l.name), func() bool {
			return p.feedStatus(l.name).Copy.Rejected == l.rejected
		})
	}
}

// hostileFeeds has the lists in a configuration.
func hostileFeeds() string {
	var b strings.Builder
	b.WriteString("feeds:\n")
	for _, l := range hostileLists {
		fmt.Fprintf(&b, "- {name: %s, url: %s.%s, format: %s, category: gambling, max_shrink: 100%%, max_growth: 0}\n", l.name, l.name, l.format, l.format)
	}
	return b.String()
}

func (p *process) writeHostileLists(version int) {
	p.t.Helper()
	for _, l := range hostileLists {
		p.write(l.name+"."+l.format, l.text(version))
	}
}

// startHostileLists publishes another version of each list every few seconds until ctx
// is done; the channel is closed when that is over.
func (p *process) startHostileLists(ctx context.Context) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(3 * time.Second)
		defer tick.Stop()
		for version := 1; ; version++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			p.writeHostileLists(version)
			_ = p.cmd.Process.Signal(syscall.SIGHUP) // it may have ended, which the test sees
		}
	}()
	return done
}

// family are the processes of the server: the supervisor, those that it has started,
// and their jobs.
func (p *process) family() []int {
	parents := map[int]int{}
	dirs, _ := filepath.Glob("/proc/[0-9]*") // there is nothing wrong with the pattern
	for _, dir := range dirs {
		stat, err := os.ReadFile(filepath.Join(dir, "stat"))
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		if fields := strings.Fields(rest); len(fields) > 1 {
			pid, _ := strconv.Atoi(filepath.Base(dir))
			parents[pid], _ = strconv.Atoi(fields[1])
		}
	}
	family := []int{p.cmd.Process.Pid}
	for i := 0; i < len(family); i++ {
		for pid, parent := range parents {
			if parent == family[i] {
				family = append(family, pid)
			}
		}
	}
	return family
}

// watchMemory looks, until ctx is done, how much memory the family has, mapped files
// apart. It sends the most that it saw.
func (p *process) watchMemory(ctx context.Context) <-chan int {
	most := make(chan int, 1)
	go func() {
		highest := 0
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			highest = max(highest, p.anonymous())
			<-tick.C
		}
		most <- highest
	}()
	return most
}

// anonymous is the memory of the family that is no file's, in bytes.
func (p *process) anonymous() (bytes int) {
	for _, held := range p.holders() {
		bytes += held
	}
	return bytes
}

// holders are the processes of the family by what they were started for, and the memory
// of each that is no file's, in bytes.
func (p *process) holders() map[string]int {
	holders := map[string]int{}
	for _, pid := range p.family() {
		command, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // none: it has ended
		name := fmt.Sprint(pid)
		if words := strings.Split(string(command), "\x00"); len(words) > 1 {
			name = fmt.Sprint(words[1], " ", pid)
		}
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // none: it has ended
		for line := range strings.Lines(string(text)) {
			if value, ok := strings.CutPrefix(line, "RssAnon:"); ok {
				kib, _ := strconv.Atoi(strings.Fields(value)[0])
				holders[name] += kib << 10
			}
		}
	}
	return holders
}
