package feed_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lachan/blocklist/feed"
	"lachan/blocklist/format"
	"lachan/blocklist/publish"
	"lachan/blocklist/release"
	"lachan/blocklist/version"
)

// An office publishes a feed into a directory, which a real web server serves.
type office struct {
	t *testing.T
	signer
	feed   publish.Feed
	server *httptest.Server
	mu     sync.Mutex
	asked  []string // names of files, since they were last looked at
}

func newOffice(t *testing.T) *office {
	o := &office{t: t, signer: newSigner(t)}
	o.feed = publish.Feed{Dir: t.TempDir(), ID: "a05-co-bac", Authority: "Cục A05", Key: o.secret, Lifetime: 7 * 24 * time.Hour}
	files := http.FileServer(http.Dir(o.feed.Dir))
	o.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		o.asked = append(o.asked, strings.TrimPrefix(r.URL.Path, "/"))
		o.mu.Unlock()
		if text, err := os.ReadFile(o.file(path.Base(r.URL.Path))); err == nil {
			w.Header().Set("ETag", `"`+digest(string(text))+`"`)
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(o.server.Close)
	return o
}

// rows is n rows of names, with the document that ordered each.
func rows(n int) []string {
	var rows []string
	for i := range n {
		rows = append(rows, fmt.Sprintf("site%04d.example,co-bac,%d/CV-A05,,,,,,", i, i/10))
	}
	return rows
}

func (o *office) publish(rows []string) publish.Result {
	o.t.Helper()
	r, err := o.feed.Publish(rows)
	if err != nil {
		o.t.Fatal(err)
	}
	return r
}

func (o *office) source() feed.Source {
	return feed.Source{Name: "co-bac", URL: o.server.URL + "/manifest.json", Format: format.Auto, Refresh: time.Hour,
		MaxBytes: 1 << 20, MaxShrink: 0.3, Keys: release.Keys{o.key}}
}

func (o *office) file(name string) string { return filepath.Join(o.feed.Dir, name) }

// text is the list that rows make.
func text(rows []string) string { return release.Header + "\n" + strings.Join(rows, "\n") + "\n" }

// wantAsked checks which files were fetched since it was last called.
func (o *office) wantAsked(want ...string) {
	o.t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if fmt.Sprint(o.asked) != fmt.Sprint(want) {
		o.t.Errorf("fetched %q, want %q", o.asked, want)
	}
	o.asked = nil
}

func TestAFeedIsFollowedThroughItsVersions(t *testing.T) {
	o := newOffice(t)
	s, src := open(t, t.TempDir()), o.source()
	o.publish(rows(100))
	st := update(t, s, src)
	wantGood(t, s, text(rows(100)))
	o.wantAsked("manifest.json", "manifest.json.minisig", "snapshot-1.txt.zst")
	r := st.Copy.Release
	if st.Copy.Format != format.CSV || st.Copy.Entries != 100 || r.Feed != "a05-co-bac" || r.Version != 1 || r.Authority != "Cục A05" || r.Expires.IsZero() {
		t.Errorf("status %+v", st.Copy)
	}

	if st := update(t, s, src); st.Changed {
		t.Error("nothing is a change")
	}
	o.wantAsked("manifest.json") // 304
	o.publish(rows(101))
	if st := update(t, s, src); !st.Changed || st.Copy.Release.Version != 2 {
		t.Errorf("status %+v", st)
	}
	wantGood(t, s, text(rows(101)))
	o.wantAsked("manifest.json", "manifest.json.minisig", "delta-1_2.txt.zst")
}

// Two manifests of one second have the same Last-Modified, and are two.
func TestTwoVersionsOfOneSecondAreBothTaken(t *testing.T) {
	o := newOffice(t)
	o.server.Config.Handler = http.FileServer(http.Dir(o.feed.Dir)) // without ETag
	s, src := open(t, t.TempDir()), o.source()
	second := time.Now().Truncate(time.Second)
	for n := 100; n < 102; n++ {
		o.publish(rows(n))
		if err := os.Chtimes(o.file(release.ManifestFile), second, second); err != nil {
			t.Fatal(err)
		}
		if st := update(t, s, src); !st.Changed {
			t.Errorf("a version of %d entries is not seen", n)
		}
		wantGood(t, s, text(rows(n)))
	}
}

func TestAChainOfDeltasComesToTheSnapshot(t *testing.T) {
	o := newOffice(t)
	dir := t.TempDir()
	s, src := open(t, dir), o.source()
	o.publish(rows(2000))
	update(t, s, src)
	o.wantAsked("manifest.json", "manifest.json.minisig", "snapshot-1.txt.zst")

	all := rows(2010)
	o.publish(all[:2005])                                                        // some come
	o.publish(all[5:2005])                                                       // some go
	o.publish(all[:2006])                                                        // and come back
	o.publish(append([]string{"aaa.example,,,,,,,,", all[1] + "x"}, all[2:]...)) // some are changed
	last := o.publish(append([]string{"aaa.example,,,,,,,,"}, all...))
	update(t, s, src)
	o.wantAsked("manifest.json", "manifest.json.minisig",
		"delta-1_2.txt.zst", "delta-2_3.txt.zst", "delta-3_4.txt.zst", "delta-4_5.txt.zst", "delta-5_6.txt.zst")

	fresh := open(t, t.TempDir())
	update(t, fresh, src)
	a, _, _ := s.Good("co-bac")
	b, _, _ := fresh.Good("co-bac")
	if a.Digest != b.Digest || a.Release != b.Release || last.Version != 6 || a.Entries != 2011 {
		t.Errorf("by deltas %+v, whole %+v", a, b)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "co-bac", "*.tmp")); left != nil {
		t.Errorf("left %v", left)
	}
}

