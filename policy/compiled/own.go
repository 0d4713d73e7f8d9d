package compiled

import (
	"cmp"
	"slices"

	"lachan/blocklist/domain"
)

// An OwnEntry is a unit's or a profile's own word about a name and all below
// it.
type OwnEntry struct {
	From, Until int64  // Unix seconds: counts from From on, and no longer at Until
	Owner       uint32 // the unit; or, above all units, a profile (Profile.Owner)
	Note        uint32 // index into Tables.Notes
	Key         uint32 // index of its name
	LineAllow   uint32 // twice the line, see Line, and 1 if it allows
	During      uint32 // index into Meta.Timetables plus one: of a rule, it counts in that window only; 0: always
	_           [4]byte
}

// NewOwnEntry is an entry that always counts, without its name.
func NewOwnEntry(owner uint32, line int, allow bool) OwnEntry {
	e := OwnEntry{Until: Forever, Owner: owner, LineAllow: uint32(line) << 1}
	if allow {
		e.LineAllow |= 1
	}
	return e
}

// Line is where the entry is written: in the file of the unit, or in policy.yaml
// of a profile.
func (e *OwnEntry) Line() int { return int(e.LineAllow >> 1) }

// Counts reports whether the entry counts at a moment.
func (e *OwnEntry) Counts(now int64) bool { return e.From <= now && now < e.Until }

// Allows reports whether the entry allows its name.
func (e *OwnEntry) Allows() bool { return e.LineAllow&1 != 0 }

// OwnNames finds the own entries of all units for a name. Each name is in it
// once, however many units have it.
type OwnNames struct {
	Filter  []uint64 // one bit for each name, so that a suffix that is none costs one look
	Slots   []uint32 // slots of Keys by the upper half of their hash
	Keys    []OwnKey
	Wires   []byte
	Entries []OwnEntry // by name, then by owner
}

// An OwnKey is a name with entries.
type OwnKey struct {
	Hash         uint64
	Wire         uint32 // offset of the name's suffix form in Wires
	First, Count uint32 // its entries
	Above        uint32 // index plus one of the longest other name that it is below
	Size         uint8  // bytes of its suffix form
	_            [7]byte
}

// NoKey is the key of a name without entries.
const NoKey = -1

// Find returns the longest name with entries that n is at or below, or NoKey.
func (t *OwnNames) Find(n *domain.Name) int {
	return t.find(n, n.Labels())
}

func (t *OwnNames) find(n *domain.Name, labels int) int {
	if len(t.Keys) == 0 {
		return NoKey
	}
	mask := uint64(len(t.Filter)*64 - 1)
	for k := labels; k > 0; k-- {
		h := n.Hash(k)
		if at := h & mask; t.Filter[at>>6]>>(at&63)&1 == 0 {
			continue
		}
		if key := t.exact(h, n.Suffix(k)); key >= 0 {
			return key
		}
	}
	return NoKey
}

func (t *OwnNames) exact(hash uint64, wire []byte) int {
	mask := uint64(len(t.Slots) - 1)
	for at := hash >> 32 & mask; t.Slots[at] != 0; at = (at + 1) & mask {
		k := &t.Keys[t.Slots[at]-1]
		if k.Hash == hash && string(t.Wires[k.Wire:k.Wire+uint32(k.Size)]) == string(wire) {
			return int(t.Slots[at] - 1)
		}
	}
	return NoKey
}

// Of returns the range in Entries of an owner's entries for exactly the name of
// a key.
func (t *OwnNames) Of(key int, owner uint32) (first, end uint32) {
	k := &t.Keys[key]
	low, high := k.First, k.First+k.Count
	for low < high {
		if mid := (low + high) / 2; t.Entries[mid].Owner < owner {
			low = mid + 1
		} else {
			high = mid
		}
	}
	end = low
	for end < k.First+k.Count && t.Entries[end].Owner == owner {
		end++
	}
	return low, end
}

// Above is the longest other name with entries that the name of a key is below,
// or NoKey.
func (t *OwnNames) Above(key int) int { return int(t.Keys[key].Above) - 1 }

// NoEntry is the index of an entry that is not there.
const NoEntry = -1

// Judge returns the indexes of an owner's allow and block entries that count
// now for the name of a key or one above it, the longest name first; NoEntry
// where there is none. Those of rules do not count.
func (t *OwnNames) Judge(key int, owner uint32, now int64) (allow, block int32) {
	allow, block = NoEntry, NoEntry
	for ; key >= 0; key = t.Above(key) {
		first, end := t.Of(key, owner)
		for i := first; i < end; i++ {
			switch e := &t.Entries[i]; {
			case e.During != 0 || !e.Counts(now):
			case e.Allows() && allow < 0:
				allow = int32(i)
			case !e.Allows() && block < 0:
				block = int32(i)
			}
		}
	}
	return allow, block
}

// JudgeAt is Judge with the rules whose windows are open: if one of these says
// something of the name, it alone counts. Of several the one with the longest name
// does, and of those the last that is written.
func (t *OwnNames) JudgeAt(key int, owner uint32, now int64, open []bool) (allow, block int32) {
	for k := key; k >= 0; k = t.Above(k) {
		first, end := t.Of(k, owner)
		for i := int64(end) - 1; i >= int64(first); i-- {
			switch e := &t.Entries[i]; {
			case e.During == 0 || !open[e.During-1] || !e.Counts(now):
			case e.Allows():
				return int32(i), NoEntry
			default:
				return NoEntry, int32(i)
			}
		}
	}
	return t.Judge(key, owner, now)
}

