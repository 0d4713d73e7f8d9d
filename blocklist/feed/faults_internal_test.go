package feed

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lachan/blocklist/transfer"
	"lachan/internal/fault"
)

// A fault in one update ends Run, which names the feed; when it is called again, all
// feeds go on.
func TestAFaultInAnUpdateEndsRun(t *testing.T) {
	dir := t.TempDir()
	store, err := Open(filepath.Join(dir, "state"))
	if err != nil {
		t.Fatal(err)
	}
	var sources []Source
	for _, name := range []string{"bad", "good"} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte("a.example\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		sources = append(sources, Source{Name: name, URL: file, Refresh: time.Hour, MaxShrink: 1})
	}
	faults := make(chan struct{}, 1)
	faults <- struct{}{}
	told := make(chan string, 10)
	changed := func(name string) {
		if name == "bad" {
			select {
			case <-faults:
				panic("it went wrong")
			default:
			}
		}
		told <- name
	}
	u := NewUpdater(store, sources, changed, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	met := fault.Catch(func() { _ = u.Run(ctx) })
	if met == nil || !strings.Contains(met.Error(), `update feed "bad": it went wrong`) {
		t.Errorf("ended with %v", met)
	}
	ended := make(chan error, 1)
	go func() { ended <- fault.Catch(func() { _ = u.Run(ctx) }) }()
	for name := ""; name != "bad"; {
		u.Trigger("bad")
		if err := os.WriteFile(sources[0].URL, []byte(time.Now().Format("b150405000000.example\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		select {
		case name = <-told:
		case err := <-ended:
			t.Fatalf("ended again: %v", err)
		case <-time.After(time.Second):
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestAFaultIsMetByWhoeverLooksNext, once, while others are handed on.
func TestAFaultIsMetByWhoeverLooksNext(t *testing.T) {
	u := NewUpdater(nil, nil, func(string) {}, slog.New(slog.DiscardHandler))
	wrong := errors.New("it went wrong")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 200 {
			u.handOn(wrong)
		}
	}()
	look := func() error { return fault.Catch(func() { u.next(time.Now()) }) }
	met := 0
	for handing := true; handing; {
		select {
		case <-done:
			handing = false
		default:
		}
		if look() != nil {
			met++
		}
	}
	if met == 0 || met > 200 || look() != nil {
		t.Errorf("200 faults are met %d times", met)
	}
}

// A zone says itself how often it is looked at, within bounds, and when its copy is old.
func TestTheTimesOfAZone(t *testing.T) {
	const s = transfer.Seconds(1)
	now := time.Now()
	for _, c := range []struct {
		zone           *transfer.SOA
		refresh, retry time.Duration
		lastSuccess    time.Duration // ago; 0: never
		expired        bool
	}{
		{nil, time.Hour, time.Hour, 1000 * time.Hour, false},
		{&transfer.SOA{Refresh: 7200 * s, Retry: 600 * s, Expire: 100 * s}, 2 * time.Hour, 10 * time.Minute, 100 * time.Second, false},
		{&transfer.SOA{Refresh: 7200 * s, Retry: 600 * s, Expire: 100 * s}, 2 * time.Hour, 10 * time.Minute, 101 * time.Second, true},
		{&transfer.SOA{Expire: 100 * s}, time.Minute, 30 * time.Second, 0, false},
		{&transfer.SOA{Refresh: 1e6 * s, Retry: 1e6 * s}, 24 * time.Hour, 24 * time.Hour, time.Second, true},
	} {
		f := &scheduled{Source: Source{Refresh: time.Hour}}
		copied := Copy{Zone: c.zone}
		st := Status{Copy: copied}
		if c.lastSuccess > 0 {
			st.LastSuccess = now.Add(-c.lastSuccess)
		}
		if f.refresh(&copied) != c.refresh || f.longestRetry(&copied) != c.retry || st.Expired(now) != c.expired {
			t.Errorf("%+v: looked at after %s, after a failure %s, old %v", c.zone, f.refresh(&copied), f.longestRetry(&copied), st.Expired(now))
		}
	}
}

// What cannot be read as a list is told apart.
func TestFilesThatAreNoLists(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, make([]byte, 1001), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]error{
		filepath.Join(dir, "none"): fs.ErrNotExist, pipe: ErrUnsupported, large: ErrTooLarge,
	} {
		if err := copyLocal(path, 1000, io.Discard); !errors.Is(err, want) || asError(err).Text.EN == "" {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
	if err := copyLocal(large, 1001, io.Discard); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]error{"none": fs.ErrNotExist, "empty": fs.ErrNotExist} {
		if name == "empty" {
			if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := copyDirectory(filepath.Join(dir, name), 1000, io.Discard); !errors.Is(err, want) {
			t.Errorf("the directory %s: %v", name, err)
		}
	}
	full := errors.New("no room")
	if err := os.WriteFile(filepath.Join(dir, "empty", "a.txt"), []byte("a.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := copyDirectory(filepath.Join(dir, "empty"), 1000, failing{full}); !errors.Is(err, full) {
		t.Errorf("a disk that is full: %v", err)
	}
}

// failing writes nothing.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
