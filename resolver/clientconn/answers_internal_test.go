package clientconn

import (
	"errors"
	"net"
	"sync"
	"testing"
	"time"
)

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

// A taker is a connection that remembers what is written, each time.
type taker struct {
	net.Conn
	mu       sync.Mutex
	writes   []string
	deadline time.Time
	fails    error
}

func (k *taker) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.writes = append(k.writes, string(p))
	return len(p), k.fails
}

func (k *taker) SetWriteDeadline(at time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.deadline = at
	return nil
}

func (k *taker) all() (text string, times int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, w := range k.writes {
		text += w
	}
	return text, len(k.writes)
}

// TestWhatIsGatheredIsWrittenOnce: in order, at the latest when there is more than may be
// gathered, and nothing is written of nothing.
func TestWhatIsGatheredIsWrittenOnce(t *testing.T) {
	k := &taker{}
	b := NewCoalescing(&Conn{Conn: k}, time.Minute)
	b.flush()
	if _, times := k.all(); times != 0 {
		t.Errorf("of nothing there are %d writes", times)
	}
	for _, part := range []string{"a", "b", "c"} {
		if n, err := b.Write([]byte(part)); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	b.flush()
	b.flush()
	if text, times := k.all(); text != "abc" || times > 3 {
		t.Errorf("%q in %d writes", text, times)
	}
	k.mu.Lock()
	deadline := k.deadline
	k.mu.Unlock()
	if left := time.Until(deadline); left < 50*time.Second || left > time.Minute {
		t.Errorf("the client has %s to take it", left)
	}
	large := make([]byte, maxGathered)
	for range 3 {
		if n, err := b.Write(large); n != len(large) || err != nil {
			t.Fatal(n, err)
		}
	}
	b.mu.Lock()
	if len(b.gathered) > maxGathered {
		t.Errorf("%d bytes are gathered", len(b.gathered))
	}
	b.mu.Unlock()
	b.flush()
	if text, _ := k.all(); len(text) != 3+3*maxGathered {
		t.Errorf("%d bytes are written", len(text))
	}
	b.flushing.Lock()
	defer b.flushing.Unlock()
	if cap(b.spare) > maxSpare {
		t.Errorf("a buffer of %d bytes is kept", cap(b.spare))
	}
}

// TestAfterAWriteThatFailedNothingIsWritten, and whoever writes gets its error.
func TestAfterAWriteThatFailedNothingIsWritten(t *testing.T) {
	cause := errors.New("connection reset")
	k := &taker{fails: cause}
	b := NewCoalescing(&Conn{Conn: k}, time.Minute)
	if _, err := b.Write([]byte("a")); err != nil {
		t.Fatal(err)
	}
	b.flush()
	for range 3 {
		if n, err := b.Write([]byte("b")); n != 0 || !errors.Is(err, cause) {
			t.Errorf("%d: %v", n, err)
		}
		b.flush()
	}
	if text, times := k.all(); text != "a" || times != 1 {
		t.Errorf("%q in %d writes", text, times)
	}
}
