package rpz

import (
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// FuzzPlainCNAME: what plainCNAME reads the parser of master files reads too,
// and as the same record but for its TTL.
func FuzzPlainCNAME(f *testing.F) {
	for _, line := range []string{
		"a.example.rpz.example.\t60\tIN\tCNAME\t.", "*.a.example CNAME .", "a.example IN CNAME rpz-passthru.", "a 1 CNAME b",
		"in 999999999 IN CNAME a..b", "60 CNAME *.", "cname CNAME " + strings.Repeat("a.", 127), strings.Repeat("a", 64) + " CNAME .", "a CNAME . ",
	} {
		f.Add(line, "rpz.example.")
		f.Add(line, ".")
	}
	f.Fuzz(func(t *testing.T, line, origin string) {
		if _, ok := dns.IsDomainName(origin); !ok || origin != dns.CanonicalName(origin) {
			return // no origin that a zone has
		}
		got, ok := plainCNAME([]byte(line), origin)
		if !ok {
			return
		}
		parser := dns.NewZoneParser(strings.NewReader(line), origin, "")
		parser.SetDefaultTTL(0)
		rr, _ := parser.Next()
		want, isCNAME := rr.(*dns.CNAME)
		if !isCNAME || got.Hdr.Name != want.Hdr.Name || got.Target != want.Target {
			t.Errorf("%q below %q: %v, the parser of master files reads %v (%v)", line, origin, got, rr, parser.Err())
		}
	})
}
