package compiled

import (
	"fmt"
	"time"

	"lachan/blocklist"
	"lachan/policy/catalogue"
	"lachan/policy/source"
)

// Every number of a file that says where something is, and every string, is
// checked once, here. What reads the tables may therefore index them without
// looking, and follow parents and names without going round in circles, even
// if somebody has put checksums that fit on a file made up to do harm.

// A checker remembers the first thing that is wrong.
type checker struct {
	*File
	known Set // the bits of all tags
	err   error
}

// check returns an error that wraps ErrDamaged if the tables and Meta do not
// fit together.
func (f *File) check() error {
	c := checker{File: f}
	for _, part := range []func(){
		c.tags, c.zones, c.profiles, c.calendars, c.sizes, c.units, c.tree, c.plans, c.clients, c.notes, c.own,
	} {
		if part(); c.err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, c.err)
		}
	}
	return nil
}

// need notes that what did not hold which must. The arguments of a check that
// holds cost nothing but their evaluation.
func (c *checker) need(holds bool, what string) {
	if !holds && c.err == nil {
		c.err = fmt.Errorf("%s is out of bounds", what)
	}
}

func (c *checker) text(s Text, what string) {
	c.need(uint64(s.At)+uint64(s.Size) <= uint64(len(c.Strings)), what)
}

func (c *checker) span(s Span, size int, what string) {
	c.need(uint64(s.First)+uint64(s.Count) <= uint64(size), what)
}

func (c *checker) set(s Set, what string) { c.need(s.Without(c.known).Empty(), what) }

func (c *checker) bit(bit int, what string) { c.need(0 <= bit && bit < len(c.Tags.All), what) }

// category checks a tag that blocks are counted in.
func (c *checker) category(bit int, what string) { c.need(0 <= bit && bit < c.Tags.Core, what) }

func (c *checker) tags() {
	t := &c.Tags
	c.need(len(t.All) <= blocklist.SetSize, "number of tags")
	if c.err != nil {
		return
	}
	for bit := range t.All {
		c.known = c.known.Or(blocklist.Of(bit))
	}
	c.bit(t.Core, "core")
	c.bit(t.Essential, "core")
	for _, bit := range []int{t.Local, t.DefaultDeny, t.AuthorityOrder, t.Circumvention, t.CSAM} {
		c.category(bit, "category")
	}
	for i := range t.All {
		c.category(int(t.All[i].Counts), "category of a tag")
		c.set(t.All[i].Unblocks, "what a tag unblocks")
		c.set(t.All[i].UnitUnblocks, "what a tag unblocks")
	}
	for _, bit := range t.ByKey {
		c.bit(bit, "code")
	}
	for _, bit := range t.Words {
		c.bit(bit, "word")
	}
	for bit := range t.Counted.Each {
		c.category(bit, "category that is counted")
	}
	for _, f := range t.Feeds {
		c.set(f.Category, "category of a feed")
		c.set(f.Own, "tag of a feed")
	}
	for _, s := range []Set{t.Zoned, t.Single, t.Authority, t.Allowing} {
		c.set(s, "tags of feeds")
	}
}

func (c *checker) zones() {
	c.need(len(c.Tags.Zones) < 255, "number of zones")
	for _, z := range c.Tags.Zones {
		c.bit(z.Bit, "zone")
		c.set(z.Set, "zone")
	}
}

func (c *checker) profiles() {
	c.need(len(c.Profiles) > 0, "number of profiles")
	for i := range c.Profiles {
		p := &c.Profiles[i]
		c.set(p.Block, "profile")
		c.set(p.Allow, "profile")
		c.need(len(p.Replies) == c.Tags.Core, "replies of a profile")
		for _, reply := range p.Replies {
			c.need(source.Reply(reply) <= source.ReplyPage, "reply of a profile")
		}
		c.need(p.SafeSearch <= catalogue.Strict && p.YouTube <= catalogue.Strict, "safe search of a profile")
		for _, rule := range p.Rules {
			c.rule(rule)
		}
	}
	for i := range c.Rules {
		r := &c.Rules[i]
		c.set(r.Block, "rule")
		c.set(r.Allow, "rule")
		c.need(0 <= r.During && int(r.During) < len(c.Timetables), "timetable of a rule")
		c.need(r.Profile == NoProfile || 0 <= r.Profile && int(r.Profile) < len(c.Profiles), "profile of a rule")
	}
}

func (c *checker) rule(index int32) { c.need(0 <= index && int(index) < len(c.Rules), "rule") }

func (c *checker) calendars() {
	c.need(0 <= c.Lessons && c.Lessons < len(c.Timetables), "timetable of lessons")
	c.need(len(c.Calendars) > 0, "number of calendars")
	for _, calendar := range c.Calendars {
		if calendar == nil {
			continue
		}
		for _, day := range calendar.MakeUps {
			c.need(time.Sunday <= day && day <= time.Saturday, "day of the week")
		}
	}
}