func TestDeltasThatAreNoGoodAreNotNeeded(t *testing.T) {
	f := func(what string, spoil func(o *office)) {
		t.Helper()
		o := newOffice(t)
		s, src := open(t, t.TempDir()), o.source()
		o.publish(rows(1000))
		update(t, s, src)
		o.publish(rows(1001))
		spoil(o)
		if _, err := s.Update(t.Context(), src); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		wantGood(t, s, text(rows(1001)))
	}
	const delta = "delta-1_2.txt.zst"
	f("gone", func(o *office) { os.Remove(o.file(delta)) })
	f("cut", func(o *office) { os.Truncate(o.file(delta), 10) })
	f("tampered with", func(o *office) { write(o.t, o.file(delta), "+evil.example,,,,,,,,\n") })
	f("of another list", func(o *office) {
		other := newOffice(o.t)
		other.feed.Key, other.key = o.secret, o.key
		other.publish(rows(999))
		other.publish(rows(998))
		spoiled, err := os.ReadFile(other.file(delta))
		if err != nil {
			o.t.Fatal(err)
		}
		o.resign(func(m *release.Manifest) {
			m.Deltas[0].Digest = release.Digest{SHA256: digest(string(spoiled)), Size: int64(len(spoiled))}
		})
		write(o.t, o.file(delta), string(spoiled))
	})
}

// resign changes the manifest as only the publisher can.
func (o *office) resign(change func(*release.Manifest)) {
	o.t.Helper()
	old, err := os.ReadFile(o.file(release.ManifestFile))
	if err != nil {
		o.t.Fatal(err)
	}
	m, err := release.Decode(old)
	if err != nil {
		o.t.Fatal(err)
	}
	change(&m)
	next, err := m.Encode()
	if err != nil {
		o.t.Fatal(err)
	}
	write(o.t, o.file(release.ManifestFile), string(next))
	write(o.t, o.file(release.SignatureFile), o.sign(string(next), ""))
	write(o.t, o.file(release.SecondSignature), o.sign(string(next), ""))
}

