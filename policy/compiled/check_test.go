package compiled_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"lachan/blocklist"
	"lachan/policy/catalogue"
	"lachan/policy/compile"
	"lachan/policy/compiled"
)

// rich is a policy with something in every table.
const rich = `timetables: {gio: {days: mon-fri, from: "07:00", to: "11:00"}}
calendar:
  terms: [{from: 2026-09-05, to: 2027-05-31}]
  make_up: [{date: 2026-09-13, as: mon}]
profiles: {p: {block: [games], allow: [lesson.example]}}
units:
- id: tinh
  kind: province
  profile: p
  lock: [gambling]
  contact: ["tel:+842143888888"]
  allow:
  - {service: zalo, from: 2026-09-01, until: 2027-05-31, who: Lan, why: liên lạc}
  - {name: open.example, who: Lan}
  - {name: video.open.example}
- id: hs
  parent: tinh
  rules: [{during: gio, block: [social], profile: p}]
  networks: [192.0.2.0/24, "2001:db8::/48"]
  devices: ["mac:02:00:00:00:00:01"]
  block: [{category: ads}]
`

// compiledRich compiles it anew.
func compiledRich(t *testing.T) *compiled.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, []byte(rich), 0o600); err != nil {
		t.Fatal(err)
	}
	facts, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	job := &compile.Job{Path: path, Zone: time.UTC, Facts: facts}
	file, problems := job.Run()
	if file == nil {
		t.Fatal(problems)
	}
	return file
}

