package selftest

import (
	"net/netip"
	"slices"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/policy"
	"lachan/policy/source"
	"lachan/resolver/tap"
)

// neverADay is how many names that are never blocked are asked on a day; other ones on the
// next.
const neverADay = 24

// candidates is how many names of a category are at hand: a unit may allow some of them.
const candidates = 3

// A choice is the names of a day: the same for a day and lists, others on another.
type choice struct {
	byTag [blocklist.SetSize][]picked
	never []string // names that are never blocked
}

type picked struct {
	name string
	rank uint64
}

// restEvery is after how many entries of the lists there is a rest of rest, so that the
// search for names takes a part of one processor: of five million entries ten seconds.
const (
	restEvery = 10_000
	rest      = 10 * time.Millisecond
)

// choose picks names of each category from what is in force. wait rests, and reports
// whether to go on.
func choose(
	list *blocklist.List, core []string, day string, now time.Time, wait func(time.Duration) bool,
) (c choice, ok bool) {
	seed := rankOf(day, 0)
	seen := 0
	ok = true
	list.Each(now.Unix(), func(e *blocklist.Entry) bool {
		if seen++; seen%restEvery == 0 {
			ok = wait(rest)
		}
		if e.Name != nil && e.Name.Labels() > 1 {
			c.offer(e, mix(e.Name.Hash(e.Name.Labels())^seed))
		}
		return ok
	})
	c.never = slices.Clone(core)
	slices.SortFunc(c.never, func(a, b string) int {
		if rankOf(a, seed) < rankOf(b, seed) {
			return -1
		}
		return 1
	})
	c.never = c.never[:min(len(c.never), neverADay)]
	return c, ok
}

// offer takes a name among those of its categories if it ranks before one of them.
func (c *choice) offer(e *blocklist.Entry, rank uint64) {
	text := ""
	for tag := range e.Whole.Each {
		had := c.byTag[tag]
		if len(had) == candidates && had[candidates-1].rank <= rank {
			continue
		}
		if text == "" {
			text = e.Name.String()
		}
		at, _ := slices.BinarySearchFunc(had, rank, func(p picked, rank uint64) int {
			if p.rank < rank {
				return -1
			}
			return 1
		})
		had = slices.Insert(had, at, picked{text, rank})
		c.byTag[tag] = had[:min(len(had), candidates)]
	}
}

// mix spreads the bits of a number over all of it.
func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0x9E3779B97F4A7C15
	h ^= h >> 29
	h *= 0xBF58476D1CE4E5B9
	return h ^ h>>32
}

// rankOf is a number of a text, the same on every machine.
func rankOf(text string, seed uint64) uint64 {
	h := seed ^ 0xCBF29CE484222325
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 0x100000001B3
	}
	return mix(h)
}

// A question is one that a test asks.
type question struct {
	door     int
	group    policy.GroupID
	address  netip.Addr // of a client of the group; invalid if it has no network
	category string     // whose name it is; "" of one that is never blocked
	name     string
}

// A plan is what a test asks, group by group.
type plan struct {
	rules      *policy.Rules
	choice     *choice
	doors      int
	day        uint64
	addresses  []netip.Addr    // by group
	first      map[int]bool    // plans of the policy of which a unit was asked in full
	categories map[int][]uint8 // by plan of the policy: those that it blocks
	empty      map[string]bool // codes that some plan blocks, of which no list has a name
	asked      map[string]bool // codes of which a name is asked
}

func newPlan(rules *policy.Rules, c *choice, doors int, day string) *plan {
	p := &plan{
		rules: rules, choice: c, doors: doors, day: rankOf(day, 1),
		addresses: make([]netip.Addr, rules.Policy().NumGroups()),
		first:     map[int]bool{}, categories: map[int][]uint8{}, empty: map[string]bool{}, asked: map[string]bool{},
	}
	for g, network := range policy.Networks(rules.Policy()) {
		if !p.addresses[g].IsValid() {
			p.addresses[g] = inside(rules, g, network)
		}
	}
	return p
}

// inside is an address of a network whose clients are of a group; invalid if none of a few
// is, as when networks of others cover it.
func inside(rules *policy.Rules, g policy.GroupID, network netip.Prefix) netip.Addr {
	at := network.Masked().Addr()
	for range 8 {
		if network.Bits() < at.BitLen()-1 {
			at = at.Next() // not the address of the network itself
		}
		if !network.Contains(at) {
			break
		}
		if of, known := rules.Identify(at); known && of == g && !at.IsLinkLocalUnicast() {
			return at
		}
		at = at.Next()
	}
	return netip.Addr{}
}

