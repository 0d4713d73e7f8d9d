package policy

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"lachan/blocklist/domain"
)

// An ownEntry is a unit's or a profile's own word about a name and all below
// it.
type ownEntry struct {
	from, until int64  // Unix seconds: counts from `from` on, and no longer at `until`
	owner       uint32 // the unit; or, above all units, a profile (see profile.owner)
	note        uint32 // index into Policy.notes
	line        int32  // in the file of the unit, or in policy.yaml of a profile
	key         uint32 // index of its name
	allow       bool
}

const forever = math.MaxInt64

func (e *ownEntry) counts(now int64) bool { return e.from <= now && now < e.until }

// A note is what people wrote down beside an entry.
type note struct{ who, why, document string }

// ownNames finds the own entries of all units for a name. Each name stands in
// it once, however many units have it. It is immutable.
type ownNames struct {
	filter  []uint64 // one bit for each name, so that a suffix that is none costs one look
	slots   []uint32 // open addressing: index into keys, plus one
	keys    []ownKey
	wires   []byte
	entries []ownEntry // by name, then by owner
}

type ownKey struct {
	hash         uint64
	wire         uint32 // offset of the name's suffix form in wires
	first, count uint32 // its entries
	above        uint32 // index plus one of the longest other name that it is below
	size         uint8  // octets of wire
}

// noKey is what find returns for a name that nobody has an entry for.
const noKey = -1

// find returns the longest name with entries that n is at or below, or noKey.
func (t *ownNames) find(n *domain.Name) int {
	return t.findFrom(n, n.Labels())
}

func (t *ownNames) findFrom(n *domain.Name, labels int) int {
	if len(t.keys) == 0 {
		return noKey
	}
	mask := uint64(len(t.filter)*64 - 1)
	for k := labels; k > 0; k-- {
		h := n.Hash(k)
		if at := h & mask; t.filter[at>>6]>>(at&63)&1 == 0 {
			continue
		}
		if key := t.exact(h, n.Suffix(k)); key >= 0 {
			return key
		}
	}
	return noKey
}

func (t *ownNames) exact(hash uint64, wire []byte) int {
	mask := uint64(len(t.slots) - 1)
	for at := hash >> 32 & mask; t.slots[at] != 0; at = (at + 1) & mask {
		k := &t.keys[t.slots[at]-1]
		if k.hash == hash && string(t.wires[k.wire:k.wire+uint32(k.size)]) == string(wire) {
			return int(t.slots[at] - 1)
		}
	}
	return noKey
}

// of returns the range in entries of those of an owner for exactly the name of
// a key.
func (t *ownNames) of(key int, owner uint32) (first, end uint32) {
	k := &t.keys[key]
	low, high := k.first, k.first+k.count
	for low < high {
		if mid := (low + high) / 2; t.entries[mid].owner < owner {
			low = mid + 1
		} else {
			high = mid
		}
	}
	end = low
	for end < k.first+k.count && t.entries[end].owner == owner {
		end++
	}
	return low, end
}

// noEntry is the index of an entry that is not there.
const noEntry = -1

// judge returns the indexes of an owner's allow and block entries that count
// now for the name of a key or one above it, the longest name first; noEntry
// where there is none.
func (t *ownNames) judge(key int, owner uint32, now int64) (allow, block int32) {
	allow, block = noEntry, noEntry
	for ; key >= 0; key = int(t.keys[key].above) - 1 {
		first, end := t.of(key, owner)
		for i := first; i < end; i++ {
			switch e := &t.entries[i]; {
			case !e.counts(now):
			case e.allow && allow < 0:
				allow = int32(i)
			case !e.allow && block < 0:
				block = int32(i)
			}
		}
	}
	return allow, block
}

// name is the name of an entry in presentation form.
func (t *ownNames) name(entry int32) string {
	k := &t.keys[t.entries[entry].key]
	return domain.Text(t.wires[k.wire : k.wire+uint32(k.size)])
}

// ownBuilder collects entries for ownNames.
type ownBuilder struct {
	keys    map[string]uint32 // canonical name -> index into names
	names   []string
	entries []ownEntry
}

func (b *ownBuilder) add(name string, e ownEntry) {
	key, known := b.keys[name]
	if !known {
		key = uint32(len(b.names))
		b.keys[name] = key
		b.names = append(b.names, name)
	}
	e.key = key
	b.entries = append(b.entries, e)
}

// filterBits is the size of the filter for each name: about one suffix in
// sixteen to thirty-two that is not there is looked up in vain.
const filterBits = 16

func (b *ownBuilder) build() *ownNames {
	t := &ownNames{entries: b.entries, keys: make([]ownKey, len(b.names))}
	if len(b.names) == 0 {
		return t
	}
	t.slots = make([]uint32, powerOfTwo(2*len(b.names)))
	t.filter = make([]uint64, powerOfTwo(len(b.names)*filterBits/64))
	slices.SortFunc(t.entries, func(a, b ownEntry) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.owner, b.owner), cmp.Compare(a.line, b.line))
	})
	for i := range t.entries {
		k := &t.keys[t.entries[i].key]
		if k.count == 0 {
			k.first = uint32(i)
		}
		k.count++
	}
	var n domain.Name
	for i, name := range b.names {
		if n.SetText(name) == nil { // it is canonical
			t.place(i, &n)
		}
	}
	for i, name := range b.names {
		if n.SetText(name) == nil {
			t.keys[i].above = uint32(t.findFrom(&n, n.Labels()-1) + 1)
		}
	}
	return t
}

// place enters the name of a key into the table.
func (t *ownNames) place(key int, n *domain.Name) {
	wire := n.Suffix(n.Labels())
	h := n.Hash(n.Labels())
	k := &t.keys[key]
	k.hash, k.wire, k.size = h, uint32(len(t.wires)), uint8(len(wire))
	t.wires = append(t.wires, wire...)
	bit := h & uint64(len(t.filter)*64-1)
	t.filter[bit>>6] |= 1 << (bit & 63)
	mask := uint64(len(t.slots) - 1)
	at := h >> 32 & mask
	for t.slots[at] != 0 {
		at = (at + 1) & mask
	}
	t.slots[at] = uint32(key + 1)
}

func powerOfTwo(atLeast int) int { return 1 << bits.Len(uint(max(atLeast, 1)-1)) }
