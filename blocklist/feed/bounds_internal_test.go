package feed

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lachan/blocklist/domain"
	"lachan/blocklist/format"
	"lachan/blocklist/release"
	"lachan/blocklist/transfer"
	"lachan/internal/suspended"
)

// TestAListMayHave64MiBUnlessItIsSaid is the default that docs and examples name.
func TestAListMayHave64MiBUnlessItIsSaid(t *testing.T) {
	for set, want := range map[int64]int64{0: 64 << 20, 1: 1, 1 << 40: 1 << 40} {
		if got := (&Source{MaxBytes: set}).maxBytes(); got != want {
			t.Errorf("max_bytes %d: %d, want %d", set, got, want)
		}
	}
}

// TestWhatIsRejectedIsKeptInPart has more lines of each of many kinds than are kept.
func TestWhatIsRejectedIsKeptInPart(t *testing.T) {
	var list strings.Builder
	list.WriteString("[Adblock Plus 2.0]\n||a.example^\n")
	for i := range 5 {
		for _, line := range []string{
			"||a%d.example^$third-party", "||192.0.2.%d^", "||a%d.example/path", "||-a%d.example^", "/a%d(/", "||*.a%d.*^",
			"a%d.example##.banner", "||facebook.com/%d", "||com%d^", "@@||a%d.example^$removeparam", "||a%d..example^",
		} {
			fmt.Fprintf(&list, line+"\n", i)
		}
	}
	path := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(path, []byte(list.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Examination{Path: path, Format: format.Adblock}.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]int{}
	for _, r := range c.Rejects {
		kept[r.Reason]++
	}
	t.Logf("rejected %v, kept %v", c.ByReason, kept)
	enough := 0
	for reason, n := range c.ByReason {
		if enough += min(n, 4); kept[reason] > 4 {
			t.Errorf("%d lines of %s are kept", kept[reason], reason)
		}
	}
	if enough <= 20 || len(c.Rejects) != 20 {
		t.Errorf("of %d lines %d are kept, want 20", enough, len(c.Rejects))
	}
}

// TestHowMuchAVersionMayGrow has the bounds of lists that are signed and of those that are
// not, set and by default.
func TestHowMuchAVersionMayGrow(t *testing.T) {
	keys := release.Keys{{}}
	f := func(src Source, had, has int, want error) {
		t.Helper()
		if err := guard(&src, &Copy{Entries: had}, &Copy{Entries: has}, nil); !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%d keys, max_growth %g, %d after %d: %v, want %v", len(src.Keys), src.MaxGrowth, has, had, err, want)
		}
	}
	f(Source{MaxGrowth: DefaultMaxGrowth}, 1000, 5001, ErrGrew)
	f(Source{MaxGrowth: 5.1}, 1000, 5100, nil)
	f(Source{MaxGrowth: 5.1}, 1000, 5101, ErrGrew)
	f(Source{MaxGrowth: 2}, 10, 20, nil)
	f(Source{MaxGrowth: 2}, 10, 21, ErrGrew) // however few
	f(Source{MaxGrowth: 1}, 10, 11, ErrGrew)
	f(Source{}, 10, 1e9, nil)
	f(Source{Keys: keys, MaxGrowth: DefaultMaxGrowth}, 1000, 5001, nil)
	f(Source{Keys: keys, MaxGrowth: DefaultMaxGrowth}, 10, 1e9, nil)
	f(Source{Keys: keys, MaxGrowth: 2}, 10, 21, ErrGrew)
	f(Source{MaxGrowth: 2}, 0, 1e9, nil) // the first
}

