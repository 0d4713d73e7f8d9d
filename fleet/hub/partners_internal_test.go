package hub

import (
	"context"
	"testing"
	"time"
)

// TestAttemptsOfHubsGrow: each has longer than the one before, up to a bound, and leaves its first
// question time for others.
func TestAttemptsOfHubsGrow(t *testing.T) {
	most := partnersTime
	for range 10 {
		next := longer(most)
		if next <= most && most != partnersMost || next > partnersMost {
			t.Fatalf("%v after %v", next, most)
		}
		ctx, cancel := context.WithTimeout(t.Context(), next)
		question, end := part(ctx)
		until, ok := question.Deadline()
		if left := time.Until(until); !ok || left > next/2 || left < next/4-time.Second {
			t.Errorf("a question may take %v of %v", left, next)
		}
		end()
		cancel()
		most = next
	}
	if most != partnersMost {
		t.Errorf("the last has %v", most)
	}
	question, end := part(t.Context())
	defer end()
	if until, ok := question.Deadline(); !ok || time.Until(until) > partnersTime {
		t.Error("a question of no attempt may take for ever")
	}
}
