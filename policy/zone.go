package policy

import (
	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/blocklist/format"
	"lachan/policy/catalogue"
)

// Response policy zones say what to answer, not only what a name is. A zone
// applies to the clients whose policy blocks its category, or for whom the zone
// itself is locked. If several zones have a rule, the first in the order of the
// configuration counts; within one zone, a rule for the client comes before a rule
// for the name, and the longer name or prefix before the shorter. A match then
// counts like any other name of the zone's category: a unit's own allow, for
// example, comes before it.

// Zoned reports whether a set has the tag of a response policy zone. Then a union
// of sets is not enough to decide: the zone's rule has to be looked up.
func (r *Rules) Zoned(set Set) bool { return set.Meets(r.policy.file.Tags.Zoned) }

// judgeZones replaces the bits of zones in the set by the tags of the first zone
// that applies to the group. The zone of rank passed-1 and those below it do not
// apply; passed is 0 if there is none.
func (e *evaluation) judgeZones(passed uint8, respond func(bit int) (blocklist.Response, bool)) {
	tags, m := e.tags(), e.minute
	triggered := e.set.And(tags.Zoned)
	e.set = e.set.Without(tags.Zoned)
	blockable := m.locked.Or(m.blocked)
	for i := range m.layers {
		blockable = blockable.Or(m.layers[i].Block)
	}
	for rank := range tags.Zones {
		z := &tags.Zones[rank]
		if passed != 0 && rank+1 >= int(passed) {
			break
		}
		if !triggered.Has(z.Bit) || !z.Set.Meets(blockable) {
			continue
		}
		response, ok := respond(z.Bit)
		if !ok {
			continue
		}
		if !z.Given {
			response.Act, response.Data = z.Act, []string{"CNAME " + z.CNAME}
		}
		if response.Act == format.ActPassthru {
			e.passed = uint8(rank + 1)
			break
		}
		e.set, e.response, e.answers = e.set.Or(z.Set), &response, z.Set
		break
	}
	e.left = e.set
}

// respond gives a block the answer that a zone asks for.
func (e *evaluation) respond() {
	e.out.Response = e.response
	switch e.response.Act {
	case format.ActNXDomain:
		e.out.Reply = ReplyNXDOMAIN
	case format.ActNoData:
		e.out.Reply = ReplyNodata
	case format.ActDrop:
		e.out.Reply = ReplyDrop
	case format.ActTCPOnly:
		e.out.Reply = ReplyTCPOnly
	case format.ActData:
		e.out.Reply = ReplyData
		if target := aliasOf(e.response.Data, e.name); target != nil {
			e.out.Rewrite = &catalogue.Target{Name: target}
		}
	}
}

// aliasOf is the target of a CNAME among the data of a zone; nil if there is none.
// The target "*.x" is the name that was asked for, below x.
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
