package ship_test

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lachan/internal/testserver"
	"lachan/metrics"
	"lachan/metrics/engine"
	"lachan/metrics/history"
	"lachan/metrics/ship"
)

var (
	hanoi = time.FixedZone("ICT", 7*60*60)
	quiet = slog.New(slog.DiscardHandler)
)

// A node counts, ticks and ships on its own time.
type node struct {
	t        *testing.T
	store    *history.Store
	counters *metrics.Counters
	shard    *metrics.Shard
	now      time.Time
	random   *rand.Rand
	total    int
	truth    map[time.Time]int // total at each midnight
	link     *httptest.Server
	cut      atomic.Bool
	cursor   string
	shipper  *ship.Shipper
}

// newNode is a node whose history begins at a time and that ships to writeURL
// over a link that can be cut.
func newNode(t *testing.T, name, writeURL string, start time.Time) *node {
	t.Helper()
	n := &node{t: t, counters: metrics.New(name), now: start, random: rand.New(rand.NewPCG(1, 2)), truth: map[time.Time]int{}}
	n.counters.SetSchools([]metrics.School{{ID: "a", Commune: "sa-pa"}})
	n.shard = n.counters.Shard()
	dir := t.TempDir()
	store, err := history.Open(filepath.Join(dir, "history"), history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	n.store, n.cursor = store, filepath.Join(dir, "shipped.json")
	to, err := url.Parse(writeURL)
	if err != nil {
		t.Fatal(err)
	}
	path := to.Path
	to.Path = ""
	proxy := httputil.NewSingleHostReverseProxy(to)
	n.link = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.cut.Load() {
			panic(http.ErrAbortHandler) // the connection breaks
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(n.link.Close)
	n.link.URL += path
	n.start()
	return n
}

// start is a new process on the same disk.
func (n *node) start() {
	n.t.Helper()
	s, err := ship.New(n.store, &metrics.Conditions{}, ship.Options{URL: n.link.URL, Cursor: n.cursor, Node: n.counters.Node(), Log: quiet})
	if err != nil {
		n.t.Fatal(err)
	}
	n.shipper = s
}

// run ticks until a time, every few minutes and at every midnight, and ships
// after each hour. It returns the last error of shipping.
func (n *node) run(until time.Time) (err error) {
	n.t.Helper()
	for ; !n.now.After(until); n.now = n.now.Add(10 * time.Minute) {
		if n.now.In(hanoi).Hour() >= 7 {
			k := n.random.IntN(50)
			n.total += k
			for range k {
				n.shard.Record(&metrics.Event{Group: n.counters.Group("a", ""), Decision: metrics.DecisionBlocked, Category: n.counters.Category("gambling")})
			}
		}
		n.counters.Protect(10 * time.Minute)
		if _, err := n.store.Tick(n.t.Context(), n.now, n.counters.Totals()); err != nil {
			n.t.Fatal(err)
		}
		if n.now.Equal(midnight(n.now)) {
			n.truth[n.now] = n.total
		}
		if n.now.Minute() == 0 {
			err = n.shipper.Ship(n.t.Context())
		}
	}
	return err
}

func midnight(at time.Time) time.Time {
	year, month, day := at.In(hanoi).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, hanoi)
}

// engines runs a test on every engine that Debian has.
func engines(t *testing.T, f func(t *testing.T, e *testserver.Engine)) {
	t.Run("prometheus", func(t *testing.T) { t.Parallel(); f(t, testserver.Prometheus(t, "")) })
	t.Run("victoria-metrics", func(t *testing.T) { t.Parallel(); f(t, testserver.VictoriaMetrics(t)) })
}

func TestALinkDownForDaysLosesNothing(t *testing.T) {
	engines(t, func(t *testing.T, e *testserver.Engine) {
		start := midnight(time.Now().Add(-9 * 24 * time.Hour))
		day := func(d float64) time.Time { return start.Add(time.Duration(d * 24 * float64(time.Hour))) }
		n := newNode(t, "nut-1", e.WriteURL, start)
		if err := n.run(day(1.4)); err != nil {
			t.Fatal(err)
		}
		if got := n.shipper.Until(); !got.Equal(n.now.Truncate(time.Hour)) {
			t.Errorf("shipped until %s at %s", got, n.now)
		}
		n.cut.Store(true)
		if err := n.run(day(2.3)); err == nil {
			t.Error("nothing says that the link is down")
		}
		n.start() // a kill
		if err := n.run(day(4.6)); err == nil {
			t.Error("nothing says that the link is down after a start")
		}
		other := newNode(t, "nut-2", e.WriteURL, day(3)) // goes on meanwhile
		if err := other.run(day(5.2)); err != nil {
			t.Fatal(err)
		}
		n.cut.Store(false)
		if err := n.run(day(5.2)); err != nil {
			t.Fatal(err)
		}
		e.Settle(t)

		remote, err := engine.NewRemote(e.URL)
		if err != nil {
			t.Fatal(err)
		}
		value := func(query string, at time.Time) float64 {
			t.Helper()
			samples, err := remote.Query(t.Context(), query, at)
			if err != nil || len(samples) > 1 {
				t.Fatalf("%s: %v %v", query, samples, err)
			}
			if len(samples) == 0 {
				return 0
			}
			return samples[0].Value
		}
		for _, n := range []*node{n, other} {
			for at, want := range n.truth {
				query := fmt.Sprintf(`last_over_time(lachan_school_queries_total{node=%q,decision="blocked"}[30d])`, n.counters.Node())
				if got := value(query, at); got != float64(want) {
					t.Errorf("%s at %s: %v, want %d", n.counters.Node(), at, got, want)
				}
			}
			mark := fmt.Sprintf(`last_over_time(lachan_history_shipped_timestamp_seconds{node=%q}[30d])`, n.counters.Node())
			if got, want := value(mark, day(6)), float64(n.shipper.Until().Unix()); got != want {
				t.Errorf("%s is shipped until %v there, %v here", n.counters.Node(), got, want)
			}
		}
		if n := n.shipper.Refused() + other.shipper.Refused(); n > 0 {
			t.Errorf("%d samples were refused", n)
		}
	})
}

// TestSentTwiceIsCountedOnce loses the cursor, so that everything goes again.
func TestSentTwiceIsCountedOnce(t *testing.T) {
	engines(t, func(t *testing.T, e *testserver.Engine) {
		start := midnight(time.Now().Add(-3 * 24 * time.Hour))
		n := newNode(t, "nut-1", e.WriteURL, start)
		if err := n.run(start.Add(30 * time.Hour)); err != nil {
			t.Fatal(err)
		}
		for _, harm := range []func() error{
			func() error { return os.Remove(n.cursor) },
			func() error { return os.WriteFile(n.cursor, []byte("{"), 0o600) },
		} {
			if err := harm(); err != nil {
				t.Fatal(err)
			}
			n.start()
			if err := n.shipper.Ship(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		e.Settle(t)
		remote, err := engine.NewRemote(e.URL)
		if err != nil {
			t.Fatal(err)
		}
		samples, err := remote.Query(t.Context(), `last_over_time(lachan_school_queries_total{decision="blocked"}[2d]) - last_over_time(lachan_school_queries_total{decision="blocked"}[2d] offset 12h)`, n.truthEdge())
		if err != nil || len(samples) != 1 {
			t.Fatalf("%v %v", samples, err)
		}
		want := n.truth[n.truthEdge()]
		before, err := engine.NewLocal(n.store, engine.Limits{}).Query(t.Context(), `last_over_time(lachan_school_queries_total{decision="blocked"}[2d] offset 12h)`, n.truthEdge())
		if err != nil || len(before) != 1 {
			t.Fatalf("%v %v", before, err)
		}
		if got := samples[0].Value; got != float64(want)-before[0].Value {
			t.Errorf("the afternoon has %v, want %v", got, float64(want)-before[0].Value)
		}
	})
}

// truthEdge is the newest midnight.
func (n *node) truthEdge() time.Time { return midnight(n.now) }

func TestAReceiverIsUnderstood(t *testing.T) {
	f := func(what string, status int, said string, again bool) {
		t.Helper()
		requests := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests++
			w.WriteHeader(status)
			_, _ = w.Write([]byte(said))
		}))
		defer server.Close()
		start := midnight(time.Now().Add(-24 * time.Hour))
		n := newNode(t, "nut-1", server.URL+"/api/v1/write", start)
		err := n.run(start.Add(time.Hour))
		if (err != nil) != again || requests == 0 || n.shipper.Until().IsZero() != again || (n.shipper.Refused() > 0) != (!again && status/100 != 2) {
			t.Errorf("%s: %d requests, until %s, refused %d, %v", what, requests, n.shipper.Until(), n.shipper.Refused(), err)
		}
		if again && !strings.Contains(err.Error(), said) {
			t.Errorf("%s: %v does not say %s", what, err, said)
		}
	}
	f("taken", 204, "", false)
	f("too old", 400, "out of bounds", false)
	f("too old, elsewhere", 400, "err-mimir-sample-out-of-order", false)
	f("another page", 400, `unsupported path requested: "/write"`, true)
	f("a password is needed", 401, "Unauthorized", true)
	f("busy", 429, "slow down", true)
	f("broken", 500, "no space left on device", true)
}

func TestAURLThatCannotBe(t *testing.T) {
	for _, address := range []string{"", "prometheus:9090", "http://", "ftp://prometheus/api/v1/write"} {
		_, err := ship.New(nil, &metrics.Conditions{}, ship.Options{URL: address})
		if err == nil || !strings.Contains(err.Error(), "remote write") {
			t.Errorf("%q: %v", address, err)
		}
	}
	gone, err := ship.New(nil, &metrics.Conditions{}, ship.Options{URL: "http://writer:secret@127.0.0.1:1/api/v1/write"})
	if err != nil || gone.Until() != (time.Time{}) || errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
