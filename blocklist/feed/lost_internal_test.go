package feed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/blocklist/feed/doubt"
	"lachan/blocklist/release"
)

// inPlace puts a folder that is not empty where a file should be: the disk gives neither
// what is in it nor its place.
func inPlace(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(path, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
}

// holding is a store with a feed of which a version is held back.
func holding(t *testing.T) (s *Store, src Source) {
	t.Helper()
	s, src = stored(t, 1000)
	if _, err := s.Update(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	writeNames(t, src.URL, 10)
	if _, err := s.Update(t.Context(), src); !errors.Is(err, ErrShrunk) {
		t.Fatal(err)
	}
	return s, src
}

// TestAStatusThatCannotBeReadIsNotTakenForNone: whatever is asked for says so, and nothing
// of the feed is lost.
func TestAStatusThatCannotBeReadIsNotTakenForNone(t *testing.T) {
	for what, do := range map[string]func(s *Store, src Source) error{
		"good":     func(s *Store, src Source) error { _, _, err := s.Good(src.Name); return err },
		"status":   func(s *Store, src Source) error { _, err := s.Status(src.Name); return err },
		"approve":  func(s *Store, src Source) error { _, err := s.Approve(t.Context(), src, "x"); return err },
		"reject":   func(s *Store, src Source) error { _, err := s.Reject(t.Context(), src, "x"); return err },
		"rollback": func(s *Store, src Source) error { _, err := s.Rollback(t.Context(), src, "x"); return err },
		"update":   func(s *Store, src Source) error { _, err := s.Update(t.Context(), src); return err },
		"forget":   func(s *Store, src Source) error { return Forget(t.Context(), s, src.Name) },
	} {
		s, src := holding(t)
		dir := s.dir(src.Name)
		inPlace(t, filepath.Join(dir, statusFile))
		err := do(s, src)
		if err == nil || errors.Is(err, ErrNothingHeld) || errors.Is(err, ErrNoPrevious) || !strings.Contains(err.Error(), statusFile) {
			t.Errorf("%s: %v", what, err)
		}
		for _, prefix := range []string{copyPrefix, heldPrefix} {
			if found, _ := filepath.Glob(filepath.Join(dir, prefix+"*")); len(found) != 1 {
				t.Errorf("%s: left are %q", what, found)
			}
		}
	}
}

// TestAHeldVersionThatIsNotThereIsNotApproved: nor one that cannot be examined, or read. It
// stays held back.
func TestAHeldVersionThatIsNotThereIsNotApproved(t *testing.T) {
	crash := errors.New("the examination has crashed")
	f := func(want error, harm func(s *Store, path string)) {
		t.Helper()
		s, src := holding(t)
		st, err := s.Status(src.Name)
		if err != nil {
			t.Fatal(err)
		}
		harm(s, s.HeldPath(src.Name, st.Held))
		_, err = s.Approve(t.Context(), src, "x")
		if err == nil || want != nil && !errors.Is(err, want) || !strings.Contains(err.Error(), fmt.Sprintf("%q", src.Name)) {
			t.Errorf("%v, want %v", err, want)
		}
		if after, err := s.Status(src.Name); err != nil || after.Held.Copy.Digest != st.Held.Copy.Digest || after.Copy.Digest != st.Copy.Digest || len(after.Approvals) > 0 {
			t.Errorf("after %v the status is %+v", want, after)
		}
		if left, _ := filepath.Glob(filepath.Join(s.dir(src.Name), ".new-*")); len(left) > 0 {
			t.Errorf("left over: %q", left)
		}
	}
	f(fs.ErrNotExist, func(_ *Store, path string) { _ = os.Remove(path) })
	f(nil, func(_ *Store, path string) { inPlace(t, path) })
	f(ErrDigest, func(_ *Store, path string) { writeNames(t, path, 11) })
	f(crash, func(s *Store, _ string) {
		s.Examine = func(context.Context, Examination) (Copy, error) { return Copy{}, crash }
	})
}

// TestOfManyRecordsTheNewestHundredAreKept: of what is rejected, approved and held back.
func TestOfManyRecordsTheNewestHundredAreKept(t *testing.T) {
	var all []Approval
	var s Status
	at := time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)
	for i := range 105 {
		all = lastOf(append(all, Approval{Entries: i}))
		s.hold(Copy{Digest: fmt.Sprint(i)}, textShrunk, at.Add(time.Duration(i)))
		s.hold(Copy{Digest: fmt.Sprint(i)}, textShrunk, at.Add(time.Duration(i))) // again is not once more
		if want := min(i+1, 100); len(all) != want || len(s.Holds) != want || all[want-1].Entries != i || !s.Holds[want-1].Equal(at.Add(time.Duration(i))) {
			t.Fatalf("after %d: %d records, %d holds", i+1, len(all), len(s.Holds))
		}
	}
	if s.Held.Copy.Digest != "104" || s.Held.Text() != textShrunk || !s.Held.Since.Equal(at.Add(104)) {
		t.Errorf("held back is %+v", s.Held)
	}
	s.Rejections = []Approval{{Digest: "7"}}
	if s.hold(Copy{Digest: "7"}, textShrunk, at); s.Held.Copy.Digest != "" || len(s.Holds) != 100 {
		t.Errorf("what was rejected is held back: %+v", s.Held)
	}
	for _, x := range []struct {
		back, approved time.Duration
		want           bool
	}{{1, 0, true}, {1, 1, true}, {1, 2, false}, {0, 2, false}} {
		s := Status{}
		if x.back > 0 {
			s.Rollbacks = []Approval{{Digest: "d", By: "x", At: at}, {Digest: "d", By: "y", At: at.Add(x.back)}, {Digest: "e", At: at}}
		}
		if x.approved > 0 {
			s.Approvals = []Approval{{Digest: "d", At: at.Add(x.approved)}}
		}
		if err := s.refuses("d"); errors.Is(err, ErrRolledBack) != x.want || x.want && !strings.Contains(asError(err).Text.EN, "y") {
			t.Errorf("%+v: %v", x, err)
		}
	}
}

// TestNothingIsApprovedWhereNothingWaits, and entries that wait are approved with a record.
func TestNothingIsApprovedWhereNothingWaits(t *testing.T) {
	s, src := stored(t, 10)
	if _, err := s.Update(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	st, err := s.Status(src.Name)
	if err != nil {
		t.Fatal(err)
	}
	st.Copy.Doubts = []doubt.Entry{{Name: "a.example", Why: doubt.Core, Waiting: true}}
	dir, at := s.dir(src.Name), time.Now().UTC()
	got, err := st.approveDoubts(dir, "x", at)
	if err != nil || !got.Changed || len(doubt.Waiting(got.Copy.Doubts)) != 0 || len(got.Approvals) != 1 || got.Approvals[0].By != "x" || got.Approvals[0].Entries != got.Copy.Entries {
		t.Errorf("%+v: %v", got, err)
	}
	if kept, err := s.Status(src.Name); err != nil || len(kept.Approvals) != 1 {
		t.Errorf("kept is %+v: %v", kept.Approvals, err)
	}
	if _, err := got.approveDoubts(dir, "x", at); !errors.Is(err, ErrNothingHeld) {
		t.Errorf("again: %v", err)
	}
	inPlace(t, filepath.Join(dir, statusFile))
	if _, err := st.approveDoubts(dir, "x", at); err == nil || !strings.Contains(err.Error(), src.Name) {
		t.Errorf("an approval that cannot be kept: %v", err)
	}
}

// TestAFeedThatIsForgottenBeginsAnew: nothing of it is left, and nothing of others goes.
func TestAFeedThatIsForgottenBeginsAnew(t *testing.T) {
	s, src := holding(t)
	other := src
	other.Name = "other"
	first, err := s.Update(t.Context(), other)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := Forget(t.Context(), s, src.Name); err != nil {
			t.Fatal(err)
		}
		if c, ok, err := s.Good(src.Name); ok || err != nil || c.Digest != "" {
			t.Errorf("there is %+v: %v", c, err)
		}
		if found, _ := filepath.Glob(filepath.Join(s.dir(src.Name), copyPrefix+"*")); len(found) > 0 {
			t.Errorf("left are %q", found)
		}
	}
	if st, err := s.Update(t.Context(), src); err != nil || !st.Changed || st.Copy.Entries != 10 || len(st.Holds) > 0 {
		t.Errorf("it does not begin anew: %+v, %v", st, err)
	}
	if c, ok, err := s.Good(other.Name); !ok || err != nil || c.Digest != first.Copy.Digest {
		t.Errorf("the other one: %+v, %v", c, err)
	}
	if err := Forget(t.Context(), s, "never"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.dir("never")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder was made: %v", err)
	}
	for _, name := range []string{"..", "a/b", ""} {
		if err := Forget(t.Context(), s, name); !errors.Is(err, ErrAddress) {
			t.Errorf("forget %q: %v", name, err)
		}
		if _, err := s.Status(name); !errors.Is(err, ErrAddress) {
			t.Errorf("status of %q: %v", name, err)
		}
		if c, ok, err := s.Good(name); ok || err != nil || c.Path != "" {
			t.Errorf("good copy of %q: %v", name, err)
		}
	}
	unlock, err := tryLock(s.dir(src.Name))
	if err != nil {
		t.Fatal(err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Forget(canceled, s, src.Name); !errors.Is(err, ErrBusy) {
		t.Errorf("while it is being updated: %v", err)
	}
	unlock()
	if st, err := StatusIn(s.root, src.Name); err != nil || st.Copy.Entries != 10 {
		t.Errorf("%+v: %v", st, err)
	}
}

// TestAStoreNeedsAFolder: a file in its place is an error.
func TestAStoreNeedsAFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("%v", err)
	}
}

// meddling changes a folder at the first write.
type meddling struct {
	io.Writer
	change func()
}

func (m *meddling) Write(p []byte) (int, error) {
	if m.change != nil {
		m.change()
		m.change = nil
	}
	return m.Writer.Write(p)
}

// TestAFolderOfListsIsTakenWholeOrNotAtAll: with what is in it when it is read, and without
// what is no list.
func TestAFolderOfListsIsTakenWholeOrNotAtAll(t *testing.T) {
	f := func(want error, change func(dir string)) {
		t.Helper()
		dir := t.TempDir()
		for _, name := range []string{"a.txt", "b.txt"} {
			writeNames(t, filepath.Join(dir, name), 10)
		}
		if err := errors.Join(os.Mkdir(filepath.Join(dir, "below.txt"), 0o700), os.Symlink("/nothing", filepath.Join(dir, "link.txt")),
			os.Symlink(filepath.Join(dir, "a.txt"), filepath.Join(dir, "c.txt"))); err != nil {
			t.Fatal(err)
		}
		var first, again bytes.Buffer
		err := copyDirectory(dir, 1<<20, &meddling{&first, func() { change(dir) }})
		if !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%v, want %v", err, want)
		}
		if want != nil {
			return
		}
		if err := copyDirectory(dir, 1<<20, &again); err != nil || !bytes.Equal(first.Bytes(), again.Bytes()) || bytes.Count(first.Bytes(), []byte(".txt")) != 3 {
			t.Errorf("another time there are other bytes: %v", err)
		}
	}
	f(nil, func(string) {})
	f(ErrUnstable, func(dir string) { writeNames(t, filepath.Join(dir, "d.txt"), 1) })
	f(ErrUnstable, func(dir string) { writeNames(t, filepath.Join(dir, "b.txt"), 11) })
	f(ErrUnstable, func(dir string) { writeNames(t, filepath.Join(dir, "b.txt"), 9) })
	f(fs.ErrNotExist, func(dir string) { _ = os.RemoveAll(dir) })
	f(fs.ErrNotExist, func(dir string) { _ = os.Remove(filepath.Join(dir, "b.txt")) })
}

