package feed

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"lachan/blocklist/feed/doubt"
	"lachan/blocklist/format"
	"lachan/blocklist/release"
	"lachan/internal/durable"
)

// All that a local feed is made of is looked at: a signature or a digest that comes
// later than its list brings the list with it.
func TestWhatIsWatchedOfAList(t *testing.T) {
	keys := release.Keys{{}}
	for _, c := range []struct {
		src  Source
		want string
	}{
		{Source{URL: "/l/a.txt"}, "/l/a.txt"},
		{Source{URL: "/l/a.txt", Keys: keys}, "/l/a.txt /l/a.txt.minisig"},
		{Source{URL: "/l/a.txt", SHA256URL: "/l/sum"}, "/l/a.txt /l/sum"},
		{Source{URL: "file:///l/a.txt", Keys: keys, SHA256URL: "file:///l/sum"}, "/l/a.txt /l/a.txt.minisig /l/sum"},
		{Source{URL: "/l/a.txt", SHA256URL: "https://lists.example/sum"}, "/l/a.txt"},
		{Source{URL: "https://lists.example/a.txt", Keys: keys, SHA256URL: "/l/sum"}, ""},
	} {
		var paths []string
		for _, p := range c.src.localPaths() {
			paths = append(paths, strings.TrimPrefix(p, "file://"))
		}
		if got := strings.Join(paths, " "); got != strings.TrimPrefix(c.want, "file://") {
			t.Errorf("%s, %d keys, %s: %q, want %q", c.src.URL, len(c.src.Keys), c.src.SHA256URL, got, c.want)
		}
	}
}

// A signature is read as far as its bound, and no further.
func TestASignatureHasABound(t *testing.T) {
	for size, read := range map[int]bool{300: true, 16 << 10: true, 16<<10 + 1: false} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(make([]byte, size)) // one that is cut off fails
		}))
		s, err := Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		text, err := s.readSignature(t.Context(), server.URL+"/list.minisig")
		if (err == nil) != read || read && len(text) != size || !read && !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrUnsigned) {
			t.Errorf("%d bytes: %d read, %v", size, len(text), err)
		}
		server.Close()
	}
}

// A publisher has to send 16 KiB within each half a minute, from the first byte on.
func TestHowMuchHasToComeInAWhile(t *testing.T) {
	for _, c := range []struct {
		parts  []int // bytes that come each 20 s
		stalls bool
	}{
		{[]int{1, 1, 1}, true},
		{[]int{16<<10 - 1}, true},
		{[]int{16 << 10}, false},
		{[]int{10 << 10, 6 << 10}, true}, // the second comes too late
		{[]int{16 << 10, 16 << 10, 16 << 10}, false},
		{[]int{16 << 10, 1}, true},
		{[]int{16 << 10, 16<<10 - 1}, true}, // what came before counts once
		{[]int{16<<10 + 500, 16<<10 - 1, 1}, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			stalled := false
			timer := time.AfterFunc(stallAfter, func() { stalled = true })
			defer timer.Stop()
			p := pacedReader{r: strings.NewReader(strings.Repeat("x", 1<<20)), timer: timer}
			for _, n := range c.parts {
				time.Sleep(20 * time.Second)
				if _, err := p.Read(make([]byte, n)); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(20 * time.Second)
			if synctest.Wait(); stalled != c.stalls {
				t.Errorf("after parts of %v bytes: given up %v", c.parts, stalled)
			}
		})
	}
}

// What has come is counted over several reads.
func TestSmallPartsAreProgressTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stalled := false
		timer := time.AfterFunc(stallAfter, func() { stalled = true })
		defer timer.Stop()
		p := pacedReader{r: strings.NewReader(strings.Repeat("x", 20<<10)), timer: timer}
		for range 20 {
			time.Sleep(1400 * time.Millisecond) // 28 s in all
			if _, err := io.ReadFull(&p, make([]byte, 1<<10)); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(10 * time.Second)
		if synctest.Wait(); stalled {
			t.Error("20 KiB in 28 seconds are given up")
		}
	})
}

