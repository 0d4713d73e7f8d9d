package feed_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lachan/blocklist/feed"
	"lachan/blocklist/format"
	"lachan/blocklist/release"
)

// entries are the names in the last good copy.
func entries(t *testing.T, s *feed.Store) string {
	t.Helper()
	c, ok, _ := s.Good("co-bac")
	if !ok {
		t.Fatal("no good copy")
	}
	var all []string
	if err := c.Parse(format.Options{Subdomains: true}, func(r format.Rule) error {
		all = append(all, r.Name)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

func TestADirectoryIsOneFeed(t *testing.T) {
	dir, store := t.TempDir(), t.TempDir()
	s := open(t, store)
	src := fileSource(dir)
	src.Format = format.Auto
	wantRefused(t, s, src, fs.ErrNotExist, "không có tệp danh sách")

	write(t, filepath.Join(dir, "20-hosts.txt"), "0.0.0.0 b.example\n0.0.0.0 com.vn\n")
	write(t, filepath.Join(dir, "10-tên.txt"), "a.example\nc.example\n")
	write(t, filepath.Join(dir, "30-van-ban.csv"), "ten_mien,so_van_ban\nd.example,12/A05\n")
	for _, other := range []string{".hidden", "10-tên.txt~", "half.tmp", "README.md", "empty"} {
		text := "never.example\n"
		if other == "empty" {
			text = ""
		}
		write(t, filepath.Join(dir, other), text)
	}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	st := update(t, s, src)
	if got := entries(t, s); got != "a.example c.example b.example d.example" {
		t.Errorf("entries %s", got)
	}
	if c := st.Copy; c.Entries != 4 || c.Rejected != 1 || c.Format != format.Directory {
		t.Errorf("copy %+v", c)
	}
	if r := st.Copy.Rejects; len(r) != 1 || r[0].File != "20-hosts.txt" || r[0].Line != 2 || r[0].Reason != "public_suffix" {
		t.Errorf("rejected %+v, want line 2 of 20-hosts.txt", r)
	}
	if st := update(t, s, src); st.Changed {
		t.Error("the same lists are a change")
	}
	if got := entries(t, open(t, store)); !strings.HasPrefix(got, "a.example") {
		t.Errorf("after a start entries %s", got)
	}

	write(t, filepath.Join(dir, "20-hosts.txt"), "<!DOCTYPE html><html></html>")
	wantRefused(t, s, src, feed.ErrAnswer, "tệp 20-hosts.txt: nhận được một trang web")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, s, src, fs.ErrNotExist, "không có tệp")
	if got := entries(t, s); got != "a.example c.example b.example d.example" {
		t.Errorf("entries %s after the directory went", got)
	}
}

func TestADirectoryHasBounds(t *testing.T) {
	dir := t.TempDir()
	s := open(t, t.TempDir())
	src := fileSource(dir)
	write(t, filepath.Join(dir, "a"), names(1000))
	update(t, s, src)
	write(t, filepath.Join(dir, "b"), names(100_000))
	wantRefused(t, s, src, feed.ErrTooLarge, "max_bytes")
	if err := os.Remove(filepath.Join(dir, "b")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "a"), names(10))
	wantRefused(t, s, src, feed.ErrShrunk, "max_shrink")
	if _, err := s.Approve(t.Context(), src, "cô Lan"); err != nil {
		t.Fatal(err)
	}
	if got := strings.Fields(entries(t, s)); len(got) != 10 {
		t.Errorf("%d entries after the approval", len(got))
	}
	src.SHA256URL = "/x"
	wantRefused(t, s, src, feed.ErrUnsupported, "chữ ký")
	src.SHA256URL, src.Keys = "", release.Keys{newSigner(t).key}
	wantRefused(t, s, src, feed.ErrUnsupported, "chữ ký")
}
