package feed

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/blocklist/domain"
	"lachan/blocklist/format"
	"lachan/blocklist/transfer"
)

// stored is a store with a feed of a file, which has names.
func stored(t *testing.T, names int) (s *Store, src Source) {
	t.Helper()
	src = Source{
		Name: "bets", URL: filepath.Join(t.TempDir(), "bets.txt"), Format: format.Domains, Subdomains: true,
		Refresh: 24 * time.Hour, MaxBytes: 1 << 20, MaxShrink: 0.3,
	}
	writeNames(t, src.URL, names)
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Update(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	return s, src
}

func writeNames(t *testing.T, path string, names int) {
	t.Helper()
	var text strings.Builder
	for i := range names {
		text.WriteString("n" + strings.Repeat("x", i%50) + string(rune('a'+i/50)) + ".example\n")
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestAZoneIsTriedAgainAsItsRecordSays: however often an attempt has failed, no longer is
// waited than the zone's own SOA record says, although the configuration would have more.
func TestAZoneIsTriedAgainAsItsRecordSays(t *testing.T) {
	s, src := stored(t, 20)
	st, err := s.Status(src.Name)
	if err != nil {
		t.Fatal(err)
	}
	const retry = 10 * time.Minute
	st.Copy.Zone = &transfer.SOA{Refresh: 7200, Retry: transfer.Seconds(retry / time.Second), Expire: 1e6}
	if err := st.write(s.dir(src.Name)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(src.URL); err != nil {
		t.Fatal(err)
	}
	u := NewUpdater(s, []Source{src}, func(string) {}, slog.New(slog.DiscardHandler))
	var longest time.Duration
	for range 12 { // doubled each time, it would be a day
		before := time.Now()
		u.update(t.Context(), u.feeds[0])
		longest = max(longest, u.feeds[0].due.Sub(before))
	}
	t.Logf("at most %s", longest)
	if most := time.Duration(float64(retry) * (1 + spread)); longest < retry/2 || longest > most+time.Minute {
		t.Errorf("tried again after up to %s, want %s", longest, retry)
	}
}

// TestASourceIsLocalIfAllOfItIs: its list, its digest, and no mirror elsewhere.
func TestASourceIsLocalIfAllOfItIs(t *testing.T) {
	for _, c := range []struct {
		src  Source
		want bool
	}{
		{Source{URL: "/l/a.txt"}, true},
		{Source{URL: "file:///l/a.txt", SHA256URL: "/l/sum"}, true},
		{Source{URL: "/l/a.txt", SHA256URL: "https://lists.example/sum"}, false},
		{Source{URL: "https://lists.example/a.txt"}, false},
		{Source{URL: "https://lists.example/a.txt", SHA256URL: "/l/sum"}, false},
		{Source{URL: "/l/a.txt", Mirrors: []string{"https://mirror.example/a.txt"}}, false},
	} {
		if got := c.src.IsLocal(); got != c.want {
			t.Errorf("%s %s %v: local %t", c.src.URL, c.src.SHA256URL, c.src.Mirrors, got)
		}
	}
}

// TestAnApprovalThatIsNotKeptIsNone: while somebody else has the feed, and where what is
// known of it can be neither read nor written, an error says so and the version stays held
// back.
func TestAnApprovalThatIsNotKeptIsNone(t *testing.T) {
	s, src := stored(t, 100)
	writeNames(t, src.URL, 10)
	if _, err := s.Update(t.Context(), src); !errors.Is(err, ErrShrunk) {
		t.Fatal(err)
	}
	wantHeld := func() {
		t.Helper()
		if st, err := s.Status(src.Name); err != nil || st.Held.Copy.Entries != 10 || st.Copy.Entries != 100 || len(st.Approvals) > 0 {
			t.Errorf("%+v, %v", st, err)
		}
	}
	unlock, err := lock(t.Context(), s.dir(src.Name))
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Approve(gone, src, "lan"); !errors.Is(err, ErrBusy) {
		t.Errorf("while it is updated: %v", err)
	}
	unlock()
	wantHeld()

	status := filepath.Join(s.dir(src.Name), statusFile)
	aside := status + ".aside"
	putAside := func() { // a directory is in its place, and something in it
		if err := errors.Join(os.Rename(status, aside), os.MkdirAll(filepath.Join(status, "x"), 0o700)); err != nil {
			t.Error(err)
		}
	}
	putBack := func() {
		if err := errors.Join(os.RemoveAll(status), os.Rename(aside, status)); err != nil {
			t.Fatal(err)
		}
	}
	putAside()
	if _, err := s.Approve(t.Context(), src, "lan"); err == nil || errors.Is(err, ErrNothingHeld) {
		t.Errorf("while what is known cannot be read: %v", err)
	}
	putBack()
	wantHeld()

	src.Core = func(*domain.Name, bool) bool {
		if _, err := os.Stat(aside); err != nil {
			putAside()
		}
		return false
	}
	if _, err := s.Approve(t.Context(), src, "lan"); err == nil {
		t.Error("what cannot be written is approved")
	}
	if _, err := os.Stat(aside); err != nil {
		t.Fatal("the held version was not looked at")
	}
	putBack()
	wantHeld()
}
