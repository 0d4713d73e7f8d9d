package stream

import (
	"bytes"
	"slices"
	"testing"

	"github.com/miekg/dns"

	"lachan/resolver/dnswire"
	"lachan/resolver/upstream/exchange"
)

// FuzzPadded: a query is not written to. It is returned unchanged, or as a
// multiple of a block that differs in its padding alone: what comes before the
// length of the OPT record and the options that were there.
func FuzzPadded(f *testing.F) {
	add := func(m *dns.Msg) {
		wire, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wire)
	}
	query := func() *dns.Msg { return new(dns.Msg).SetQuestion("hoc.example.", dns.TypeA) }
	add(query())
	add(query().SetEdns0(1232, true))
	withOption := query().SetEdns0(1232, false)
	withOption.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_NSID{Code: dns.EDNS0NSID}}
	add(withOption)
	afterOPT := query().SetEdns0(1232, false) // a record follows the OPT record
	afterOPT.Extra = append(afterOPT.Extra, &dns.TXT{
		Hdr: dns.RR_Header{Name: "hoc.example.", Rrtype: dns.TypeTXT, Class: dns.ClassINET}, Txt: []string{"x"},
	})
	add(afterOPT)
	ofRoot := query() // ends with a record of the root
	ofRoot.Extra = append(ofRoot.Extra, &dns.TXT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeTXT, Class: dns.ClassINET}, Txt: []string{"x"}})
	add(ofRoot)
	named := query().SetEdns0(1232, false)
	named.IsEdns0().Hdr.Name = "hoc.example."
	add(named)
	f.Fuzz(func(t *testing.T, query []byte) {
		before := slices.Clone(query)
		sent := padded(query)
		if !bytes.Equal(before, query) {
			t.Fatalf("%x was written to", before)
		}
		if bytes.Equal(sent, query) {
			return
		}
		start, _ := lastRecord(query)
		if query[start] != 0 || !bytes.Equal(query[start+1:start+3], []byte{0, dnswire.TypeOPT}) {
			t.Fatalf("%x, which does not end with an OPT record, became %x", query, sent)
		}
		length := start + optFixed - 2
		if len(sent)%paddingBlock != 0 || len(sent) > exchange.MaxMessage || len(sent) >= len(query)+optionHeader+paddingBlock ||
			!bytes.Equal(sent[:length], query[:length]) || !bytes.Equal(sent[length+2:len(query)], query[length+2:]) {
			t.Fatalf("%x became %x", query, sent)
		}
		if again, ok := lastRecord(sent); !ok || again != start {
			t.Fatalf("the last record of %x is at %d, of %x at %d", query, start, sent, again)
		}
	})
}