// Name is the name of an entry in presentation form.
func (t *OwnNames) Name(entry int32) string {
	k := &t.Keys[t.Entries[entry].Key]
	return domain.Text(t.Wires[k.Wire : k.Wire+uint32(k.Size)])
}

// NameSize is how many bytes the suffix form of the name of an entry has: of two
// names that a third is below, the one with more is the longer.
func (t *OwnNames) NameSize(entry int32) uint8 { return t.Keys[t.Entries[entry].Key].Size }

// An OwnBuilder collects entries for OwnNames. The zero OwnBuilder is empty.
type OwnBuilder struct {
	keys    map[string]uint32 // canonical name -> index into names
	names   []string
	entries []OwnEntry
}

// Expect makes room for a number of entries, before the first.
func (b *OwnBuilder) Expect(entries int) { b.entries = make([]OwnEntry, 0, entries+entries/64) }

// Add adds an entry for a name, which must be canonical.
func (b *OwnBuilder) Add(name string, e OwnEntry) {
	key, known := b.keys[name]
	if !known {
		if b.keys == nil {
			b.keys = map[string]uint32{}
		}
		key = uint32(len(b.names))
		b.keys[name] = key
		b.names = append(b.names, name)
	}
	e.Key = key
	b.entries = append(b.entries, e)
}

// filterBits is the size of the filter for each name: about one suffix in
// sixteen to thirty-two that is no key costs a look into the slots.
const filterBits = 16

// Build lays the entries out.
func (b *OwnBuilder) Build() OwnNames {
	t := OwnNames{Keys: make([]OwnKey, len(b.names))}
	if len(b.names) == 0 {
		return OwnNames{}
	}
	t.Filter = make([]uint64, powerOfTwo(len(b.names)*filterBits/64))
	t.group(b.entries)
	var n domain.Name
	for i, name := range b.names {
		if n.SetText(name) == nil { // always: it is canonical
			t.place(i, &n)
		}
	}
	t.Slots = fillSlots(len(t.Keys), func(i int) uint64 { return t.Keys[i].Hash >> 32 })
	for i, name := range b.names {
		if n.SetText(name) == nil {
			t.Keys[i].Above = uint32(t.find(&n, n.Labels()-1) + 1)
		}
	}
	return t
}

// group takes in entries by their key, those of a key by owner, then by line. Most
// come in that order already, and only those of one key are compared.
func (t *OwnNames) group(entries []OwnEntry) {
	for i := range entries {
		t.Keys[entries[i].Key].Count++
	}
	next := make([]uint32, len(t.Keys)) // by key: where its next entry goes
	first := uint32(0)
	for i := range t.Keys {
		t.Keys[i].First, next[i] = first, first
		first += t.Keys[i].Count
	}
	t.Entries = make([]OwnEntry, len(entries))
	for i := range entries {
		key := entries[i].Key
		t.Entries[next[key]] = entries[i]
		next[key]++
	}
	order := func(a, b OwnEntry) int {
		return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Line(), b.Line()))
	}
	for i := range t.Keys {
		of := t.Entries[t.Keys[i].First:next[i]]
		if !slices.IsSortedFunc(of, order) {
			slices.SortStableFunc(of, order)
		}
	}
}

// place enters the name of a key.
func (t *OwnNames) place(key int, n *domain.Name) {
	wire := n.Suffix(n.Labels())
	h := n.Hash(n.Labels())
	k := &t.Keys[key]
	k.Hash, k.Wire, k.Size = h, uint32(len(t.Wires)), uint8(len(wire))
	t.Wires = append(t.Wires, wire...)
	bit := h & uint64(len(t.Filter)*64-1)
	t.Filter[bit>>6] |= 1 << (bit & 63)
}

// sound reports whether the tables can be read without further checks: all
// references are in range, and following names upwards ends.
func (t *OwnNames) sound() bool {
	sound := soundSlots(t.Slots, len(t.Keys)) && soundFilter(t.Filter, len(t.Keys))
	for i := range t.Keys {
		k := &t.Keys[i]
		if uint64(k.Wire)+uint64(k.Size) > uint64(len(t.Wires)) ||
			uint64(k.First)+uint64(k.Count) > uint64(len(t.Entries)) || uint64(k.Above) > uint64(len(t.Keys)) {
			return false
		}
		sound = sound && soundWire(t.Wires[k.Wire:k.Wire+uint32(k.Size)]) &&
			(k.Above == 0 || t.Keys[k.Above-1].Size < k.Size)
	}
	for i := range t.Entries {
		sound = sound && uint64(t.Entries[i].Key) < uint64(len(t.Keys))
	}
	return sound
}

// soundFilter reports whether the bits of a filter can be looked at.
func soundFilter(filter []uint64, keys int) bool {
	return len(filter)&(len(filter)-1) == 0 && (len(filter) > 0 || keys == 0)
}

// soundWire reports whether a suffix form consists of whole labels.
func soundWire(wire []byte) bool {
	for len(wire) > 0 {
		size := int(wire[0])
		if size == 0 || size > domain.MaxLabel || size >= len(wire) {
			return false
		}
		wire = wire[1+size:]
	}
	return true
}
