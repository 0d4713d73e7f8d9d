package feed_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lachan/blocklist/feed"
)

// A running updater of feeds that are files in dir.
type running struct {
	*feed.Updater
	store *feed.Store
	dir   string
	log   bytes.Buffer

	mu   sync.Mutex
	said []string // mu
}

// changed are the feeds that it told of since forget, sorted: several are looked at
// at once.
func (r *running) changed() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(slices.Values(r.said))
}

func (r *running) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = nil
}

func (r *running) tell(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, name)
}

func (r *running) source(name string) feed.Source {
	src := fileSource(filepath.Join(r.dir, name))
	src.Name = name
	return src
}

// run starts an updater in the bubble; it is stopped at the end of the test.
func run(t *testing.T, setUp func(r *running) []feed.Source) *running {
	r := &running{dir: t.TempDir(), store: open(t, t.TempDir())}
	r.Updater = feed.NewUpdater(r.store, setUp(r), r.tell,
		slog.New(slog.NewTextHandler(&r.log, nil)))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- r.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != context.Canceled {
			t.Errorf("run: %v", err)
		}
	})
	synctest.Wait()
	return r
}

func (r *running) attempt(t *testing.T, name string) time.Time {
	t.Helper()
	st, err := r.store.Status(name)
	if err != nil {
		t.Fatal(err)
	}
	return st.LastAttempt
}

func TestFeedsAreUpdatedWhenDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := run(t, func(r *running) []feed.Source {
			write(t, filepath.Join(r.dir, "gio"), names(3))
			write(t, filepath.Join(r.dir, "ngay"), names(3))
			hourly, daily := r.source("gio"), r.source("ngay")
			daily.Refresh = 24 * time.Hour
			return []feed.Source{hourly, daily}
		})
		start := time.Now()
		if got := fmt.Sprint(r.changed()); got != "[gio ngay]" {
			t.Errorf("at the start changed %s", got)
		}
		time.Sleep(54*time.Minute - time.Second)
		synctest.Wait()
		if at := r.attempt(t, "gio"); !at.Equal(start) {
			t.Errorf("asked again after %v", at.Sub(start))
		}
		time.Sleep(12*time.Minute + 2*time.Second)
		synctest.Wait()
		if at := r.attempt(t, "gio"); !at.After(start) {
			t.Error("not asked again after an hour")
		}
		time.Sleep(10 * time.Hour)
		synctest.Wait()
		if got := fmt.Sprint(r.changed()); got != "[gio ngay]" {
			t.Errorf("changed %s although nothing did", got)
		}
		if at := r.attempt(t, "ngay"); !at.Equal(start) {
			t.Errorf("asked the daily feed after %v", at.Sub(start))
		}
	})
}

// waits are the times between the next n+1 attempts, to the second.
func (r *running) waits(t *testing.T, name string, n int) (waits []time.Duration) {
	t.Helper()
	for last := r.attempt(t, name); len(waits) < n; {
		time.Sleep(time.Second)
		synctest.Wait()
		if at := r.attempt(t, name); !at.Equal(last) {
			waits = append(waits, at.Sub(last).Round(time.Second))
			last = at
		}
	}
	return waits
}

func wantWaits(t *testing.T, got []time.Duration, want ...time.Duration) {
	t.Helper()
	for i, wait := range got {
		if wait < want[i]*9/10 || wait > want[i]*11/10 {
			t.Errorf("waits %v, want %v give or take a tenth", got, want)
			return
		}
	}
}

func TestFailuresAreTriedAgainEverMoreSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := run(t, func(r *running) []feed.Source {
			write(t, filepath.Join(r.dir, "tot"), names(3))
			return []feed.Source{r.source("hong"), r.source("tot")}
		})
		s, m := time.Second, time.Minute
		wantWaits(t, r.waits(t, "hong", 9), 30*s, m, 2*m, 4*m, 8*m, 16*m, 32*m, 60*m, 60*m)
		if n := strings.Count(r.log.String(), "feed update failed"); n != 1 {
			t.Errorf("one lasting failure was logged %d times:\n%s", n, &r.log)
		}
		if c, ok, _ := r.store.Good("tot"); !ok || c.Entries != 3 {
			t.Error("the feed beside it suffers")
		}
		if got := fmt.Sprint(r.Failing()); got != "[hong]" {
			t.Errorf("failing %s", got)
		}

		write(t, filepath.Join(r.dir, "hong"), names(1))
		r.Trigger("hong")
		synctest.Wait()
		if got := fmt.Sprint(r.changed()); got != "[hong hong tot]" {
			t.Errorf("changed %s: the first is the beginning of the failure", got)
		}
		if got := r.Failing(); len(got) > 0 {
			t.Errorf("failing %v", got)
		}
		if !strings.Contains(r.log.String(), `msg="feed updated" feed=hong host=file changed=true`) {
			t.Errorf("the recovery is not in the log:\n%s", &r.log)
		}
		if err := os.Remove(filepath.Join(r.dir, "hong")); err != nil {
			t.Fatal(err)
		}
		wantWaits(t, r.waits(t, "hong", 3), 60*m, 30*s, m)
	})
}

// TestACopyThatWasDamagedIsToldOfWhenItCameAgain, though it is the list that was known.
func TestACopyThatWasDamagedIsToldOfWhenItCameAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := run(t, func(r *running) []feed.Source {
			write(t, filepath.Join(r.dir, "a"), names(3))
			return []feed.Source{r.source("a")}
		})
		time.Sleep(2 * time.Minute)
		good, ok, err := r.store.Good("a")
		if !ok || err != nil {
			t.Fatal(ok, err)
		}
		if err := os.Truncate(good.Path, 10); err != nil {
			t.Fatal(err)
		}
		if _, ok, _ := r.store.Good("a"); ok {
			t.Fatal("a damaged copy is good")
		}
		r.forget()
		r.Trigger("a")
		synctest.Wait()
		if got := r.changed(); !slices.Equal(got, []string{"a"}) {
			t.Errorf("told of %v", got)
		}
	})
}

func TestTriggerUpdatesNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := run(t, func(r *running) []feed.Source {
			write(t, filepath.Join(r.dir, "a"), names(3))
			write(t, filepath.Join(r.dir, "b"), names(3))
			return []feed.Source{r.source("a"), r.source("b")}
		})
		time.Sleep(time.Minute)
		for range 2 {
			if !r.Trigger("b") {
				t.Error("feed b is not known")
			}
		}
		if r.Trigger("c") {
			t.Error("feed c is known")
		}
		synctest.Wait()
		if a, b := r.attempt(t, "a"), r.attempt(t, "b"); !b.Equal(time.Now()) || a.Equal(b) {
			t.Errorf("a was updated at %v and b at %v", a, b)
		}
	})
}

func TestARestartDoesNotAskServersAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := open(t, t.TempDir())
		var asked atomic.Int64
		store.Dial = newWire(t, func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			fmt.Fprint(w, names(3))
		}).dial
		src := fileSource("http://lists.example/a.txt")
		start := func(src feed.Source, lasts time.Duration) {
			t.Helper()
			ctx, stop := context.WithTimeout(t.Context(), lasts)
			defer stop()
			u := feed.NewUpdater(store, []feed.Source{src}, func(string) {}, slog.New(slog.NewTextHandler(io.Discard, nil)))
			if err := u.Run(ctx); err != context.DeadlineExceeded {
				t.Errorf("run: %v", err)
			}
		}
		for range 5 {
			start(src, time.Minute)
		}
		if asked.Load() != 1 {
			t.Errorf("five starts asked %d times", asked.Load())
		}
		start(src, 62*time.Minute)
		if asked.Load() != 2 {
			t.Errorf("asked %d times when an hour was over", asked.Load())
		}
		src.URL += ".new"
		start(src, time.Minute)
		if asked.Load() != 3 {
			t.Errorf("asked %d times after the address changed", asked.Load())
		}
	})
}

func TestAnUpdaterOfNothingWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run(t, func(*running) []feed.Source { return nil })
		time.Sleep(time.Hour)
	})
}
