package access_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"lachan/cmd/lachan/access"
)

const token = "0123456789abcdef"

// ask is the status of a request that a client sends to 10.20.0.2:8053.
func ask(rules *access.Rules, method, host, path, client string, headers ...string) int {
	r := httptest.NewRequest(method, path, nil)
	r.Host, r.RemoteAddr = host, client
	for _, h := range headers {
		key, value, _ := strings.Cut(h, ": ")
		r.Header.Set(key, value)
	}
	local := net.TCPAddrFromAddrPort(netip.MustParseAddrPort("10.20.0.2:8053"))
	r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(local)))
	w := httptest.NewRecorder()
	rules.Guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, r)
	return w.Code
}

func TestTheServerIsAskedAsWhatItIs(t *testing.T) {
	rules := &access.Rules{
		Names: []string{"Lachan.truong.example", "192.0.2.9"},
		Allow: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/24")},
	}
	f := func(host string, want int) {
		t.Helper()
		if got := ask(rules, "GET", host, "/metrics", "10.20.0.7:5000"); got != want {
			t.Errorf("%q: %d, want %d", host, got, want)
		}
	}
	f("10.20.0.2:8053", 200)
	f("10.20.0.2", 200)
	f("[::ffff:10.20.0.2]:8053", 200)
	f("localhost:8053", 200)
	f("LOCALHOST", 200)
	f("lachan.truong.example:8053", 200)
	f("lachan.truong.example.", 200)
	f("192.0.2.9:80", 200) // in front of which something translates addresses
	f("evil.example:8053", 421)
	f("localhost.evil.example", 421)
	f("10.20.0.2.evil.example", 421)
	f("10.20.0.3", 421)
	f("127.0.0.1", 421) // it came to another address
	f("", 421)
	f("x\x1b[2J", 421)
}

func TestOnlyThoseThatMayAskAreAnswered(t *testing.T) {
	rules := &access.Rules{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.20.0.0/24")}, Token: token}
	f := func(method, path, client string, want int, headers ...string) {
		t.Helper()
		if got := ask(rules, method, "10.20.0.2", path, client, headers...); got != want {
			t.Errorf("%s %s from %s %q: %d, want %d", method, path, client, headers, got, want)
		}
	}
	right := "Authorization: Bearer " + token
	f("GET", "/metrics", "10.20.0.7:5000", 200, right)
	f("GET", "/metrics", "[::ffff:10.20.0.7]:5000", 200, right)
	f("GET", "/metrics", "127.0.0.1:5000", 200, right)
	f("GET", "/metrics", "10.20.0.2:5000", 200, right) // the machine itself
	f("GET", "/metrics", "10.20.1.7:5000", 403, right)
	f("GET", "/metrics", "10.20.1.7:5000", 403, right, "X-Forwarded-For: 127.0.0.1")
	f("GET", "/metrics", "10.20.0.7:5000", 401)
	f("GET", "/metrics", "127.0.0.1:5000", 401)
	f("GET", "/metrics", "10.20.0.7:5000", 401, "Authorization: Bearer "+token+"0")
	f("GET", "/metrics", "10.20.0.7:5000", 401, "Authorization: Bearer "+token[1:])
	f("GET", "/metrics", "10.20.0.7:5000", 401, "Authorization: Basic "+token)
	f("POST", "/api/report", "10.20.0.7:5000", 200, right)
	f("POST", "/api/report", "10.20.0.7:5000", 403, right, "Sec-Fetch-Site: cross-site")
	f("POST", "/api/report", "10.20.0.7:5000", 403, right, "Origin: http://evil.example")
	// Health is for balancers and containers.
	f("GET", "/healthz", "192.0.2.1:5000", 200)
	f("HEAD", "/readyz", "192.0.2.1:5000", 200)
	f("GET", "/readyz?verbose", "192.0.2.1:5000", 403)
	f("POST", "/healthz", "192.0.2.1:5000", 403)
	if got := ask(rules, "GET", "", "/healthz", "192.0.2.1:5000"); got != 200 {
		t.Errorf("health without a host: %d", got)
	}
}

// TestAnAccountIsLetInFromAnywhere: to what it may see; whatever asks by itself who sends a
// request is left to do so. An address alone lets in nobody whose credentials are wrong.
func TestAnAccountIsLetInFromAnywhere(t *testing.T) {
	const all, school, none = "Authorization: Bearer lachan_all", "Authorization: Bearer lachan_school", "Authorization: Bearer lachan_none"
	rules := &access.Rules{
		Allow: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/24")},
		Account: func(r *http.Request) bool {
			c, err := r.Cookie("lachan")
			return r.Header.Get("Authorization") == all[len("Authorization: "):] || err == nil && c.Value == "all"
		},
		Own: func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/v1/units") },
	}
	f := func(method, path, client string, want int, headers ...string) {
		t.Helper()
		if got := ask(rules, method, "10.20.0.2", path, client, headers...); got != want {
			t.Errorf("%s %s from %s %q: %d, want %d", method, path, client, headers, got, want)
		}
	}
	const inside, outside = "10.20.0.7:5000", "192.0.2.1:5000"
	for _, path := range []string{
		"/metrics", "/metrics/compliance", "/readyz?verbose", "/api/conditions", "/api/explain?name=a.example&unit=x", "/api/orders",
		"/api/report?unit=all", "/api/lists/impact?feed=x", "/api/v1/query?query=up", "/api/v1/query_range", "/api/v1/series", "/nothing",
	} {
		f("GET", path, inside, 200) // a Prometheus by its address
		f("GET", path, outside, 403)
		f("GET", path, outside, 200, all)
		f("GET", path, outside, 200, "Cookie: lachan=all")
		f("GET", path, outside, 403, school)
		f("GET", path, outside, 403, none)
		f("GET", path, outside, 403, "Cookie: lachan=none")
	}
	f("GET", "/api/v1/units", inside, 200)
	f("GET", "/api/v1/units", outside, 403) // nobody logs in from there
	f("GET", "/api/v1/units", outside, 200, school)
	f("GET", "/api/v1/units", outside, 200, "Cookie: lachan=none") // it is told by what is behind
	f("POST", "/api/v1/units", outside, 403, "Cookie: lachan=all", "Sec-Fetch-Site: cross-site")
	f("GET", "/healthz", outside, 200)
	f("GET", "/readyz", outside, 200)
	rules.Token = token
	f("GET", "/metrics", inside, 401)
	f("GET", "/metrics", inside, 200, "Authorization: Bearer "+token)
	f("GET", "/metrics", inside, 200, all)
	f("GET", "/metrics", inside, 401, school)
	f("GET", "/api/v1/units", inside, 200) // accounts alone count there
}
