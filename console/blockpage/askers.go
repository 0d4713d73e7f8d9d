package blockpage

import (
	"net/netip"
	"sync"
	"time"
)

// Bounds of requests to open a name. A school behind one address is one visitor.
const (
	asksAnHour = 60
	mostAskers = 10_000 // addresses that are told apart; all are forgotten beyond
)

// askers counts the requests of this hour, by address. Only this hour's are
// known, and none after a restart.
type askers struct {
	mu    sync.Mutex
	hour  time.Time            // mu
	asked map[netip.Prefix]int // mu
}

// take counts one more request; false: the visitor has asked often enough.
func (a *askers) take(visitor netip.Addr, now time.Time) bool {
	bits := 32
	if visitor.Is6() {
		bits = 64
	}
	of, _ := visitor.Prefix(bits) // fits every valid address; the others are one visitor
	a.mu.Lock()
	defer a.mu.Unlock()
	if hour := now.Truncate(time.Hour); hour != a.hour || len(a.asked) >= mostAskers {
		a.hour, a.asked = hour, map[netip.Prefix]int{}
	}
	a.asked[of]++
	return a.asked[of] <= asksAnHour
}