// sizes checks tables that others are read by.
func (c *checker) sizes() {
	units := len(c.Units)
	c.need(0 < units && uint64(units) < uint64(NoUnit), "number of units")
	c.need(len(c.Parents) == units && len(c.UnitPlan) == units, "table by unit")
	c.need(soundSlots(c.IDs, units), "slots of units")
	c.need(soundSlots(c.DeviceSlots, len(c.Devices)), "slots of devices")
	c.need(len(c.Notes) > 0, "number of notes")
}

func (c *checker) units() {
	for i := range c.Units {
		u := &c.Units[i]
		for _, s := range [...]Text{u.ID, u.Name, u.Code, u.Type, u.Level, u.Link, u.File} {
			c.text(s, "string of a unit")
		}
		c.span(u.Rules, len(c.UnitRules), "rules of a unit")
		c.span(u.Codes, len(c.Codes), "entries of a unit")
		c.span(u.Contacts, len(c.Contacts), "contacts of a unit")
		c.need(0 <= u.Profile && int(u.Profile) < len(c.Profiles), "profile of a unit")
		c.need(uint64(u.ProfileFrom) < uint64(len(c.Units)), "unit that names a profile")
		c.need(0 <= u.Calendar && int(u.Calendar) < len(c.Calendars), "calendar of a unit")
		c.need(source.Kind(u.Kind) <= source.GroupKind, "kind of a unit")
	}
	for _, r := range c.UnitRules {
		c.rule(r.Rule)
	}
	for i := range c.Codes {
		c.bit(int(c.Codes[i].Bit), "category of an entry")
		c.need(uint64(c.Codes[i].Note) < uint64(len(c.Notes)), "note of an entry")
	}
	for _, s := range c.Contacts {
		c.text(s, "contact")
	}
}

// tree checks that parents end, and that plans look no further up than that.
func (c *checker) tree() {
	highest := make([]int, len(c.Plans)) // by plan: how far up it looks
	for i := range c.Plans {
		c.span(c.Plans[i].Layers, len(c.Layers), "layers of a plan")
		if c.err != nil {
			return
		}
		for _, l := range c.LayersOf(&c.Plans[i]) {
			highest[i] = max(highest[i], int(l.Up))
		}
	}
	for u := range c.Parents {
		depth := 0
		for above := c.Parents[u]; above != NoUnit; above = c.Parents[above] {
			depth++
			if uint64(above) >= uint64(len(c.Parents)) || depth >= MaxDepth {
				c.need(false, "parent of a unit")
				return
			}
		}
		plan := c.UnitPlan[u]
		c.need(uint64(plan) < uint64(len(c.Plans)) && highest[plan] <= depth, "plan of a unit")
		if c.err != nil {
			return
		}
	}
}

func (c *checker) plans() {
	for i := range c.Plans {
		p := &c.Plans[i]
		c.set(p.Locked, "locks of a plan")
		c.need(0 <= p.Profile && int(p.Profile) < len(c.Profiles), "profile of a plan")
		c.need(0 <= p.Calendar && int(p.Calendar) < len(c.Calendars), "calendar of a plan")
		c.span(p.Rules, len(c.PlanRules), "rules of a plan")
		c.span(p.Timed, len(c.Timed), "entries of a plan")
		if c.err != nil {
			return
		}
		for _, e := range c.TimedOf(p) {
			c.need(uint32(e.Layer) < p.Layers.Count, "layer of an entry")
			c.bit(int(e.Bit), "category of an entry")
		}
	}
	for _, rule := range c.PlanRules {
		c.rule(rule)
	}
	for i := range c.Layers {
		l := &c.Layers[i]
		for _, s := range [...]Set{l.Lock, l.Lists, l.Allow, l.Block} {
			c.set(s, "layer of a plan")
		}
	}
}

// clients checks what clients are told apart by.
func (c *checker) clients() {
	for i := range c.Networks {
		n := &c.Networks[i]
		c.need(n.Family == 4 && n.Bits <= 32 || n.Family == 6 && n.Bits <= 128, "prefix")
		c.unit(n.Unit)
	}
	for i := range c.Devices {
		c.text(c.Devices[i].Name, "device")
		c.unit(c.Devices[i].Unit)
	}
	for i := range c.Links {
		c.unit(c.Links[i].Unit)
	}
	for i := range c.Tokens {
		c.unit(c.Tokens[i].Unit)
	}
	for i := range c.Sessions {
		c.unit(c.Sessions[i].Unit)
	}
}

func (c *checker) unit(u uint32) { c.need(uint64(u) < uint64(len(c.Units)), "unit") }

func (c *checker) notes() {
	for i := range c.Notes {
		c.text(c.Notes[i].Who, "note")
		c.text(c.Notes[i].Why, "note")
		c.text(c.Notes[i].Document, "note")
	}
}

func (c *checker) own() {
	c.need(c.Own.sound(), "table of names")
	for i := range c.Own.Entries {
		c.need(uint64(c.Own.Entries[i].Note) < uint64(len(c.Notes)), "note of an entry")
		c.need(uint64(c.Own.Entries[i].During) <= uint64(len(c.Timetables)), "timetable of an entry")
	}
}
