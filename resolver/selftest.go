package resolver

import (
	"time"

	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/dnswire"
	"lachan/resolver/own"
	"lachan/resolver/standin"
)

// A selfTest answers the name by which people see whether the filter is in use, or
// one with the code of a category in front of it. The resolver answers them itself:
// no policy judges them, and a school counts them as checks, not as queries.
type selfTest struct{ *Query }

// matches reports whether the question is one.
func (t selfTest) matches() bool {
	check := t.snapshot.settings.Identity.CheckName
	return check != nil && t.Class == dnswire.ClassIN &&
		own.IsCheck(check, &t.Name, t.snapshot.rules.Policy().Counted)
}

// category is the one that the first label of the name says.
func (t selfTest) category() (tag uint8, ok bool) {
	wire := t.Name.Wire()
	return t.snapshot.rules.Policy().Counted(string(wire[1 : 1+wire[0]]))
}

// answer says that the filter is in use, and of a category what becomes of its
// names.
func (t selfTest) answer() {
	counted := t.snapshot.groups.of(t.group)
	if t.standIn {
		counted = nil
	}
	if t.Name.Labels() > t.snapshot.settings.Identity.CheckName.Labels() {
		t.answerCategory(counted)
		return
	}
	if counted != nil {
		counted.Check(metrics.CategoryNone, metrics.CheckPassed)
	}
	t.passed()
}

// answerCategory replies as to a name of that category: with the policy's reply
// if it is blocked, else as to the check itself. The text, for clients that ask for
// TXT, tells what is decided.
func (t selfTest) answerCategory(counted *metrics.GroupCounters) {
	tag, _ := t.category()
	d, listed := t.snapshot.rules.DecideCategory(t.group, tag)
	result := metrics.CheckAllowed
	switch {
	case d.Action == policy.Block && listed:
		result = metrics.CheckPassed
	case d.Action == policy.Block:
		result = metrics.CheckFailed
	}
	if counted != nil {
		counted.Check(t.snapshot.categories[tag], result)
	}
	switch {
	case t.Type == dnswire.TypeTXT:
		code := t.snapshot.rules.Policy().CategoryCode(tag)
		t.tell(result.String(), "category="+code, "action="+d.Action.String(), "unit="+t.unit())
	case result == metrics.CheckPassed && !t.bypassesTCPOnly(d):
		t.enforce(d)
		t.action = metrics.ActionLocal
	default:
		t.passed()
	}
}

// passed says that the filter is in use. The text tells the client's unit and how
// the question came; the address is that of the block page or else the client's
// own, as the filter sees it. Its TTL is 0.
func (t selfTest) passed() {
	t.action = metrics.ActionLocal
	if t.Type == dnswire.TypeTXT {
		t.tell("ok", "unit="+t.unit(), "via="+t.transport.String())
		return
	}
	v4, v6 := t.snapshot.settings.Replies.PageV4, t.snapshot.settings.Replies.PageV6
	if !v4.IsValid() && !v6.IsValid() {
		if v4 = t.client; v4.Is6() {
			v4, v6 = v6, v4.WithZone("")
		}
	}
	t.answerAddress(0, v4, v6)
}

// tell answers with one TXT record.
func (t selfTest) tell(texts ...string) {
	t.start(dnswire.RcodeSuccess)
	t.addText(dnswire.ClassIN, texts...)
}

// unit is the id of the client's unit, "school" or "school/group"; "none" for
// unknown clients.
func (t selfTest) unit() string {
	of := t.snapshot.rules.Policy().Group(t.group)
	if of.Kind == 0 {
		return "none"
	}
	return of.UnitID()
}

// standInPasses is what a stand-in is told where another would get the answer of the
// cache or of an upstream: a test asks nobody outside, and makes no name popular.
const standInPasses = "a test of the filter ends here"

// standIn is as whom this node asks itself. It is not ok if the question does not
// prove that it does.
func standIn(q *Query) (who identity, ok bool) {
	option, sent := q.Option(standin.Code)
	if !sent {
		return who, false
	}
	claim, ok := q.snapshot.settings.StandIn.Read(option, q.Name.Wire(), q.Type, time.Now())
	if !ok {
		return who, false
	}
	who.client, who.standIn = q.client, true
	if claim.Address.IsValid() {
		who.client = claim.Address
		who.group, who.known = q.snapshot.groupOf(claim.Address)
	} else {
		who.group, who.known = q.snapshot.rules.Policy().GroupOf(claim.Unit)
	}
	return who, true
}