// TestWhatPointsBeyondATableIsRefused sets one number after the other to the last
// that is in bounds, which is taken, and to the first that is not.
func TestWhatPointsBeyondATableIsRefused(t *testing.T) {
	source := compiledRich(t)
	attempt := func(change func(*compiled.Tables, *compiled.Meta)) error {
		tables, meta := source.Tables, source.Meta
		meta.Tags.All = slices.Clone(meta.Tags.All)
		meta.Profiles = slices.Clone(meta.Profiles)
		meta.Calendars = slices.Clone(meta.Calendars)
		change(&tables, &meta)
		_, err := compiled.New(&tables, &meta)
		return err
	}
	if err := attempt(func(*compiled.Tables, *compiled.Meta) {}); err != nil {
		t.Fatalf("as it was compiled: %v", err)
	}
	f := func(what string, change func(t *compiled.Tables, m *compiled.Meta, beyond uint32)) {
		t.Helper()
		good := attempt(func(t *compiled.Tables, m *compiled.Meta) { change(t, m, 0) })
		bad := attempt(func(t *compiled.Tables, m *compiled.Meta) { change(t, m, 1) })
		if good != nil || !errors.Is(bad, compiled.ErrDamaged) {
			t.Errorf("%s: the last that is in bounds: %v; the first that is not: %v", what, good, bad)
		}
	}
	type (
		tables = compiled.Tables
		meta   = compiled.Meta
	)
	last := func(n int, beyond uint32) uint32 { return uint32(n) - 1 + beyond }
	bits := len(source.Tags.All)

	if err := attempt(func(t *compiled.Tables, _ *compiled.Meta) {
		t.Units, t.Parents, t.UnitPlan, t.IDs = nil, nil, nil, nil
		t.Networks, t.Devices, t.DeviceSlots, t.Links, t.Tokens = nil, nil, nil, nil, nil
	}); !errors.Is(err, compiled.ErrDamaged) {
		t.Errorf("a policy of no unit, which nobody could be given a place in: %v", err)
	}

	f("core", func(_ *tables, m *meta, b uint32) { m.Tags.Local = m.Tags.Core - 1 + int(b) })
	f("category of a tag", func(_ *tables, m *meta, b uint32) { m.Tags.All[0].Counts = uint8(m.Tags.Core - 1 + int(b)) })
	f("what a tag unblocks", func(_ *tables, m *meta, b uint32) { m.Tags.All[0].Unblocks = blocklist.Of(bits - 1 + int(b)) })
	f("what a unit's tag unblocks", func(_ *tables, m *meta, b uint32) {
		m.Tags.All[0].UnitUnblocks = blocklist.Of(bits - 1 + int(b))
	})
	f("code", func(_ *tables, m *meta, b uint32) { m.Tags.ByKey = map[string]int{"x": bits - 1 + int(b)} })
	f("code below", func(_ *tables, m *meta, b uint32) { m.Tags.ByKey = map[string]int{"x": -int(b)} })
	f("word", func(_ *tables, m *meta, b uint32) { m.Tags.Words = map[string]int{"x": bits - 1 + int(b)} })
	f("counted", func(_ *tables, m *meta, b uint32) { m.Tags.Counted = blocklist.Of(m.Tags.Core - 1 + int(b)) })
	f("feed", func(_ *tables, m *meta, b uint32) {
		m.Tags.Feeds = map[string]compiled.FeedTags{"x": {Category: blocklist.Of(bits - 1 + int(b))}}
	})
	f("own tag of a feed", func(_ *tables, m *meta, b uint32) {
		m.Tags.Feeds = map[string]compiled.FeedTags{"x": {Own: blocklist.Of(bits - 1 + int(b))}}
	})
	f("tags of feeds", func(_ *tables, m *meta, b uint32) { m.Tags.Allowing = blocklist.Of(bits - 1 + int(b)) })
	f("zone", func(_ *tables, m *meta, b uint32) { m.Tags.Zones = []compiled.Zoned{{Bit: bits - 1 + int(b)}} })
	f("set of a zone", func(_ *tables, m *meta, b uint32) {
		m.Tags.Zones = []compiled.Zoned{{Set: blocklist.Of(bits - 1 + int(b))}}
	})
	f("number of zones", func(_ *tables, m *meta, b uint32) { m.Tags.Zones = make([]compiled.Zoned, 254+b) })
	f("block of a profile", func(_ *tables, m *meta, b uint32) { m.Profiles[0].Block = blocklist.Of(bits - 1 + int(b)) })
	f("allow of a profile", func(_ *tables, m *meta, b uint32) { m.Profiles[0].Allow = blocklist.Of(bits - 1 + int(b)) })
	f("safe search", func(_ *tables, m *meta, b uint32) {
		m.Profiles[0].SafeSearch = catalogue.Strict + catalogue.Strictness(b)
	})
	f("YouTube", func(_ *tables, m *meta, b uint32) { m.Profiles[0].YouTube = catalogue.Strict + catalogue.Strictness(b) })
	f("replies", func(_ *tables, m *meta, b uint32) { m.Profiles[0].Replies = m.Profiles[0].Replies[b:] })
	f("rule of a profile", func(x *tables, m *meta, b uint32) { m.Profiles[0].Rules = []int32{int32(last(len(x.Rules), b))} })
	f("rule of a profile below", func(_ *tables, m *meta, b uint32) { m.Profiles[0].Rules = []int32{-int32(b)} })
	f("lessons", func(_ *tables, m *meta, b uint32) { m.Lessons = len(m.Timetables) - 1 + int(b) })
	f("lessons below", func(_ *tables, m *meta, b uint32) { m.Lessons = -int(b) })
	f("day of the week", func(_ *tables, m *meta, b uint32) {
		m.Calendars = append(m.Calendars, &compiled.Calendar{MakeUps: map[compiled.Date]time.Weekday{1: time.Saturday + time.Weekday(b)}})
	})
	f("day of the week below", func(_ *tables, m *meta, b uint32) {
		m.Calendars = append(m.Calendars, &compiled.Calendar{MakeUps: map[compiled.Date]time.Weekday{1: time.Sunday - time.Weekday(b)}})
	})

	f("timetable of a rule", func(x *tables, m *meta, b uint32) { first(&x.Rules).During = int32(last(len(m.Timetables), b)) })
	f("timetable of a rule below", func(x *tables, _ *meta, b uint32) { first(&x.Rules).During = -int32(b) })
	f("profile of a rule", func(x *tables, m *meta, b uint32) { first(&x.Rules).Profile = int32(last(len(m.Profiles), b)) })
	f("profile of a rule below", func(x *tables, _ *meta, b uint32) { first(&x.Rules).Profile = compiled.NoProfile - int32(b) })
	f("block of a rule", func(x *tables, _ *meta, b uint32) { first(&x.Rules).Block = blocklist.Of(bits - 1 + int(b)) })
	f("allow of a rule", func(x *tables, _ *meta, b uint32) { first(&x.Rules).Allow = blocklist.Of(bits - 1 + int(b)) })
	f("table by unit", func(x *tables, _ *meta, b uint32) { x.UnitPlan = x.UnitPlan[:len(x.UnitPlan)-int(b)] })
	f("parents", func(x *tables, _ *meta, b uint32) { x.Parents = x.Parents[:len(x.Parents)-int(b)] })
	f("slots of units", func(x *tables, _ *meta, b uint32) {
		i := slices.IndexFunc(x.IDs, func(slot uint32) bool { return slot > 0 })
		x.IDs = slices.Clone(x.IDs)
		x.IDs[i] = uint32(len(x.Units)) + b
	})
	f("slots without a free one", func(x *tables, _ *meta, b uint32) {
		x.IDs = slices.Repeat([]uint32{1}, len(x.IDs))
		x.IDs[0] = b
	})
	f("name of a unit", func(x *tables, _ *meta, b uint32) {
		first(&x.Units).Name = compiled.Text{At: uint32(len(x.Strings)) - 3, Size: 3 + b}
	})
	f("rules of a unit", func(x *tables, _ *meta, b uint32) {
		first(&x.Units).Rules = compiled.Span{First: uint32(len(x.UnitRules)), Count: b}
	})
	f("profile of a unit", func(x *tables, m *meta, b uint32) { first(&x.Units).Profile = int32(last(len(m.Profiles), b)) })
	f("profile of a unit below", func(x *tables, _ *meta, b uint32) { first(&x.Units).Profile = -int32(b) })
	f("unit that names a profile", func(x *tables, _ *meta, b uint32) { first(&x.Units).ProfileFrom = last(len(x.Units), b) })
	f("calendar of a unit", func(x *tables, m *meta, b uint32) { first(&x.Units).Calendar = int32(last(len(m.Calendars), b)) })
	f("calendar of a unit below", func(x *tables, _ *meta, b uint32) { first(&x.Units).Calendar = -int32(b) })
	f("rule of a unit", func(x *tables, _ *meta, b uint32) { first(&x.UnitRules).Rule = int32(last(len(x.Rules), b)) })
	f("entry", func(x *tables, _ *meta, b uint32) { first(&x.Codes).Bit = uint8(bits - 1 + int(b)) })
	f("note of an entry", func(x *tables, _ *meta, b uint32) { first(&x.Codes).Note = last(len(x.Notes), b) })
	f("contact", func(x *tables, _ *meta, b uint32) {
		*first(&x.Contacts) = compiled.Text{At: uint32(len(x.Strings)), Size: b}
	})
	f("layers of a plan", func(x *tables, _ *meta, b uint32) { x.Layers = x.Layers[:len(x.Layers)-int(b)] })
	f("how far up a plan looks", func(x *tables, _ *meta, b uint32) {
		x.Layers = slices.Clone(x.Layers)
		x.Layers[len(x.Layers)-1].Up += uint8(9 * b)
	})
	f("plan of a unit", func(x *tables, _ *meta, b uint32) {
		x.UnitPlan = slices.Clone(x.UnitPlan)
		x.UnitPlan[len(x.UnitPlan)-1] = last(len(x.Plans), b)
	})
	f("locks of a plan", func(x *tables, _ *meta, b uint32) { first(&x.Plans).Locked = blocklist.Of(bits - 1 + int(b)) })
	f("profile of a plan", func(x *tables, m *meta, b uint32) { first(&x.Plans).Profile = int32(last(len(m.Profiles), b)) })
	f("calendar of a plan", func(x *tables, m *meta, b uint32) { first(&x.Plans).Calendar = int32(last(len(m.Calendars), b)) })
	f("rule of a plan", func(x *tables, _ *meta, b uint32) { *first(&x.PlanRules) = int32(last(len(x.Rules), b)) })
	f("layer of an entry for some time", func(x *tables, _ *meta, b uint32) {
		plan := x.Plans[slices.IndexFunc(x.Plans, func(p compiled.Plan) bool { return p.Timed.Count > 0 })]
		x.Timed = slices.Clone(x.Timed)
		x.Timed[plan.Timed.First].Layer = uint8(last(int(plan.Layers.Count), b))
	})
	f("layer", func(x *tables, _ *meta, b uint32) { first(&x.Layers).Block = blocklist.Of(bits - 1 + int(b)) })
	f("bits of IPv4", func(x *tables, _ *meta, b uint32) { *network(x, 4) = uint8(32 + b) })
	f("bits of IPv6", func(x *tables, _ *meta, b uint32) { *network(x, 6) = uint8(128 + b) })
	f("unit of a network", func(x *tables, _ *meta, b uint32) { first(&x.Networks).Unit = last(len(x.Units), b) })
	f("unit of a device", func(x *tables, _ *meta, b uint32) { first(&x.Devices).Unit = last(len(x.Units), b) })
	f("note", func(x *tables, _ *meta, b uint32) {
		first(&x.Notes).Who = compiled.Text{At: uint32(len(x.Strings)), Size: b}
	})
	f("note of a name", func(x *tables, _ *meta, b uint32) { first(&x.Own.Entries).Note = last(len(x.Notes), b) })
	f("name of an entry", func(x *tables, _ *meta, b uint32) { first(&x.Own.Entries).Key = last(len(x.Own.Keys), b) })
	f("filter", func(x *tables, _ *meta, b uint32) { x.Own.Filter = x.Own.Filter[:len(x.Own.Filter)-int(b)] })
	f("name above itself", func(x *tables, _ *meta, b uint32) {
		x.Own.Keys = slices.Clone(x.Own.Keys)
		for i := range x.Own.Keys {
			x.Own.Keys[i].Above *= 1 - b
			x.Own.Keys[i].Above += b * uint32(i+1)
		}
	})
}