func TestAFeedThatWasTamperedWithIsNotFollowed(t *testing.T) {
	f := func(says string, want error, spoil func(o *office, src *feed.Source)) {
		t.Helper()
		o := newOffice(t)
		s, src := open(t, t.TempDir()), o.source()
		o.publish(rows(100))
		update(t, s, src)
		o.publish(rows(101))
		spoil(o, &src)
		before := wantStatus(t, s)
		wantRefused(t, s, src, want, says)
		wantGood(t, s, text(rows(100)))
		if after := wantStatus(t, s); after.Newest != before.Newest {
			t.Errorf("newest release %+v, was %+v", after.Newest, before.Newest)
		}
	}
	manifest := func(o *office) string {
		text, err := os.ReadFile(o.file(release.ManifestFile))
		if err != nil {
			o.t.Fatal(err)
		}
		return string(text)
	}
	f("không khớp", feed.ErrUnsigned, func(o *office, _ *feed.Source) {
		write(o.t, o.file(release.ManifestFile), strings.Replace(manifest(o), `"version": 2`, `"version": 3`, 1))
	})
	f("khóa khác", feed.ErrUnsigned, func(o *office, _ *feed.Source) {
		stranger := newSigner(o.t)
		write(o.t, o.file(release.SignatureFile), stranger.sign(manifest(o), ""))
		os.Remove(o.file(release.SecondSignature))
	})
	f("chữ ký", feed.ErrUnsigned, func(o *office, _ *feed.Source) {
		os.Remove(o.file(release.SignatureFile))
		os.Remove(o.file(release.SecondSignature))
	})
	f("verify.minisign", feed.ErrUnsigned, func(o *office, src *feed.Source) { src.Keys = nil })
	f("SHA-256", feed.ErrDigest, func(o *office, _ *feed.Source) {
		os.Remove(o.file("delta-1_2.txt.zst"))
		write(o.t, o.file("snapshot-2.txt.zst"), "x")
	})
	f("404", feed.ErrAnswer, func(o *office, _ *feed.Source) {
		os.Remove(o.file("delta-1_2.txt.zst"))
		os.Remove(o.file("snapshot-2.txt.zst"))
	})
	f("SHA-256", feed.ErrDigest, func(o *office, _ *feed.Source) {
		o.resign(func(m *release.Manifest) { m.Content.Size++; m.Deltas = nil }) // signed, and yet not so
	})
	f("mà manifest.json đã ký", feed.ErrDigest, func(o *office, _ *feed.Source) {
		o.resign(func(m *release.Manifest) { m.Snapshot.Size--; m.Deltas = nil })
	})
	f("nén", feed.ErrAnswer, func(o *office, _ *feed.Source) { // signed as it is, and yet nothing that can be unpacked
		o.resign(func(m *release.Manifest) {
			m.Snapshot.Size, m.Snapshot.SHA256, m.Deltas = 7, digest("no zstd"), nil
			write(o.t, o.file(m.Snapshot.Name), "no zstd")
		})
	})
	f("max_bytes", feed.ErrTooLarge, func(o *office, _ *feed.Source) {
		o.resign(func(m *release.Manifest) { m.Content.Size = 1 << 40 })
	})
	f("manifest.json", feed.ErrManifest, func(o *office, _ *feed.Source) {
		write(o.t, o.file(release.ManifestFile), "{}")
		write(o.t, o.file(release.SignatureFile), o.sign("{}", ""))
	})
	f("a05-khac", feed.ErrManifest, func(o *office, _ *feed.Source) {
		o.resign(func(m *release.Manifest) { m.ID = "a05-khac" })
	})
}

func TestAnOlderVersionIsRefused(t *testing.T) {
	o := newOffice(t)
	s, src := open(t, t.TempDir()), o.source()
	o.publish(rows(100))
	old := map[string][]byte{}
	for _, name := range []string{release.ManifestFile, release.SignatureFile, release.SecondSignature} {
		old[name], _ = os.ReadFile(o.file(name))
	}
	o.publish(rows(101))
	update(t, s, src)
	for name, text := range old {
		write(t, o.file(name), string(text))
	}
	wantRefused(t, s, src, feed.ErrRollback, "cũ hơn phiên bản 2")
	src.URL += "?" // nor from another address
	if _, err := s.Update(t.Context(), src); !errors.Is(err, feed.ErrRollback) {
		t.Errorf("from another address: %v", err)
	}

	o.resign(func(m *release.Manifest) { m.Version = 2 })
	wantRefused(t, s, o.source(), feed.ErrRollback, "cùng mang số phiên bản 2")
	wantGood(t, s, text(rows(101)))
}

func TestAFeedThatStandsStillIsTold(t *testing.T) {
	o := newOffice(t)
	s, src := open(t, t.TempDir()), o.source()
	o.publish(rows(100))
	update(t, s, src)
	synctest.Test(t, func(t *testing.T) { // whose clock begins long ago
		o.resign(func(m *release.Manifest) { m.Version, m.Created, m.Expires = 2, time.Now(), time.Now().Add(time.Hour) })
	})
	wantRefused(t, s, src, feed.ErrExpired, "hết hạn")
	wantGood(t, s, text(rows(100)))

	// The newest version too, when it is not renewed in its time.
	o.resign(func(m *release.Manifest) { m.Created, m.Expires = time.Now(), time.Now().Add(300*time.Millisecond) })
	update(t, s, src)
	deadline := time.Now().Add(10 * time.Second)
	for _, err := s.Update(t.Context(), src); !errors.Is(err, feed.ErrExpired); _, err = s.Update(t.Context(), src) {
		if time.Now().After(deadline) {
			t.Fatalf("not expired: %v", err)
		}
	}
	wantGood(t, s, text(rows(100)))
	o.resign(func(m *release.Manifest) { m.Expires = time.Now().Add(time.Hour) }) // renewed
	update(t, s, src)
}

