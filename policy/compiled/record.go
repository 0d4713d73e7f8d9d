package compiled

import (
	"math"
	"net/netip"
)

// NoUnit stands where a unit has no parent.
const NoUnit = ^uint32(0)

// MaxDepth bounds how many units lie above one another.
const MaxDepth = 16

// Forever is the end of what has none, in Unix seconds.
const Forever = math.MaxInt64

// Tables are what grows with the number of units. A unit is known by its index
// in Units; unit 0 is none of policy.yaml: it stands for the clients that no
// unit claims.
type Tables struct {
	Strings  []byte
	Units    []Unit
	Parents  []uint32 // by unit; NoUnit of the top
	UnitPlan []uint32 // by unit: index into Plans
	IDs      []uint32 // slots of Units by id, see slots.go

	UnitRules []UnitRule
	Codes     []CodeEntry
	Contacts  []Text
	Locks     []Lock // by unit, then tag

	Networks    []Network
	Devices     []Device
	DeviceSlots []uint32 // slots of Devices by name
	Links       []Secret // by digest
	Tokens      []Secret // by digest
	Sessions    []Secret // what access servers call lines, by digest

	Rules     []Rule
	Plans     []Plan
	PlanRules []int32
	Layers    []Layer
	Timed     []TimedCode

	Notes []Note // the first is empty
	Own   OwnNames
}

const tableCount = 26

// columns are the tables in the order of the file.
func (t *Tables) columns() [tableCount]column {
	return [...]column{
		records[byte]{&t.Strings},
		records[Unit]{&t.Units}, records[uint32]{&t.Parents}, records[uint32]{&t.UnitPlan}, records[uint32]{&t.IDs},
		records[UnitRule]{
			&t.UnitRules,
		}, records[CodeEntry]{&t.Codes}, records[Text]{&t.Contacts}, records[Lock]{&t.Locks},
		records[Network]{&t.Networks}, records[Device]{&t.Devices}, records[uint32]{&t.DeviceSlots},
		records[Secret]{&t.Links}, records[Secret]{&t.Tokens}, records[Secret]{&t.Sessions},
		records[Rule]{&t.Rules}, records[Plan]{&t.Plans}, records[int32]{&t.PlanRules}, records[Layer]{&t.Layers},
		records[TimedCode]{&t.Timed},
		records[Note]{&t.Notes},
		records[uint64]{&t.Own.Filter}, records[uint32]{&t.Own.Slots}, records[OwnKey]{&t.Own.Keys},
		records[byte]{&t.Own.Wires}, records[OwnEntry]{&t.Own.Entries},
	}
}

func (t *Tables) encode() [][]byte {
	var content [][]byte
	for _, c := range t.columns() {
		content = append(content, c.encode())
	}
	return content
}

func (t *Tables) decode(content [][]byte) error {
	for i, c := range t.columns() {
		if err := c.decode(content[i]); err != nil {
			return err
		}
	}
	return nil
}

// A Text is a string: so many bytes of Tables.Strings.
type Text struct{ At, Size uint32 }

// Text is a copy of a string of the tables.
func (t *Tables) Text(s Text) string { return string(t.Strings[s.At : s.At+s.Size]) }

// A Span is a run of records of another table.
type Span struct{ First, Count uint32 }

// of are the records of a span.
func of[T any](table []T, s Span) []T { return table[s.First : s.First+s.Count] }

// A Unit is a node of the tree.
type Unit struct {
	ID          Text // of a group: SCHOOL/GROUP
	Name        Text
	Code        Text // in the ministry's database
	Type        Text
	Level       Text // code, "primary"; empty where the unit names none
	Link        Text // its first link id
	File        Text // in which it is written
	Rules       Span // of UnitRules
	Codes       Span
	Contacts    Span // if empty, the contacts of the nearest unit above that has some hold
	Line        int32
	Profile     int32
	ProfileFrom uint32 // the unit that named the profile, or whose level chose it
	Calendar    int32
	Students    uint32 // 0 if not known
	Kind        uint8  // source.Kind; 0 of unit 0
	_           [3]byte
}

// A UnitRule is a rule with the line it is written on.
type UnitRule struct {
	Rule int32
	Line int32
}

