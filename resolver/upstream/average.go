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

// blend takes v in.
func (a *average) blend(v float64) {
	for {
		old := a.bits.Load()
		was := math.Float64frombits(old)
		if a.bits.CompareAndSwap(old, math.Float64bits(was+(v-was)/8)) {
			return
		}
	}
}

// blendFromFirst takes v in, and as it is when it is the first value; 0 stands
// for none.
func (a *average) blendFromFirst(v float64) {
	if a.bits.CompareAndSwap(0, math.Float64bits(v)) {
		return
	}
	a.blend(v)
}
