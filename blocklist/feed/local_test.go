package feed_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"lachan/blocklist/feed"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFilesAreCopied(t *testing.T) {
	list := filepath.Join(t.TempDir(), "danh sách %41.txt")
	write(t, list, names(3))
	s := open(t, t.TempDir())
	update(t, s, fileSource(list))
	if st := update(t, s, fileSource(list)); st.Changed {
		t.Error("the same file is a change")
	}

	at := time.Now().Add(-time.Hour)
	write(t, list, names(3)[:len(names(3))-len("e\n")]+"m\n") // as long as before
	if err := os.Chtimes(list, at, at); err != nil {
		t.Fatal(err)
	}
	if st := update(t, s, fileSource("file://"+list)); !st.Changed {
		t.Error("another file of the same size is no change")
	}

	if err := os.Remove(list); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, s, fileSource("file://"+list), os.ErrNotExist, "không có tệp")
	if _, ok, _ := s.Good("co-bac"); !ok {
		t.Error("the copy went with the file")
	}
	write(t, list, names(200_000))
	wantRefused(t, s, fileSource("file://"+list), feed.ErrTooLarge, "max_bytes")
}
