package blockpage

import (
	"net/netip"
	"sync"
	"time"
)

// Bounds of requests to open a name. A school behind one address is one visitor.
const (
	asksAnHour = 60
	asksADay   = 120
	mostAskers = 10_000 // addresses that are told apart; all are forgotten beyond
)

// askers counts the requests of this hour and of this day, by address. Only these
// are known, and none after a restart.
type askers struct {
	mu    sync.Mutex
	hour  time.Time               // mu
	day   time.Time               // mu
	asked map[netip.Prefix]*asked // mu
}

// asked is how often a visitor has asked.
type asked struct{ hour, day int }

// take counts one more request; false: the visitor has asked often enough.
func (a *askers) take(visitor netip.Addr, now time.Time) bool {
	bits := 32
	if visitor.Is6() {
		bits = 64
	}
	of, _ := visitor.Prefix(bits) // fits every valid address; the others are one visitor
	a.mu.Lock()
	defer a.mu.Unlock()
	if day := now.Truncate(24 * time.Hour); day != a.day || len(a.asked) >= mostAskers {
		a.day, a.asked = day, map[netip.Prefix]*asked{}
	}
	if hour := now.Truncate(time.Hour); hour != a.hour {
		a.hour = hour
		for _, n := range a.asked {
			n.hour = 0
		}
	}
	n := a.asked[of]
	if n == nil {
		n = &asked{}
		a.asked[of] = n
	}
	if n.hour >= asksAnHour || n.day >= asksADay {
		return false
	}
	n.hour++
	n.day++
	return true
}
