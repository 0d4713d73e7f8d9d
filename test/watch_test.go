package test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

func TestAListThatIsEditedIsInForceWithinTwoSeconds(t *testing.T) {
	up := startStandIn(t)
	p := newProcess(t, `feeds:
  - {name: file, url: file.txt, format: domains, category: gambling}
  - {name: folder, url: lists, category: gambling}
`, "units: [{id: a, networks: [127.0.0.0/8], profile: thpt}]\n", up.addr)
	if err := os.Mkdir(filepath.Join(p.dir, "lists"), 0o700); err != nil {
		t.Fatal(err)
	}
	p.write("file.txt", "one.example\n")
	p.write("lists/a.txt", "two.example\n")
	p.start()
	f := func(change func(), name string) {
		t.Helper()
		began := time.Now()
		change()
		p.until(name+" is blocked", func() bool { return blocked(p.ask(name)) })
		if took := time.Since(began); took > 5*time.Second { // two, on a machine that is not busy
			t.Errorf("%s was blocked after %v", name, took)
		} else {
			t.Logf("%s was blocked after %v", name, took.Round(time.Millisecond))
		}
	}
	f(func() {}, "one.example")
	f(func() {}, "two.example")
	f(func() { p.write("file.txt", "one.example\nthree.example\n") }, "three.example")
	f(func() { p.write("lists/b.hosts", "0.0.0.0 four.example\n0.0.0.0 five.example\n") }, "four.example")
	if err := os.Remove(filepath.Join(p.dir, "file.txt")); err != nil {
		t.Fatal(err)
	}
	p.metric(`lachan_condition{name="feed-failing"}`, "1")
	if !blocked(p.ask("three.example")) {
		t.Error("the last good copy went with its file")
	}
}

// What the command line fetches is no trouble of the server any more.
func TestAFeedThatTheCommandLineFetchedIsNotFailing(t *testing.T) {
	var there atomic.Bool
	publisher := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !there.Load() {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write([]byte("bet.example\n")) // who asked may be gone
	}))
	t.Cleanup(publisher.Close)
	p := newProcess(t, "feeds: [{name: web, url: "+publisher.URL+"/list.txt, format: domains, category: gambling}]\n",
		"units: [{id: a, networks: [127.0.0.0/8], profile: thpt}]\n", startStandIn(t).addr)
	p.start()
	p.metric(`lachan_condition{name="feed-failing"}`, "1")
	there.Store(true)
	p.lists("update")
	p.until("the list is in force", func() bool { return blocked(p.ask("bet.example")) })
	p.until("no feed is failing", func() bool {
		_, body := p.get("/metrics")
		return number(body, `lachan_condition{name="feed-failing"}`) != 1
	})
}
