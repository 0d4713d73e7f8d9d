package upstream

import (
	"math"
	"sync/atomic"
)

// average is an exponentially weighted moving average with the weight that
// RFC 6298 section 2 gives to a round-trip time: one eighth for the new value.
// The zero average is 0.
type average struct{ bits atomic.Uint64 }

func (a *average) value() float64 { return math.Float64frombits(a.bits.Load()) }

// blend adds the value v to the average.
func (a *average) blend(v float64) {
	for {
		old := a.bits.Load()
		was := math.Float64frombits(old)
		if a.bits.CompareAndSwap(old, math.Float64bits(was+(v-was)/8)) {
			return
		}
	}
}

// blendFromFirst adds v to the average, which becomes v if it is the first value.
// An average of 0 stands for no value.
func (a *average) blendFromFirst(v float64) {
	if a.bits.CompareAndSwap(0, math.Float64bits(v)) {
		return
	}
	a.blend(v)
}
