package policy

import (
	"net/netip"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/blocklist/format"
	"lachan/policy/catalogue"
)

// Response policy zones say what to answer, not only what a name is. A zone
// speaks to the clients whose policy blocks its category, or for whom the zone
// itself is locked. Of several zones the first in the order of the
// configuration counts; within one, the client that asks before the name, and
// the longer name or prefix before the shorter. What a zone asks for is then
// weighed like any other name of its category: a unit's own allow, for
// example, comes before it.

// A zone is a feed that is a response policy zone. Its rank is its index.
type zone struct {
	bit   int
	set   Set // what its names are: its category and its own bit
	act   format.Act
	given bool // the zone's own actions hold
	cname string
}

// overrides are the actions that the configuration may put in place of a
// zone's own.
var overrides = map[string]format.Act{
	"nxdomain": format.ActNXDomain, "nodata": format.ActNoData, "passthru": format.ActPassthru,
	"drop": format.ActDrop, "tcp-only": format.ActTCPOnly, "cname": format.ActData,
}

// addZone notes a feed that is a response policy zone.
func (l *loader) addZone(f *Feed, tags *feedTags) {
	tags.alone = true
	if f.ZonePolicy == "disabled" {
		tags.own = Set{}
		return
	}
	act, overridden := overrides[f.ZonePolicy]
	z := zone{bit: tags.own.First(), set: tags.category.Or(tags.own), act: act, given: !overridden, cname: f.ZoneCNAME}
	l.tags.zones = append(l.tags.zones, z)
	l.tags.zoned = l.tags.zoned.Or(tags.own)
}

// Zoned tells whether a set holds what only the rules themselves can judge, so
// that a union of sets is not enough.
func (r *Rules) Zoned(set Set) bool { return set.Meets(r.policy.tags.zoned) }

// DecideFor is Decide for a client whose address is known, which response
// policy zones may ask for.
func (r *Rules) DecideFor(client netip.Addr, g GroupID, n *domain.Name, qtype uint16) Decision {
	set := r.list.Classify(n, qtype, r.now)
	if r.clients {
		set = set.Or(r.list.ClassifyClient(client, r.now))
	}
	var q question
	r.ask(&q, g, n, set)
	if set.Meets(r.policy.tags.zoned) {
		q.judgeZones(0, func(bit int) (blocklist.Response, bool) {
			if r.clients {
				if response, ok := r.list.RespondAddr(bit, client, true, r.now); ok {
					return response, ok
				}
			}
			return r.list.Respond(bit, n, qtype, r.now)
		})
	}
	q.verdict()
	q.safeSearch(qtype)
	return q.out
}

// DecideAddr is DecideTarget for an address in an answer.
func (r *Rules) DecideAddr(g GroupID, d Decision, a netip.Addr) Decision {
	set := r.list.ClassifyAddr(a, r.now)
	var q question
	r.ask(&q, g, nil, set)
	if set.Meets(r.policy.tags.zoned) {
		q.judgeZones(d.passedZones, func(bit int) (blocklist.Response, bool) {
			return r.list.RespondAddr(bit, a, false, r.now)
		})
	}
	return q.behind(d)
}

// judgeZones puts in place of the zones' bits what the first zone that speaks
// to the group makes of the name. The zones that were passed before do not
// speak.
func (q *question) judgeZones(passed uint8, respond func(bit int) (blocklist.Response, bool)) {
	tags, m := q.policy.tags, q.minute
	triggered := q.set.And(tags.zoned)
	q.set = q.set.Without(tags.zoned)
	heeds := m.locked.Or(m.blocked)
	for i := range m.layers {
		heeds = heeds.Or(m.layers[i].block)
	}
	for rank := range tags.zones {
		z := &tags.zones[rank]
		if passed != 0 && rank+1 >= int(passed) {
			break
		}
		if !triggered.Has(z.bit) || !z.set.Meets(heeds) {
			continue
		}
		response, ok := respond(z.bit)
		if !ok {
			continue
		}
		if !z.given {
			response.Act, response.Data = z.act, []string{"CNAME " + z.cname}
		}
		if response.Act == format.ActPassthru {
			q.passed = uint8(rank + 1)
			break
		}
		q.set, q.response, q.answers = q.set.Or(z.set), &response, z.set
		break
	}
	q.left = q.set
}

// respond makes a block the answer that a zone asks for.
func (q *question) respond() {
	q.out.Response = q.response
	switch q.response.Act {
	case format.ActNXDomain:
		q.out.Reply = ReplyNXDOMAIN
	case format.ActNoData:
		q.out.Reply = ReplyNodata
	case format.ActDrop:
		q.out.Reply = ReplyDrop
	case format.ActTCPOnly:
		q.out.Reply = ReplyTCPOnly
	case format.ActData:
		q.out.Reply = ReplyData
		if target := aliasOf(q.response.Data, q.name); target != nil {
			q.out.Rewrite = &catalogue.Target{Name: target}
		}
	}
}

// aliasOf is the target of a CNAME among the data of a zone, nil when there is
// none. The target "*.x" is the name that was asked for, below x.
func aliasOf(data []string, asked *domain.Name) *domain.Name {
	const cname = "CNAME "
	for _, record := range data {
		if len(record) <= len(cname) || record[:len(cname)] != cname {
			continue
		}
		text := record[len(cname):]
		if text[0] == '*' && asked != nil {
			text = asked.String() + text[1:]
		}
		canonical, err := domain.Canonical(text)
		var target domain.Name
		if err == nil && target.SetText(canonical) == nil {
			return &target
		}
	}
	return nil
}
