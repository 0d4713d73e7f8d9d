package feed_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lachan/blocklist/domain"
	"lachan/blocklist/feed"
	"lachan/blocklist/feed/doubt"
)

func TestGoingBackHoldsUntilAnotherVersionOrAnApproval(t *testing.T) {
	p := newPublisher(t, serving(names(100)))
	dir := t.TempDir()
	s := open(t, dir)
	if _, err := s.Rollback(t.Context(), p.source(), "x"); !errors.Is(err, feed.ErrNoPrevious) {
		t.Fatalf("before the first version: %v", err)
	}
	update(t, s, p.source())
	if _, err := s.Rollback(t.Context(), p.source(), "x"); !errors.Is(err, feed.ErrNoPrevious) {
		t.Fatalf("from the first version: %v", err)
	}
	p.do(serving(names(101)))
	update(t, s, p.source())

	st, err := open(t, dir).Rollback(t.Context(), p.source(), "thầy Nam")
	if err != nil || !st.Changed {
		t.Fatal(st, err)
	}
	wantGood(t, s, names(100))
	if r := st.Rollbacks; len(r) != 1 || r[0].By != "thầy Nam" || r[0].Digest != digest(names(101)) || r[0].At.IsZero() {
		t.Errorf("record %+v", r)
	}
	if h := st.Held; h.Copy.Digest != digest(names(101)) || !strings.Contains(h.VI, "thầy Nam") {
		t.Errorf("held back: %+v", h)
	}
	wantRefused(t, s, p.source(), feed.ErrRolledBack, "lachan lists approve") // the publisher still has it
	wantGood(t, open(t, dir), names(100))
	if _, err := s.Rollback(t.Context(), p.source(), "x"); !errors.Is(err, feed.ErrNoPrevious) {
		t.Fatalf("back twice: %v", err)
	}

	if _, err := s.Approve(t.Context(), p.source(), "cô Lan"); err != nil {
		t.Fatal(err)
	}
	update(t, s, p.source())
	wantGood(t, s, names(101))
	if _, err := s.Rollback(t.Context(), p.source(), "cô Lan"); err != nil { // from an approved one
		t.Fatal(err)
	}
	wantRefused(t, s, p.source(), feed.ErrRolledBack, "cô Lan")
	p.do(serving(names(102)))
	update(t, s, p.source())
	wantGood(t, s, names(102))
}

// TestReadingTheSameAgainKeepsTheWayBack: the file is read anew when a command names it in
// another way than the server does, and when a key of the configuration has changed.
func TestReadingTheSameAgainKeepsTheWayBack(t *testing.T) {
	list := filepath.Join(t.TempDir(), "tep")
	s := open(t, t.TempDir())
	src := fileSource(list)
	for n := range 2 {
		write(t, list, names(100+n))
		update(t, s, src)
	}
	src.URL = filepath.Dir(list) + "/./tep"
	update(t, s, src)
	if _, err := s.Rollback(t.Context(), src, "x"); err != nil {
		t.Fatal(err)
	}
	wantGood(t, s, names(100))
}

