package policy

import (
	"strconv"
	"strings"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/internal/wording"
	"lachan/policy/compiled"
)

// client adds the units of the client.
func (e *explainer) client() {
	if e.group == 0 {
		e.step("client", false, explainUnknownClient.With(e.minute.profile.Name))
		return
	}
	var path []string
	for u := e.group; u != compiled.NoUnit; u = e.policy.file.Parents[u] {
		text := e.policy.file.UnitID(u)
		e.out.Units = append(e.out.Units, text)
		if name := e.policy.file.Text(e.policy.file.Units[u].Name); name != "" {
			text += " (" + name + ")"
		}
		path = append(path, text)
	}
	e.step("client", false, explainClient.With(strings.Join(path, " < ")))
}

// classification adds the tags of the name and the entries of lists that set them.
func (e *explainer) classification() {
	matches := e.rules.list.Matches(e.name, e.qtype, e.rules.now)
	if len(matches) == 0 {
		e.step("name", false, explainNothing)
	}
	if b := e.likeness.Brand; b != nil {
		e.step("name", false, explainLikeness[e.likeness.Way].With(b.Label, b.Domains[0]))
	}
	for i := range matches {
		m := &matches[i]
		order := e.order(m)
		if order != (Order{}) && e.before.EDE == domain.EDECensored && e.out.Document == nil {
			e.out.Document = &order
		}
		text := e.matchText(m, order)
		if m.Allow {
			text = join(text, explainListException)
		}
		if m.Lifted {
			text = join(text, explainLifted)
		}
		e.step("name", false, text)
	}
	for _, m := range e.rules.list.Dormant(e.name, e.qtype, e.rules.now) {
		e.step("name", false, join(e.matchText(&m, e.order(&m)), explainDormant))
	}
}

// order is the document by which an entry was listed; zero if there is none.
func (e *explainer) order(m *blocklist.Match) Order {
	feed := e.policy.file.Feeds[m.Feed]
	document := m.Document
	if document == "" {
		document = feed.Document
	}
	if feed.Authority == "" && document == "" {
		return Order{}
	}
	return Order{Feed: m.Feed, Authority: feed.Authority, Document: document}
}

// matchText describes an entry of a list, its document and when it holds.
func (e *explainer) matchText(m *blocklist.Match, order Order) wording.Text {
	text := explainMatch.With(m.Feed, m.Entry, e.names(m.Tags))
	if order != (Order{}) {
		text = join(text, explainOrder.With(order.Document, order.Authority))
	}
	if !m.From.IsZero() {
		text = join(text, explainHoldsFrom.With(momentText(m.From.In(e.policy.loc))))
	}
	if !m.Until.IsZero() {
		text = join(text, explainHoldsUntil.With(momentText(m.Until.In(e.policy.loc))))
	}
	return text
}

func quoted(label string) string { return "“" + label + "”" }

// plain is what is the same in both languages.
func plain(text string) wording.Text { return wording.Text{VI: text, EN: text} }

// join concatenates two sentences.
func join(a, b wording.Text) wording.Text { return wording.Text{VI: a.VI + b.VI, EN: a.EN + b.EN} }

// names are what a set's tags are called: in Vietnamese by their labels, in English by the
// codes that policy.yaml has.
func (e *explainer) names(s Set) wording.Text {
	var labels, codes []string
	for tag := range s.Each {
		name := tagName(e.policy, tag)
		labels, codes = append(labels, name.VI), append(codes, name.EN)
	}
	if codes == nil {
		return explainNone
	}
	return wording.Text{VI: strings.Join(labels, ", "), EN: strings.Join(codes, ", ")}
}

// tagName is what a tag is called. A feed has no label but its name. Labels are quoted: they
// are lists themselves.
func tagName(p *Policy, tag int) wording.Text {
	t := &p.file.Tags.All[tag]
	if t.Label.VI == "" {
		return plain(t.Code)
	}
	return wording.Text{VI: quoted(t.Label.VI), EN: t.Code}
}

// locks describes the locks of a layer.
func (e *explainer) locks(layer Layer, locked Set, decides bool) {
	name := layer.String()
	if !decides {
		text := explainOtherLocks.With(e.names(locked))
		if e.minute.locked.Empty() {
			text = explainNoLock
		}
		e.step(name, false, text)
		return
	}
	hit := e.set.And(locked)
	unit, bit := e.policy.file.LockedBy(e.group, hit)
	e.step(name, true, explainLock.With(e.policy.file.UnitID(unit), e.names(hit), e.policy.file.LockPlace(unit, bit)))
}