// The lists of a directory may be as large as the bound together.
func TestADirectoryMayBeAsLargeAsTheBound(t *testing.T) {
	dir := t.TempDir()
	for name, size := range map[string]int{"a.txt": 600, "b.txt": 400} {
		if err := os.WriteFile(filepath.Join(dir, name), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for most, want := range map[int64]error{999: ErrTooLarge, 1000: nil, 1001: nil} {
		if err := copyDirectory(dir, most, io.Discard); !errors.Is(err, want) {
			t.Errorf("1000 bytes of at most %d: %v", most, err)
		}
	}
}

// Of the documents that a version has lost entries of, a hundred are told.
func TestOfManyLossesAHundredAreTold(t *testing.T) {
	for documents, want := range map[int]int{99: 99, 100: 100, 101: 100} {
		path := filepath.Join(t.TempDir(), "list.csv")
		text := "ten_mien,so_van_ban\n"
		for i := range documents {
			text += fmt.Sprintf("a%d.example,%d/A05\n", i, i)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		e := Earlier{Path: path, Format: format.CSV, Asked: format.CSV}
		losses, _, err := e.losses(format.Options{}, time.Now(), keys{})
		if err != nil || len(losses) != want {
			t.Errorf("%d documents lost an entry, %d are told: %v", documents, len(losses), err)
		}
	}
}

// Entries are the same if all is that they say: else a loss is not seen.
func TestWhatTellsEntriesApart(t *testing.T) {
	different := []format.Rule{
		{Name: "a.example"}, {Name: "b.example"}, {Regex: "a.example"}, {Document: "a.example"},
		{Name: "a.example", Document: "1/A05"}, {Name: "a.example", Document: "2/A05"},
		{Prefix: netip.MustParsePrefix("192.0.2.0/24")}, {Prefix: netip.MustParsePrefix("192.0.2.0/25")},
		{Prefix: netip.MustParsePrefix("198.51.100.0/24")},
		{Prefix: netip.MustParsePrefix("192.0.2.0/24"), Document: "1/A05"},
	}
	all := keys{}
	for i := range different {
		all.add(&different[i])
		same := different[i]
		same.Category, same.From = "gambling", time.Now() // which are no loss
		all.add(&same)
	}
	if len(all) != len(different) {
		t.Errorf("%d of %d rules are told apart", len(all), len(different))
	}
}

// Fifty entries in doubt may wait for a word; with more of them the version does.
func TestHowManyEntriesInDoubtAVersionMayHave(t *testing.T) {
	in := func(n int) (list []doubt.Entry) {
		for i := range n {
			list = append(list, doubt.Entry{Name: fmt.Sprintf("d%d.example", i), Why: doubt.Core})
		}
		return list
	}
	for _, c := range []struct {
		known, now int
		want       error
	}{
		{0, 0, nil}, {0, 50, nil}, {0, 51, ErrCore},
		{51, 51, nil}, {10, 60, nil}, {10, 61, ErrCore},
		{1000, 1000, nil}, {1000, 1001, ErrCore}, // no more of them are looked at
	} {
		known, now := &Copy{Entries: 5000, Remarks: Remarks{Doubts: in(c.known)}}, &Copy{Entries: 5000, Remarks: Remarks{Doubts: in(c.now)}}
		if err := guard(&Source{MaxShrink: 0.3}, known, now, nil); !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%d in doubt, %d before: %v, want %v", c.now, c.known, err, c.want)
		}
	}
}

// A day and a week are measured to the moment, and people are told which it was.
func TestWhatAListHadADayAndAWeekAgo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const day = 24 * time.Hour
		ago := func(d time.Duration, entries int) Size { return Size{time.Now().Add(-d), entries} }
		for _, c := range []struct {
			sizes     []Size
			day, week int
		}{
			{nil, 7, 7}, // not known
			{[]Size{ago(time.Hour, 100)}, 100, 100},
			{[]Size{ago(2*day, 100), ago(day, 80), ago(time.Hour, 60)}, 80, 100},
			{[]Size{ago(2*day, 100), ago(day-1, 80)}, 100, 100},
			{[]Size{ago(8*day, 300), ago(7*day, 200), ago(7*day-1, 100), ago(day+1, 90)}, 90, 200},
		} {
			if d, w := before(c.sizes, shrinkDay, 7), before(c.sizes, shrinkWeek, 7); d != c.day || w != c.week {
				t.Errorf("%v: %d a day ago and %d a week ago, want %d and %d", c.sizes, d, w, c.day, c.week)
			}
		}
		told := func(sizes []Size, days string) {
			t.Helper()
			err := guard(&Source{MaxShrink: 0.3}, &Copy{Entries: 60}, &Copy{Entries: 60}, sizes)
			if !errors.Is(err, ErrShrunk) || !strings.Contains(asError(err).Text.EN, days) {
				t.Errorf("%v: %v, want %q", sizes, err, days)
			}
		}
		told([]Size{ago(day, 100), ago(time.Hour, 60)}, "had 100 entries and the new one has 60, against 1 days ago")
		told([]Size{ago(7*day, 100), ago(2*day, 70)}, "had 100 entries and the new one has 60, against 7 days ago")
	})
}

