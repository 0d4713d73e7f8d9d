package history_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lachan/metrics/history"
)

// TestWhatAQueryHasReadDoesNotStayInMemory: the pages of blocks, that is.
func TestWhatAQueryHasReadDoesNotStayInMemory(t *testing.T) {
	f := func(how string, name func(dir string) string) {
		t.Run(how, func(t *testing.T) {
			dir := t.TempDir()
			doesNotStay(t, dir, name(dir))
		})
	}
	f("by its name", func(dir string) string { return dir })
	f("by a link", func(dir string) string {
		link := filepath.Join(t.TempDir(), "link")
		if err := os.Symlink(dir, link); err != nil {
			t.Fatal(err)
		}
		return link
	})
	f("from another directory", func(dir string) string {
		here := filepath.Join(filepath.Dir(dir), "elsewhere")
		if err := os.Mkdir(here, 0o700); err != nil {
			t.Fatal(err)
		}
		t.Chdir(here)
		return filepath.Join("..", filepath.Base(dir))
	})
}

// doesNotStay opens the history in dir by another name of it.
func doesNotStay(t *testing.T, dir, name string) {
	t.Helper()
	store, counters := open(t, name), newCounters()
	defer closed(t, store)
	a := newSchool(counters, "a")
	for at := start; at.Before(start.Add(24 * time.Hour)); at = at.Add(history.Step) {
		a.allow(1)
		ticked(t, store, at, counters)
	}
	if err := store.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := value(t, store, `count_over_time(lachan_school_queries_total[1d])`, start.Add(23*time.Hour)); n < 90 {
		t.Fatalf("%v samples", n)
	}
	text, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(regexp.QuoteMeta(dir) + `/0\S+/(index|chunks/\S+)\n(?:\w+: .*\n)*?Rss: +(\d+) kB`)
	found := blocks.FindAllStringSubmatch(string(text), -1)
	if len(found) == 0 {
		t.Fatalf("no block is mapped:\n%s", strings.Join(regexp.MustCompile(regexp.QuoteMeta(dir)+".*").FindAllString(string(text), -1), "\n"))
	}
	for _, f := range found {
		if f[2] != "0" {
			t.Errorf("%s kB of %s stay", f[2], f[1])
		}
	}
}
