package publish_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aead.dev/minisign"

	"lachan/blocklist/feed"
	"lachan/blocklist/publish"
	"lachan/blocklist/release"
)

const week = 7 * 24 * time.Hour

// newFeed is a feed in a directory of its own, with a key of its own.
func newFeed(t *testing.T) *publish.Feed {
	t.Helper()
	return &publish.Feed{Dir: t.TempDir(), ID: "a05-co-bac", Authority: "Cục A05", Key: newKey(t), Lifetime: week}
}

func newKey(t *testing.T) minisign.PrivateKey {
	t.Helper()
	_, key, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// rows is n rows of a list, in order.
func rows(n int) (rows []string) {
	for i := range n {
		rows = append(rows, fmt.Sprintf("site%04d.example,co-bac,%d/CV-A05,,,,,,", i, i/10))
	}
	return rows
}

func text(rows []string) string { return release.Header + "\n" + strings.Join(rows, "\n") + "\n" }

func put(t *testing.T, f *publish.Feed, rows []string) publish.Result {
	t.Helper()
	r, err := f.Publish(rows)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// files is what is in the directory: content by name.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all[e.Name()] = string(readFile(t, filepath.Join(dir, e.Name())))
	}
	return all
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A node follows the feed in a directory, as nodes do.
type node struct {
	t     *testing.T
	store *feed.Store
	src   feed.Source
}

func newNode(t *testing.T, f *publish.Feed) node {
	t.Helper()
	s, err := feed.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return node{t, s, feed.Source{Name: "a", URL: filepath.Join(f.Dir, release.ManifestFile), MaxBytes: 16 << 20,
		MaxShrink: 1, Refresh: time.Hour, Keys: release.Keys{release.PublicKey(f.Key)}}}
}

// list is what the node has after an update.
func (n node) list() string {
	n.t.Helper()
	st, err := n.store.Update(n.t.Context(), n.src)
	if err != nil {
		n.t.Fatal(err)
	}
	return string(readFile(n.t, st.Copy.Path))
}

func (n node) wants(rows []string) {
	n.t.Helper()
	if got := n.list(); got != text(rows) {
		n.t.Errorf("the node has %d octets, want %d", len(got), len(text(rows)))
	}
}

func TestTheSameListIsNotPublishedTwice(t *testing.T) {
	f := newFeed(t)
	first := put(t, f, rows(100))
	if !first.Changed || first.Renewed || first.Version != 1 || first.Count != 100 {
		t.Errorf("first %+v", first)
	}
	before := files(t, f.Dir)
	again := put(t, f, rows(100))
	if again.Changed || again.Renewed || again.Version != 1 || again.Count != 100 || !again.Expires.Equal(first.Expires) {
		t.Errorf("again %+v", again)
	}
	if after := files(t, f.Dir); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Error("files of the same list have changed")
	}
}

func TestAVersionIsRenewedBeforeItExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeed(t)
		n := newNode(t, f)
		put(t, f, rows(10))
		start := n.status().Newest.Expires
		for range 10 {
			time.Sleep(week / 4)
			r := put(t, f, rows(10))
			if left := time.Until(r.Expires); r.Changed || r.Version != 1 || left < week/2 {
				t.Errorf("%+v, of which %v are left", r, left)
			}
			n.wants(rows(10))
		}
		if got := n.status().Newest.Expires; !got.After(start.Add(2 * week)) {
			t.Errorf("the node knows of %v", got)
		}
		time.Sleep(week + time.Second)
		if _, err := n.store.Update(t.Context(), n.src); !errors.Is(err, feed.ErrExpired) {
			t.Errorf("of a publisher who is silent: %v", err)
		}
	})
}

func (n node) status() feed.Status {
	n.t.Helper()
	n.list()
	st, err := n.store.Status("a")
	if err != nil {
		n.t.Fatal(err)
	}
	return st
}

