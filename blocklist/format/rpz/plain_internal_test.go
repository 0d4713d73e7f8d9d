package rpz

import (
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// TestRecordsThatAreReadTheQuickWay are those of large zones, and no others.
func TestRecordsThatAreReadTheQuickWay(t *testing.T) {
	f := func(line, origin string, want bool) {
		t.Helper()
		if _, ok := plainCNAME([]byte(line), origin); ok != want {
			t.Errorf("%q below %q: %v", line, origin, ok)
		}
	}
	label := strings.Repeat("a", 63)
	f("a.example CNAME .", "rpz.example.", true)
	f("a.example.rpz.example.\t60\tIN\tCNAME\trpz-passthru.", "rpz.example.", true)
	f("a 999999999 CNAME .", "rpz.example.", true)
	f("a 9999999999 CNAME .", "rpz.example.", false)
	f("a CNAME b", "rpz.example.", true)
	f("a CNAME b", `r\.pz.example.`, false)
	f("a. CNAME .", `r\.pz.example.`, true) // nothing of it is below the origin
	f("a. CNAME b", `r\.pz.example.`, false)
	f("a CNAME .", "RPZ.example.", false)
	f("A CNAME .", "rpz.example.", false)
	f("a cname .", "rpz.example.", false)
	f("a A 192.0.2.1", "rpz.example.", false)
	f("a CNAME . ; why", "rpz.example.", false)
	f(label+". CNAME .", ".", true)
	f(label+"a. CNAME .", ".", false)
	f(strings.Repeat(label+".", 3)+label[:61]+". CNAME .", ".", true)
	f(strings.Repeat(label+".", 3)+label[:62]+". CNAME .", ".", false)
}

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
