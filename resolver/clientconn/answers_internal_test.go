package clientconn

import "testing"

// TestTheLastQuarterOfTheRoomIsForSmallAnswers: up to a client's 8 KiB that it has yet to
// take; what is given back is free again, and without a bound there is always room.
func TestTheLastQuarterOfTheRoomIsForSmallAnswers(t *testing.T) {
	limits := Limits{AnswerBytes: 100_000}
	l := NewLimiter(func() *Limits { return &limits }, nil)
	f := func(n, answers int, want bool, held int64) {
		t.Helper()
		if ok := l.Hold(n, answers); ok != want || l.Held() != held {
			t.Errorf("%d bytes of a client with %d: %v, held %d; want %v, %d", n, answers, ok, l.Held(), want, held)
		}
	}
	f(75_000, 75_000, true, 75_000)
	f(1, smallAnswer+1, false, 75_000)
	f(25_000, smallAnswer, true, 100_000)
	f(1, 1, false, 100_000)
	l.Release(25_001)
	f(1, smallAnswer+1, true, 75_000)
	f(1, smallAnswer+1, false, 75_000)
	limits.AnswerBytes = 0
	f(1<<30, 1<<30, true, 75_000+1<<30)
	l.Release(75_000 + 1<<30)
	f(0, 0, true, 0)
}
