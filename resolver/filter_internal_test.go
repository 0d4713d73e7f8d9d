package resolver

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// filtered is an answer of an upstream with an extended error.
func filtered(rcode int, code uint16, text string, rrs ...string) *dns.Msg {
	m := records(rcode, rrs...)
	m.SetEdns0(1232, false)
	m.IsEdns0().Option = []dns.EDNS0{
		&dns.EDNS0_EDE{InfoCode: dns.ExtendedErrorCodeOther}, &dns.EDNS0_EDE{InfoCode: code, ExtraText: text},
	}
	return m
}

// A school asks through its provider, which filters as well. What the provider says of
// it reaches the client, from the cache too, and is counted.
func TestTheReasonOfAnUpstreamThatFiltersIsPassedOn(t *testing.T) {
	var answer *dns.Msg
	r := ownResolver(t, func(context.Context, *dns.Msg) (*dns.Msg, error) { return answer.Copy(), nil })
	const soa = "example. 300 SOA a.example. b.example. 1 1 1 1 300"
	f := func(name string, rcode, code int, text string, from *dns.Msg) {
		t.Helper()
		answer = from
		for _, source := range []string{"the upstream", "the cache"} {
			m := r.asks(t, name)
			if m.Rcode != rcode || edeOf(m) != code || textOf(m) != text {
				t.Errorf("%s, from %s: %s EDE %d %q, want %s EDE %d %q",
					name, source, dns.RcodeToString[m.Rcode], edeOf(m), textOf(m), dns.RcodeToString[rcode], code, text)
			}
		}
	}
	const order = "gambling: blocked by order of an authority"
	f("censored.example.", dns.RcodeNameError, 16, order, filtered(dns.RcodeNameError, 16, order, soa))
	f("filtered.example.", dns.RcodeSuccess, 17, "", filtered(dns.RcodeSuccess, 17, "", "filtered.example. 300 A 198.51.100.9"))
	f("nothing.example.", dns.RcodeSuccess, 15, "x", filtered(dns.RcodeSuccess, 15, "x", soa))
	f("refused.example.", dns.RcodeRefused, 18, "not here", filtered(dns.RcodeRefused, 18, "not here"))
	f("failed.example.", dns.RcodeServerFailure, 15, "", filtered(dns.RcodeServerFailure, 15, ""))
	f("escape.example.", dns.RcodeNameError, 16, "red", filtered(dns.RcodeNameError, 16, "\x1b[31mred"[5:]+"\u202e", soa))
	f("blocked.example.", dns.RcodeNameError, 15, "local: blocked by the school or an authority above it", filtered(dns.RcodeNameError, 16, order, soa))

	long := filtered(dns.RcodeNameError, 16, strings.Repeat("lệnh ", 200), soa)
	answer = long
	if text := textOf(r.asks(t, "long.example.")); len([]rune(text)) > 160 || !strings.HasPrefix(text, "lệnh lệnh") {
		t.Errorf("a text of 1,000 characters becomes %q", text)
	}
	counts := r.FilteredByUpstreams()
	if counts["censored"] != 5 || counts["filtered"] != 2 || counts["blocked"] != 4 || counts["prohibited"] != 2 {
		t.Errorf("counted %v", counts)
	}
}

// TestAReasonIsToldAsFarAsThereIsRoom: to the byte, the text first, then its number.
func TestAReasonIsToldAsFarAsThereIsRoom(t *testing.T) {
	text := strings.Repeat("x", 100)
	var addresses []string
	for i := range 40 {
		addresses = append(addresses, fmt.Sprintf("many.example. 300 A 198.51.100.%d", i))
	}
	r := ownResolver(t, func(context.Context, *dns.Msg) (*dns.Msg, error) {
		return filtered(dns.RcodeSuccess, 17, text, addresses...), nil
	})
	ask := func(room int) *dns.Msg {
		return r.asks(t, "many.example.", func(m *dns.Msg) { m.IsEdns0().SetUDPSize(uint16(room)) })
	}
	whole := ask(1232)
	whole.Compress = true
	size := whole.Len()
	for room, want := range map[int]string{
		size: "17 " + text, size - 1: "17 ", size - len(text): "17 ", size - len(text) - 1: "-1 ",
	} {
		if m := ask(room); m.Truncated || len(m.Answer) != 40 || fmt.Sprint(edeOf(m), " ", textOf(m)) != want {
			t.Errorf("of %d bytes in %d: %d addresses, EDE %d %q, want %q", size, room, len(m.Answer), edeOf(m), textOf(m), want)
		}
	}
}

// TestAnAnswerThatJustFitsIsWhole: 512 bytes without EDNS.
func TestAnAnswerThatJustFitsIsWhole(t *testing.T) {
	for addresses, whole := range map[int]bool{30: true, 31: false} { // of 16 bytes, after 32 of header and question
		var texts []string
		for i := range addresses {
			texts = append(texts, fmt.Sprintf("sixsix.example. 300 A 198.51.100.%d", i))
		}
		r := ownResolver(t, func(context.Context, *dns.Msg) (*dns.Msg, error) { return records(0, texts...), nil })
		m := r.asks(t, "sixsix.example.", func(m *dns.Msg) { m.Extra = nil })
		if m.Truncated == whole || whole && len(m.Answer) != addresses {
			t.Errorf("of %d addresses %d come, cut: %v", addresses, len(m.Answer), m.Truncated)
		}
	}
}

// textOf is the text of the extended error.
func textOf(m *dns.Msg) string {
	if opt := m.IsEdns0(); opt != nil && len(opt.Option) > 0 {
		return opt.Option[0].(*dns.EDNS0_EDE).ExtraText
	}
	return ""
}