// TestWhatIsHeldBackIsToldWithItsBound, in both languages.
func TestWhatIsHeldBackIsToldWithItsBound(t *testing.T) {
	f := func(want string, known, c Copy, sizes []Size) {
		t.Helper()
		err := guard(&Source{MaxShrink: 0.6, MaxGrowth: 2}, &known, &c, sizes)
		if err == nil {
			t.Fatalf("%s: not held back", want)
		}
		for _, text := range []string{asError(err).Text.EN, asError(err).Text.VI} {
			for _, part := range strings.Fields(want) {
				if !strings.Contains(text, part) {
					t.Errorf("%q says nothing of %s", text, part)
				}
			}
		}
	}
	ago := func(d time.Duration) []Size { return []Size{{time.Now().Add(-d), 100}} }
	f("100 39 60%", Copy{Entries: 100}, Copy{Entries: 39}, nil)
	f("100 201 2", Copy{Entries: 100}, Copy{Entries: 201}, nil)
	f("100 39 1 60%", Copy{Entries: 39}, Copy{Entries: 39}, ago(25*time.Hour))
	f("100 39 7 60%", Copy{Entries: 39}, Copy{Entries: 39}, append(ago(8*24*time.Hour), Size{time.Now().Add(-25 * time.Hour), 39}))
	replaced := Copy{Entries: 100}
	replaced.Lost = []Loss{{Document: "12/QĐ", Had: 100, Lost: 61}}
	f("61 100 12/QĐ 60%", Copy{Entries: 100}, replaced, nil)
	f("7", Copy{}, Copy{Rejected: 7}, nil)
	f("100", Copy{Entries: 100}, Copy{}, nil)
}

// TestTimersOfAZoneHaveBounds: no primary is asked without pause, and none is forgotten.
func TestTimersOfAZoneHaveBounds(t *testing.T) {
	f := func(seconds transfer.Seconds, refresh, retry time.Duration) {
		t.Helper()
		own := &scheduled{Source: Source{Refresh: time.Hour}}
		c := &Copy{Zone: &transfer.SOA{Refresh: seconds, Retry: seconds}}
		if a, b := own.refresh(c), own.longestRetry(c); a != refresh || b != retry {
			t.Errorf("%d seconds: looked at every %s and tried again within %s, want %s and %s", seconds, a, b, refresh, retry)
		}
		if a, b := own.refresh(&Copy{}), own.longestRetry(&Copy{}); a != time.Hour || b != time.Hour {
			t.Errorf("what is no zone is looked at every %s, and tried again within %s", a, b)
		}
	}
	f(0, time.Minute, 30*time.Second)
	f(30, time.Minute, 30*time.Second)
	f(31, time.Minute, 31*time.Second)
	f(61, 61*time.Second, 61*time.Second)
	f(86_399, 86_399*time.Second, 86_399*time.Second)
	f(86_401, 24*time.Hour, 24*time.Hour)
}

// TestHowFarBackAPackedBodyMayRefer is what RFC 9659 lets a sender use: 8 MiB.
func TestHowFarBackAPackedBodyMayRefer(t *testing.T) {
	text := "casino.example\n"
	for window, opens := range map[byte]bool{0x60: true, 0x68: true, 0x69: false, 0x70: false} { // 4, 8, 9 and 16 MiB
		frame := append([]byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, window, byte(len(text)<<3 | 1), 0, 0}, text...) // RFC 8878 section 3.1.1
		var got strings.Builder
		if err := unpack(&got, bytes.NewReader(frame), "zstd", 1<<20); (err == nil) != opens || opens && got.String() != text {
			t.Errorf("window %#x: %q, %v", window, got.String(), err)
		}
	}
}

// TestOfManyDocumentsAThousandAreTold, the newest, and of each number 120 bytes.
func TestOfManyDocumentsAThousandAreTold(t *testing.T) {
	for _, written := range []int{1, 1000, 1001} {
		d := documents{byNumber: map[string]*collected{}}
		for i := range written {
			d.add(&format.Rule{Name: "a.example", Document: fmt.Sprintf("%d/QĐ", i)})
		}
		list := d.newest()
		if len(list) != min(written, 1000) || list[len(list)-1].Number != fmt.Sprintf("%d/QĐ", written-1) {
			t.Errorf("of %d documents %d are told", written, len(list))
		}
	}
	for length, want := range map[int]int{119: 119, 120: 120, 121: 120} {
		if got := shortened(strings.Repeat("x", length)); len(got) != want {
			t.Errorf("of %d bytes %d are kept", length, len(got))
		}
	}
	if got := shortened(strings.Repeat("x", 119) + "ữ"); got != strings.Repeat("x", 119) { // not half a letter
		t.Errorf("kept %q", got)
	}
}

