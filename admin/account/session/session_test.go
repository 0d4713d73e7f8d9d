package session_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lachan/admin/account/session"
)

func open(t *testing.T, dir string) *session.Sessions {
	t.Helper()
	s, damaged, err := session.Open(dir, session.DefaultLimits())
	if err != nil || damaged != nil {
		t.Fatal(err, damaged)
	}
	return s
}

func begin(t *testing.T, s *session.Sessions, account string) string {
	t.Helper()
	token, _, err := s.Begin(t.Context(), account, "password", false, false)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestASessionEndsWhenItIsIdleAndInTheEnd(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, dir)
		idle, busy := begin(t, s, "acc_1"), begin(t, s, "acc_1")
		for range 23 {
			time.Sleep(30 * time.Minute)
			if _, ok := s.Get(t.Context(), busy); !ok {
				t.Fatalf("a session that is used ended after %s", time.Since(time.Now()))
			}
		}
		if _, ok := s.Get(t.Context(), idle); ok {
			t.Error("a session is idle for hours, and goes on")
		}
		s = open(t, dir) // as after an upgrade
		is, ok := s.Get(t.Context(), busy)
		if !ok || is.Account != "acc_1" || time.Until(is.Until) > 30*time.Minute {
			t.Errorf("after a start: %+v, %v", is, ok)
		}
		time.Sleep(29 * time.Minute)
		if _, ok := s.Get(t.Context(), busy); !ok {
			t.Error("it ends early")
		}
		time.Sleep(2 * time.Minute)
		if _, ok := s.Get(t.Context(), busy); ok {
			t.Error("a session that is used lasts more than 12 hours")
		}
	})
}

func TestATokenIsWorthNothingAfterStepUpAndEnd(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	half, is, err := s.Begin(t.Context(), "acc_1", "password", false, true)
	if err != nil || !is.Half || time.Until(is.Until) > 10*time.Minute {
		t.Fatal(is, err)
	}
	whole, is, err := s.StepUp(t.Context(), half)
	if err != nil || is.Half || !is.Strong || whole == half || time.Until(is.Until) < 59*time.Minute {
		t.Fatal(is, err)
	}
	if _, ok := s.Get(t.Context(), half); ok {
		t.Error("the old token holds after stepping up")
	}
	if _, ok := s.Get(t.Context(), whole); !ok {
		t.Error("the new token does not hold")
	}
	if err := s.End(whole); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*session.Sessions{s, open(t, dir)} {
		for _, token := range []string{half, whole, "", "nothing", is.ID, "../../etc/passwd"} {
			if _, ok := s.Get(t.Context(), token); ok {
				t.Errorf("%q is a session", token)
			}
			if _, _, err := s.StepUp(t.Context(), token); err == nil {
				t.Errorf("%q steps up", token)
			}
		}
	}
}

func TestSessionsAreListedAndEndedOneByOne(t *testing.T) {
	s := open(t, t.TempDir())
	one, two, other := begin(t, s, "acc_1"), begin(t, s, "acc_1"), begin(t, s, "acc_2")
	is, _ := s.Get(t.Context(), other)
	if found, err := s.EndOne("acc_1", is.ID); found || err != nil {
		t.Error("the session of another was ended", err)
	}
	is, _ = s.Get(t.Context(), one)
	if found, err := s.EndOne("acc_1", is.ID); !found || err != nil || len(s.Of("acc_1")) != 1 {
		t.Error(found, err)
	}
	three := begin(t, s, "acc_1")
	is, _ = s.Get(t.Context(), three)
	if err := s.EndAll("acc_1", is.ID); err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]bool{one: false, two: false, three: true, other: true} {
		if _, ok := s.Get(t.Context(), token); ok != want {
			t.Errorf("%v", ok)
		}
	}
}

// TestWhatLiesOnDiskIsNoWayIn: neither a token nor anything that is one.
func TestWhatLiesOnDiskIsNoWayIn(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	token := begin(t, s, "acc_1")
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	path := filepath.Join(dir, entries[0].Name())
	text, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(text)+entries[0].Name(), token) {
		t.Error("the token lies on disk", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	damage := func(text string) (aside bool) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, damaged, err := session.Open(dir, session.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := s.Get(t.Context(), token); ok {
			t.Errorf("%.40q opens", text)
		}
		return len(damaged) == 1
	}
	for _, damaged := range []string{"", "{}", "null", string(text[:len(text)/2]), strings.Repeat(" ", 5000) + string(text), strings.Replace(string(text), "acc_1", "", 1), strings.Replace(string(text), `"deadline":"2`, `"deadline":"9`, 1)} {
		if !damage(damaged) {
			t.Errorf("%.40q is not set aside", damaged)
		}
	}
}

// TestTooManySessionsEndTheOldest: nobody is kept out by sessions that are open.
func TestTooManySessionsEndTheOldest(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, dir)
		var tokens []string
		for range 60 {
			tokens = append(tokens, begin(t, s, "acc_1"))
			time.Sleep(time.Second)
		}
		for i, token := range tokens {
			if _, ok := s.Get(t.Context(), token); ok != (i >= 10) {
				t.Errorf("session %d: %v", i, ok)
			}
		}
	})
}

// TestASessionThatEndedStaysEnded: requests that come while it ends do not bring it back.
func TestASessionThatEndedStaysEnded(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, dir)
		token := begin(t, s, "acc_1")
		time.Sleep(2 * time.Minute) // the next request is written down
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				if i == 10 {
					if err := s.End(token); err != nil {
						t.Error(err)
					}
				}
				s.Get(t.Context(), token)
			})
		}
		all.Wait()
		if _, ok := s.Get(t.Context(), token); ok {
			t.Error("it came back")
		}
		if _, ok := open(t, dir).Get(t.Context(), token); ok {
			t.Error("it came back after a start")
		}
	})
}

// FuzzFiles: whatever lies in the directory, opening it fails for no file, and no session
// is of nobody or lasts longer than a week.
func FuzzFiles(f *testing.F) {
	name := strings.Repeat("A", 43) + ".json"
	f.Add(`{"account":"acc_1","by":"password","begun":"2026-11-28T09:00:00Z","deadline":"2026-11-28T21:00:00Z","expires":"2026-11-28T10:00:00Z"}`)
	f.Add(fmt.Sprintf(`{"account":"acc_1","begun":"%s","deadline":"9999-01-01T00:00:00Z","expires":"9998-01-01T00:00:00Z"}`, time.Now().Format(time.RFC3339)))
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, _, err := session.Open(dir, session.DefaultLimits())
		if err != nil || len(s.Of("")) > 0 {
			t.Error(err, s.Of(""))
		}
		for _, is := range s.Of("acc_1") {
			if is.Until.Sub(is.Begun) > 7*24*time.Hour {
				t.Errorf("%+v", is)
			}
		}
	})
}
