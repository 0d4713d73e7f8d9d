package compiled

import (
	"bytes"
	"cmp"
	"math/bits"
	"slices"

	"lachan/blocklist/domain"
)

// Slots are a hash table with open addressing: a power of two of numbers, each
// the index of a record plus one, or 0. A key is looked for from its hash on
// until a 0. At most half of them are used.

// fillSlots makes the slots of so many records.
func fillSlots(count int, hash func(i int) uint64) []uint32 {
	if count == 0 {
		return nil
	}
	slots := make([]uint32, powerOfTwo(2*count))
	mask := uint64(len(slots) - 1)
	for i := range count {
		at := hash(i) & mask
		for slots[at] != 0 {
			at = (at + 1) & mask
		}
		slots[at] = uint32(i + 1)
	}
	return slots
}

// soundSlots reports whether looking for a key ends, and at a record.
func soundSlots(slots []uint32, records int) bool {
	if len(slots) == 0 {
		return records == 0
	}
	free := false
	for _, slot := range slots {
		free = free || slot == 0
		if uint64(slot) > uint64(records) {
			return false
		}
	}
	return free && len(slots)&(len(slots)-1) == 0
}

func powerOfTwo(atLeast int) int { return 1 << bits.Len(uint(max(atLeast, 1)-1)) }

// Index puts units, devices, secrets and locks in the order in which they are
// looked up.
func (t *Tables) Index() {
	named := func(s Text) uint64 { return domain.HashBytes(t.Strings[s.At : s.At+s.Size]) }
	t.IDs = fillSlots(len(t.Units), func(i int) uint64 { return named(t.Units[i].ID) })
	t.DeviceSlots = fillSlots(len(t.Devices), func(i int) uint64 { return named(t.Devices[i].Name) })
	byDigest := func(a, b Secret) int { return bytes.Compare(a.Digest[:], b.Digest[:]) }
	slices.SortFunc(t.Links, byDigest)
	slices.SortFunc(t.Tokens, byDigest)
	slices.SortFunc(t.Sessions, byDigest)
	slices.SortFunc(t.Locks, compareLocks)
}

// Unit finds a unit by its id. Unit 0 has none.
func (t *Tables) Unit(id string) (unit uint32, ok bool) {
	if len(t.IDs) == 0 || id == "" {
		return 0, false
	}
	mask := uint64(len(t.IDs) - 1)
	for at := domain.HashBytes([]byte(id)) & mask; t.IDs[at] != 0; at = (at + 1) & mask {
		if s := t.Units[t.IDs[at]-1].ID; string(t.Strings[s.At:s.At+s.Size]) == id {
			return t.IDs[at] - 1, true
		}
	}
	return 0, false
}

// Device finds the unit of a device by the device's name.
func (t *Tables) Device(name string) (unit uint32, ok bool) {
	if len(t.DeviceSlots) == 0 {
		return 0, false
	}
	mask := uint64(len(t.DeviceSlots) - 1)
	for at := domain.HashBytes([]byte(name)) & mask; t.DeviceSlots[at] != 0; at = (at + 1) & mask {
		d := &t.Devices[t.DeviceSlots[at]-1]
		if string(t.Strings[d.Name.At:d.Name.At+d.Name.Size]) == name {
			return d.Unit, true
		}
	}
	return 0, false
}

// UnitOf finds the unit of a secret by the secret's digest, in Links, Tokens or Sessions.
func UnitOf(secrets []Secret, digest [32]byte) (unit uint32, ok bool) {
	i, ok := slices.BinarySearchFunc(secrets, digest, func(s Secret, digest [32]byte) int {
		return bytes.Compare(s.Digest[:], digest[:])
	})
	if !ok {
		return 0, false
	}
	return secrets[i].Unit, true
}

// lockLine is the line on which a unit locks a tag itself.
func (t *Tables) lockLine(unit uint32, bit uint8) (line int, ok bool) {
	i, ok := slices.BinarySearchFunc(t.Locks, Lock{Unit: unit, Bit: uint32(bit)}, compareLocks)
	if !ok {
		return 0, false
	}
	return int(t.Locks[i].Line), true
}

func compareLocks(a, b Lock) int {
	return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Bit, b.Bit))
}