// TestWhichFeedIsNext of those that are due, or the first that will be.
func TestWhichFeedIsNext(t *testing.T) {
	now := time.Now()
	feed := func(name string, first bool, in time.Duration) *scheduled {
		return &scheduled{Source: Source{Name: name, First: first}, due: now.Add(in), slept: suspended.Time()}
	}
	running := func(f *scheduled) *scheduled {
		f.running = true
		return f
	}
	f := func(want string, in time.Duration, feeds ...*scheduled) {
		t.Helper()
		u := &Updater{feeds: feeds, asked: map[string]bool{"asked": true}, told: map[string]bool{"told": true}}
		for _, f := range feeds {
			if f.running {
				u.running++
				if !f.First {
					u.others++
				}
			}
			if f.Name == "told" {
				f.heed = now.Add(10 * time.Second)
			}
		}
		got, wait := u.next(now)
		if (got == nil) != (want == "") || got != nil && (got.Name != want || wait.Round(time.Second) != in) {
			t.Errorf("next is %+v in %v, want %s in %v", got, wait, want, in)
		}
	}
	const before, later = -time.Minute, time.Minute
	f("", 0)
	f("a", later, feed("a", false, later))
	f("a", later, feed("b", false, 2*later), feed("a", false, later), feed("c", false, 3*later))
	f("a", 2*before, feed("b", false, before), feed("a", false, 2*before), feed("c", false, before))
	f("order", before, feed("a", false, 2*before), feed("order", true, before), feed("b", false, 3*before))
	f("order", before, feed("order", true, before), feed("a", false, 2*before))
	f("order", 0, feed("order", true, 0), feed("a", false, 2*before)) // due this moment
	f("order", before, feed("order", true, before), feed("a", false, 0))
	f("a", before, feed("a", false, before), feed("order", true, later)) // which is not due
	f("a", before, feed("order", true, later), feed("a", false, before))
	f("a", later, feed("order", true, 2*later), feed("a", false, later))
	f("a", later, feed("a", false, later), feed("order", true, 2*later))
	f("early", 2*before, feed("order", true, before), feed("early", true, 2*before))
	f("asked", 0, feed("a", false, later), feed("asked", false, 9*later))
	f("told", 10*time.Second, feed("a", false, later), feed("told", false, 9*later))
	f("told", later/12, feed("a", false, later), feed("told", false, later/12)) // sooner due than heeded
	f("a", later, running(feed("b", false, before)), feed("a", false, later))
	f("", 0, running(feed("b", false, before)), running(feed("c", false, before)), feed("a", false, before))
	f("order", later, running(feed("b", false, before)), running(feed("c", false, before)), feed("a", false, before), feed("order", true, later))
	f("a", before, running(feed("b", false, before)), running(feed("one", true, before)), feed("a", false, before))
	f("", 0, running(feed("b", false, before)), running(feed("one", true, before)), running(feed("two", true, before)), feed("order", true, before))
}

// TestPlacesAreTakenAndGivenBackByManyAtOnce.
func TestPlacesAreTakenAndGivenBackByManyAtOnce(t *testing.T) {
	u := NewUpdater(nil, nil, func(string) {}, slog.New(slog.DiscardHandler))
	var work sync.WaitGroup
	for i := range 4 {
		work.Go(func() {
			f := &scheduled{Source: Source{First: i%2 == 0}}
			for range 100 {
				u.start(f)
				u.finish(f)
			}
		})
	}
	work.Wait()
	if u.running != 0 || u.others != 0 {
		t.Errorf("%d places, %d of these of others, are taken", u.running, u.others)
	}
}

// TestATriggerThatFailsIsHeededAfterAThirdOfTheTimeToTheNextAttempt, and never within ten seconds.
func TestATriggerThatFailsIsHeededAfterAThirdOfTheTimeToTheNextAttempt(t *testing.T) {
	s, src := stored(t, 20)
	if err := os.Remove(src.URL); err != nil {
		t.Fatal(err)
	}
	u := NewUpdater(s, []Source{src}, func(string) {}, slog.New(slog.DiscardHandler))
	f := u.feeds[0]
	u.update(t.Context(), f)
	if !f.heed.IsZero() {
		t.Error("nobody has triggered it")
	}
	for range 6 {
		u.told[src.Name] = true
		began := time.Now()
		u.update(t.Context(), f)
		next, heed := f.due.Sub(began), f.heed.Sub(began)
		if want := max(10*time.Second, next/3); heed < want-time.Second || heed > want+time.Second {
			t.Errorf("a trigger is heeded in %v, the next attempt is in %v", heed, next)
		}
	}
}

