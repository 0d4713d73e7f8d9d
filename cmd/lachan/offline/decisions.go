package offline

import (
	"errors"
	"time"

	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/source"
	"lachan/internal/wording"
	"lachan/policy"
)

// What check says of decisions: those without effect, and those that end soon.

const (
	endsSoon      = 7 * 24 * time.Hour
	mostWeighed   = 10_000 // decisions that are looked at one by one
	decisionsSaid = 10     // of each kind
)

// checkDecisions tells of decisions that have no effect or will soon have none. The
// rules have the lists that a server would use.
func (k *checking) checkDecisions(decided source.Decided, rules *policy.Rules) {
	said := map[wording.Text]int{}
	note := func(about wording.Text, e *policy.OverlayEntry, args ...any) {
		if said[about]++; said[about] <= decisionsSaid {
			k.notes.Add(config.ConsoleFile(k.cfg), 0, about.With(append([]any{e.Number, e.Unit, e.Name}, args...)...))
		}
	}
	for i := range decided.Left {
		left := &decided.Left[i]
		if errors.Is(left.Err, policy.ErrNoUnit) {
			note(textDecisionOrphan, &left.OverlayEntry)
		} else {
			note(textDecisionImpossible, &left.OverlayEntry)
		}
	}
	now := rules.Time()
	for i := range decided.Entries[:min(len(decided.Entries), mostWeighed)] {
		e := &decided.Entries[i]
		if !e.Until.IsZero() && !now.Before(e.Until) {
			continue // it has ended, as it was decided
		}
		if void, err := policy.Void(rules, *e); err == nil && void != nil {
			note(textDecisionVoid, e, void.By)
		}
		if left := e.Until.Sub(now); !e.Until.IsZero() && left < endsSoon {
			note(textDecisionEnds, e, e.Until.In(now.Location()).Format("2006-01-02 15:04"))
		}
	}
	more := 0
	for _, count := range said {
		more += max(count-decisionsSaid, 0)
	}
	if more > 0 {
		k.notes.Add(config.ConsoleFile(k.cfg), 0, textDecisionsMore.With(more))
	}
}
