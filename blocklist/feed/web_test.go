package feed_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lachan/blocklist/feed"
)

// A wire is a listener whose connections are made in memory, so that the time
// on both sides is that of the bubble.
type wire struct {
	conns chan net.Conn
	done  context.Context
	stop  context.CancelFunc
}

// newWire is a wire with a server at its end.
func newWire(t *testing.T, handle http.HandlerFunc) *wire {
	l := &wire{conns: make(chan net.Conn)}
	l.done, l.stop = context.WithCancel(context.Background())
	server := &http.Server{Handler: handle}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return l
}

func (l *wire) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done.Done():
		return nil, net.ErrClosed
	}
}

func (l *wire) Close() error   { l.stop(); return nil }
func (l *wire) Addr() net.Addr { return &net.TCPAddr{} }

func (l *wire) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	l.conns <- far
	return near, nil
}

// wantSlow checks that a server which behaves so is given up after a time, with
// a list when that is 0.
func wantSlow(t *testing.T, handle http.HandlerFunc, after time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, t.TempDir())
		s.Dial = newWire(t, handle).dial
		src := fileSource("http://lists.example/slow.txt")

		began := time.Now()
		st, err := s.Update(t.Context(), src)
		took := time.Since(began)
		if after == 0 {
			if err != nil {
				t.Errorf("after %v: %v", took, err)
			}
			return
		}
		if !errors.Is(err, feed.ErrSlow) || took != after || !strings.Contains(st.Failure.VI, "quá chậm") {
			t.Errorf("after %v: %v, %q; want ErrSlow after %v", took, err, st.Failure.VI, after)
		}
	})
}

func TestSlowServersAreGivenUp(t *testing.T) {
	drip := func(octets int, every time.Duration) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			for i := range 1 << 20 / octets {
				text := strings.Repeat("#", octets-1) + "\n"
				if i == 0 {
					text = "a.example\n"
				}
				if _, err := fmt.Fprint(w, text); err != nil {
					return
				}
				w.(http.Flusher).Flush()
				select {
				case <-time.After(every):
				case <-r.Context().Done():
				}
			}
		}
	}
	wantSlow(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 30*time.Second)
	wantSlow(t, drip(1, time.Second), 30*time.Second)
	wantSlow(t, drip(100, time.Second), 30*time.Second)
	wantSlow(t, drip(1024, time.Second), 10*time.Minute) // the pace is enough, the whole takes too long
	wantSlow(t, drip(4096, time.Second), 0)
}