// TestAVersionMayBeAsLargeAsTheBound: what is announced, packed and unpacked.
func TestAVersionMayBeAsLargeAsTheBound(t *testing.T) {
	at := time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)
	f := func(content, snapshot int64, newest Release, want error) {
		t.Helper()
		v := &version{
			src: &Source{MaxBytes: 1000}, last: &Status{Newest: newest}, known: &Copy{Digest: "d"}, at: at,
		}
		m := &release.Manifest{ID: "a", Content: release.Digest{Size: content}}
		m.Snapshot.Size = snapshot
		err := v.allowed(m, &Release{Feed: "a", Version: 7, Expires: at.Add(time.Hour)})
		if !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%d bytes, packed %d, after %+v: %v, want %v", content, snapshot, newest, err, want)
		}
	}
	f(1000, 1000, Release{}, nil)
	f(1001, 1000, Release{}, ErrTooLarge)
	f(1000, 1001, Release{}, ErrTooLarge)
	f(1, 1, Release{Feed: "a", Version: 6}, nil)
	f(1, 1, Release{Feed: "b", Version: 6}, ErrManifest)
}

// TestWhatAReleaseMayFollow has the moments and numbers on both sides.
func TestWhatAReleaseMayFollow(t *testing.T) {
	at := time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)
	newest := Release{Feed: "a", Version: 7, Digest: "d"}
	f := func(r Release, want error) {
		t.Helper()
		if err := r.follows(&newest, at); !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%+v: %v, want %v", r, err, want)
		}
	}
	f(Release{Feed: "a", Version: 8}, nil)
	f(Release{Feed: "a", Version: 8, Expires: at}, ErrExpired)
	f(Release{Feed: "a", Version: 8, Expires: at.Add(1)}, nil)
	f(Release{Feed: "a", Version: 7, Digest: "d"}, nil)
	f(Release{Feed: "a", Version: 7, Digest: "e"}, ErrRollback)
	f(Release{Feed: "a", Version: 6, Digest: "d"}, ErrRollback)
	f(Release{Feed: "b", Version: 1}, nil)
	newest = Release{Feed: "a", Digest: "d"}
	f(Release{Feed: "a", Digest: "e"}, nil) // without versions
}

// TestOfManyWidenedSitesTwentyAreTold: the first of them, each once, and all are counted.
func TestOfManyWidenedSitesTwentyAreTold(t *testing.T) {
	for _, sites := range []int{1, 20, 21, 23} {
		var list strings.Builder
		for i := range sites {
			fmt.Fprintf(&list, "https://bet%d.example/trang\nhttps://bet%d.example/khac\n", i, i)
		}
		path := filepath.Join(t.TempDir(), "list")
		if err := os.WriteFile(path, []byte(list.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Examination{Path: path, Format: format.Domains, Subdomains: true}.Do(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if want := min(sites, 20); c.Widened != 2*sites || len(c.WidenedHosts) != want || c.WidenedHosts[want-1] != fmt.Sprintf("bet%d.example", want-1) {
			t.Errorf("of %d sites %d entries are counted, and told are %q", sites, c.Widened, c.WidenedHosts)
		}
	}
}

// TestThatMoreIsInDoubtThanMayWaitIsSeen: one more is noted than may wait, whatever there is.
func TestThatMoreIsInDoubtThanMayWaitIsSeen(t *testing.T) {
	for entries, want := range map[int]int{maxDoubts - 1: maxDoubts - 1, maxDoubts: maxDoubts, maxDoubts + 1: maxDoubts + 1, 2 * maxDoubts: maxDoubts + 1} {
		path := filepath.Join(t.TempDir(), "list")
		var text strings.Builder
		for i := range entries {
			fmt.Fprintf(&text, "truong-%d.edu.example\n", i)
		}
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		core := func(*domain.Name, bool) bool { return true }
		c, err := Examination{Path: path, Format: format.Domains, Subdomains: true, Orders: true, Core: core}.Do(t.Context())
		if err != nil || len(c.Doubts) != want {
			t.Errorf("of %d entries in doubt %d are noted, want %d: %v", entries, len(c.Doubts), want, err)
		}
	}
}
