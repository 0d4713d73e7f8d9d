package resolver_test

import (
	"strings"
	"testing"

	"github.com/miekg/dns"

	"lachan/resolver/cookie"
)

// explainPolicy has what nobody outside the school's office need know.
const explainPolicy = `
profiles: {hs: {block: [gambling]}}
units:
  - id: truong
    profile: hs
    networks: [127.1.0.0/16]
    block: [{name: own.example, who: Cô Hoa, why: một lý do riêng, document: 7/MẬT}]
`

func explainQuestion(name string) *dns.Msg {
	m := new(dns.Msg).SetQuestion(name+".explain.lachan.", dns.TypeTXT).SetEdns0(1232, false)
	m.Question[0].Qclass = dns.ClassCHAOS
	return m
}

// TestExplanationOverCHAOSIsShort: a client learns what the block page says, and
// nothing of the inside.
func TestExplanationOverCHAOSIsShort(t *testing.T) {
	n := newNode(t, badLists, newSource(t, lesson).addr)
	n.load(explainPolicy)
	f := func(from, name, want string) {
		t.Helper()
		m, err := n.exchange("tcp", from, explainQuestion(name))
		if err != nil {
			t.Fatal(err)
		}
		got := dns.RcodeToString[m.Rcode]
		for _, rr := range m.Answer {
			got += "; " + strings.Join(rr.(*dns.TXT).Txt, "")
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s asks why %s: %s, want %s", from, name, got, want)
		}
		for _, inside := range []string{"Hoa", "riêng", "7/M", "policy.yaml", "truong"} {
			if strings.Contains(got, inside) {
				t.Errorf("%s asks why %s: %s, which tells %q", from, name, got, inside)
			}
		}
	}
	const stranger = "127.9.0.1"
	f(pupil, "own.example", "NOERROR; own.example A; action: block nxdomain; layer: own; category: local")
	f(pupil, "x.bet.example", "action: block nxdomain; layer: profile; category: gambling")
	f(pupil, "lesson.example", "action: pass; layer: default")
	f(pupil, "vn", "NOERROR; vn A; action: pass")
	f(stranger, "own.example", "REFUSED")
	n.settings.Identity.Silent = true
	n.use()
	f(pupil, "own.example", "REFUSED")
}

// TestExplanationsAmplifyNothing: over UDP nobody makes this server send more than
// it was sent, unless a cookie proves the address.
func TestExplanationsAmplifyNothing(t *testing.T) {
	n := newNode(t, badLists, newSource(t, lesson).addr)
	n.load(explainPolicy)
	n.settings.Cookies = cookie.Secrets(nil).Renewed()
	n.settings.Identity.ID = strings.Repeat("i", 60)
	n.use()
	ask := func(from string, m *dns.Msg) *dns.Msg {
		t.Helper()
		r, err := n.exchange("udp", from, m)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	plain := func(m *dns.Msg) *dns.Msg { m.Extra = nil; return m }
	with := func(m *dns.Msg, c string) *dns.Msg {
		withCookie(c)(m)
		m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_NSID{Code: dns.EDNS0NSID})
		return m
	}
	for _, from := range []string{pupil, "127.9.0.1"} {
		for what, m := range map[string]*dns.Msg{
			"plain": plain(explainQuestion("own.example")), "EDNS": explainQuestion("own.example"),
			"a new cookie": with(explainQuestion("own.example"), clientCookie), "another's": with(explainQuestion("own.example"), foreignCookie),
		} {
			r := ask(from, m)
			r.Compress = true
			t.Logf("%s, %s: %d bytes asked, %d answered, %s TC=%v", from, what, m.Len(), r.Len(), dns.RcodeToString[r.Rcode], r.Truncated)
			if r.Len() > m.Len() || len(r.Answer) > 0 || r.Truncated != (from == pupil) {
				t.Errorf("%s, %s: %d bytes asked, %d answered: %v", from, what, m.Len(), r.Len(), r)
			}
		}
	}
	m := new(dns.Msg).SetQuestion("lesson.example.", dns.TypeA).SetEdns0(1232, false)
	withCookie(clientCookie)(m)
	right := cookieOf(ask(pupil, m))
	if r := ask(pupil, with(explainQuestion("own.example"), right)); r.Truncated || len(r.Answer) < 4 {
		t.Errorf("with a right cookie: %v", r)
	}
	if r := ask("127.1.0.2", with(explainQuestion("own.example"), right)); !r.Truncated {
		t.Errorf("with another client's cookie: %v", r)
	}
}
