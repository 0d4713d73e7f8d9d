package resolver

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"lachan/resolver/dnswire"
)

// Stub resolvers of phones and of old libraries go through an answer once, and find no
// address that stands before its alias. Whatever order an upstream has, the aliases come
// first, in the order in which they lead on: in the first answer and in those from the
// cache.
func TestAliasesComeFirst(t *testing.T) {
	r := ownResolver(t, nil)
	var answers [][]byte
	r.askWired(t, func(query []byte) []byte { return rawReply(query, answers...) })
	const own, mid, end, above = "\xc0\x0c", "\x03mid\x07example\x00", "\x04GOOD\x07example\x00", "\x04zone\x07example\x00"
	a := func(owner string, last byte) []byte {
		return rawRecord([]byte(owner), dnswire.TypeA, []byte{198, 51, 100, last})
	}
	cname := func(owner, to string) []byte { return rawRecord([]byte(owner), dnswire.TypeCNAME, []byte(to)) }
	signature := func(owner string) []byte {
		data := append([]byte{0, 1, 8, 2, 0, 0, 1, 0, 0x7F, 0, 0, 0, 0x5F, 0, 0, 0, 0, 1}, "\x07example\x00sig"...)
		return rawRecord([]byte(owner), dns.TypeRRSIG, data)
	}
	dname := rawRecord([]byte(above), dnswire.TypeDNAME, []byte("\x07example\x00"))
	asked := 0
	f := func(what, want string, records ...[]byte) {
		t.Helper()
		answers, asked = records, asked+1
		name := fmt.Sprintf("n%d.zone.example.", asked)
		for _, from := range []string{"the upstream", "the cache"} {
			m := r.asks(t, name)
			var got []string
			for _, rr := range m.Answer {
				owner, _, _ := strings.Cut(strings.ToLower(rr.Header().Name), ".")
				got = append(got, strings.Replace(owner, fmt.Sprintf("n%d", asked), "own", 1)+" "+dns.TypeToString[rr.Header().Rrtype])
			}
			if all := strings.Join(got, ", "); m.Rcode != dns.RcodeSuccess || all != want {
				t.Errorf("%s, from %s: %s: %s, want %s", what, from, dns.RcodeToString[m.Rcode], all, want)
			}
		}
	}
	f("the right order", "own CNAME, mid CNAME, good A", cname(own, mid), cname(mid, end), a(end, 1))
	f("from behind", "own CNAME, mid CNAME, good A", a(end, 1), cname(mid, end), cname(own, mid))
	f("the address between", "own CNAME, mid CNAME, good A", cname(own, mid), a(end, 1), cname(mid, end))
	f("several addresses", "own CNAME, mid A, mid A", a(mid, 2), cname(own, mid), a(mid, 1))
	f("signatures go with what they sign", "own CNAME, own RRSIG, mid A, mid RRSIG",
		a(mid, 1), signature(mid), cname(own, mid), signature(own))
	f("a DNAME", "zone DNAME, own CNAME, mid A", a(mid, 1), dname, cname(own, mid))
	f("a DNAME and its signature", "zone DNAME, zone RRSIG, own CNAME, mid A", a(mid, 1), dname, signature(above), cname(own, mid))
	f("and what was not asked for", "own CNAME, mid A", a(mid, 1), cname(own, mid), a("\x04bank\x07example\x00", 9))

	var many [][]byte
	for i := range 60 {
		many = append(many, a(mid, byte(i)))
	}
	answers = append(many, cname(own, mid))
	m := r.asks(t, "many.zone.example.")
	at := slices.IndexFunc(m.Answer, func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeCNAME })
	if m.Truncated || at != 0 {
		t.Errorf("60 addresses: the alias is at %d, truncated %t", at, m.Truncated)
	}
}

// An answer in another order is judged as it was: the order hides no name.
func TestArrangedAnswersAreJudged(t *testing.T) {
	r := ownResolver(t, nil)
	var answers [][]byte
	r.askWired(t, func(query []byte) []byte { return rawReply(query, answers...) })
	const own, mid, blocked = "\xc0\x0c", "\x03mid\x07example\x00", "\x07blocked\x07example\x00"
	address := rawRecord([]byte(blocked), dnswire.TypeA, []byte{198, 51, 100, 1})
	first, second := rawRecord([]byte(own), dnswire.TypeCNAME, []byte(mid)), rawRecord([]byte(mid), dnswire.TypeCNAME, []byte(blocked))
	for i, order := range [][][]byte{{first, second, address}, {address, second, first}, {second, address, first}, {second, first}} {
		answers = order
		for range 2 {
			if m := r.asks(t, fmt.Sprintf("www%d.example.", i)); m.Rcode != dns.RcodeNameError {
				t.Errorf("order %d: %s", i, dns.RcodeToString[m.Rcode])
			}
		}
	}
}