// Of the sizes of an hour the largest and the last stay, and of those older than a week
// the one that held then.
func TestWhichSizesAreKept(t *testing.T) {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	since := func(minutes, entries int) Size { return Size{at.Add(-time.Duration(minutes) * time.Minute), entries} }
	const week = 7 * 24 * 60
	for _, c := range []struct{ sizes, want []Size }{
		{nil, []Size{since(0, 50)}},
		{[]Size{since(5, 40)}, []Size{since(5, 40), since(0, 50)}},
		{[]Size{since(59, 90), since(5, 40)}, []Size{since(59, 90), since(0, 50)}},
		{[]Size{since(59, 30), since(5, 40)}, []Size{since(5, 40), since(0, 50)}},
		{[]Size{since(59, 40), since(5, 40)}, []Size{since(5, 40), since(0, 50)}},
		{[]Size{since(60, 90), since(5, 40)}, []Size{since(60, 90), since(5, 40), since(0, 50)}},
		{[]Size{since(week+9, 9), since(week, 8), since(90, 7)}, []Size{since(week, 8), since(90, 7), since(0, 50)}},
		{[]Size{since(week+9, 9), since(week-1, 8), since(90, 7)}, []Size{since(week+9, 9), since(week-1, 8), since(90, 7), since(0, 50)}},
	} {
		if got := withSize(c.sizes, at, 50); !slices.Equal(got, c.want) {
			t.Errorf("%v:\n got %v\nwant %v", c.sizes, got, c.want)
		}
	}
}

// A copy without bytes or entries may have been written, one with fewer not.
func TestWhichCopiesAreBelieved(t *testing.T) {
	good := Copy{Digest: strings.Repeat("ab", 32), AskedFormat: format.Auto, Format: format.Hosts}
	for _, c := range []struct {
		what   string
		change func(*Copy)
		want   bool
	}{
		{"an empty list", func(*Copy) {}, true},
		{"a list", func(c *Copy) { c.Bytes, c.Entries, c.Rejected = 9, 1, 1 }, true},
		{"fewer than no bytes", func(c *Copy) { c.Bytes = -1 }, false},
		{"fewer than no entries", func(c *Copy) { c.Entries = -1 }, false},
		{"fewer than no rejects", func(c *Copy) { c.Rejected = -1 }, false},
		{"no digest", func(c *Copy) { c.Digest = "" }, true},
		{"bytes without a digest", func(c *Copy) { c.Digest, c.Bytes = "", 1 }, false},
		{"entries without a digest", func(c *Copy) { c.Digest, c.Entries = "", 1 }, false},
		{"a short digest", func(c *Copy) { c.Digest = c.Digest[2:] }, false},
		{"a digest in capitals", func(c *Copy) { c.Digest = strings.ToUpper(c.Digest) }, false},
		{"a path for a digest", func(c *Copy) { c.Digest = "../" + c.Digest[3:] }, false},
		{"no format that was asked", func(c *Copy) { c.AskedFormat = "" }, false},
		{"no format", func(c *Copy) { c.Format = "" }, false},
		{"a format that was not found out", func(c *Copy) { c.Format = format.Auto }, false},
	} {
		copied := good
		if c.change(&copied); copied.plausible() != c.want {
			t.Errorf("%s: believed %v", c.what, !c.want)
		}
	}
}