// groups are those as whose clients is asked: of schools and their groups, or if there are
// no schools the clients that no unit claims, if those are served. They begin at another one each day, so that
// which unit of a plan is asked in full changes.
func (p *plan) groups(unknown bool) (list []policy.GroupID) {
	for g, of := range p.rules.Policy().Groups() {
		if of.Kind == source.School || of.Kind == source.GroupKind {
			list = append(list, g)
		}
	}
	switch {
	case len(list) == 0 && unknown:
		return []policy.GroupID{0}
	case len(list) == 0:
		return nil
	}
	at := int(p.day % uint64(len(list)))
	return slices.Concat(list[at:], list[:at])
}

// questions are those that are asked as a client of a group: of the first group of each
// plan every category and every name that is never blocked, at every door; of the others
// one category at each door, and one name that is never blocked at one of them. Which ones
// changes from day to day and from group to group.
func (p *plan) questions(g policy.GroupID) (list []question) {
	of := policy.PlanOf(p.rules.Policy(), g)
	blocked, known := p.categories[of]
	if !known {
		blocked = p.blocked(g)
		p.categories[of] = blocked
	}
	turn := int((p.day + mix(uint64(g))) % (1 << 30))
	if !p.first[of] {
		p.first[of] = true
		for door := range p.doors {
			for _, tag := range blocked {
				list = p.block(list, g, door, tag)
			}
			for _, name := range p.choice.never {
				list = p.never(list, g, door, name)
			}
		}
		return list
	}
	for door := range p.doors {
		if len(blocked) > 0 {
			list = p.block(list, g, door, blocked[(turn+door)%len(blocked)])
		}
	}
	if n := len(p.choice.never); n > 0 && p.doors > 0 {
		list = p.never(list, g, turn%p.doors, p.choice.never[turn%n])
	}
	return list
}

// blocked are the categories that are blocked for a group now and of which there is a name.
func (p *plan) blocked(g policy.GroupID) (tags []uint8) {
	units := p.rules.Policy()
	for tag := range blocklist.SetSize {
		code := units.CategoryCode(uint8(tag))
		counted, is := units.Counted(code)
		if !is || int(counted) != tag {
			continue
		}
		d, listed := p.rules.DecideCategory(g, uint8(tag))
		switch {
		case d.Action != policy.Block:
		case listed:
			tags = append(tags, uint8(tag))
		default:
			p.empty[code] = true
		}
	}
	return tags
}

// block asks for a name that has to be blocked. There is none if the unit allows those at
// hand, or the reply to them is not one that is seen at every door.
func (p *plan) block(list []question, g policy.GroupID, door int, tag uint8) []question {
	for _, c := range p.choice.byTag[tag] {
		q := question{
			door: door, group: g, address: p.addresses[g], name: c.name,
			category: p.rules.Policy().CategoryCode(tag),
		}
		if want, sure := q.expected(p.rules); want == policy.Block && sure {
			p.asked[q.category] = true
			return append(list, q)
		}
	}
	return list
}

// never asks for a name that must not be blocked, unless a locked list blocks it.
func (p *plan) never(list []question, g policy.GroupID, door int, name string) []question {
	q := question{door: door, group: g, address: p.addresses[g], name: name}
	if want, sure := q.expected(p.rules); want != policy.Block && sure {
		list = append(list, q)
	}
	return list
}

// expected is what the rules say of a question. It is sure if every door shows it alike.
func (q *question) expected(rules *policy.Rules) (action policy.Action, sure bool) {
	var name domain.Name
	if name.SetText(q.name) != nil || int(q.group) >= rules.Policy().NumGroups() {
		return policy.Pass, false
	}
	d := rules.DecideFor(q.address, q.group, &name, domain.TypeA)
	if d.Action != policy.Block {
		return d.Action, true
	}
	switch d.Reply {
	case policy.ReplyNXDOMAIN, policy.ReplyNull, policy.ReplyNodata, policy.ReplyRefused, policy.ReplyPage:
		return d.Action, d.EDE != 0 && d.Response == nil
	}
	return d.Action, false
}

// shown is the name as it may be kept and shown.
func (q *question) shown() string {
	if tap.UntoldCategory(q.category) {
		return ""
	}
	return q.name
}
