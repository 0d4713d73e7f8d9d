package policy

import (
	"runtime"
	"strings"
	"time"

	"lachan/internal/wording"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// A Voided says what makes a decision be without effect.
type Voided struct {
	By    wording.Text // what stands in its way, with its place
	Place string       // the line of a file; "" if it is none
}

// Void reports whether an entry that is about to be decided, or was, would be without
// effect for the clients of its unit: a lock, a name that is never blocked, or an
// allow of the same unit comes first. Nil if it has its effect. What holds at some
// times only makes nothing void. The entry must be one that an overlay can have, or a
// term.
func Void(r *Rules, e OverlayEntry) (*Voided, error) {
	group, known := r.policy.GroupOf(e.Unit)
	if !known {
		return nil, ErrNoUnit
	}
	at := r.time
	if e.From.After(at) {
		at = e.From
	}
	defer runtime.KeepAlive(r)
	if e.IsTerm() {
		return voidTerm(standingRules(r, r.policy, at), uint32(group), &e)
	}
	if by := voidByDecision(r, uint32(group), &e); by != nil {
		return by, nil
	}
	from := e
	from.From, from.Until = time.Time{}, time.Time{}
	overlay, err := r.policy.NewOverlay([]OverlayEntry{from})
	if err != nil {
		return nil, err
	}
	with, err := r.policy.With(overlay)
	if err != nil {
		return nil, err
	}
	rules := standingRules(r, with, at)
	why, d, err := explained(rules, group, e.plainName())
	if err != nil || (d.Action == Block) != e.Allow || !e.Allow && d.Layer > LayerOwn {
		return nil, err
	}
	void := &Voided{Place: decidedAt(rules, uint32(group), d)}
	for _, s := range why.Steps {
		if s.Decides {
			void.By = wording.Text(s.Sentence)
		}
	}
	return void, nil
}

// standingRules are those of a policy with the list of r, with every timetable shut.
func standingRules(r *Rules, p *Policy, at time.Time) *Rules {
	at = at.In(p.loc)
	open := make([]bool, len(p.file.Timetables))
	s := &Rules{policy: p, list: r.list, time: at, now: at.Unix(), minutes: make([]minute, len(p.file.Plans))}
	for i := range p.file.Plans {
		s.minutes[i] = p.minute(&p.file.Plans[i], open, s.now)
	}
	return s
}

// explained is Explain with the decision.
func explained(r *Rules, g GroupID, text string) (why Explanation, d Decision, err error) {
	const typeA = 1
	if why, err = r.Explain(g, text, typeA); err != nil {
		return why, d, err
	}
	n, err := nameOf(text)
	if err != nil {
		return why, d, err
	}
	return why, r.Decide(g, n, typeA), nil
}

// decidedAt is the line of a file that has decided; "" if it is none.
func decidedAt(r *Rules, g uint32, d Decision) string {
	f := &r.policy.file
	switch {
	case d.Layer == LayerLock || d.Layer == LayerCategoryLock:
		m := &r.minutes[f.UnitPlan[g]]
		return f.LockPlace(f.LockedBy(g, d.Set.And(m.locked)))
	case d.Layer == LayerOwn && d.Entry >= 0 && int(d.Entry) < len(f.Own.Entries):
		return f.EntryPlace(d.Unit, f.Own.Entries[d.Entry].Line())
	case d.Layer == LayerOwn && d.Entry == compiled.NoEntry:
		for _, code := range f.CodesOf(d.Unit) {
			if d.Set.Has(int(code.Bit)) && code.Allows() == (d.Action == Pass) && code.Decision == 0 {
				return f.UnitPlace(d.Unit, int(code.Line))
			}
		}
	case r.minutes[f.UnitPlan[g]].profile.Closed:
		p := r.minutes[f.UnitPlan[g]].profile
		return f.EntryPlace(p.Owner, p.Line)
	}
	return ""
}

// voidByDecision looks for a decision of the same unit that allows what an entry
// blocks.
func voidByDecision(r *Rules, u uint32, e *OverlayEntry) *Voided {
	overlay := r.policy.overlay
	n, err := nameOf(e.plainName())
	if overlay == nil || e.Allow || err != nil {
		return nil
	}
	allow, _ := overlay.Own.Judge(overlay.Own.Find(n), u, r.now)
	if allow == compiled.NoEntry {
		return nil
	}
	by := decisionPlace(overlay.Notes[overlay.Own.Entries[allow].Note].Number)
	return &Voided{By: explainOwnAllow.With(e.Unit, overlay.Own.Name(allow), by)}
}

// voidTerm is Void for a category or service.
func voidTerm(r *Rules, u uint32, e *OverlayEntry) (*Voided, error) {
	if err := checkTerm(r.policy, e); err != nil {
		return nil, err
	}
	f := &r.policy.file
	code := strings.TrimPrefix(e.Name, source.CategoryPrefix)
	bit := f.Tags.ByKey[code]
	if m := &r.minutes[f.UnitPlan[u]]; e.Allow {
		hit := f.Tags.All[bit].Unblocks.And(m.locked)
		if hit.Empty() {
			return nil, nil
		}
		unit, locked := f.LockedBy(u, hit)
		place := f.LockPlace(unit, locked)
		return &Voided{By: explainLock.With(f.UnitID(unit), f.Tags.All[locked].Code, place), Place: place}, nil
	}
	for _, c := range f.CodesOf(u) {
		if int(c.Bit) != bit || !c.Allows() || !c.Counts(r.now) {
			continue
		}
		if c.Decision != 0 {
			return &Voided{By: explainOwnAllow.With(e.Unit, code, decisionPlace(uint64(c.Decision)))}, nil
		}
		place := f.UnitPlace(u, int(c.Line))
		return &Voided{By: explainOwnAllow.With(e.Unit, code, place), Place: place}, nil
	}
	return nil, nil
}
