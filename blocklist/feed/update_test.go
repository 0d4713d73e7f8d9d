package feed_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lachan/blocklist/feed"
	"lachan/blocklist/format"
)

func TestUpdateKeepsACopyAndSaysWhatIsInIt(t *testing.T) {
	list := "# trang cờ bạc\nxyz.example\nABC.example.\n192.0.2.1\n192.0.2.2\nabc..example\n"
	p := newPublisher(t, serving(list))
	dir := t.TempDir()
	s := open(t, dir)
	if _, ok, _ := s.Good("co-bac"); ok {
		t.Error("there is a good copy before the first update")
	}

	st := update(t, s, p.source())
	wantGood(t, s, list)
	if !st.Changed {
		t.Error("the first copy is not a change")
	}
	c := st.Copy
	if c.Entries != 2 || c.Rejected != 3 || c.Format != format.Domains {
		t.Errorf("%d entries, %d rejected, format %s; want 2, 3, domains", c.Entries, c.Rejected, c.Format)
	}
	if c.ByReason["address_among_names"] != 2 || len(c.Rejects) != 3 || c.Rejects[0].Line != 4 || c.Rejects[0].Text != "192.0.2.1" {
		t.Errorf("rejected: %v %+v", c.ByReason, c.Rejects)
	}
	if again := wantStatus(t, open(t, dir)); again.Copy.Digest != c.Digest || again.Copy.Entries != 2 || again.LastSuccess.IsZero() {
		t.Errorf("after another start the status is %+v", again)
	}
	wantFiles(t, dir, "source-", "status.json")
}

func TestUpdateFindsOutTheFormat(t *testing.T) {
	p := newPublisher(t, serving("0.0.0.0 a.example\n0.0.0.0 b.example\n"))
	src := p.source()
	src.Format = ""
	st := update(t, open(t, t.TempDir()), src)
	if st.Copy.Format != format.Hosts || st.Copy.AskedFormat != format.Auto || st.Copy.Entries != 2 {
		t.Errorf("copy %+v, want 2 entries of a hosts list", st.Copy)
	}
}

func TestRejectsAreASampleOfEveryReason(t *testing.T) {
	list := strings.Repeat("192.0.2.1\n", 100) + strings.Repeat("a..example\n", 100) + names(1)
	st := update(t, open(t, t.TempDir()), newPublisher(t, serving(list)).source())
	seen := map[string]int{}
	for _, r := range st.Copy.Rejects {
		seen[r.Reason]++
	}
	if len(st.Copy.Rejects) > 20 || len(seen) != 2 {
		t.Errorf("sample of %d lines with reasons %v; want at most 20 with both reasons", len(st.Copy.Rejects), seen)
	}
}

func TestUnchangedListIsNotReadAgain(t *testing.T) {
	f := func(header, value, asks string) {
		t.Helper()
		unchanged := 0
		p := newPublisher(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get(asks) == value {
				unchanged++
				w.WriteHeader(http.StatusNotModified)
				return
			}
			w.Header().Set(header, value)
			fmt.Fprint(w, names(3))
		})
		s := open(t, t.TempDir())
		first := update(t, s, p.source())
		second := update(t, s, p.source())
		if second.Changed || !second.LastSuccess.After(first.LastSuccess) || !second.Copy.Fetched.Equal(first.Copy.Fetched) {
			t.Errorf("%s: after 304 the status is %+v", header, second)
		}
		wantGood(t, s, names(3))
		if p.asked.Load() != 2 || unchanged != 1 || len(first.Sizes) != 1 || len(second.Sizes) != 1 {
			t.Errorf("%s: asked %d times, %d of them for a change; sizes %v, then %v", header, p.asked.Load(), unchanged, first.Sizes, second.Sizes)
		}
	}
	f("ETag", `"v1"`, "If-None-Match")
	f("Last-Modified", "Mon, 07 Sep 2026 03:15:00 GMT", "If-Modified-Since")
}

func TestSameOctetsAreNoChange(t *testing.T) {
	version := 0
	p := newPublisher(t, func(w http.ResponseWriter, _ *http.Request) {
		version++
		w.Header().Set("ETag", fmt.Sprintf(`"v%d"`, version))
		fmt.Fprint(w, names(3))
	})
	s := open(t, t.TempDir())
	update(t, s, p.source())
	st := update(t, s, p.source())
	if st.Changed || st.Copy.ETag != `"v2"` {
		t.Errorf("changed %v, etag %s", st.Changed, st.Copy.ETag)
	}
}

func TestNewVersionReplacesTheOldWhichStaysReadableOnce(t *testing.T) {
	p := newPublisher(t, serving(names(3)))
	dir := t.TempDir()
	s := open(t, dir)
	old := update(t, s, p.source())
	p.do(serving(names(4)))
	if st := update(t, s, p.source()); !st.Changed || st.Copy.Entries != 4 {
		t.Errorf("status %+v, want a change to 4 entries", st)
	}
	wantGood(t, s, names(4))
	if text, err := os.ReadFile(old.Copy.Path); err != nil || string(text) != names(3) {
		t.Errorf("who reads the old copy gets %v", err)
	}
	p.do(serving(names(5)))
	update(t, s, p.source())
	if _, err := os.Stat(old.Copy.Path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("copy before the last: %v, want it gone", err)
	}
	wantFiles(t, dir, "source-", "source-", "status.json")
}