// first is the first record of a table, in a copy of it.
func first[T any](table *[]T) *T {
	*table = slices.Clone(*table)
	return &(*table)[0]
}

func network(x *compiled.Tables, family uint8) *uint8 {
	x.Networks = slices.Clone(x.Networks)
	i := slices.IndexFunc(x.Networks, func(n compiled.Network) bool { return n.Family == family })
	return &x.Networks[i].Bits
}

// TestUnitsLieSixteenAboveOneAnotherAtMost hangs a chain of them below the last.
func TestUnitsLieSixteenAboveOneAnotherAtMost(t *testing.T) {
	source := compiledRich(t)
	f := func(above int, good bool) {
		t.Helper()
		x, meta := source.Tables, source.Meta
		x.Units, x.Parents, x.UnitPlan = slices.Clone(x.Units), slices.Clone(x.Parents), slices.Clone(x.UnitPlan)
		lowest := uint32(0)
		for range above {
			x.Units, x.UnitPlan = append(x.Units, x.Units[0]), append(x.UnitPlan, x.UnitPlan[0])
			x.Parents = append(x.Parents, lowest)
			lowest = uint32(len(x.Parents) - 1)
		}
		if _, err := compiled.New(&x, &meta); (err == nil) != good {
			t.Errorf("a unit with %d above it: %v", above, err)
		}
	}
	f(compiled.MaxDepth-1, true)
	f(compiled.MaxDepth, false)
}
