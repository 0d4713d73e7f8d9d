package resolver

import (
	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/dnswire"
)

// isSelfTest reports whether q asks the name by which people see whether the
// filter is in use, or one with the code of a category in front of it. The
// resolver answers them itself: no policy judges them, and a school counts them
// as checks, not as queries.
func (q *Query) isSelfTest() bool {
	check := q.snapshot.settings.Identity.CheckName
	return check != nil && q.Class == dnswire.ClassIN && q.Name.Within(check) &&
		(q.Name.Labels() == check.Labels() || q.asksCategory())
}

// asksCategory tells whether one label with the code of a category stands in
// front of the name of the check.
func (q *Query) asksCategory() bool {
	if q.Name.Labels() != q.snapshot.settings.Identity.CheckName.Labels()+1 {
		return false
	}
	_, ok := q.checkedCategory()
	return ok
}

// checkedCategory is the category that the first label of the name says.
func (q *Query) checkedCategory() (tag uint8, ok bool) {
	wire := q.Name.Wire()
	return q.snapshot.rules.Policy().Counted(string(wire[1 : 1+wire[0]]))
}

// check says that the filter is in use, and of a category what becomes of its
// names.
func (r *Resolver) check(q *Query) {
	cell := q.snapshot.groups.of(q.group)
	if q.Name.Labels() > q.snapshot.settings.Identity.CheckName.Labels() {
		r.checkCategory(q, cell)
		return
	}
	if cell != nil {
		cell.Check(metrics.CategoryNone, metrics.CheckPassed)
	}
	q.introduceFilter()
}

// checkCategory replies as to a name of that category: with the policy's reply
// when it is blocked, else as to the check itself. The text, for who asks only,
// tells what is decided.
func (r *Resolver) checkCategory(q *Query, cell *metrics.GroupCounters) {
	tag, _ := q.checkedCategory()
	d, listed := q.snapshot.rules.DecideCategory(q.group, tag)
	result := metrics.CheckAllowed
	switch {
	case d.Action == policy.Block && listed:
		result = metrics.CheckPassed
	case d.Action == policy.Block:
		result = metrics.CheckFailed
	}
	if cell != nil {
		cell.Check(q.snapshot.categories[tag], result)
	}
	switch {
	case q.Type == dnswire.TypeTXT:
		q.checkText(result.String(), "category="+q.snapshot.rules.Policy().CategoryCode(tag), "action="+d.Action.String(), "unit="+q.unit())
	case result == metrics.CheckPassed && !q.bypassesTCPOnly(d):
		r.enforce(q, d)
		q.action = metrics.ActionLocal
	default:
		q.introduceFilter()
	}
}

// introduceFilter says that the filter is in use. The text tells the client's
// unit and how the question came; the address is that of the block page or else
// the client's own, as the filter sees it. Nobody may keep it.
func (q *Query) introduceFilter() {
	q.action = metrics.ActionLocal
	if q.Type == dnswire.TypeTXT {
		q.checkText("ok", "unit="+q.unit(), "via="+q.transport.String())
		return
	}
	v4, v6 := q.snapshot.settings.Replies.PageV4, q.snapshot.settings.Replies.PageV6
	if !v4.IsValid() && !v6.IsValid() {
		if v4 = q.client; v4.Is6() {
			v4, v6 = v6, v4.WithZone("")
		}
	}
	q.answerAddress(0, v4, v6)
}

// checkText answers with one TXT record that nobody may keep.
func (q *Query) checkText(texts ...string) {
	q.start(dnswire.RcodeSuccess)
	q.reply.RecordOf(
		dnswire.SectionAnswer, q.reply.OwnerPointer(), dnswire.TypeTXT, dnswire.ClassIN, 0,
		appendStrings(nil, texts...),
	)
	q.action = metrics.ActionLocal
}

// unit is the id of q's unit, "school" or "school/group"; "none" of unknown
// clients.
func (q *Query) unit() string {
	of := q.snapshot.rules.Policy().Group(q.group)
	if of.Kind == 0 {
		return "none"
	}
	return of.UnitID()
}

// appendStrings appends character strings (RFC 1035 section 3.3), each cut to the
// 255 octets that it can have.
func appendStrings(rdata []byte, texts ...string) []byte {
	for _, text := range texts {
		text = text[:min(len(text), 255)]
		rdata = append(append(rdata, byte(len(text))), text...)
	}
	return rdata
}
