package test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/miekg/dns"
)

const firstStart = "units: [{id: a, networks: [127.0.0.0/8], block: [gambling]}]\n"

// TestTheFirstAnswerIsFiltered: a machine that has no lists yet fetches them before it
// answers anything, from wherever they come.
func TestTheFirstAnswerIsFiltered(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{})
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-asked
		fmt.Fprintln(w, "bad.example")
	}))
	defer web.Close()
	_, port, err := net.SplitHostPort(web.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	p := newProcess(t, "feeds: [{name: f, url: \"http://127-0-0-1.addr.example:"+port+"/\", category: gambling, format: domains}, {name: l, url: l.txt, category: gambling}]\n",
		firstStart, startStandIn(t).addr)
	p.write("l.txt", "worse.example\n")
	p.launch()
	p.logged(`msg="waiting for the first lists" at_most=15s lists=(f)`)
	close(asked)
	p.listens()
	for _, name := range []string{"bad.example", "worse.example"} {
		if m := p.ask(name); !blocked(m) {
			t.Errorf("the first answer of %s is open: %s", name, m)
		}
	}
}

// TestAListThatDoesNotComeIsNotWaitedForLong on a first start, and not at all where that
// is not wanted.
func TestAListThatDoesNotComeIsNotWaitedForLong(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	web := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-ended }))
	defer web.Close()
	defer close(ended)
	feeds := "feeds: [{name: f, url: \"" + web.URL + "\", category: gambling, format: domains}]\n"
	up := startStandIn(t)
	for start, most := range map[string]time.Duration{"": 60 * time.Second, "start: serve\n": 14 * time.Second} {
		began := time.Now()
		p := serveProcess(t, start+feeds, firstStart, up.addr)
		took := time.Since(began)
		if m := p.ask("bad.example"); m.Rcode != dns.RcodeSuccess {
			t.Errorf("%q: %s", start, m)
		}
		if took > most || start == "" && took < 15*time.Second {
			t.Errorf("%q: it answers after %s", start, took)
		}
		p.metric(`lachan_condition{name="feed-missing"}`, "1")
	}
}
