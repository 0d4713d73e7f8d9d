package compile

import (
	"slices"

	"lachan/policy/compiled"
)

// checkLocks reports where a unit allows a category or service that it or a
// unit above it has locked. Nothing lifts a lock, so the allow has no effect, and
// its author should know.
func (c *compiler) checkLocks(u uint32) {
	unit := &c.units[u]
	for i := range unit.codes {
		if e := &unit.codes[i]; e.Allows() && e.Decision == 0 { // a decision is void by a lock that comes later
			c.checkLocked(u, unit.file, int(e.Line), e.Bit)
		}
	}
	for _, r := range unit.rules {
		for bit := range c.ruleList[r.Rule].Allow.Each {
			c.checkLocked(u, unit.file, int(r.Line), uint8(bit))
		}
	}
}

func (c *compiler) checkLocked(u uint32, file string, line int, allowed uint8) {
	for ; u != compiled.NoUnit; u = c.parent[u] {
		if c.layers[u] == nil {
			continue
		}
		if both := c.layers[u].lock.And(c.tags.All[allowed].Unblocks); !both.Empty() {
			bit := uint8(both.First())
			c.fail(file, line, TextAllowLocked.With(c.tags.All[allowed].Named(), c.tags.All[bit].Named(),
				c.units[u].id, c.lockPlace(u, bit)))
			return
		}
	}
}

// lockPlace is where a unit's lock of a tag is written: in its own text, or in
// the configuration of the feed.
func (c *compiler) lockPlace(unit uint32, bit uint8) string {
	i := slices.IndexFunc(c.locks, func(l compiled.Lock) bool { return l.Unit == unit && l.Bit == uint32(bit) })
	if i >= 0 {
		return place(c.units[unit].file, int(c.locks[i].Line))
	}
	feed := c.feeds[c.tags.All[bit].Code]
	return place(feed.File, feed.Line)
}
