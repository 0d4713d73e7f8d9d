package feed_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestADamagedCopyIsSetAsideAndFetchedAgain(t *testing.T) {
	f := func(damage func(path string) error, files ...string) {
		t.Helper()
		p := newPublisher(t, serving(names(3)))
		dir := t.TempDir()
		s := open(t, dir)
		c := update(t, s, p.source()).Copy
		if err := damage(c.Path); err != nil {
			t.Fatal(err)
		}
		if _, ok, _ := s.Good("co-bac"); ok {
			t.Error("a damaged copy is good")
		}
		wantFiles(t, dir, files...)
		if st := wantStatus(t, s); st.Damaged == "" || st.Copy.Digest != "" {
			t.Errorf("status %+v does not tell of the damage", st)
		}
		if st := update(t, s, p.source()); !st.Changed || st.Damaged == "" {
			t.Errorf("after the list came again: changed %v, damaged %q", st.Changed, st.Damaged)
		}
		wantGood(t, s, names(3))
		if st := update(t, s, p.source()); st.Changed || st.Damaged != "" {
			t.Errorf("after one more success: changed %v, damaged %q", st.Changed, st.Damaged)
		}
	}
	flip := func(path string) error {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text[0] ^= 1
		return os.WriteFile(path, text, 0o600)
	}
	f(flip, "source-.damaged", "status.json")
	f(func(path string) error { return os.Truncate(path, 10) }, "source-.damaged", "status.json")
	f(os.Remove, "status.json")
}

func TestADamagedCopyIsNotAskedForOnCondition(t *testing.T) {
	dir := t.TempDir()
	list := filepath.Join(t.TempDir(), "list.txt")
	if err := os.WriteFile(list, []byte(names(3)), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	if err := os.Truncate(update(t, s, fileSource(list)).Copy.Path, 0); err != nil {
		t.Fatal(err)
	}
	update(t, s, fileSource(list)) // without a look at Good before
	wantGood(t, s, names(3))
}

func TestADamagedStatusIsSetAside(t *testing.T) {
	f := func(text string) {
		t.Helper()
		p := newPublisher(t, serving(names(3)))
		dir := t.TempDir()
		s := open(t, dir)
		update(t, s, p.source())
		if err := os.WriteFile(filepath.Join(dir, "co-bac", "status.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Status("co-bac"); err == nil {
			t.Errorf("status %.20q was trusted", text)
		}
		s = open(t, dir)
		if _, ok, _ := s.Good("co-bac"); ok {
			t.Errorf("status %.20q: a copy of which nothing is known is good", text)
		}
		if st := wantStatus(t, s); st.Damaged != "status.json.damaged" {
			t.Errorf("status %.20q: damaged is %q", text, st.Damaged)
		}
		update(t, s, p.source())
		wantGood(t, s, names(3))
	}
	f("")
	f(strings.Repeat("\x00", 500))
	f("{}")
	f(`{"version":1,"name":"khac"}`)
	f(`{"version":2,"name":"co-bac"}`)
	f(`{"version":1,"name":"co-bac"} {}`)
	f(`{"version":1,"name":"co-bac","copy":{"digest":"../../x","format":"hosts","asked_format":"auto"}}`)
	f(`{"version":1,"name":"co-bac","copy":{"digest":"` + digest("") + `"}}`)
	f(strings.Repeat(" ", 5<<20) + `{"version":1,"name":"co-bac"}`)
}

func TestOpenRemovesWhatAnInterruptedUpdateLeft(t *testing.T) {
	dir := t.TempDir()
	update(t, open(t, dir), newPublisher(t, serving(names(3))).source())
	for _, name := range []string{".tmp-123", ".new-123.tmp"} { // of an earlier version, and of this
		if err := os.WriteFile(filepath.Join(dir, "co-bac", name), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir)
	wantFiles(t, dir, "source-", "status.json")
	wantGood(t, s, names(3))
}
