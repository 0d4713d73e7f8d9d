package feed

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/blocklist/format"
	"lachan/blocklist/release"
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
		if enough += min(n, rejectsPerReason); kept[reason] > rejectsPerReason {
			t.Errorf("%d lines of %s are kept", kept[reason], reason)
		}
	}
	if enough <= maxRejects || len(c.Rejects) != maxRejects {
		t.Errorf("of %d lines %d are kept, want %d", enough, len(c.Rejects), maxRejects)
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
	for _, sites := range []int{1, maxWidenedHosts, maxWidenedHosts + 3} {
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
		if want := min(sites, maxWidenedHosts); c.Widened != 2*sites || len(c.WidenedHosts) != want || c.WidenedHosts[want-1] != fmt.Sprintf("bet%d.example", want-1) {
			t.Errorf("of %d sites %d entries are counted, and told are %q", sites, c.Widened, c.WidenedHosts)
		}
	}
}
