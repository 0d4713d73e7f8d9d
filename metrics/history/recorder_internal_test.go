package history

import (
	"testing"
	"time"

	"lachan/metrics"
)

// TestAClockBehindHistoryIsTold ticks with a clock that goes back and is right again.
func TestAClockBehindHistoryIsTold(t *testing.T) {
	var conditions metrics.Conditions
	aggregator := metrics.NewAggregator("nut-1", metrics.BuildInfo{})
	p := writerState{Recorder: NewRecorder(t.TempDir(), aggregator, &conditions, Options{})}
	p.open(t.Context())
	defer p.close()
	noon := time.Date(2026, 9, 7, 12, 0, 0, 0, time.UTC)
	f := func(at time.Time, want bool) {
		t.Helper()
		p.tick(t.Context(), at)
		list := conditions.List()
		if got := len(list) == 1 && list[0].Name == ConditionClock; got != want || len(list) > 1 {
			t.Errorf("at %s: %v", at, list)
		}
	}
	f(noon, false)
	f(noon.Add(-time.Minute+time.Second), false) // a minute is nothing
	f(noon.Add(-2*time.Minute), true)
	f(noon.Add(-time.Hour), true)
	f(noon.Add(time.Second), false)
}
