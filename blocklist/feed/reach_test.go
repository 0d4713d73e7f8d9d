package feed_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"lachan/blocklist/feed"
)

// A placed connection says that it is with another address.
type placed struct {
	net.Conn
	remote net.Addr
}

func (p placed) RemoteAddr() net.Addr { return p.remote }

// TestNoRedirectLeadsFromOutsideToTheInside: what the operator wrote is asked
// wherever it is, and may lead to where it itself is.
func TestNoRedirectLeadsFromOutsideToTheInside(t *testing.T) {
	addresses := map[string]string{
		"lists.example": "8.8.8.8", "mirror.example": "2001:4860::1", "rebound.example": "127.0.0.1", "lan.example": "10.0.0.9",
		"metadata.example": "169.254.169.254", "mapped.example": "::ffff:192.168.0.1",
	}
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Host)
		if to := strings.TrimPrefix(r.URL.Path, "/to/"); to != r.URL.Path {
			next, rest, more := strings.Cut(to, "/")
			path := "/list.txt"
			if more {
				path = "/to/" + rest
			}
			http.Redirect(w, r, "http://"+next+path, http.StatusFound)
			return
		}
		_, _ = w.Write([]byte(names(3))) // the client tells what is missing
	}))
	t.Cleanup(server.Close)
	s := open(t, t.TempDir())
	s.Dial = func(ctx context.Context, _, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		if known := addresses[host]; known != "" {
			host = known
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", server.Listener.Addr().String())
		return placed{conn, &net.TCPAddr{IP: net.ParseIP(host), Port: 80}}, err
	}
	f := func(address string, allowed bool) {
		t.Helper()
		asked = nil
		src := fileSource(address)
		_, err := s.Update(t.Context(), src)
		if allowed && err != nil {
			t.Errorf("%s: %v", address, err)
		}
		if !allowed && (!errors.Is(err, feed.ErrRedirect) || len(asked) == 0 || strings.Contains(asked[len(asked)-1], "rebound")) {
			t.Errorf("%s: %v, asked %q; want a refusal before anything is asked there", address, err, asked)
		}
	}
	f("http://lists.example/list.txt", true)
	f("http://lists.example/to/mirror.example", true)
	f("http://lan.example/list.txt", true)
	f("http://lan.example/to/rebound.example", true) // inside all the way
	f("http://lan.example/to/mirror.example", true)
	f("http://lists.example/to/rebound.example", false)
	f("http://lists.example/to/mirror.example/rebound.example", false)
	f("http://lan.example/to/mirror.example/lan.example", false)
	f("http://lists.example/to/metadata.example", false)
	f("http://lists.example/to/mapped.example", false)
	f("http://lists.example/to/127.0.0.1:8053", false)
	f("http://lists.example/to/[::1]:8053", false)
}
