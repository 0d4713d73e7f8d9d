package policy

import (
	"runtime"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/internal/yamlfile"
	"lachan/policy/compile"
	"lachan/policy/compiled"
)

// CheckLocks reports the units' own allow entries for names that a list puts
// under a lock: they have no effect, and their authors should know.
func (p *Policy) CheckLocks(list *blocklist.List) (problems yamlfile.Problems) {
	now := time.Now().Unix()
	var n domain.Name
	for i := range p.file.Own.Entries {
		e := &p.file.Own.Entries[i]
		if !e.Allows() || !p.isUnit(e.Owner) || !e.Counts(now) {
			continue
		}
		locked := p.file.Plans[p.file.UnitPlan[e.Owner]].Locked
		if locked.Empty() {
			continue
		}
		name := p.file.Own.Name(int32(i))
		if n.SetText(name) != nil {
			continue // cannot be: entries are canonical
		}
		hit := list.Classify(&n, domain.TypeA, now).And(locked)
		if hit.Empty() {
			continue
		}
		unit, bit := p.lockedBy(e.Owner, hit)
		problems.Add(p.entryFile(e.Owner), e.Line(), compile.TextAllowLocked.With(
			name, p.file.Tags.All[bit].Code, p.unitID(unit), p.lockPlace(unit, bit)))
	}
	problems.Sort()
	runtime.KeepAlive(p)
	return problems
}

// lockedBy is the topmost unit above (or at) u that has locked one of the tags,
// and the tag.
func (p *Policy) lockedBy(u uint32, hit Set) (unit uint32, bit uint8) {
	layers := p.file.LayersOf(&p.file.Plans[p.file.UnitPlan[u]])
	for i := range layers {
		if both := layers[i].Lock.And(hit); !both.Empty() {
			unit, bit = p.ancestor(u, layers[i].Up), uint8(both.First())
		}
	}
	return unit, bit
}

// ancestor is the unit so many units up.
func (p *Policy) ancestor(u uint32, up uint8) uint32 {
	for ; up > 0; up-- {
		u = p.file.Parents[u]
	}
	return u
}

// lockPlace is where a unit's lock of a tag is written: in its own text, or in
// the configuration of the feed.
func (p *Policy) lockPlace(unit uint32, bit uint8) string {
	if line, ok := p.file.LockLine(unit, bit); ok {
		return p.unitPlace(unit, line)
	}
	feed := p.file.Feeds[p.file.Tags.All[bit].Code]
	return place(feed.File, feed.Line)
}

// Notes are what is not wrong but deserves a look at a moment: own entries that
// have expired, and block entries without effect because the same unit allows
// the name or one above it.
func (p *Policy) Notes(now time.Time) (notes yamlfile.Problems) {
	unix, own := now.Unix(), &p.file.Own
	for i := range own.Entries {
		e := &own.Entries[i]
		file := p.entryFile(e.Owner)
		if e.Until <= unix {
			notes.Add(file, e.Line(), textExpired.With(own.Name(int32(i)), p.lastDay(e.Until)))
			continue
		}
		if allow, _ := own.Judge(int(e.Key), e.Owner, unix); !e.Allows() && allow != compiled.NoEntry {
			notes.Add(file, e.Line(), textNoEffect.With(own.Name(int32(i)),
				place(file, own.Entries[allow].Line()), own.Name(allow)))
		}
	}
	for u := range p.file.Units {
		for _, e := range p.file.CodesOf(uint32(u)) {
			if e.Until <= unix {
				notes.Add(p.entryFile(uint32(u)), int(e.Line), textExpired.With(p.file.Tags.All[e.Bit].Code, p.lastDay(e.Until)))
			}
		}
	}
	notes.Sort()
	runtime.KeepAlive(p)
	return notes
}

// isUnit reports whether the owner of an entry is a unit and not a profile.
func (p *Policy) isUnit(owner uint32) bool { return uint64(owner) < uint64(len(p.file.Units)) }

// entryFile is the file in which an owner's entries are written.
func (p *Policy) entryFile(owner uint32) string {
	if !p.isUnit(owner) {
		return p.file.File
	}
	return p.file.Text(p.file.Units[owner].File)
}

// lastDay is the day before the moment at which an entry no longer counts.
func (p *Policy) lastDay(until int64) yamlfile.Date {
	t := time.Unix(until, 0).In(p.loc).AddDate(0, 0, -1)
	return yamlfile.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}
}
