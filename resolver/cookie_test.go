package resolver_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/resolver/cookie"
)

// A client's own cookie, and the same with what some other server made.
const (
	clientCookie  = "2464c4abcf10c957"
	foreignCookie = clientCookie + "010000005cf79f111f8130c3eee29480"
)

// withCookie shows a cookie.
func withCookie(c string) func(*dns.Msg) {
	return func(m *dns.Msg) {
		m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: c})
	}
}

// cookieOf is the cookie in an answer, "" when there is none.
func cookieOf(m *dns.Msg) string {
	if opt := m.IsEdns0(); opt != nil {
		for _, o := range opt.Option {
			if c, ok := o.(*dns.EDNS0_COOKIE); ok {
				return c.Cookie
			}
		}
	}
	return ""
}

func TestAClientThatAsksForACookieHasOne(t *testing.T) {
	up := newSource(t, lesson+"long.example. TXT "+strings.Repeat(` "`+strings.Repeat("a", 250)+`"`, 4)+"\n")
	n := newNode(t, badLists, up.addr)
	f := func(what string, m *dns.Msg, want string, cookie bool) {
		t.Helper()
		for _, network := range []string{"udp", "tcp"} {
			r, err := n.exchange(network, pupil, m)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			given := cookieOf(r)
			if dns.RcodeToString[r.Rcode] != want || (given != "") != cookie || cookie && (len(given) != 48 || given[:16] != clientCookie) {
				t.Errorf("%s over %s: %s, cookie %q, want %s, cookie: %v", what, network, dns.RcodeToString[r.Rcode], given, want, cookie)
			}
		}
	}
	f("without secrets", ask("lesson.example.", withCookie(clientCookie)), "NOERROR", false)
	n.settings.Cookies = cookie.Secrets(nil).Renewed()
	n.use()
	f("a client", ask("lesson.example.", withCookie(clientCookie)), "NOERROR", true)
	f("with another server's cookie", ask("lesson.example.", withCookie(foreignCookie)), "NOERROR", true)
	f("with one of another make", ask("lesson.example.", withCookie(clientCookie+strings.Repeat("ab", 32))), "NOERROR", true)
	f("that does not ask", ask("lesson.example."), "NOERROR", false)
	f("that is blocked", ask("bet.example.", withCookie(clientCookie)), "NXDOMAIN", true)
	f("that is not served", ask("lesson.example.", withCookie(clientCookie), func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeAXFR }), "REFUSED", true)
	f("that asks nothing else", ask("lesson.example.", withCookie(clientCookie), func(m *dns.Msg) { m.Question = nil }), "NOERROR", true)
	f("that asks nothing", ask("lesson.example.", func(m *dns.Msg) { m.Question = nil }), "FORMERR", false)
	for _, size := range []int{0, 1, 7, 9, 15, 41, 64} {
		f(fmt.Sprint(size, " octets"), ask("lesson.example.", withCookie(strings.Repeat("ab", size))), "FORMERR", false)
	}
	if sent := up.last.Load().IsEdns0(); len(sent.Option) != 0 {
		t.Errorf("the upstream got %v", sent)
	}
	for size := uint16(1000); size < 1120; size++ { // with its cookie an answer fits or is cut
		m := n.ask(pupil, "long.example", dns.TypeTXT, withCookie(clientCookie), func(m *dns.Msg) { m.IsEdns0().SetUDPSize(size) })
		if m.Len() > int(size) || cookieOf(m) == "" || m.Truncated != (len(m.Answer) == 0) {
			t.Fatalf("buffer of %d octets: %d, cookie %q", size, m.Len(), cookieOf(m))
		}
	}
}

func TestARightCookieIsFreeOfTheLimitWhereThatIsSet(t *testing.T) {
	n := newNode(t, nil, newSource(t, lesson).addr)
	n.settings.Cookies, n.settings.Rates.Client = cookie.Secrets(nil).Renewed(), 1
	right := fmt.Sprintf("%x", n.settings.Cookies.Append(nil, []byte("clientco"), netip.MustParseAddr(pupil), time.Now()))
	elsewhere := fmt.Sprintf("%x", n.settings.Cookies.Append(nil, []byte("clientco"), netip.MustParseAddr(teacher), time.Now()))
	n.use()
	// last is the answer to the last of five questions in a moment.
	last := func(network, cookie string) *dns.Msg {
		t.Helper()
		m := ask("lesson.example.")
		if cookie != "" {
			withCookie(cookie)(m)
		}
		for range 4 {
			if _, err := n.exchange(network, pupil, m); err != nil {
				t.Fatal(err)
			}
		}
		r, err := n.exchange(network, pupil, m)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	f := func(what, cookie string, rcode int) {
		t.Helper()
		for _, network := range []string{"udp", "tcp"} {
			if m := last(network, cookie); m.Rcode != rcode || (cookie != "") != (cookieOf(m) != "") {
				t.Errorf("%s over %s: %v", what, network, m)
			}
		}
	}
	f("not set, none", "", dns.RcodeRefused)
	f("not set, right", right, dns.RcodeRefused)
	f("not set, wrong", elsewhere, dns.RcodeRefused)
	n.settings.Rates.CookiesExempt = true
	n.use()
	f("none", "", dns.RcodeRefused)
	f("right", right, dns.RcodeSuccess)
	f("the client's alone", clientCookie, dns.RcodeBadCookie)
	f("another client's", elsewhere, dns.RcodeBadCookie)
	f("right again", cookieOf(last("udp", clientCookie)), dns.RcodeSuccess)
}
