package blocklist_test

import (
	"strings"
	"testing"

	"lachan/blocklist"
	"lachan/blocklist/format"
)

// listed compiles lists of a format; the first is feed "a".
func listed(t *testing.T, as format.Format, may format.May, texts ...string) *blocklist.List {
	t.Helper()
	var sources []blocklist.Source
	for i, text := range texts {
		sources = append(sources, blocklist.Source{Name: string(rune('a' + i)), Digest: text, Rules: func(emit func(format.Rule) error) error {
			_, err := format.Parse(strings.NewReader(text), as, format.Options{Subdomains: true, May: may}, emit, nil)
			return err
		}})
	}
	return compile(t, blocklist.Options{}, sources...)
}

// An example is a list, and what a server that reads it says of some questions, each
// as "name type answer": pass, block, or what is answered instead.
type example struct {
	list string
	says string
}

// documented checks examples of other servers' documentation, restated with names
// of our own.
func documented(t *testing.T, as format.Format, examples []example) {
	t.Helper()
	types := map[string]uint16{"A": 1, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SVCB": 64, "HTTPS": 65}
	for _, x := range examples {
		l := listed(t, as, format.May{Rewrites: true}, x.list)
		for _, line := range strings.Split(x.says, "; ") {
			words := strings.SplitN(line, " ", 3)
			n, qtype := name(t, words[0]), types[words[1]]
			got := "pass"
			if l.Classify(n, qtype, 1).Has(0) {
				got = "block"
			}
			if r, ok := l.Respond(0, n, qtype, 1); ok != (got == "block") {
				t.Errorf("%q: %s: classified as %s, a response: %v", x.list, line, got, ok)
			} else if ok && r.Act != format.ActBlock {
				got = strings.TrimSpace(r.Act.String() + " " + strings.Join(r.Data, ", "))
			}
			if got != words[2] {
				t.Errorf("%q: %s %s: %s, want %s", x.list, words[0], words[1], got, words[2])
			}
		}
	}
}

// The rules in AdGuard Home's page on writing lists.
func TestAdGuardHomesExamples(t *testing.T) {
	documented(t, format.Adblock, []example{
		{"||a.example^", "a.example A block; www.a.example A block; ba.example A pass; a.example.test A pass"},
		{"||a.example^\n@@||ok.a.example^", "b.a.example A block; ok.a.example A pass; www.ok.a.example A pass"},
		{"a.example", "a.example A block; www.a.example A pass"},
		{"0.0.0.0 a.example", "a.example A block; www.a.example A pass"},
		{"192.0.2.1 a.example # a comment", "a.example A data A 192.0.2.1; www.a.example A pass"},
		{"/a.*mple/", "xa.exmple.test A block; b.test A pass"},
		{"! a comment\n# another one", "a.example A pass"},
		{"|a.exam", "a.example A pass"}, // how a name begins, without a dot at its end: read as a whole name
		{"ample^", "ample A pass; xx.ample A pass"},
		{"||a.example^$denyallow=ok.a.example", "a.example A block; ok.a.example A pass; x.ok.a.example A pass"},
		{"||a.example^$dnstype=AAAA", "a.example A pass; a.example AAAA block"},
		{"||a.example^$dnstype=~A|~AAAA", "a.example A pass; a.example TXT block"},
		{"||a.example^$important\n@@||a.example^", "a.example A block"},
		{"||a.example^$important\n@@||a.example^$important", "a.example A pass"},
		{"||a.example^\n||a.example^$badfilter", "a.example A pass"},
		{"||a.example^$client=192.0.2.1\n||b.example^$ctag=device_pc", "a.example A pass; b.example A pass"},
	})
}

// Those on dnsrewrite.
func TestAdGuardHomesRewrites(t *testing.T) {
	documented(t, format.Adblock, []example{
		{"||a.example^$dnsrewrite=192.0.2.1", "a.example A data A 192.0.2.1; www.a.example A data A 192.0.2.1"},
		{"|a.example^$dnsrewrite=192.0.2.1", "a.example A data A 192.0.2.1; www.a.example A pass"},
		{"||a.example^$dnsrewrite=2001:db8::1", "a.example AAAA data AAAA 2001:db8::1"},
		{"||a.example^$dnsrewrite=b.example", "a.example A data CNAME b.example."},
		{"||a.example^$dnsrewrite=REFUSED", "a.example A refused"},
		{"||a.example^$dnsrewrite=NXDOMAIN;;", "a.example A nxdomain"},
		{"||a.example^$dnsrewrite=NOERROR;;", "a.example A nodata"},
		{"||a.example^$dnstype=AAAA,denyallow=ok.a.example,dnsrewrite=NOERROR;;",
			"a.example AAAA nodata; a.example A pass; ok.a.example AAAA pass"},
		{"||a.example^$dnsrewrite=NOERROR;TXT;hello_world", `a.example TXT data TXT "hello_world"`},
		{"||a.example^$dnsrewrite=NOERROR;MX;32 mail.example", "a.example MX data MX 32 mail.example."},
		{"||1.2.0.192.in-addr.arpa^$dnsrewrite=NOERROR;PTR;host.example.", "1.2.0.192.in-addr.arpa PTR data PTR host.example."},
		{"||a.example^$dnsrewrite=NOERROR;SVCB;32 b.example alpn=h3", `a.example SVCB data SVCB 32 b.example. alpn="h3"`},
		{"||a.example^$dnsrewrite=NOERROR;HTTPS;32 b.example alpn=h3", `a.example HTTPS data HTTPS 32 b.example. alpn="h3"`},
		// several for one name: a code first, then an alias, and else all together
		{"||a.example^$dnsrewrite=192.0.2.1\n||a.example^$dnsrewrite=192.0.2.2\n|a.example^$dnsrewrite=NOERROR;TXT;x",
			`a.example A data A 192.0.2.1, A 192.0.2.2, TXT "x"; www.a.example A data A 192.0.2.1, A 192.0.2.2`},
		{"||a.example^$dnsrewrite=192.0.2.1\n||a.example^$dnsrewrite=REFUSED\n||a.example^$dnsrewrite=b.example", "a.example A refused"},
		// exceptions
		{"||a.example^$dnsrewrite=192.0.2.1\n||a.example^$dnsrewrite=192.0.2.2\n@@||a.example^$dnsrewrite", "a.example A pass"},
		{"||a.example^$dnsrewrite=192.0.2.1\n||a.example^$dnsrewrite=192.0.2.2\n@@||a.example^$dnsrewrite=192.0.2.1", "a.example A data A 192.0.2.2"},
		{"||a.example^$dnsrewrite=192.0.2.1\n@@||ok.a.example^$dnsrewrite", "a.example A data A 192.0.2.1; ok.a.example A pass; x.ok.a.example A pass"},
		{"||a.example^$dnsrewrite=192.0.2.1\n@@||a.example^", "a.example A data A 192.0.2.1"}, // an exception from blocking
		{"||a.example^\n@@||a.example^$dnsrewrite", "a.example A block"},
		{"||a.example^\n||a.example^$dnsrewrite=192.0.2.1", "a.example A data A 192.0.2.1"},
		{"||a.example^\n||a.example^$dnsrewrite=192.0.2.1\n@@||a.example^$dnsrewrite", "a.example A block"},
		{"||a.example^$dnsrewrite=192.0.2.1,important\n@@||a.example^$dnsrewrite", "a.example A data A 192.0.2.1"},
	})
}

// What blocky and Pi-hole say that their lists may have.
func TestExamplesOfBlockyAndPihole(t *testing.T) {
	documented(t, format.Hosts, []example{ // both read these lists as they come
		{"# a comment\n127.0.0.1 a.example b.example # why", "a.example A block; b.example A block"},
		{"a.example\n", "a.example A block"},
		{":: a.example\n0.0.0.0 b.example", "a.example A block; b.example A block"},
		{"||a.example^", "a.example A block; x.a.example A block; ba.example A pass"},
		{"a.example\n/^ads[0-9]+\\./", "ads7.b.example A block; b.example A pass"},
		{"||a.example^\n@@||ok.a.example^", "x.a.example A block; ok.a.example A pass"},
	})
	documented(t, format.Wildcard, []example{
		{"a.example", "a.example A block; x.a.example A pass"},
		{"*.a.example", "a.example A block; x.a.example A block; y.x.a.example A block"},
	})
	documented(t, format.Regex, []example{
		{`/^ads[0-9]?\.example$/`, "ads.example A block; ads1.example A block; xads.example A pass"},
		{`(\.|^)a\.example$`, "a.example A block; x.a.example A block; ba.example A pass"},
		{`^ad([sxv]?[0-9]*|system)[_.-]([^.[:space:]]+\.){1,}|[_.-]ad([sxv]?[0-9]*|system)[_.-]`, "ads1.x.example A block; adsystem.x.example A block; loads.x.example A pass"},
		{`a\.example$;querytype=A`, "a.example A pass"}, // an option of Pi-hole's: refused
	})
}

// dnsmasq: what is said of the nearest name counts.
func TestDnsmasqsExamples(t *testing.T) {
	documented(t, format.Dnsmasq, []example{
		{"address=/a.example/", "a.example A block; x.a.example A block"},
		{"address=/a.example/#", "a.example A block"},
		{"address=/a.example/192.0.2.1", "x.a.example A data A 192.0.2.1"},
		{"server=/a.example/", "x.a.example A block"},
		{"local=/a.example/\nserver=/ok.a.example/#", "a.example A block; ok.a.example A pass; x.ok.a.example A pass"},
		{"local=/a.example/\nserver=/ok.a.example/#\nlocal=/bad.ok.a.example/", "x.ok.a.example A pass; bad.ok.a.example A block"},
		{"local=/a.example/\nserver=/a.example/#", "a.example A block"},
		{"server=/ok.a.example/#", "ok.a.example A pass"},
	})
}
