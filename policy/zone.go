package policy

import (
	"net/netip"
	"slices"
	"strings"

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
//
// What is locked does not depend on the order: each locked zone counts, whatever
// the zones before it say.

// A zoneVerdict is what a zone that applies says of the name.
type zoneVerdict struct {
	set      Set // the zone's tags
	response blocklist.Response
}

// Zoned reports whether a set has the tag of a response policy zone. Then a union
// of sets is not enough to decide: the zone's rule has to be looked up.
func (r *Rules) Zoned(set Set) bool { return set.Meets(r.policy.file.Tags.Zoned) }

// judgeZones replaces the bits of zones in the set by the tags of the first zone
// that applies to the group, and of all that are locked for it. The zone of rank
// passed-1 and those below it apply only if they are locked; passed is 0 if there
// is none.
func (e *evaluation) judgeZones(passed uint8, respond func(bit int) (blocklist.Response, bool)) {
	tags, m := e.tags(), e.minute
	triggered := e.set.And(tags.Zoned)
	e.set = e.set.Without(tags.Zoned)
	e.plain = e.set
	blockable := m.locked.Or(m.blocked)
	for i := range m.layers {
		blockable = blockable.Or(m.layers[i].Block)
	}
	settled := false // those that are not locked no longer apply
	for rank := range tags.Zones {
		z := &tags.Zones[rank]
		settled = settled || passed != 0 && rank+1 >= int(passed)
		if !triggered.Has(z.Bit) || !z.Set.Meets(blockable) || settled && !z.Set.Meets(m.locked) {
			continue
		}
		response, ok := respond(z.Bit)
		if !ok {
			continue
		}
		if !z.Given {
			response.Act, response.Data = z.Act, []string{"CNAME " + z.CNAME}
		}
		if response.Act != format.ActPassthru {
			e.set = e.set.Or(z.Set)
			e.zones = append(e.zones, zoneVerdict{z.Set, response})
		} else if !settled {
			e.passed = uint8(rank + 1)
		}
		settled = true
	}
	e.left = e.set
}

// judgeNameZones is judgeZones for the name; client is not valid if no rule for
// clients is to be looked up.
func (e *evaluation) judgeNameZones(client netip.Addr, passed uint8, qtype uint16) {
	if !e.set.Meets(e.tags().Zoned) {
		return
	}
	r := e.rules
	e.judgeZones(passed, func(bit int) (blocklist.Response, bool) {
		if r.clients && client.IsValid() {
			if response, ok := r.list.RespondAddr(bit, client, true, r.now); ok {
				return response, ok
			}
		}
		return r.list.Respond(bit, e.name, qtype, r.now)
	})
}

// zoneResponse returns what a zone asks for if it alone is the reason for a block
// because of the tags hit; nil if another zone or another list is too. The answer
// of one publisher never takes the place of the block that another one is the
// reason for.
func (e *evaluation) zoneResponse(hit Set) *blocklist.Response {
	if len(e.zones) == 0 || hit.Meets(e.plain) {
		return nil
	}
	var only *zoneVerdict
	for i := range e.zones {
		if z := &e.zones[i]; z.set.Meets(hit) {
			if only != nil {
				return nil
			}
			only = z
		}
	}
	if only == nil || !hit.Without(only.set).Empty() {
		return nil
	}
	return &only.response
}

// respond gives a block the answer that a zone asks for.
func (e *evaluation) respond(r *blocklist.Response) {
	e.out.Response = r
	switch r.Act {
	case format.ActNXDomain:
		e.out.Reply = ReplyNXDOMAIN
	case format.ActNoData:
		e.out.Reply = ReplyNodata
	case format.ActRefused:
		e.out.Reply = ReplyRefused
	case format.ActDrop:
		e.out.Reply = ReplyDrop
	case format.ActTCPOnly:
		e.out.Reply = ReplyTCPOnly
	case format.ActData:
		e.out.Reply = ReplyData
		switch target, fits := AliasOf(r.Data, e.name); {
		case !fits:
			e.out.Reply = ReplyYXDOMAIN
		case target != nil:
			e.out.Rewrite = &catalogue.Target{Name: target}
		}
	}
}

// AliasOf is the target of a CNAME among the data of a zone for a name; nil if there
// is none. The target "*.x" is the name below x; it may not fit into 255 bytes.
func AliasOf(data []string, of *domain.Name) (target *domain.Name, fits bool) {
	const cname = "CNAME "
	for _, record := range data {
		if len(record) <= len(cname) || record[:len(cname)] != cname {
			continue
		}
		text := record[len(cname):]
		below, wildcard := strings.CutPrefix(text, "*.")
		if wildcard && of == nil {
			return nil, true
		}
		if wildcard {
			text = below
		}
		canonical, err := domain.Canonical(text)
		var name domain.Name
		if err != nil || name.SetText(canonical) != nil {
			continue
		}
		if !wildcard {
			return &name, true
		}
		var joined domain.Name
		wire := slices.Concat(of.Suffix(of.Labels()), name.Wire())
		if _, err := joined.SetWire(wire, 0); err != nil {
			return nil, false
		}
		return &joined, true
	}
	return nil, true
}