// At a start a feed whose copy is good is due when it would have been; others at once.
func TestWhenAFeedIsDueAtAStart(t *testing.T) {
	const refresh = time.Hour
	src := Source{Name: "f", URL: "https://lists.example/a.txt", Refresh: refresh}
	now := time.Now()
	good := func(ago time.Duration) Status {
		st := Status{Version: statusVersion, Name: "f", LastSuccess: now.Add(-ago)}
		st.Copy = Copy{
			URL: src.URL, Digest: strings.Repeat("ab", 32), AskedFormat: format.Auto, Format: format.Hosts,
		}
		return st
	}
	for _, c := range []struct {
		what   string
		src    func(*Source)
		status func(*Status)
		ago    time.Duration
		in     time.Duration // give or take a tenth of refresh; 0: at once
	}{
		{"a good copy", nil, nil, 10 * time.Minute, 50 * time.Minute},
		{"one of this moment", nil, nil, 0, time.Hour},
		{"one of long ago", nil, nil, 2 * time.Hour, -time.Hour},
		{"one of later than now", nil, nil, -time.Second, 0},
		{"no copy", nil, func(s *Status) { s.Copy = Copy{} }, 10 * time.Minute, 0},
		{"a copy of another address", func(s *Source) { s.URL += "x" }, nil, 10 * time.Minute, 0},
		{"a failure since", nil, func(s *Status) { s.Failure = Failure{EN: "no", Since: now} }, 10 * time.Minute, 0},
		{"a status of another program", nil, func(s *Status) { s.Version = 0 }, 10 * time.Minute, 0},
		{"a file", func(s *Source) { s.URL = "/l/a.txt" }, func(s *Status) { s.Copy.URL = "/l/a.txt" }, 10 * time.Minute, 0},
	} {
		s, err := Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		of, st := src, good(c.ago)
		if c.src != nil {
			c.src(&of)
		}
		if c.status != nil {
			c.status(&st)
		}
		if err := errors.Join(os.MkdirAll(s.dir("f"), 0o700), st.write(s.dir("f"))); err != nil {
			t.Fatal(err)
		}
		u := &Updater{store: s}
		got := u.firstDue(&scheduled{Source: of}, now).Sub(now)
		if c.in == 0 && got != 0 || c.in != 0 && (got < c.in-refresh/10 || got > c.in+refresh/10) {
			t.Errorf("%s: due in %s, want %s", c.what, got, c.in)
		}
	}
}

