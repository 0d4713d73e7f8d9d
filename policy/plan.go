package policy

import (
	"encoding/binary"
	"slices"
)

// A plan is all that decides what a group may do at a moment, but for the own
// entries for names. Groups that differ in nothing else share one: a country of
// schools has a handful, and a minute is compiled for each plan, not for each
// group.
type plan struct {
	profile  int32
	calendar int32
	rules    []int32 // of the units, from the top down
	locked   Set     // at the group's unit and all above it
	layers   []layerMask
	timed    []timedCode // entries for categories and services that come and go
}

// A layer is what a unit adds to the judgment of the names of its clients.
type layer struct {
	lock   Set   // tags that nobody can lift
	lists  Set   // feeds whose names the unit allows
	block  Set   // feeds whose names the unit blocks
	number int32 // equal layers have equal numbers
}

// A layerMask is the layer of a unit above (or at) a group at a moment.
type layerMask struct {
	up           uint8 // how many units up from the group
	lock         Set
	lists        Set // allowed as if by name
	allow, block Set
}

// A timedCode is an entry of a layer that counts for some time only.
type timedCode struct {
	layer       uint8 // index into plan.layers
	bit         uint8
	allow       bool
	from, until int64
}

// noLayer is the layer of a unit that adds nothing.
const noLayer = 0

// makePlans gives each unit its plan.
func (l *loader) makePlans(order []uint32) {
	p := l.policy
	p.plan = make([]uint32, len(p.units))
	l.numberLayers()
	rules := make([][]int32, len(p.units))
	numbers := map[string]uint32{}
	var key []byte
	for _, u := range order {
		if above := p.parent[u]; above != noUnit {
			rules[u] = rules[above]
		}
		if own := p.units[u].rules; len(own) > 0 {
			rules[u] = slices.Clone(rules[u])
			for _, r := range own {
				rules[u] = append(rules[u], r.rule)
			}
		}
		key = l.planKey(key[:0], u, rules[u])
		number, ok := numbers[string(key)]
		if !ok {
			number = uint32(len(p.plans))
			numbers[string(key)] = number
			p.plans = append(p.plans, l.newPlan(u, rules[u]))
		}
		p.plan[u] = number
	}
}

// numberLayers gives equal layers equal numbers.
func (l *loader) numberLayers() {
	numbers := map[string]int32{}
	var key []byte
	for u, layer := range l.layers {
		key = appendSet(appendSet(appendSet(key[:0], layer.lock), layer.lists), layer.block)
		for _, e := range l.policy.units[u].codes {
			key = append(key, e.bit, 0)
			if e.allow {
				key[len(key)-1] = 1
			}
			key = binary.LittleEndian.AppendUint64(key, uint64(e.from))
			key = binary.LittleEndian.AppendUint64(key, uint64(e.until))
		}
		if numbers[string(key)] == noLayer {
			numbers[string(key)] = int32(len(numbers) + 1)
		}
		layer.number = numbers[string(key)]
	}
}

// planKey is the same for units whose clients are judged alike.
func (l *loader) planKey(key []byte, u uint32, rules []int32) []byte {
	unit := &l.policy.units[u]
	for _, n := range append([]int32{unit.profile, unit.calendar, int32(len(rules))}, rules...) {
		key = binary.LittleEndian.AppendUint32(key, uint32(n))
	}
	up := uint8(0)
	for ; u != noUnit; u = l.policy.parent[u] {
		if layer := l.layers[u]; layer != nil {
			key = append(key, up)
			key = binary.LittleEndian.AppendUint32(key, uint32(layer.number))
		}
		up++
	}
	return key
}

func (l *loader) newPlan(u uint32, rules []int32) plan {
	unit := &l.policy.units[u]
	pl := plan{profile: unit.profile, calendar: unit.calendar, rules: rules}
	up := uint8(0)
	for ; u != noUnit; u = l.policy.parent[u] {
		if layer := l.layers[u]; layer != nil {
			pl.locked = pl.locked.Or(layer.lock)
			pl.addLayer(layer, up, l.policy.units[u].codes)
		}
		up++
	}
	return pl
}

func (pl *plan) addLayer(layer *layer, up uint8, codes []codeEntry) {
	m := layerMask{up: up, lock: layer.lock, lists: layer.lists, block: layer.block}
	for _, e := range codes {
		if e.from == 0 && e.until == forever {
			m.add(e.bit, e.allow)
		} else {
			pl.timed = append(pl.timed, timedCode{uint8(len(pl.layers)), e.bit, e.allow, e.from, e.until})
		}
	}
	pl.layers = append(pl.layers, m)
}

func (m *layerMask) add(bit uint8, allow bool) {
	if allow {
		m.allow[bit>>6] |= 1 << (bit & 63)
	} else {
		m.block[bit>>6] |= 1 << (bit & 63)
	}
}

func appendSet(key []byte, s Set) []byte {
	for _, word := range s {
		key = binary.LittleEndian.AppendUint64(key, word)
	}
	return key
}
