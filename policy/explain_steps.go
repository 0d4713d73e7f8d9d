package policy

import (
	"strconv"
	"strings"
	"time"

	"lachan/blocklist"
	"lachan/internal/wording"
)

// client says whose question it is.
func (e *explainer) client() {
	if e.group == 0 {
		e.step("client", false, wording.ExplainUnknownClient.With(e.minute.profile.name))
		return
	}
	var path []string
	for u := e.group; u != noUnit; u = e.policy.parent[u] {
		unit := &e.policy.units[u]
		e.out.Units = append(e.out.Units, unit.id)
		text := unit.id
		if unit.name != "" {
			text += " (" + unit.name + ")"
		}
		path = append(path, text)
	}
	e.step("client", false, wording.ExplainClient.With(strings.Join(path, " < ")))
}

// classification says what the name is and which entries of which lists say so.
func (e *explainer) classification() {
	matches := e.rules.list.Matches(e.name, e.qtype, e.rules.now)
	if len(matches) == 0 {
		e.step("name", false, wording.ExplainNothing)
	}
	for i := range matches {
		m := &matches[i]
		order := e.order(m)
		if order != (Order{}) && e.before.EDE == edeCensored && e.out.Document == nil {
			e.out.Document = &order
		}
		text := e.matchText(m, order)
		if m.Allow {
			text = join(text, wording.ExplainListException)
		}
		if m.Lifted {
			text = join(text, wording.ExplainLifted)
		}
		e.step("name", false, text)
	}
	for _, m := range e.rules.list.Dormant(e.name, e.qtype, e.rules.now) {
		e.step("name", false, join(e.matchText(&m, e.order(&m)), wording.ExplainDormant))
	}
}

// order is the document behind an entry of a list; zero when there is none.
func (e *explainer) order(m *blocklist.Match) Order {
	feed := e.policy.feeds[m.Feed]
	document := m.Document
	if document == "" {
		document = feed.Document
	}
	if feed.Authority == "" && document == "" {
		return Order{}
	}
	return Order{Feed: m.Feed, Authority: feed.Authority, Document: document}
}

// matchText tells an entry of a list, the document behind it and when it holds.
func (e *explainer) matchText(m *blocklist.Match, order Order) wording.Text {
	text := wording.ExplainMatch.With(m.Feed, m.Entry, e.names(m.Tags))
	if order != (Order{}) {
		text = join(text, wording.ExplainOrder.With(order.Document, order.Authority))
	}
	const minute = "2006-01-02 15:04"
	if !m.From.IsZero() {
		text = join(text, wording.ExplainHoldsFrom.With(m.From.In(e.policy.loc).Format(minute)))
	}
	if !m.Until.IsZero() {
		text = join(text, wording.ExplainHoldsUntil.With(m.Until.In(e.policy.loc).Format(minute)))
	}
	return text
}

// join puts one sentence after another.
func join(a, b wording.Text) wording.Text { return wording.Text{VI: a.VI + b.VI, EN: a.EN + b.EN} }

// names are the codes of a set's tags.
func (e *explainer) names(s Set) string {
	var codes []string
	for tag := range s.Each {
		codes = append(codes, e.policy.tags.all[tag].code)
	}
	if codes == nil {
		return "-"
	}
	return strings.Join(codes, ", ")
}

func (e *explainer) locks(decides bool) {
	name := LayerLock.String()
	if !decides {
		text := wording.ExplainNoLock
		if !e.minute.locked.Empty() {
			text = wording.ExplainOtherLocks.With(e.names(e.minute.locked))
		}
		e.step(name, false, text)
		return
	}
	hit := e.set.And(e.minute.locked)
	unit, bit := e.policy.lockedBy(e.group, hit)
	e.step(name, true, wording.ExplainLock.With(e.policy.units[unit].id, e.names(hit), e.policy.lockPlace(unit, bit)))
}

// ownEntries lists everything of the units' own that speaks of the name, and
// says of each whether it counts.
func (e *explainer) ownEntries() {
	before := len(e.out.Steps)
	up := uint8(0)
	for u := e.group; u != noUnit; u = e.policy.parent[u] {
		e.ownNames(u)
		e.ownCodes(u)
		e.ownLists(u, e.minute.layer(up))
		up++
	}
	if len(e.out.Steps) == before {
		e.step(LayerOwn.String(), false, wording.ExplainNoOwn)
	}
}

func (e *explainer) ownNames(u uint32) {
	own := e.policy.own
	for key := e.key; key >= 0; key = int(own.keys[key].above) - 1 {
		first, end := own.of(key, u)
		for i := first; i < end; i++ {
			entry := &own.entries[i]
			decides := e.before.Layer == LayerOwn && e.before.Entry == int32(i)
			text := e.entryText(u, own.name(int32(i)), entry.allow, int(entry.line), entry.note)
			e.step(LayerOwn.String(), decides, e.times(text, entry.from, entry.until))
		}
	}
}