// A draft that cannot be emptied is told of, and nothing is put behind what is in it.
func TestADraftThatCannotBeEmptied(t *testing.T) {
	read, written, err := os.Pipe() // which has no beginning to go back to
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	defer written.Close()
	list := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(list, []byte("a.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := &draft{file: &durable.File{File: written}, hash: sha256.New()}
	v := version{known: &Copy{Path: list}, draft: d}
	if err := v.change(t.Context(), "https://lists.example/manifest.json", nil); !errors.Is(err, syscall.ESPIPE) {
		t.Errorf("a change: %v", err)
	}
	if err := v.list(t.Context(), "https://lists.example/manifest.json", &release.Manifest{}); !errors.Is(err, syscall.ESPIPE) {
		t.Errorf("a whole list: %v", err)
	}
}

// Packed and unpacked a list may have as many bytes as the bound: also what unpacks to
// nothing is read no further.
func TestPackedAndUnpackedAListHasABound(t *testing.T) {
	const most = 1000
	pack := func(members, size int) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(make([]byte, size)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return strings.Repeat(b.String(), members)
	}
	for _, c := range []struct {
		what, encoding, body string
		want                 error
	}{
		{"as it is", "", strings.Repeat("x", most), nil},
		{"one byte more", "", strings.Repeat("x", most+1), ErrTooLarge},
		{"unpacked", "gzip", pack(1, most), nil},
		{"one byte more unpacked", "gzip", pack(1, most+1), ErrTooLarge},
		{"nothing, many times", "gzip", pack(1000, 0), ErrTooLarge},
	} {
		if err := unpack(io.Discard, strings.NewReader(c.body), c.encoding, most); !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%s, %d bytes: %v, want %v", c.what, len(c.body), err, c.want)
		}
	}
}

// A status of four mebibytes is read, and not one byte more.
func TestAStatusHasFourMebibytesAtMost(t *testing.T) {
	of := func(size int) []byte {
		text := []byte(`{"version": 1, "name": "a"}`)
		return append(text, bytes.Repeat([]byte(" "), size-len(text))...)
	}
	if _, err := decodeStatus(of(4<<20), "a"); err != nil {
		t.Errorf("of four mebibytes: %v", err)
	}
	if _, err := decodeStatus(of(4<<20+1), "a"); !errors.Is(err, errDamaged) {
		t.Errorf("of one byte more: %v", err)
	}
}

// A file that has its second name already keeps it; what the disk refuses is told.
func TestASecondNameIsGivenOnce(t *testing.T) {
	dir := t.TempDir()
	path, as := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := linkAs(path, as); err != nil {
			t.Error(err)
		}
	}
	if err := linkAs(filepath.Join(dir, "none"), filepath.Join(dir, "c")); err == nil {
		t.Error("a file that is not there has a second name")
	}
}

// Of the lines that are rejected for one reason four are shown, and all are counted; a
// list without exceptions has none that lift nothing.
func TestOfRejectedLinesFourAreShownForEachReason(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list")
	text := "good.example\n" + strings.Repeat("not a name\n", 6)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Examination{Path: path, Format: format.Domains, Max: 1 << 20, Zone: time.UTC}.Do(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, n := range c.ByReason {
		total += n
	}
	if len(c.ByReason) != 1 || total != 6 || len(c.Rejects) != 4 || c.Idle != 0 {
		t.Errorf("%d rejected (%v), %d shown, %d exceptions that lift nothing", total, c.ByReason, len(c.Rejects), c.Idle)
	}
}

// An exception that lifts nothing of its list is counted: somebody expects more of it.
func TestExceptionsThatLiftNothingAreCounted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list")
	text := "||bad.example^\n@@||ok.bad.example^\n@@||elsewhere.example^\n@@||other.example^\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for allows, want := range map[bool]int{false: 2, true: 0} { // a list that allows has nothing else
		e := Examination{Path: path, Format: format.Adblock, Max: 1 << 20, Zone: time.UTC, Allows: allows}
		if c, err := e.Do(context.Background()); err != nil || c.Idle != want {
			t.Errorf("allows %v: %d exceptions lift nothing, %v", allows, c.Idle, err)
		}
	}
}

// The name of a feed is that of a folder.
func TestTheNameOfAFeedIsThatOfAFolder(t *testing.T) {
	for name, want := range map[string]bool{
		"a": true, "z": true, "0": true, "9": true, "list-09-az": true, strings.Repeat("a", 40): true,
		"": false, strings.Repeat("a", 41): false, "A": false, "a_b": false, "a.b": false, "../a": false, "/": false, ":": false, "{": false, "`": false,
	} {
		if validName(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}

// A folder that cannot be read is told as it is, and not as an empty one.
func TestAFolderThatIsNotThereIsTold(t *testing.T) {
	err := copyDirectory(filepath.Join(t.TempDir(), "none"), 1<<20, io.Discard)
	if !errors.Is(err, os.ErrNotExist) || strings.Contains(err.Error(), "no list in the directory") {
		t.Error(err)
	}
}
