package feed_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lachan/blocklist/feed"
	"lachan/blocklist/format"
)

// names is a domains list of n entries.
func names(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "site%d.example\n", i)
	}
	return b.String()
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// A publisher is a real web server that does what the test has it do.
type publisher struct {
	*httptest.Server
	handler atomic.Value // http.HandlerFunc
	asked   atomic.Int64
}

func newPublisher(t *testing.T, handle http.HandlerFunc) *publisher {
	p := &publisher{}
	p.do(handle)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		p.handler.Load().(http.HandlerFunc)(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *publisher) do(handle http.HandlerFunc) { p.handler.Store(handle) }

// serving is a handler that serves one text.
func serving(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
}

func (p *publisher) source() feed.Source {
	return feed.Source{
		Name: "co-bac", URL: p.URL + "/list.txt", Format: format.Domains, Subdomains: true,
		Refresh: time.Hour, MaxBytes: 1 << 20, MaxShrink: 0.3,
	}
}

func fileSource(path string) feed.Source {
	return feed.Source{
		Name: "co-bac", URL: path, Format: format.Domains, Subdomains: true,
		Refresh: time.Hour, MaxBytes: 1 << 20, MaxShrink: 0.3,
	}
}

func open(t *testing.T, dir string) *feed.Store {
	t.Helper()
	s, err := feed.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func update(t *testing.T, s *feed.Store, src feed.Source) feed.Status {
	t.Helper()
	st, err := s.Update(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// wantGood checks that the last good copy is this text.
func wantGood(t *testing.T, s *feed.Store, want string) {
	t.Helper()
	c, ok, _ := s.Good("co-bac")
	if !ok {
		t.Fatal("no good copy")
	}
	got, err := os.ReadFile(c.Path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("good copy has %d octets, want the %d of the list", len(got), len(want))
	}
	if c.Digest != digest(want) || c.Bytes != int64(len(want)) {
		t.Errorf("good copy is said to have digest %s and %d octets", c.Digest, c.Bytes)
	}
}

func wantStatus(t *testing.T, s *feed.Store) feed.Status {
	t.Helper()
	st, err := s.Status("co-bac")
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// wantRefused checks that an update fails for the reason, tells people so in
// two languages, and leaves the copy.
func wantRefused(t *testing.T, s *feed.Store, src feed.Source, reason error, says string) {
	t.Helper()
	before := wantStatus(t, s)
	st, err := s.Update(t.Context(), src)
	if err == nil || reason != nil && !errors.Is(err, reason) {
		t.Errorf("error %v, want %v", err, reason)
	}
	if !strings.Contains(st.Failure.VI, says) || st.Failure.EN == "" || st.Failure.Since.IsZero() {
		t.Errorf("failure %+v, want one that says %q", st.Failure, says)
	}
	var known *feed.Error
	if !errors.As(err, &known) || known.Text != st.Failure.Text() || known.Feed != src.Name {
		t.Errorf("error %#v does not say what the status says", err)
	}
	if st.Changed || st.Copy.Digest != before.Copy.Digest || !st.LastSuccess.Equal(before.LastSuccess) {
		t.Errorf("after the failure the status is %+v", st)
	}
	if !st.LastAttempt.After(before.LastAttempt) {
		t.Error("the attempt was not noted")
	}
}

// wantFiles checks what is in the feed's directory; source- stands for any
// copy, and the lock is left out.
func wantFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, "co-bac"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, "source-") {
			name = "source-" + name[min(len(name), len("source-")+64):]
		}
		if name != ".lock" && !strings.HasPrefix(name, "held-") { // held_test.go looks at those
			got = append(got, name)
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("directory has %q, want %q", got, want)
	}
}
