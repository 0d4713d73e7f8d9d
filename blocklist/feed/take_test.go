package feed_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/blocklist/feed"
	"lachan/blocklist/format"
)

// TestACopyOfAnotherMachineIsTaken as it was verified there, and nothing else is.
func TestACopyOfAnotherMachineIsTaken(t *testing.T) {
	dir := t.TempDir()
	s, err := feed.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	copyOf := func(text string) feed.Copy {
		sum := sha256.Sum256([]byte(text))
		return feed.Copy{
			URL: "https://lists.example/x", Digest: hex.EncodeToString(sum[:]), Bytes: int64(len(text)),
			AskedFormat: format.Domains, Format: format.Domains, Entries: strings.Count(text, "\n"),
			Verified: time.Now(), Fetched: time.Unix(0, 0),
		}
	}
	confirmed := time.Date(2026, 9, 7, 7, 0, 0, 0, time.UTC)
	fetched := func() time.Time { return time.Now() }
	f := func(text, of string, want bool, wantErr error, inUse string) {
		t.Helper()
		changed, err := feed.Take(t.Context(), s, "la", copyOf(of), confirmed, strings.NewReader(text))
		if changed != want || !errors.Is(err, wantErr) {
			t.Errorf("%q of %q: changed %v, %v", text, of, changed, err)
		}
		status, err := s.Status("la")
		if err != nil {
			t.Fatal(err)
		}
		good, ok, err := s.Good("la")
		if inUse == "" {
			if ok || err != nil {
				t.Errorf("%q is in use, %v", good.Digest, err)
			}
			return
		}
		read, err := os.ReadFile(good.Path)
		if err != nil || string(read) != inUse || !status.LastSuccess.Equal(confirmed) || fetched().Sub(status.Copy.Fetched).Abs() > time.Hour {
			t.Errorf("in use %q, %v; confirmed %s, fetched %s", read, err, status.LastSuccess, status.Copy.Fetched)
		}
	}
	const one, two = "a.example\n", "a.example\nb.example\n"
	f(two, one, false, feed.ErrDigest, "")
	f("", one, false, feed.ErrDigest, "")
	f(one, one, true, nil, one)
	confirmed = confirmed.Add(6 * time.Hour)
	f("", one, false, nil, one) // it is here
	f(one, two, false, feed.ErrDigest, one)
	f(two+"c.example\n", two, false, feed.ErrDigest, one)
	fetched = func() time.Time { return time.Unix(0, 0) } // there, when it was late here
	f(two, two, true, nil, two)
	if found, err := filepath.Glob(filepath.Join(dir, "la", "source-*")); err != nil || len(found) != 2 {
		t.Errorf("beside the one before there are %v, %v", found, err)
	}
	if _, err := feed.Take(t.Context(), s, "../la", copyOf(one), confirmed, strings.NewReader(one)); !errors.Is(err, feed.ErrAddress) {
		t.Errorf("a name that leads elsewhere: %v", err)
	}
}