func TestWhatIsNotAsPublishedIsMended(t *testing.T) {
	f := func(what string, spoil func(f *publish.Feed)) {
		t.Helper()
		feed := newFeed(t)
		put(t, feed, rows(100))
		spoil(feed)
		r, err := feed.Publish(rows(100))
		if err != nil || r.Changed || !r.Renewed || r.Version != 1 {
			t.Errorf("%s: %+v, %v", what, r, err)
		}
		newNode(t, feed).wants(rows(100))
		if r := put(t, feed, rows(100)); r.Renewed {
			t.Errorf("%s: renewed for ever", what)
		}
	}
	remove := func(name string) func(f *publish.Feed) {
		return func(f *publish.Feed) {
			if err := os.Remove(filepath.Join(f.Dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	f("the snapshot is gone", remove("snapshot-1.txt.zst"))
	f("the snapshot is cut", func(f *publish.Feed) { os.Truncate(filepath.Join(f.Dir, "snapshot-1.txt.zst"), 9) })
	f("a signature is gone", remove(release.SignatureFile))
	f("the other signature is gone", remove(release.SecondSignature))
	f("another key", func(f *publish.Feed) { f.Key = newKey(t) })
	f("another name of the authority", func(f *publish.Feed) { f.Authority = "Sở Giáo dục và Đào tạo" })
	f("a longer life", func(f *publish.Feed) { f.Lifetime = 4 * week })
}

func TestDeltasComeToTheSnapshot(t *testing.T) {
	f := newFeed(t)
	follows := newNode(t, f)
	all := rows(2010)
	for version, list := range [][]string{
		all[:2000], all[:2005], all[5:2005], all[:2006], slices.Concat(all[:1], []string{all[1] + "x"}, all[2:]), all,
	} {
		r := put(t, f, list)
		if int(r.Version) != version+1 {
			t.Errorf("version %d, want %d", r.Version, version+1)
		}
		follows.wants(list)
		newNode(t, f).wants(list)
	}
	m, err := release.Decode(readFile(t, filepath.Join(f.Dir, release.ManifestFile)))
	if err != nil {
		t.Fatal(err)
	}
	var changes release.Changes
	way, ok := m.Chain(1)
	if !ok || len(way) != 5 {
		t.Fatalf("way from version 1: %v %v", way, ok)
	}
	for _, d := range way {
		if err := changes.Read(unpack(t, filepath.Join(f.Dir, d.Name))); err != nil {
			t.Fatal(err)
		}
	}
	var got bytes.Buffer
	if err := changes.Apply(strings.NewReader(text(all[:2000])), &got); err != nil || got.String() != text(all) {
		t.Errorf("five deltas come to %d octets, want %d: %v", got.Len(), len(text(all)), err)
	}
}

func TestDeltasThatAreLongerThanTheListAreNotOffered(t *testing.T) {
	f := newFeed(t)
	put(t, f, rows(100))
	put(t, f, []string{"one.example,,,,,,,,"})
	m, err := release.Decode(readFile(t, filepath.Join(f.Dir, release.ManifestFile)))
	if err != nil || len(m.Deltas) != 0 {
		t.Errorf("deltas %v, %v", m.Deltas, err)
	}
	newNode(t, f).wants([]string{"one.example,,,,,,,,"})
}

func TestOldFilesGoButThoseOfTheVersionBeforeStay(t *testing.T) {
	f := newFeed(t)
	for n := range 35 {
		put(t, f, rows(1000+n))
	}
	snapshots, _ := filepath.Glob(filepath.Join(f.Dir, "snapshot-*"))
	deltas, _ := filepath.Glob(filepath.Join(f.Dir, "delta-*"))
	if len(snapshots) != 2 || len(deltas) < 5 || len(deltas) > 31 {
		t.Errorf("%d snapshots, %d deltas", len(snapshots), len(deltas))
	}
	write(t, filepath.Join(f.Dir, "index.html"), "of the web server")
	put(t, f, rows(5))
	if _, ok := files(t, f.Dir)["index.html"]; !ok {
		t.Error("a file that is not of the feed was removed")
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestVersionsGoOnWhenTheDirectoryWasLost(t *testing.T) {
	f := newFeed(t)
	n := newNode(t, f)
	for i := range 3 {
		put(t, f, rows(10+i))
	}
	n.wants(rows(12))
	if err := os.RemoveAll(f.Dir); err != nil {
		t.Fatal(err)
	}
	put(t, f, rows(20))
	if _, err := n.store.Update(t.Context(), n.src); !errors.Is(err, feed.ErrRollback) {
		t.Errorf("of version 1 again: %v", err)
	}
	f.LeastVersion = 4
	if r := put(t, f, rows(20)); r.Version != 4 || !r.Changed {
		t.Errorf("%+v", r)
	}
	n.wants(rows(20))
	if r := put(t, f, rows(20)); r.Version != 4 || r.Changed {
		t.Errorf("again %+v", r)
	}
}

func TestWhatIsInTheDirectoryIsNotOverwrittenUnread(t *testing.T) {
	f := newFeed(t)
	put(t, f, rows(10))
	other := *f
	other.ID = "a05-lua-dao"
	if _, err := other.Publish(rows(11)); !errors.Is(err, publish.ErrOtherFeed) {
		t.Errorf("another feed: %v", err)
	}
	newNode(t, f).wants(rows(10))
	write(t, filepath.Join(f.Dir, release.ManifestFile), "{}")
	if _, err := f.Publish(rows(11)); !errors.Is(err, release.ErrManifest) {
		t.Errorf("a damaged manifest: %v", err)
	}
}
