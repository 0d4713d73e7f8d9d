package feed_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"lachan/blocklist/feed"
)

func TestFilesAreTakenWhenTheyChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var list, dir string
		r := run(t, func(r *running) []feed.Source {
			list, dir = filepath.Join(r.dir, "tep"), filepath.Join(r.dir, "thu-muc")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			write(t, list, names(10))
			write(t, filepath.Join(dir, "a"), names(10))
			return []feed.Source{r.source("tep"), r.source("thu-muc")}
		})
		f := func(what string, do func() error, want string) {
			t.Helper()
			r.forget()
			if err := do(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(1100 * time.Millisecond)
			synctest.Wait()
			if got := fmt.Sprint(r.changed()); got != want {
				t.Errorf("%s: changed %s, want %s", what, got, want)
			}
		}
		f("nothing", func() error { return nil }, "[]")
		f("a file is written over", func() error { return os.WriteFile(list, []byte(names(11)), 0o600) }, "[tep]")
		f("a file is renamed over", func() error {
			write(t, list+".new", names(12))
			return os.Rename(list+".new", list)
		}, "[tep]")
		f("a file is touched", func() error { return os.Chtimes(list, time.Now(), time.Now().Add(time.Hour)) }, "[]")
		f("a file vanishes", func() error { return os.Remove(list) }, "[tep]") // begins to fail
		if good, ok, _ := r.store.Good("tep"); !ok || good.Entries != 12 {
			t.Errorf("the copy went with the file: %+v", good)
		}
		f("a file is back as it was", func() error { return os.WriteFile(list, []byte(names(12)), 0o600) }, "[tep]") // fails no more
		f("a file comes into a directory", func() error { return os.WriteFile(filepath.Join(dir, "b"), []byte("b.example\n"), 0o600) }, "[thu-muc]")
		f("a file in a directory is edited", func() error { return os.WriteFile(filepath.Join(dir, "a"), []byte(names(9)), 0o600) }, "[thu-muc]")
		f("something else comes into a directory", func() error { return os.WriteFile(filepath.Join(dir, ".x"), nil, 0o600) }, "[]")
		f("a file leaves a directory", func() error { return os.Remove(filepath.Join(dir, "b")) }, "[thu-muc]")
	})
}

func TestAFileThatIsStillWrittenIsNotTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := ""
		r := run(t, func(r *running) []feed.Source {
			list = filepath.Join(r.dir, "tep")
			write(t, list, names(10))
			return []feed.Source{r.source("tep")}
		})
		r.forget()
		for n := range 10 { // a writer that is never idle from one look to the next
			write(t, list, names(20+n))
			time.Sleep(watchEvery - 50*time.Millisecond)
		}
		if len(r.changed()) > 0 {
			t.Errorf("half of a list was taken: %v", r.changed())
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if good, _, _ := r.store.Good("tep"); good.Entries != 29 || fmt.Sprint(r.changed()) != "[tep]" {
			t.Errorf("%d entries, changed %v; want the whole list, once", good.Entries, r.changed())
		}
	})
}

// watchEvery is how often files are looked at.
const watchEvery = 500 * time.Millisecond

// TestWhatAnotherProcessFetchedIsToldOnce, also if the updater looks at the feed before
// it has seen that: a command fetches, and the file is due here at the same time.
func TestWhatAnotherProcessFetchedIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := ""
		r := run(t, func(r *running) []feed.Source {
			list = filepath.Join(r.dir, "tep")
			write(t, list, names(10))
			return []feed.Source{r.source("tep")}
		})
		r.forget()
		write(t, list, names(11))
		if st, err := r.store.Update(t.Context(), r.source("tep")); err != nil || !st.Changed {
			t.Fatalf("the command: %+v %v", st, err)
		}
		r.Trigger("tep") // nothing is new for this one any more
		time.Sleep(3 * watchEvery)
		synctest.Wait()
		if got := fmt.Sprint(r.changed()); got != "[tep]" {
			t.Errorf("changed %s, want it told once", got)
		}
	})
}
