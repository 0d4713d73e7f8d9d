package compile

import (
	"encoding/binary"
	"slices"

	"lachan/policy/compiled"
)

// A layer is what a unit adds to decisions about its clients.
type layer struct {
	lock   Set   // tags that no unit below can unblock
	lists  Set   // feeds whose names the unit allows
	block  Set   // feeds whose names the unit blocks
	number int32 // equal layers have equal numbers
}

// noLayer is the number of no layer.
const noLayer = 0

// plans are the plans of all units; see compiled.Plan.
type plans struct {
	of     []uint32 // by unit
	list   []compiled.Plan
	rules  []int32
	layers []compiled.Layer
	timed  []compiled.TimedCode
}

// makePlans gives each unit its plan.
func (c *compiler) makePlans(order []uint32) {
	c.plans.of = make([]uint32, len(c.units))
	c.numberLayers()
	rules := make([][]int32, len(c.units))
	numbers := map[string]uint32{}
	var key []byte
	for _, u := range order {
		if above := c.parent[u]; above != compiled.NoUnit {
			rules[u] = rules[above]
		}
		if own := c.units[u].rules; len(own) > 0 {
			rules[u] = slices.Clone(rules[u])
			for _, r := range own {
				rules[u] = append(rules[u], r.Rule)
			}
		}
		key = c.planKey(key[:0], u, rules[u])
		number, ok := numbers[string(key)]
		if !ok {
			number = uint32(len(c.plans.list))
			numbers[string(key)] = number
			c.addPlan(u, rules[u])
		}
		c.plans.of[u] = number
	}
}

// numberLayers gives equal layers equal numbers.
func (c *compiler) numberLayers() {
	numbers := map[string]int32{}
	var key []byte
	for u, layer := range c.layers {
		key = appendSet(appendSet(appendSet(key[:0], layer.lock), layer.lists), layer.block)
		for _, e := range c.units[u].codes {
			key = append(key, e.Bit, e.Allow)
			key = binary.LittleEndian.AppendUint64(key, uint64(e.From))
			key = binary.LittleEndian.AppendUint64(key, uint64(e.Until))
		}
		if numbers[string(key)] == noLayer {
			numbers[string(key)] = int32(len(numbers) + 1)
		}
		layer.number = numbers[string(key)]
	}
}

// planKey is equal for units with the same plan.
func (c *compiler) planKey(key []byte, u uint32, rules []int32) []byte {
	unit := &c.units[u]
	for _, n := range append([]int32{unit.profile, unit.calendar, int32(len(rules))}, rules...) {
		key = binary.LittleEndian.AppendUint32(key, uint32(n))
	}
	up := uint8(0)
	for ; u != compiled.NoUnit; u = c.parent[u] {
		if layer := c.layers[u]; layer != nil {
			key = append(key, up)
			key = binary.LittleEndian.AppendUint32(key, uint32(layer.number))
		}
		up++
	}
	return key
}

// addPlan adds the plan of a unit.
func (c *compiler) addPlan(u uint32, rules []int32) {
	unit, p := &c.units[u], &c.plans
	plan := compiled.Plan{
		Profile: unit.profile, Calendar: unit.calendar,
		Rules:  compiled.Span{First: uint32(len(p.rules)), Count: uint32(len(rules))},
		Layers: compiled.Span{First: uint32(len(p.layers))},
		Timed:  compiled.Span{First: uint32(len(p.timed))},
	}
	p.rules = append(p.rules, rules...)
	up := uint8(0)
	for ; u != compiled.NoUnit; u = c.parent[u] {
		if layer := c.layers[u]; layer != nil {
			plan.Locked = plan.Locked.Or(layer.lock)
			p.addLayer(&plan, layer, up, c.units[u].codes)
		}
		up++
	}
	p.list = append(p.list, plan)
}

func (p *plans) addLayer(plan *compiled.Plan, layer *layer, up uint8, codes []compiled.CodeEntry) {
	l := compiled.Layer{Up: up, Lock: layer.lock, Lists: layer.lists, Block: layer.block}
	for _, e := range codes {
		if e.From == 0 && e.Until == compiled.Forever {
			l.Add(e.Bit, e.Allows())
			continue
		}
		p.timed = append(p.timed, compiled.TimedCode{
			Layer: uint8(plan.Layers.Count), Bit: e.Bit, Allow: e.Allow, From: e.From, Until: e.Until,
		})
		plan.Timed.Count++
	}
	p.layers = append(p.layers, l)
	plan.Layers.Count++
}

func appendSet(key []byte, s Set) []byte {
	for _, word := range s {
		key = binary.LittleEndian.AppendUint64(key, word)
	}
	return key
}
