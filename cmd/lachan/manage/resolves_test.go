package manage

import (
	"log/slog"
	"testing"
	"time"

	"lachan/cmd/lachan/inforce"
	"lachan/internal/message"
	"lachan/metrics"
	"lachan/policy"
)

// What there is to go back to is what was in force before the newest lists,
// policy or settings: not the newest itself, when it was used and then made
// trouble, and not the same under another number.
func TestThereIsSomethingToGoBackTo(t *testing.T) {
	ours, theirs, err := message.Pair()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := message.New(ours)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	resolve, err := message.New(theirs)
	if err != nil {
		t.Fatal(err)
	}
	defer resolve.Close()
	r := &resolves{
		shared: &shared{log: slog.New(slog.DiscardHandler), conditions: &metrics.Conditions{}, policy: noPolicy(t)},
		used:   func(time.Time) {},
	}
	r.decided = newDecided(r.shared)
	p := &peer{conn: conn}
	answered := func(id, lists uint64, failure string) {
		t.Helper()
		r.use = inforce.Use{ID: id, ListsSerial: lists}
		m, err := message.JSON(message.Used, inforce.Used{ID: id, Error: failure})
		if err != nil {
			t.Fatal(err)
		}
		r.takeUsed(p, &m)
	}
	want := func(id uint64) {
		t.Helper()
		if got := r.previous().ID; got != id {
			t.Errorf("goes back to %d, want %d", got, id)
		}
	}
	answered(1, 7, "")
	want(0)
	answered(2, 8, "")
	want(1)
	answered(3, 8, "") // only a certificate changed
	want(1)
	answered(4, 9, "damaged")
	want(3)
	m, err := resolve.Receive()
	var given inforce.Use
	if err != nil || m.Kind != message.Use || m.Decode(&given) != nil || given.ID != 3 {
		t.Errorf("a resolve that cannot use the newest is given %+v, %v", given, err)
	}
	answered(5, 10, "")
	want(3)
}

// noPolicy is a policy that says nothing.
func noPolicy(t *testing.T) *stored {
	t.Helper()
	p, problems := policy.Load("", nil, time.UTC, policy.Unknown{})
	if p == nil {
		t.Fatal(problems)
	}
	return &stored{p, 1}
}