func TestAMirrorHelpsOutAndIsTrustedNoMore(t *testing.T) {
	o := newOffice(t)
	good := httptest.NewServer(http.FileServer(http.Dir(o.feed.Dir)))
	t.Cleanup(good.Close)
	evil := newOffice(t)
	evil.publish(rows(99))
	s, src := open(t, t.TempDir()), o.source()
	o.publish(rows(100))
	src.Mirrors = []string{evil.server.URL, good.URL + "/"}
	o.server.Close()
	update(t, s, src)
	wantGood(t, s, text(rows(100)))

	src.Mirrors = src.Mirrors[:1]
	wantRefused(t, s, src, nil, "không tải được") // what its own address said
	wantGood(t, s, text(rows(100)))
}

func TestAFeedOnDiskIsFollowedToo(t *testing.T) {
	o := newOffice(t)
	s, src := open(t, t.TempDir()), o.source()
	src.URL = o.file("manifest.json")
	for n := 100; n < 103; n++ {
		o.publish(rows(n))
		update(t, s, src)
		wantGood(t, s, text(rows(n)))
	}
}

func TestAGuardHoldsAVersionBackUntilItIsApproved(t *testing.T) {
	o := newOffice(t)
	s, src := open(t, t.TempDir()), o.source()
	o.publish(rows(100))
	update(t, s, src)
	o.publish(rows(10))
	wantRefused(t, s, src, feed.ErrShrunk, "max_shrink")
	st, err := s.Approve(t.Context(), src, "an")
	if err != nil || st.Copy.Release.Version != 2 || st.Newest.Version != 2 {
		t.Errorf("%+v, %v", st, err)
	}
	wantGood(t, s, text(rows(10)))
	o.publish(rows(11))
	update(t, s, src)
	wantGood(t, s, text(rows(11)))
}

func TestAnUpdateThatIsBrokenOffLeavesNothing(t *testing.T) {
	o := newOffice(t)
	dir := t.TempDir()
	s, src := open(t, dir), o.source()
	o.publish(rows(100))
	update(t, s, src)
	o.publish(rows(101))
	ctx, cancel := context.WithCancel(t.Context())
	o.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "delta") {
			cancel()
		}
		http.FileServer(http.Dir(o.feed.Dir)).ServeHTTP(w, r)
	})
	if _, err := s.Update(ctx, src); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	wantGood(t, s, text(rows(100)))
	wantFiles(t, dir, "source-", "status.json")
}

func TestALargeListIsFollowed(t *testing.T) {
	o := newOffice(t)
	s, src := open(t, t.TempDir()), o.source()
	src.MaxBytes = 64 << 20
	var many []string
	for i := range 200_000 {
		many = append(many, fmt.Sprintf("site%06d.example,co-bac,15/CV-A05-%x,,,,,,", i, i*7919))
	}
	o.publish(many)
	if st := update(t, s, src); st.Copy.Bytes < 8<<20 {
		t.Errorf("copy of %d octets, want one larger than the window", st.Copy.Bytes)
	}
}

// TestWhatAPublisherHasSignedIsKept: the manifest of each version and its signature stay, also when
// the list itself has made room for a newer one, so that anybody can verify it later with the key.
func TestWhatAPublisherHasSignedIsKept(t *testing.T) {
	o := newOffice(t)
	s, src := open(t, t.TempDir()), o.source()
	s.SignedDir = filepath.Join(t.TempDir(), "signed")
	for n := 100; n < 103; n++ {
		o.publish(rows(n))
		update(t, s, src)
		update(t, s, src) // nothing new
	}
	for n := 100; n < 103; n++ {
		kept, ok := version.SignedIn(s.SignedDir, "co-bac", digest(text(rows(n))))
		if !ok {
			t.Errorf("of the version of %d rows there is nothing", n)
			continue
		}
		proof, err := src.Keys.Verify(strings.NewReader(kept.Message), []byte(kept.Signature))
		m, err2 := release.Decode([]byte(kept.Message))
		if err != nil || err2 != nil || proof.Key != o.key.ID() || m.Content.SHA256 != digest(text(rows(n))) {
			t.Errorf("of %d rows: %v, %v", n, err, err2)
		}
	}
}