// ownEntries lists all own entries of the units that concern the name, and says of
// each whether it counts.
func (e *explainer) ownEntries() {
	if e.minute.profile.Closed {
		e.step(LayerOwn.String(), false, explainClosedOwn)
		return
	}
	before := len(e.out.Steps)
	up := uint8(0)
	for u := e.group; u != compiled.NoUnit; u = e.policy.file.Parents[u] {
		e.ownNames(u)
		e.ownCodes(u)
		e.ownLists(u, e.minute.layer(up))
		up++
	}
	if len(e.out.Steps) == before {
		e.step(LayerOwn.String(), false, explainNoOwn)
	}
}

func (e *explainer) ownNames(u uint32) {
	own := &e.policy.file.Own
	e.ownEntriesOf(own, e.key, u, 0, func(entry *compiled.OwnEntry) noted {
		return e.noted(e.policy.file.UnitPlace(u, entry.Line()), entry.Note)
	})
	if overlay := e.policy.overlay; overlay != nil {
		e.ownEntriesOf(&overlay.Own, e.over, u, len(own.Entries), func(entry *compiled.OwnEntry) noted {
			n := &overlay.Notes[entry.Note]
			return noted{decisionPlace(n.Number), overlay.Text(n.Who), overlay.Text(n.Why), overlay.Text(n.Document)}
		})
	}
}

// ownEntriesOf lists a unit's entries for the name of a key and those above it.
// Decisions number the first entry of the table first.
func (e *explainer) ownEntriesOf(
	own *compiled.OwnNames, key int, u uint32, first int, note func(*compiled.OwnEntry) noted,
) {
	for ; key >= 0; key = own.Above(key) {
		from, end := own.Of(key, u)
		for i := from; i < end; i++ {
			entry := &own.Entries[i]
			decides := e.before.Layer == LayerOwn && int(e.before.Entry) == first+int(i)
			text := e.entryText(u, plain(own.Name(int32(i))), entry.Allows(), note(entry))
			if entry.During > 0 {
				window := e.policy.file.Timetables[entry.During-1].Name
				is := choose(e.minute.open[entry.During-1], explainDuring, explainNotDuring)
				text = join(text, is.With(window))
			}
			e.step(LayerOwn.String(), decides, e.times(text, entry.From, entry.Until))
		}
	}
}

func (e *explainer) ownCodes(u uint32) {
	for _, code := range e.policy.file.CodesOf(u) {
		if !e.set.Has(int(code.Bit)) {
			continue
		}
		decides := e.before.Layer == LayerOwn && e.before.Entry == compiled.NoEntry && e.before.Unit == u &&
			code.Counts(e.rules.now) && code.Allows() == (e.before.Action == Pass)
		note := e.noted(e.policy.file.UnitPlace(u, int(code.Line)), code.Note)
		if code.Decision != 0 {
			note.place = decisionPlace(uint64(code.Decision))
		}
		text := e.entryText(u, tagName(e.policy, int(code.Bit)), code.Allows(), note)
		e.step(LayerOwn.String(), decides, e.times(text, code.From, code.Until))
	}
}

func (e *explainer) ownLists(u uint32, layer *compiled.Layer) {
	lists := layer.Lists.Or(layer.Block).And(e.tags().Single).And(e.set)
	for bit := range lists.Each {
		allow := layer.Lists.Has(bit)
		decides := e.before.Layer == LayerOwn && e.before.Entry == compiled.NoEntry && e.before.Unit == u &&
			allow == (e.before.Action == Pass)
		e.step(LayerOwn.String(), decides, choose(allow, explainAllowList, explainBlockList).
			With(e.unitName(u), tagName(e.policy, bit)))
	}
}

// unitName is the id of a unit, "-" for unknown clients.
func (e *explainer) unitName(u uint32) string {
	if u == 0 {
		return "-"
	}
	return e.policy.file.UnitID(u)
}

// noted is what is known of an entry beside what it says.
type noted struct {
	place              wording.Text
	who, why, document string
}

// decisionPlace is where an entry stands that people decided on.
func decisionPlace(number uint64) wording.Text {
	if number == 0 {
		return explainDecided
	}
	return explainDecision.With(number)
}

// noted is what policy.yaml says beside an entry.
func (e *explainer) noted(place string, note uint32) noted {
	f := &e.policy.file
	n := &f.Notes[note]
	return noted{plain(place), f.Text(n.Who), f.Text(n.Why), f.Text(n.Document)}
}

