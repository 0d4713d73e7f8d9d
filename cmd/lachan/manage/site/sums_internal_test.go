package site

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"lachan/admin"
	"lachan/console/statistics"
)

// What is added up is kept, shown with its age while it is added up again, and bounded: who
// asks for too much at once waits for the others.
func TestFiguresAreKeptForAWhileAndBounded(t *testing.T) {
	k, now := newSums(), time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	unit := func(i int) sumOf { return sumOf{fmt.Sprint("truong-", i), 7} }
	one := k.want(unit(0), now)
	if again := k.want(unit(0), now); again != one || len(k.queue) != 1 {
		t.Fatalf("asked twice: %d are queued", len(k.queue))
	}
	if f, err := k.take(one); f != nil || err != nil {
		t.Fatalf("before it is ready there is %v, %v", f, err)
	}
	k.put(<-k.queue, &statistics.Figures{Made: now}, nil)
	<-one.ready
	k.want(unit(0), now.Add(sumsHold))
	if len(k.queue) != 0 {
		t.Error("what is new is added up again")
	}
	k.want(unit(0), now.Add(sumsHold+time.Second))
	if f, err := k.take(one); f == nil || err != nil || len(k.queue) != 1 {
		t.Errorf("what is old: %v, %v, %d queued", f, err, len(k.queue))
	}
	k.put(<-k.queue, nil, errors.New("no history"))
	if f, err := k.take(one); f == nil || err != nil {
		t.Errorf("a failure hides what there was: %v, %v", f, err)
	}
	for i := range mostSums * 2 {
		k.want(unit(i), now)
	}
	if len(k.kept) > mostSums || len(k.queue) > mostSums {
		t.Errorf("%d kept, %d queued", len(k.kept), len(k.queue))
	}
	t.Logf("%d kept, %d queued of %d asked for", len(k.kept), len(k.queue), mostSums*2)
	if k.want(sumOf{"one more", 7}, now) != nil {
		t.Error("there is room although all wait")
	}
	k.put(<-k.queue, &statistics.Figures{Made: now}, nil)
	if k.want(sumOf{"one more", 7}, now) == nil {
		t.Error("there is no room although one is ready")
	}
}

// A page does not wait long for figures, and finds them later.
func TestAPageDoesNotWaitForFigures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Sources{})
		began := time.Now()
		if f, err := s.figures(t.Context(), "truong-a", 7); f != nil || err != nil || time.Since(began) != pageWaits {
			t.Errorf("%v, %v after %s", f, err, time.Since(began))
		}
		s.sums.put(<-s.sums.queue, &statistics.Figures{Made: time.Now()}, nil)
		if f, err := s.figures(t.Context(), "truong-a", 7); f == nil || err != nil {
			t.Errorf("later: %v, %v", f, err)
		}
	})
}

// A history that cannot be read is trouble of the server, said with what to do.
func TestFiguresThatCannotBeAddedUpAreTrouble(t *testing.T) {
	s := New(Sources{})
	one := s.sums.want(sumOf{"truong-a", 7}, time.Now())
	s.sums.put(<-s.sums.queue, nil, errors.New("not open"))
	var r *admin.Refusal
	if _, err := s.figures(t.Context(), "truong-a", 7); !errors.As(err, &r) || r.Kind != admin.Trouble || r.Text.VI == "" {
		t.Errorf("%v of %v", err, one.err)
	}
}
