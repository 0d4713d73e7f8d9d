package feed_test

import (
	"errors"
	"os"
	"testing"

	"lachan/blocklist/feed"
)

func TestAVersionHeldBackIsApprovedOnce(t *testing.T) {
	p := newPublisher(t, serving(names(1000)))
	dir := t.TempDir()
	s := open(t, dir)
	update(t, s, p.source())
	if _, err := s.Approve(t.Context(), p.source(), "cô Lan"); !errors.Is(err, feed.ErrNothingHeld) {
		t.Fatalf("approve with nothing held back: %v", err)
	}

	p.do(serving(names(10)))
	wantRefused(t, s, p.source(), feed.ErrShrunk, "lachan lists approve")
	wantGood(t, s, names(1000))
	held := wantStatus(t, s).Held
	if held.Copy.Entries != 10 || held.EN == "" || len(wantStatus(t, s).Holds) != 1 {
		t.Fatalf("held back: %+v", held)
	}
	if text, err := os.ReadFile(s.HeldPath("co-bac", held)); err != nil || string(text) != names(10) {
		t.Fatalf("the version that is held back: %q, %v", text, err)
	}

	p.Close() // it need not be there any more
	st, err := open(t, dir).Approve(t.Context(), p.source(), "cô Lan")
	if err != nil {
		t.Fatal(err)
	}
	if len(st.Approvals) != 1 || st.Approvals[0].By != "cô Lan" || st.Approvals[0].Entries != 10 || st.Held.Copy.Digest != "" || !st.Changed {
		t.Errorf("status %+v", st)
	}
	wantGood(t, s, names(10))
	if _, err := s.Approve(t.Context(), p.source(), "cô Lan"); !errors.Is(err, feed.ErrNothingHeld) {
		t.Errorf("approved twice: %v", err)
	}
}

// TestAVersionThatCannotBeReadIsNotHeldBack: there is nothing of it to approve, and what
// was held back before it can still be.
func TestAVersionThatCannotBeReadIsNotHeldBack(t *testing.T) {
	for what, list := range map[string]string{
		"a page": "<!DOCTYPE html>\n<html>", "no list": "\x00\x01\x02", "no entry": "a b c\nd e f\n", "nothing": "",
	} {
		p := newPublisher(t, serving(list))
		s := open(t, t.TempDir())
		if what != "nothing" { // which is a list that has none yet
			wantRefused(t, s, p.source(), nil, "")
		}
		p.do(serving(names(1000)))
		update(t, s, p.source())
		p.do(serving(names(10)))
		wantRefused(t, s, p.source(), feed.ErrShrunk, "lachan lists approve")
		p.do(serving(list))
		wantRefused(t, s, p.source(), nil, "")
		wantGood(t, s, names(1000))
		if held := wantStatus(t, s).Held; held.Copy.Entries != 10 {
			t.Errorf("%s: held back are %d entries, want the 10 of the version before", what, held.Copy.Entries)
		}
		if _, err := s.Approve(t.Context(), p.source(), "cô Lan"); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		wantGood(t, s, names(10))
	}
}

// TestAVersionThatIsRejectedIsNotHeldBackAgain: it comes again with each update.
func TestAVersionThatIsRejectedIsNotHeldBackAgain(t *testing.T) {
	p := newPublisher(t, serving(names(1000)))
	s := open(t, t.TempDir())
	update(t, s, p.source())
	if _, err := s.Reject(t.Context(), p.source(), "cô Lan"); !errors.Is(err, feed.ErrNothingHeld) {
		t.Fatalf("reject with nothing held back: %v", err)
	}
	p.do(serving(names(10)))
	wantRefused(t, s, p.source(), feed.ErrShrunk, "lachan lists approve")
	held := wantStatus(t, s).Held
	if _, err := s.Reject(t.Context(), p.source(), "cô Lan"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.HeldPath("co-bac", held)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the version that was rejected is still there: %v", err)
	}
	wantRefused(t, s, p.source(), feed.ErrShrunk, "lachan lists approve")
	if st := wantStatus(t, s); st.Held.Copy.Digest != "" || len(st.Rejections) != 1 || st.Rejections[0].By != "cô Lan" {
		t.Errorf("it came again: %+v", st)
	}
	wantGood(t, s, names(1000))
	p.do(serving(names(11)))
	wantRefused(t, s, p.source(), feed.ErrShrunk, "lachan lists approve")
	if held := wantStatus(t, s).Held; held.Copy.Entries != 11 {
		t.Errorf("another version is not held back: %+v", held)
	}
}

func TestANewerVersionReplacesTheOneHeldBack(t *testing.T) {
	p := newPublisher(t, serving(names(1000)))
	s := open(t, t.TempDir())
	src := p.source()
	src.MaxGrowth = 2
	update(t, s, src)
	p.do(serving(names(5000)))
	wantRefused(t, s, src, feed.ErrGrew, "max_growth")
	first := wantStatus(t, s).Held
	p.do(serving(names(6000)))
	wantRefused(t, s, src, feed.ErrGrew, "max_growth")
	if _, err := os.Stat(s.HeldPath("co-bac", first)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the version before is still there: %v", err)
	}
	p.do(serving(names(1100)))
	update(t, s, src)
	if held := wantStatus(t, s).Held; held.Copy.Digest != "" {
		t.Errorf("held back after a success: %+v", held)
	}
}

// TestAFeedOfOneEntryMayNotGrowEither: what a feed may grow to follows from what it
// had, however little that was.
func TestAFeedOfOneEntryMayNotGrowEither(t *testing.T) {
	p := newPublisher(t, serving(names(1)))
	s := open(t, t.TempDir())
	src := p.source()
	src.MaxGrowth = 2
	update(t, s, src)
	p.do(serving(names(3)))
	wantRefused(t, s, src, feed.ErrGrew, "max_growth")
	p.do(serving(names(2)))
	update(t, s, src)
}

func TestAHeldVersionThatWasTamperedWithIsNotApproved(t *testing.T) {
	p := newPublisher(t, serving(names(1000)))
	s := open(t, t.TempDir())
	update(t, s, p.source())
	p.do(serving(names(10)))
	wantRefused(t, s, p.source(), feed.ErrShrunk, "")
	held := wantStatus(t, s).Held
	if err := os.WriteFile(s.HeldPath("co-bac", held), []byte(names(11)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Approve(t.Context(), p.source(), "x"); !errors.Is(err, feed.ErrDigest) {
		t.Errorf("approved: %v", err)
	}
	wantGood(t, s, names(1000))
}