func TestAnotherAddressOrFormatStartsAfresh(t *testing.T) {
	p := newPublisher(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"same"`)
		fmt.Fprint(w, names(len(r.URL.Path)))
	})
	s := open(t, t.TempDir())
	src := p.source()
	update(t, s, src)
	wantGood(t, s, names(len("/list.txt")))

	src.URL = p.URL + "/x" // far fewer entries, and no 304 for the other list
	update(t, s, src)
	wantGood(t, s, names(2))

	p.do(serving("0.0.0.0 a.example\n"))
	src.Format = format.Hosts
	if st := update(t, s, src); st.Copy.Format != format.Hosts {
		t.Errorf("format %s, want hosts", st.Copy.Format)
	}
}

func TestAFailureWithAnotherAddressDoesNotPassTheOldCopyOff(t *testing.T) {
	p := newPublisher(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"same"`)
		fmt.Fprint(w, names(9))
	})
	s := open(t, t.TempDir())
	src := p.source()
	update(t, s, src)
	src.URL = p.URL + "/moved"
	p.do(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	wantRefused(t, s, src, feed.ErrAnswer, "502")
	p.do(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != "" {
			t.Error("asked the new address for changes to the list of the old")
		}
		fmt.Fprint(w, names(2))
	})
	update(t, s, src)
	wantGood(t, s, names(2))
}

func TestAFeedThatWorksAgainHasNoFailure(t *testing.T) {
	p := newPublisher(t, serving(names(3)))
	s := open(t, t.TempDir())
	update(t, s, p.source())
	p.do(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	wantRefused(t, s, p.source(), feed.ErrAnswer, "503")
	since := wantStatus(t, s).Failure.Since
	wantRefused(t, s, p.source(), feed.ErrAnswer, "503")
	if again := wantStatus(t, s).Failure.Since; !again.Equal(since) {
		t.Errorf("failing since %v, then since %v", since, again)
	}
	p.do(serving(names(3)))
	if st := update(t, s, p.source()); st.Failure != (feed.Failure{}) || st.Changed {
		t.Errorf("failure %+v, changed %v", st.Failure, st.Changed)
	}
}

func TestWhoStopsTheProgramDoesNotFailTheFeed(t *testing.T) {
	p := newPublisher(t, serving(names(3)))
	dir := t.TempDir()
	s := open(t, dir)
	before := update(t, s, p.source())
	ctx, cancel := context.WithCancel(t.Context())
	p.do(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, names(2))
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
	})
	if _, err := s.Update(ctx, p.source()); !errors.Is(err, context.Canceled) {
		t.Errorf("an update whose context ended: %v", err)
	}
	if st := wantStatus(t, s); st.Failure != (feed.Failure{}) || !st.LastAttempt.Equal(before.LastAttempt) {
		t.Errorf("status %+v", st)
	}
	wantFiles(t, dir, "source-", "status.json")
}

func TestOneUpdateOfAFeedAtATime(t *testing.T) {
	dir := t.TempDir()
	begun, end := make(chan bool), make(chan bool)
	p := newPublisher(t, func(w http.ResponseWriter, _ *http.Request) {
		begun <- true
		<-end
		fmt.Fprint(w, names(3))
	})
	done := make(chan error)
	go func() {
		_, err := open(t, dir).Update(t.Context(), p.source())
		done <- err
	}()
	<-begun
	if _, err := open(t, dir).Update(t.Context(), p.source()); !errors.Is(err, feed.ErrBusy) {
		t.Errorf("error %v, want ErrBusy", err)
	}
	close(end)
	if err := <-done; err != nil {
		t.Errorf("the first update was disturbed: %v", err)
	}
}

func TestFeedsAreForTheirOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "feeds")
	update(t, open(t, dir), newPublisher(t, serving(names(3))).source())
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if e.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode().Perm(), want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPasswordsAreNotKept(t *testing.T) {
	p := newPublisher(t, func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != "bi-mat" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, names(3))
	})
	dir := t.TempDir()
	src := p.source()
	src.URL = strings.Replace(src.URL, "http://", "http://so:bi-mat@", 1)
	update(t, open(t, dir), src)
	text, err := os.ReadFile(filepath.Join(dir, "co-bac", "status.json"))
	if err != nil || strings.Contains(string(text), "bi-mat") {
		t.Errorf("status.json: %v\n%s", err, text)
	}
}

func TestNamesStayWithinTheStore(t *testing.T) {
	f := func(name string) {
		t.Helper()
		s := open(t, t.TempDir())
		if _, err := s.Update(t.Context(), feed.Source{Name: name, URL: "/none.example"}); !errors.Is(err, feed.ErrAddress) {
			t.Errorf("name %q: %v", name, err)
		}
		if _, ok, _ := s.Good(name); ok {
			t.Errorf("name %q has a copy", name)
		}
	}
	f("")
	f("..")
	f("../x")
	f("Co-Bac")
	f(strings.Repeat("a", 41))
}
