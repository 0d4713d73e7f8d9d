package manage

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestTheOwnSecretIsRenewedEveryDay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cookies.key")
	at := func(after time.Duration) [][16]byte {
		t.Helper()
		s, err := ownSecrets(file, time.Now().Add(after))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := at(0)
	if again := at(secretLife - time.Minute); len(first) != 1 || len(again) != 1 || again[0] != first[0] {
		t.Errorf("%x, then %x", first, again)
	}
	next := at(secretLife + time.Minute)
	if len(next) != 2 || next[0] == first[0] || next[1] != first[0] {
		t.Errorf("%x, a day later %x", first, next)
	}
	if err := os.WriteFile(file, []byte("half of a sec"), 0o600); err != nil {
		t.Fatal(err)
	}
	if fresh := at(0); len(fresh) != 1 || fresh[0] == next[0] {
		t.Errorf("in place of a damaged one: %x", fresh)
	}
}