func (e *explainer) ownCodes(u uint32) {
	for _, code := range e.policy.units[u].codes {
		if !e.set.Has(int(code.bit)) {
			continue
		}
		decides := e.before.Layer == LayerOwn && e.before.Entry == noEntry && e.before.Unit == u &&
			code.counts(e.rules.now) && code.allow == (e.before.Action == Pass)
		text := e.entryText(u, e.policy.tags.all[code.bit].code, code.allow, int(code.line), code.note)
		e.step(LayerOwn.String(), decides, e.times(text, code.from, code.until))
	}
}

func (e *explainer) ownLists(u uint32, layer *layerMask) {
	lists := layer.lists.Or(layer.block).And(e.policy.tags.single).And(e.set)
	for bit := range lists.Each {
		allow := layer.lists.Has(bit)
		decides := e.before.Layer == LayerOwn && e.before.Entry == noEntry && e.before.Unit == u &&
			allow == (e.before.Action == Pass)
		e.step(LayerOwn.String(), decides, choose(allow, wording.ExplainAllowList, wording.ExplainBlockList).
			With(e.unitName(u), e.policy.tags.all[bit].code))
	}
}

// unitName is the id of a unit; unknown clients are nobody's.
func (e *explainer) unitName(u uint32) string {
	if u == 0 {
		return "-"
	}
	return e.policy.units[u].id
}

// entryText tells an own entry, where it is written and what was noted with it.
func (e *explainer) entryText(u uint32, what string, allow bool, line int, note uint32) wording.Text {
	text := choose(allow, wording.ExplainOwnAllow, wording.ExplainOwnBlock).
		With(e.policy.units[u].id, what, place(e.policy.units[u].file, line))
	n := e.policy.notes[note]
	if n.who != "" {
		text = join(text, wording.ExplainWho.With(n.who))
	}
	if n.why != "" {
		text = join(text, wording.ExplainWhy.With(n.why))
	}
	if n.document != "" {
		text = join(text, wording.ExplainDocument.With(n.document))
	}
	return text
}

// times adds from when and until when an entry counts, if that is limited.
func (e *explainer) times(text wording.Text, from, until int64) wording.Text {
	switch {
	case until <= e.rules.now:
		return join(text, wording.ExplainExpired.With(e.policy.lastDay(until)))
	case from > e.rules.now:
		return join(text, wording.ExplainNotYet.With(time.Unix(from, 0).In(e.policy.loc).Format(time.DateOnly)))
	case until < forever:
		return join(text, wording.ExplainUntil.With(e.policy.lastDay(until)))
	}
	return text
}

// profileStep says which profile is in force and by what, which rules are, and
// what of the name they block and allow.
func (e *explainer) profileStep(decides bool) {
	name := LayerProfile.String()
	unit := &e.policy.units[e.group]
	chosen := wording.ExplainProfile.With(e.policy.profiles[unit.profile].name, e.unitName(unit.profileFrom))
	if unit.profileFrom == 0 {
		chosen = wording.ExplainProfileDefault.With(e.policy.profiles[unit.profile].name)
	}
	e.step(name, false, chosen)
	open := e.policy.openWindows(e.rules.time)[unit.calendar]
	today := e.policy.calendars[unit.calendar].day(e.rules.time)
	for _, id := range e.minute.profile.rules {
		e.ruleStep(id, open, today, e.minute.profile.name)
	}
	var chain []uint32
	for u := e.group; u != noUnit; u = e.policy.parent[u] {
		chain = append(chain, u)
	}
	for i := len(chain) - 1; i >= 0; i-- {
		u := chain[i]
		for _, r := range e.policy.units[u].rules {
			e.ruleStep(r.rule, open, today, e.policy.units[u].id+" "+place(e.policy.units[u].file, int(r.line)))
		}
	}
	blocked, allowed := e.set.And(e.minute.blocked), e.set.And(e.minute.allowed)
	text := wording.ExplainProfileNothing
	if e.before.Entry != noEntry && decides {
		text = wording.ExplainProfileEntry.With(e.policy.own.name(e.before.Entry))
	} else if !blocked.Empty() || !allowed.Empty() {
		text = wording.ExplainProfileSets.With(e.names(blocked), e.names(allowed))
	}
	e.step(name, decides, text)
}

// ruleStep tells a rule that is in force, and of the others that they are not.
func (e *explainer) ruleStep(id int32, open []bool, today day, where string) {
	r := &e.policy.rules[id]
	window := e.policy.timetables[r.during].name
	if !open[r.during] {
		e.step(LayerProfile.String(), false, wording.ExplainRuleClosed.With(window, today.kind, where))
		return
	}
	text := wording.ExplainRule.With(window, today.kind, where, e.names(r.block), e.names(r.allow))
	if r.profile != noProfile {
		text = join(text, wording.ExplainRuleProfile.With(strconv.Quote(e.policy.profiles[r.profile].name)))
	}
	e.step(LayerProfile.String(), false, text)
}