// A CodeEntry is a unit's own entry for a category or service.
type CodeEntry struct {
	From, Until int64 // as of OwnEntry
	Note        uint32
	Line        int32
	Bit         uint8
	Allow       uint8 // 1: it allows, 0: it blocks
	_           [2]byte
	Decision    uint32 // number of the decision that it is; 0: it is written on Line
}

// Counts reports whether the entry counts at a moment.
func (e *CodeEntry) Counts(now int64) bool { return e.From <= now && now < e.Until }

// Allows reports whether the entry allows what it names.
func (e *CodeEntry) Allows() bool { return e.Allow != 0 }

// A Lock is the line on which a unit locks a tag.
type Lock struct {
	Unit uint32
	Line int32
	Bit  uint32
}

// A Network is a prefix whose clients are a unit's.
type Network struct {
	Addr   [16]byte // of IPv4 the first four
	Unit   uint32
	Bits   uint8
	Family uint8 // 4 or 6
	_      [2]byte
}

// NetworkOf is the record of a prefix.
func NetworkOf(p netip.Prefix, unit uint32) Network {
	n := Network{Unit: unit, Bits: uint8(p.Bits()), Family: 6}
	if p.Addr().Is4() {
		n.Family = 4
	}
	copy(n.Addr[:], p.Addr().AsSlice())
	return n
}

// Prefix is the prefix.
func (n *Network) Prefix() netip.Prefix {
	if n.Family == 4 {
		return netip.PrefixFrom(netip.AddrFrom4([4]byte(n.Addr[:4])), int(n.Bits))
	}
	return netip.PrefixFrom(netip.AddrFrom16(n.Addr), int(n.Bits))
}

// A Device is a client by the name that its forwarder gives it.
type Device struct {
	Name Text
	Unit uint32
}

// Names of devices begin with what kind of name they are.
const (
	MACPrefix = "mac:"
	CPEPrefix = "cpe:"
)

// A Secret is a link id, a token or what an access server calls a line, by its SHA-256.
type Secret struct {
	Digest [32]byte
	Unit   uint32
}

// A Rule is a change of what is blocked during a timetable.
type Rule struct {
	Block   Set
	Allow   Set
	During  int32 // index into Meta.Timetables
	Profile int32 // that takes the place of the profile for the time, or NoProfile
}

// NoProfile is the profile of a rule that changes none.
const NoProfile = -1

// A Plan is all that decides what a group may do at a moment, but for the own
// entries for names. Groups that differ in nothing else share one: a country of
// schools has a handful, and what holds in a minute is worked out for each plan,
// not for each group.
type Plan struct {
	Locked   Set // at the group's unit and all above it
	Profile  int32
	Calendar int32
	Rules    Span // of PlanRules: those of the units, from the top down
	Layers   Span
	Timed    Span // entries for categories and services that come and go
}

// PlanRulesOf are indexes into Rules.
func (t *Tables) PlanRulesOf(p *Plan) []int32 { return of(t.PlanRules, p.Rules) }

// LayersOf are the units above (or at) a group of a plan that add something to
// the judgment of names, the nearest first.
func (t *Tables) LayersOf(p *Plan) []Layer { return of(t.Layers, p.Layers) }

// TimedOf are the entries of a plan that count for some time only.
func (t *Tables) TimedOf(p *Plan) []TimedCode { return of(t.Timed, p.Timed) }

// A Layer is what a unit above (or at) a group adds.
type Layer struct {
	Lock         Set // tags that no unit below can unblock
	Lists        Set // feeds whose names are allowed
	Allow, Block Set
	Up           uint8 // how many units up from the group
	_            [7]byte
}

// Add adds a category or service that the unit allows or blocks itself.
func (l *Layer) Add(bit uint8, allow bool) {
	if allow {
		l.Allow[bit>>6] |= 1 << (bit & 63)
	} else {
		l.Block[bit>>6] |= 1 << (bit & 63)
	}
}

// A TimedCode is an entry of a layer that counts for some time only.
type TimedCode struct {
	From, Until int64
	Layer       uint8 // index into the plan's layers
	Bit         uint8
	Allow       uint8
	_           [5]byte
}

// Counts reports whether the entry counts at a moment.
func (e *TimedCode) Counts(now int64) bool { return e.From <= now && now < e.Until }

// Allows reports whether the entry allows what it names.
func (e *TimedCode) Allows() bool { return e.Allow != 0 }

// A Note is what people wrote down beside an entry.
type Note struct{ Who, Why, Document Text }