func TestALostCopyIsNotGoneBackTo(t *testing.T) {
	p := newPublisher(t, serving(names(100)))
	s := open(t, t.TempDir())
	update(t, s, p.source())
	first, _, _ := s.Good("co-bac")
	p.do(serving(names(101)))
	update(t, s, p.source())
	if err := os.Remove(first.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Rollback(t.Context(), p.source(), "x"); !errors.Is(err, feed.ErrNoPrevious) {
		t.Errorf("error %v", err)
	}
	wantGood(t, s, names(101))
}

// A few entries of an order that name what is never to be blocked wait for a word, the
// rest is in force at once; of many the version is held back.
func TestAnOrderThatNamesWhatIsNeverBlocked(t *testing.T) {
	isCore := func(n *domain.Name, _ bool) bool { return strings.HasSuffix(n.String(), "lesson.example") }
	p := newPublisher(t, serving(names(100)))
	s := open(t, t.TempDir())
	src := p.source()
	src.Core = isCore
	p.do(serving(names(100) + "www.lesson.example\n"))
	if c := update(t, s, src).Copy; c.CoreHits != 1 || len(c.CoreNames) != 1 || c.CoreNames[0] != "www.lesson.example" {
		t.Errorf("counted %d: %v", c.CoreHits, c.CoreNames)
	}
	src.Locked = true
	p.do(serving(names(110) + "www.lesson.example\n"))
	update(t, s, src) // as many as before
	p.do(serving(names(110) + "www.lesson.example\nlesson.example\n"))
	st := update(t, s, src)
	if got := doubt.Waiting(st.Copy.Doubts); st.Copy.CoreHits != 2 || !slices.Equal(got, []string{"lesson.example"}) {
		t.Errorf("waiting: %v of %+v", got, st.Copy.Doubts) // what was in force stays
	}
	p.do(serving(names(112) + "www.lesson.example\nlesson.example\nfacebook.com\nmine.blogspot.com\nedu.vn\n"))
	src.May.Suffixes = true
	st = update(t, s, src)
	if got := doubt.Waiting(st.Copy.Doubts); !slices.Equal(got, []string{"lesson.example", "facebook.com", "edu.vn"}) {
		t.Errorf("waiting: %v", got)
	}
	st, err := s.Approve(t.Context(), src, "cô Lan")
	if err != nil || len(doubt.Waiting(st.Copy.Doubts)) != 0 || !st.Changed || len(st.Approvals) != 1 {
		t.Errorf("approve: %+v, %v", st.Copy, err)
	}
	if _, err := s.Approve(t.Context(), src, "cô Lan"); !errors.Is(err, feed.ErrNothingHeld) {
		t.Errorf("nothing waits: %v", err)
	}
	p.do(serving(names(113) + "www.lesson.example\nlesson.example\nfacebook.com\nedu.vn\n"))
	if st := update(t, s, src); len(doubt.Waiting(st.Copy.Doubts)) != 0 {
		t.Errorf("what was let through waits again: %+v", st.Copy.Doubts)
	}
	many := names(113)
	for i := range doubt.Few + 1 {
		many += fmt.Sprintf("m%d.lesson.example\n", i)
	}
	p.do(serving(many))
	wantRefused(t, s, src, feed.ErrCore, "m0.lesson.example")
	if st, err := s.Approve(t.Context(), src, "cô Lan"); err != nil || len(doubt.Waiting(st.Copy.Doubts)) != 0 {
		t.Errorf("approve all: %+v, %v", st.Copy.Doubts, err)
	}
}

func TestWhatAnotherProcessDoesToACopyIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := ""
		r := run(t, func(r *running) []feed.Source {
			list = r.dir + "/tep"
			write(t, list, names(10))
			return []feed.Source{r.source("tep")}
		})
		write(t, list, names(11))
		time.Sleep(3 * time.Second)
		synctest.Wait()
		r.forget()
		if _, err := r.store.Rollback(t.Context(), r.source("tep"), "x"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(1100 * time.Millisecond)
		synctest.Wait()
		if len(r.changed()) != 1 {
			t.Errorf("told %v", r.changed())
		}
	})
}

// Of a version that is no longer whole nobody is told that it is there to go back to.
func TestADamagedVersionIsNoneToGoBackTo(t *testing.T) {
	p := newPublisher(t, serving(names(100)))
	s := open(t, t.TempDir())
	update(t, s, p.source())
	p.do(serving(names(101)))
	update(t, s, p.source())
	st, err := s.Status(p.source().Name)
	if err != nil {
		t.Fatal(err)
	}
	before := st.Before()
	if before.Digest != digest(names(100)) {
		t.Fatalf("the version before is %q", before.Digest)
	}
	if err := os.WriteFile(before.Path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := st.Before(); got.Digest != "" {
		t.Errorf("a damaged version is there: %+v", got)
	}
	if _, err := s.Rollback(t.Context(), p.source(), "x"); !errors.Is(err, feed.ErrNoPrevious) {
		t.Errorf("back to it: %v", err)
	}
}

// A version that is held back is told as that, and not as a failure of the list too.
func TestAListThatIsOnlyHeldIsNotFailing(t *testing.T) {
	p := newPublisher(t, serving(names(100)))
	s := open(t, t.TempDir())
	update(t, s, p.source())
	p.do(serving(names(3)))
	wantRefused(t, s, p.source(), feed.ErrShrunk, "max_shrink")
	if st, err := s.Status(p.source().Name); err != nil || !st.OnlyHeld() {
		t.Errorf("%+v, %v", st, err)
	}
	p.do(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	wantRefused(t, s, p.source(), feed.ErrAnswer, "500")
	if st, err := s.Status(p.source().Name); err != nil || st.OnlyHeld() {
		t.Errorf("%+v, %v", st, err)
	}
}
