package test

import (
	"context"
	"testing"
	"time"
)

// TestPlainQuestionsAreAnsweredUnderSiegeFromAllSides: all attacks on the doors at
// once leave plain questions as fast as ever, memory within its budget and a quarter,
// and doors that open again within ten seconds.
func TestPlainQuestionsAreAnsweredUnderSiegeFromAllSides(t *testing.T) {
	const budget = 256 << 20
	p, d := everyDoorWith(t, "", func(p *process) {
		p.write("lachan.yaml", "memory: 256MiB\n"+p.read("lachan.yaml"))
	})
	p.ask("lesson.example") // from memory from now on
	regular := p.regular(d)
	defer regular.Close()
	processes := p.processes()
	calm := p.memory("RssAnon", processes...)
	length := time.Duration(sized(60, 4)) * time.Second
	var ends []func() string
	for _, a := range attacks() {
		ends = append(ends, p.startAttack(a.name, d, length))
	}
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	most := make(chan int)
	go func() {
		highest := 0
		for tick := time.NewTicker(100 * time.Millisecond); ctx.Err() == nil; <-tick.C {
			highest = max(highest, p.memory("RssAnon", processes...))
		}
		most <- highest
	}()
	plain, kept := p.mediansUntil(ctx, regular)
	peak := <-most
	for _, end := range ends {
		end()
	}
	over := time.Now()
	p.opens(d)
	took := time.Since(over)
	t.Logf("%d attacks at once for %s: plain questions take %s in the middle, those of a connection kept %s; "+
		"%d MiB at most of a budget of %d, %d before; doors open after %s",
		len(ends), length, plain, kept, peak>>20, budget>>20, calm>>20, took)
	if plain > 10*time.Millisecond {
		t.Errorf("plain questions take %s", plain)
	}
	if peak > budget*5/4 {
		t.Errorf("%d MiB are held", peak>>20)
	}
	if took > 10*time.Second {
		t.Errorf("the doors open after %s", took)
	}
}