// entryText describes an own entry, where it is written and what was noted with it.
func (e *explainer) entryText(u uint32, what wording.Text, allow bool, n noted) wording.Text {
	text := choose(allow, explainOwnAllow, explainOwnBlock).With(e.policy.file.UnitID(u), what, n.place)
	if n.who != "" {
		text = join(text, explainWho.With(n.who))
	}
	if n.why != "" {
		text = join(text, explainWhy.With(n.why))
	}
	if n.document != "" {
		text = join(text, explainDocument.With(n.document))
	}
	return text
}

// times adds the period in which an entry counts, if that is limited.
func (e *explainer) times(text wording.Text, from, until int64) wording.Text {
	switch {
	case until <= e.rules.now:
		return join(text, e.end(until, explainExpired, explainOver))
	case from > e.rules.now:
		return join(text, explainNotYet.With(dayText(time.Unix(from, 0).In(e.policy.loc))))
	case until < compiled.Forever:
		return join(text, e.end(until, explainUntil, explainUntilMoment))
	}
	return text
}

// end says when an entry ends: with a day where it ends with one, or else to the minute.
func (e *explainer) end(until int64, day, moment wording.Text) wording.Text {
	at := time.Unix(until, 0).In(e.policy.loc)
	if at.Hour() == 0 && at.Minute() == 0 {
		return day.With(e.policy.lastDay(until))
	}
	return moment.With(momentText(at))
}

// dayText is a day as people write it in each language.
func dayText(at time.Time) wording.Text {
	return wording.Text{VI: at.Format("02/01/2006"), EN: at.Format(time.DateOnly)}
}

// momentText is a minute as people write it in each language.
func momentText(at time.Time) wording.Text {
	return wording.Text{VI: at.Format("15:04 02/01/2006"), EN: at.Format("2006-01-02 15:04")}
}

// profileStep describes the profile in force, where it comes from, the rules in
// force, and which tags of the name they block and allow.
func (e *explainer) profileStep(decides bool) {
	name := LayerProfile.String()
	unit := &e.policy.file.Units[e.group]
	chosen := explainProfile.With(e.policy.file.Profiles[unit.Profile].Name, e.unitName(unit.ProfileFrom))
	if unit.ProfileFrom == 0 {
		chosen = explainProfileDefault.With(e.policy.file.Profiles[unit.Profile].Name)
	}
	e.step(name, false, chosen)
	open := e.policy.file.OpenWindows(e.rules.time)[unit.Calendar]
	today := e.policy.file.Calendars[unit.Calendar].Day(e.rules.time)
	for _, id := range e.minute.profile.Rules {
		e.ruleStep(id, open, today, e.minute.profile.Name)
	}
	var chain []uint32
	for u := e.group; u != compiled.NoUnit; u = e.policy.file.Parents[u] {
		chain = append(chain, u)
	}
	for i := len(chain) - 1; i >= 0; i-- {
		u := chain[i]
		for _, r := range e.policy.file.UnitRulesOf(u) {
			if e.minute.profile.Closed && e.policy.file.Rules[r.Rule].Profile == compiled.NoProfile {
				continue // it is for other times
			}
			e.ruleStep(r.Rule, open, today, e.policy.file.UnitID(u)+" "+e.policy.file.UnitPlace(u, int(r.Line)))
		}
	}
	blocked, allowed := e.set.And(e.minute.blocked), e.set.And(e.minute.allowed)
	text := explainProfileNothing
	if e.before.Entry != compiled.NoEntry && decides {
		text = choose(e.before.Action == Block, explainProfileBlocks, explainProfileEntry).
			With(e.policy.file.Own.Name(e.before.Entry))
	} else if !blocked.Empty() || !allowed.Empty() {
		text = explainProfileSets.With(e.names(blocked), e.names(allowed))
	}
	e.step(name, decides, text)
}

// ruleStep describes a rule and whether it is in force.
func (e *explainer) ruleStep(id int32, open []bool, today compiled.Day, where string) {
	r := &e.policy.file.Rules[id]
	window := e.policy.file.Timetables[r.During].Name
	if !open[r.During] {
		e.step(LayerProfile.String(), false, explainRuleClosed.With(window, dayKinds[today.Kind], where))
		return
	}
	text := explainRule.With(window, dayKinds[today.Kind], where, e.names(r.Block), e.names(r.Allow))
	if r.Profile != compiled.NoProfile {
		text = join(text, explainRuleProfile.With(strconv.Quote(e.policy.file.Profiles[r.Profile].Name)))
	}
	e.step(LayerProfile.String(), false, text)
}