// TestWhyAListIsNotTrustedIsSaid, each reason in its own words.
func TestWhyAListIsNotTrustedIsSaid(t *testing.T) {
	seen := map[string]error{}
	for cause, want := range map[error]string{
		release.ErrUnknownKey: textUnknownKey.EN, release.ErrSignature: textNoSignature.EN, release.ErrComment: textNoSignature.EN,
		release.ErrLegacy: textLegacy.EN, io.ErrUnexpectedEOF: textForged.EN,
	} {
		err := distrust(fmt.Errorf("verify: %w", cause))
		if got := asError(err).Text.EN; got != want || !errors.Is(err, ErrUnsigned) || !errors.Is(err, cause) {
			t.Errorf("%v: %v, %q", cause, err, got)
		}
		seen[want] = cause
	}
	if len(seen) != 4 {
		t.Errorf("%d kinds of words", len(seen))
	}
}

// TestAZoneIsAskedForWithItsKeyOrNotAtAll: an address that is none and a key that cannot be
// read are said, and no server is asked; a copy that is gone is no base of changes.
func TestAZoneIsAskedForWithItsKeyOrNotAtAll(t *testing.T) {
	s := &Store{Dial: nil}
	f := func(src Source, known Copy, want error, text string) {
		t.Helper()
		_, err := s.transfer(t.Context(), &src, &known, io.Discard)
		if want != nil && !errors.Is(err, want) || err == nil || !strings.Contains(asError(err).Text.EN, text) {
			t.Errorf("%s: %v, %q; want %v and %q", src.URL, err, asError(err).Text.EN, want, text)
		}
	}
	f(Source{URL: "axfr://"}, Copy{}, ErrAddress, TextTransferAddress.EN)
	none := filepath.Join(t.TempDir(), "none")
	zone := "axfr://127.0.0.1:1/rpz.example"
	f(Source{URL: zone, TSIG: TSIG{Name: "k", Algorithm: "hmac-sha256", SecretFile: none}}, Copy{}, nil, none)
	f(Source{URL: zone}, Copy{Digest: "d", Path: none}, fs.ErrNotExist, none)
	f(Source{URL: zone}, Copy{}, nil, "127.0.0.1") // a port without a listener
}
