package policy

import (
	"time"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// checkLocks reports where a unit allows a category or service that it or a
// unit above it has locked: nothing can lift a lock, so the allow would only
// deceive who wrote it.
func (l *loader) checkLocks(u uint32) {
	unit := &l.policy.units[u]
	for i := range unit.codes {
		if e := &unit.codes[i]; e.allow {
			l.checkLocked(u, unit.file, int(e.line), e.bit)
		}
	}
	for _, r := range unit.rules {
		for bit := range l.policy.rules[r.rule].allow.Each {
			l.checkLocked(u, unit.file, int(r.line), uint8(bit))
		}
	}
}

func (l *loader) checkLocked(u uint32, file string, line int, allowed uint8) {
	p := l.policy
	for ; u != noUnit; u = p.parent[u] {
		if l.layers[u] == nil {
			continue
		}
		if both := l.layers[u].lock.And(l.tags.all[allowed].lifts); !both.Empty() {
			bit := uint8(both.First())
			l.fail(file, line, wording.PolicyAllowLocked.With(l.tags.all[allowed].code, l.tags.all[bit].code,
				p.units[u].id, place(p.units[u].file, p.lockLines[unitBit{u, bit}])))
			return
		}
	}
}

// CheckLocks reports the units' own allow entries for names that a list puts
// under a lock: they have no effect, and whoever wrote them should know.
func (p *Policy) CheckLocks(list *blocklist.List) (problems yamlfile.Problems) {
	now := time.Now().Unix()
	var n domain.Name
	for i := range p.own.entries {
		e := &p.own.entries[i]
		if !e.allow || int(e.owner) >= len(p.units) || !e.counts(now) {
			continue
		}
		locked := p.plans[p.plan[e.owner]].locked
		if locked.Empty() {
			continue
		}
		name := p.own.name(int32(i))
		if n.SetText(name) != nil {
			continue // cannot be: entries are canonical
		}
		hit := list.Classify(&n, typeA, now).And(locked)
		if hit.Empty() {
			continue
		}
		unit, bit := p.lockedBy(e.owner, hit)
		problems.Add(p.units[e.owner].file, int(e.line), wording.PolicyAllowLocked.With(
			name, p.tags.all[bit].code, p.units[unit].id, p.lockPlace(unit, bit)))
	}
	problems.Sort()
	return problems
}

// lockedBy is the topmost unit above (or at) u that has locked one of the tags,
// and the tag.
func (p *Policy) lockedBy(u uint32, hit Set) (unit uint32, bit uint8) {
	layers := p.plans[p.plan[u]].layers
	for i := range layers {
		if both := layers[i].lock.And(hit); !both.Empty() {
			unit, bit = p.ancestor(u, layers[i].up), uint8(both.First())
		}
	}
	return unit, bit
}

// ancestor is the unit so many units up.
func (p *Policy) ancestor(u uint32, up uint8) uint32 {
	for ; up > 0; up-- {
		u = p.parent[u]
	}
	return u
}

// lockPlace is where a unit's lock of a tag is written: in its own text, or in
// the configuration of the feed.
func (p *Policy) lockPlace(unit uint32, bit uint8) string {
	if line, ok := p.lockLines[unitBit{unit, bit}]; ok {
		return place(p.units[unit].file, line)
	}
	feed := p.feeds[p.tags.all[bit].code]
	return place(feed.File, feed.Line)
}

// Notes are what is not wrong but deserves a look at a moment: own entries that
// have expired, and block entries without effect because the same unit allows
// the name or one above it.
func (p *Policy) Notes(now time.Time) (notes yamlfile.Problems) {
	unix := now.Unix()
	for i := range p.own.entries {
		e := &p.own.entries[i]
		file := p.entryFile(e.owner)
		if e.until <= unix {
			notes.Add(file, int(e.line), wording.PolicyExpired.With(p.own.name(int32(i)), p.lastDay(e.until)))
			continue
		}
		if allow, _ := p.own.judge(int(e.key), e.owner, unix); !e.allow && allow != noEntry {
			notes.Add(file, int(e.line), wording.PolicyNoEffect.With(p.own.name(int32(i)),
				place(file, int(p.own.entries[allow].line)), p.own.name(allow)))
		}
	}
	for u := range p.units {
		for _, e := range p.units[u].codes {
			if e.until <= unix {
				notes.Add(p.units[u].file, int(e.line), wording.PolicyExpired.With(p.tags.all[e.bit].code, p.lastDay(e.until)))
			}
		}
	}
	notes.Sort()
	return notes
}

// entryFile is the file in which an owner's entries are written.
func (p *Policy) entryFile(owner uint32) string {
	if int(owner) >= len(p.units) {
		return p.file
	}
	return p.units[owner].file
}

// lastDay is the day before the moment at which an entry no longer counts.
func (p *Policy) lastDay(until int64) yamlfile.Date {
	t := time.Unix(until, 0).In(p.loc).AddDate(0, 0, -1)
	return yamlfile.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}
}
