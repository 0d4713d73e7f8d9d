package test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestHonestAnswersAreRightWhateverIsMixedIn asks 5,000 honest questions a second over
// UDP, TCP, TLS and HTTPS, and looks what each answer says, while attacks begin and end
// at random: on the doors, by answers and by lists. No answer is wrong, at most one in
// ten thousand is lost, and memory is as flat at the end as it was after the beginning.
func TestHonestAnswersAreRightWhateverIsMixedIn(t *testing.T) {
	p, d := besieged(t)
	length := time.Duration(sized(600, 12)) * time.Second
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	h := startHonest(t, p, d, sized(5000, 1000))
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	hostile := p.startHostileLists(ctx)
	memory := p.sampleMemory(ctx)
	attacked := map[string]int{}
	all := slices.Concat(attacks(), answerAttacks())
	type under struct {
		name string
		wait func() string
	}
	var way []under
	lostBefore, during := int64(0), map[string]int64{} // by attacks that were under way
	for ctx.Err() == nil {
		a := all[random.IntN(len(all))]
		took := time.Duration(1+random.IntN(sized(15, 3))) * time.Second
		way = append(way, under{a.name, p.startAttack(a.name, d, took)})
		attacked[a.name]++
		if len(way) > 4 { // so many at once
			way[0].wait()
			if lost := h.lost(); lost > lostBefore {
				names := ""
				for _, w := range way {
					names += w.name + "; "
				}
				during[names] += lost - lostBefore
				lostBefore = lost
			}
			way = way[1:]
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(random.IntN(1000)) * time.Millisecond):
		}
	}
	for _, w := range way {
		w.wait()
	}
	<-hostile
	h.end()
	samples := <-memory
	third := len(samples.bytes) / 3
	early, late := usual(samples.bytes[:third]), usual(samples.bytes[len(samples.bytes)-third:])
	t.Logf("seed %d, %s of %v: %s; usually %d MiB in the first third and %d in the last, at most %d (%v), of a budget of %d",
		seed, length, attacked, h, early>>20, late>>20, samples.peak>>20, samples.holders, siegeBudget>>20)
	h.judge()
	for names, lost := range during {
		t.Logf("%d were lost during %s", lost, names)
	}
	if samples.peak > siegeBudget*5/4 {
		t.Errorf("%d MiB are held: %v", samples.peak>>20, samples.holders)
	}
	if proving() && late > early*5/4 {
		t.Errorf("memory grows: usually %d MiB in the first third, %d in the last", early>>20, late>>20)
	}
	p.opens(d)
	p.hostileListsMet()
}

// usual is the median of samples.
func usual(samples []int) int {
	sorted := slices.Sorted(slices.Values(samples))
	return sorted[len(sorted)/2]
}

// memorySamples is how much memory the family had, and which of its processes had how
// much of it when it was most, in bytes.
type memorySamples struct {
	bytes   []int
	peak    int
	holders map[string]int
}

// sampleMemory looks twice a second how much memory the family has, until ctx is done.
func (p *process) sampleMemory(ctx context.Context) <-chan memorySamples {
	out := make(chan memorySamples, 1)
	go func() {
		var samples memorySamples
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			holders, held := p.holders(), 0
			for _, one := range holders {
				held += one
			}
			samples.bytes = append(samples.bytes, held)
			if held > samples.peak {
				samples.peak, samples.holders = held, holders
			}
			<-tick.C
		}
		out <- samples
	}()
	return out
}
