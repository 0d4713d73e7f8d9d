package upstream

import (
	"context"
	"testing"
	"time"
)

// A member that has lost fifty races in a row is asked by itself whether it is there; a
// reply begins the count anew.
func TestAMemberThatLosesFiftyRacesIsProbed(t *testing.T) {
	m := &Member{probeNow: make(chan struct{}, 1)}
	lose := func(times int) {
		for range times {
			m.record(nil, context.Canceled, time.Millisecond)
		}
	}
	asked := func() bool {
		select {
		case <-m.probeNow:
			return true
		default:
			return false
		}
	}
	if lose(49); asked() {
		t.Error("after 49")
	}
	if lose(1); !asked() {
		t.Error("not after 50")
	}
	lose(49)
	m.record(make([]byte, 12), nil, time.Millisecond)
	if lose(49); asked() {
		t.Error("a reply does not count")
	}
}
