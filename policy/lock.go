package policy

import (
	"net/netip"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy/compile"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// CheckLocks reports the units' own allow entries for names that a list puts
// under a lock: they have no effect, and their authors should know.
func (p *Policy) CheckLocks(list *blocklist.List) (problems yamlfile.Problems) {
	now := time.Now().Unix()
	var n domain.Name
	for i := range p.file.Own.Entries {
		e := &p.file.Own.Entries[i]
		if !e.Allows() || !p.file.IsUnit(e.Owner) || !e.Counts(now) {
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
		hit := p.file.Tags.Hit(list.Classify(&n, domain.TypeA, now), locked)
		if hit.Empty() {
			continue
		}
		unit, bit := p.file.LockedBy(e.Owner, hit)
		problems.Add(p.file.EntryFile(e.Owner), e.Line(), compile.TextAllowLocked.With(
			strconv.Quote(name), p.file.Tags.All[bit].Named(), p.file.UnitID(unit), p.file.LockPlace(unit, bit)))
	}
	problems.Sort()
	runtime.KeepAlive(p)
	return problems
}

// A Held is the lock that shuts a name for a unit.
type Held struct {
	Unit     string       // that has locked it
	Code     string       // of what is locked: a category, a service or a feed
	Label    wording.Text // what people call that, with the code
	Place    string       // where that is written
	Document string       // of the order that has the name listed, if one has
	// Authority has ordered it, by the name that the configuration gives it.
	Authority string
}

// LockOf is the lock that shuts a name for a unit at the moment of the rules, that of the
// topmost unit if several have it locked; ok is false if none has.
func LockOf(r *Rules, g GroupID, n *domain.Name) (held Held, ok bool) {
	d := r.Decide(g, n, domain.TypeA)
	if d.Layer != LayerLock && d.Layer != LayerCategoryLock || d.Action != Block {
		return Held{}, false
	}
	f := &r.policy.file
	m := &r.minutes[f.UnitPlan[g]]
	unit, bit := f.LockedBy(uint32(g), r.classify(netip.Addr{}, n, domain.TypeA).And(m.locked))
	tag := &f.Tags.All[bit]
	held = Held{Unit: f.UnitID(unit), Code: tag.Code, Label: tag.Named(), Place: f.LockPlace(unit, bit)}
	if d.EDE == domain.EDECensored {
		e := explainer{evaluation: evaluation{policy: r.policy}}
		for _, match := range r.list.Matches(n, domain.TypeA, r.now) {
			if order := e.order(&match); order.Document != "" {
				held.Document, held.Authority = order.Document, order.Authority
			}
		}
	}
	runtime.KeepAlive(r)
	return held, true
}

// TermLock is the lock that keeps a unit from allowing a category or a service by its code;
// ok is false if none does, or there is no such code.
func TermLock(p *Policy, g GroupID, code string) (held Held, ok bool) {
	f := &p.file
	if bit, known := f.Tags.ByKey[strings.TrimPrefix(code, source.CategoryPrefix)]; known {
		if both := f.Plans[f.UnitPlan[g]].Locked.And(f.Tags.All[bit].Unblocks); !both.Empty() {
			unit, lock := f.LockedBy(uint32(g), both)
			tag := &f.Tags.All[lock]
			held = Held{Unit: f.UnitID(unit), Code: tag.Code, Label: tag.Named(), Place: f.LockPlace(unit, lock)}
			ok = true
		}
	}
	runtime.KeepAlive(p)
	return held, ok
}

// LocksOf are the codes of what a unit itself has locked by its own text.
func LocksOf(p *Policy, unitID string) (codes []string) {
	unit, ok := p.file.Unit(unitID)
	for i := range p.file.Locks {
		if l := &p.file.Locks[i]; ok && l.Unit == unit {
			codes = append(codes, p.file.Tags.All[l.Bit].Code)
		}
	}
	runtime.KeepAlive(p)
	return codes
}

// Notes are not errors but deserve a look: what tables of units lack, own entries of files that have expired at a
// moment, and block entries without effect because the same unit allows the name
// or one above it.
func (p *Policy) Notes(now time.Time) (notes yamlfile.Problems) {
	unix, own := now.Unix(), &p.file.Own
	notes = append(notes, p.file.Remarks...)
	for i := range own.Entries {
		e := &own.Entries[i]
		file := p.file.EntryFile(e.Owner)
		if e.Until <= unix {
			notes.Add(file, e.Line(), textExpired.With(own.Name(int32(i)), p.lastDay(e.Until)))
			continue
		}
		if allow, _ := own.Judge(int(e.Key), e.Owner, unix); e.During == 0 && !e.Allows() && allow != compiled.NoEntry {
			notes.Add(file, e.Line(), textNoEffect.With(own.Name(int32(i)),
				p.file.EntryPlace(e.Owner, own.Entries[allow].Line()), own.Name(allow)))
		}
	}
	for u := range p.file.Units {
		for _, e := range p.file.CodesOf(uint32(u)) {
			if e.Until <= unix && e.Decision == 0 {
				text := textExpired.With(tagName(p, int(e.Bit)), p.lastDay(e.Until))
				notes.Add(p.file.EntryFile(uint32(u)), int(e.Line), text)
			}
		}
	}
	notes.Sort()
	runtime.KeepAlive(p)
	return notes
}

// SecretFiles are those of the files of a policy that hold secrets of units:
// links and link tokens.
func SecretFiles(p *Policy) (files []string) {
	for _, list := range [][]compiled.Secret{p.file.Links, p.file.Tokens} {
		for _, s := range list {
			if file := p.file.EntryFile(s.Unit); !slices.Contains(files, file) {
				files = append(files, file)
			}
		}
	}
	runtime.KeepAlive(p)
	slices.Sort(files)
	return files
}

// DeniedBy are the names of the profiles that some unit has, at some time, and that
// let through only what is allowed, if no unit and no profile has an entry for a
// name or for one above it. To a profile with only, its own entries alone count.
func DeniedBy(p *Policy, n *domain.Name) (profiles []string) {
	f := &p.file
	key := f.Own.Find(n)
	used := map[int32]bool{}
	for u := range f.Units {
		plan := &f.Plans[f.UnitPlan[u]]
		used[plan.Profile] = u > 0 || used[plan.Profile]
		for _, rule := range f.PlanRulesOf(plan) {
			used[f.Rules[rule].Profile] = true
		}
	}
	for i := range f.Profiles {
		profile := &f.Profiles[i]
		has := key != compiled.NoKey
		if has && profile.Closed {
			allow, _ := f.Own.Judge(key, profile.Owner, time.Now().Unix())
			has = allow != compiled.NoEntry
		}
		if profile.Deny && used[int32(i)] && !has {
			profiles = append(profiles, profile.Name)
		}
	}
	runtime.KeepAlive(p)
	return profiles
}

// lastDay is the day before the moment at which an entry no longer counts.
func (p *Policy) lastDay(until int64) wording.Text {
	return dayText(time.Unix(until, 0).In(p.loc).AddDate(0, 0, -1))
}
