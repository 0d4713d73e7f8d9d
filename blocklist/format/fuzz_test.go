package format_test

import (
	"errors"
	"strings"
	"testing"

	"lachan/blocklist/format"
)

// parses is the contract that every format has with any bytes at all: Parse
// ends without an error (but that the text is HTML, or no workbook), every rule is well-formed,
// every reject is in the range of lines and printable, and the Summary accounts
// for every line.
func parses(t *testing.T, f format.Format, text string) {
	lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 1 // old Macs end lines with CR
	sum, err := format.Parse(strings.NewReader(text), f, format.Options{Subdomains: len(text)%2 == 0}, plainlyFormed,
		func(r format.Reject) {
			limit := lines
			if strings.HasPrefix(text, "\xFF\xFE") || strings.HasPrefix(text, "\xFE\xFF") || strings.Contains(text, "\x00") {
				limit = len(text) // UTF-16, with a mark or without, has its own ends of lines
			}
			if strings.HasPrefix(text, "PK") {
				limit = 1 << 20 // rows of a workbook
			}
			if err := wellFormedReject(r, limit); err != nil {
				t.Error(err)
			}
		})
	if errors.Is(err, format.ErrTCVN3) || errors.Is(err, format.ErrXLSX) {
		return // it was refused in the middle
	}
	if err != nil && !errors.Is(err, format.ErrHTML) && !errors.Is(err, format.ErrXLSX) &&
		!errors.Is(err, format.ErrNoBook) && !errors.Is(err, format.ErrOldBook) {
		t.Fatal(err)
	}
	if err := consistent(sum); err != nil {
		t.Error(err)
	}
}

func fuzzFormat(f *testing.F, as format.Format, seeds ...string) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { parses(t, as, text) })
}

// The contract of each is that of parses.

func FuzzHosts(f *testing.F) {
	fuzzFormat(f, format.Hosts, "0.0.0.0 a.example b.example # c\n::1 localhost\n", "fe80::1%lo0 a.example\xff", "\xFF\xFEa\x00")
}

func FuzzDomains(f *testing.F) {
	fuzzFormat(f, format.Domains, "a.example\n*.b.example\n.c.example\n", "hxxps://u@evil[.]example:80/x?y#z", "cốccốc.example", "[::1]:80")
}

func FuzzWildcard(f *testing.F) {
	fuzzFormat(f, format.Wildcard, "*.a.example\nb*.example\n*\n")
}

func FuzzAdblock(f *testing.F) {
	fuzzFormat(f, format.Adblock, "||a.example^$dnstype=~A|~AAAA,denyallow=b.example\n@@|http://a*.example^\n", "/re/$important\n.a^\n|*.^|\n", "a##b\n[x\n#\n")
}

func FuzzRegex(f *testing.F) {
	fuzzFormat(f, format.Regex, "(^|\\.)ads[0-9]+\\.example$\n/x/\n", "(a{99}){99}\n\\pL\n")
}

func FuzzDnsmasq(f *testing.F) {
	fuzzFormat(f, format.Dnsmasq, "address=/a.example/b.example/0.0.0.0\nlocal=/c.example/\n", "server=//\naddress=/#/\n")
}

func FuzzUnbound(f *testing.F) {
	fuzzFormat(f, format.Unbound, "local-zone: \"a.example.\" refuse\nlocal-data: 'a.example 1 IN A 0.0.0.0'\n", "local-zone: \"\"  \"\n")
}

func FuzzRPZ(f *testing.F) {
	fuzzFormat(f, format.RPZ, zoneHead+"*.a.example CNAME .\n24.0.2.0.192.rpz-ip CNAME rpz-passthru.\n", " CNAME .\n$ORIGIN\n@ ( \"\n)", "128.zz.rpz-ip CNAME .\n")
}

func FuzzCSV(f *testing.F) {
	fuzzFormat(f, format.CSV, csvHead+"a.example,co-bac,1,2/9/2026,A05,2/9/2026,2026-12-31,,\"x\n\"\"y\"\n", "sep=;\n\"a;b\n", "\ta.example\t\"\n", "000\xb6\xb6\xce")
}

func FuzzAddresses(f *testing.F) {
	fuzzFormat(f, format.Addresses, "192.0.2.1\n2001:db8::/32\n192.0.2.1-192.0.3.7\n", "::ffff:192.0.2.0/100\n0.0.0.0-255.255.255.255\n::-ffff::\n")
}

// FuzzDetect: Detect gives a format that Parse knows, never Auto, or one of its
// two errors, and what it recognises can be parsed as that.
func FuzzDetect(f *testing.F) {
	f.Add("0.0.0.0 a.example\n", "x.hosts")
	f.Add("||a.example^\nb.example\n", "")
	f.Add("Tên miền;Nhóm\na.example;co-bac\n", "x.csv?y")
	f.Fuzz(func(t *testing.T, text, name string) {
		as, err := format.Detect([]byte(text), name)
		if err != nil {
			if !errors.Is(err, format.ErrHTML) && !errors.Is(err, format.ErrUnknown) {
				t.Error(err)
			}
			return
		}
		if as == format.Auto || as.UnmarshalText([]byte(as)) != nil {
			t.Errorf("Detect(%q) = %q", text, as)
		}
		parses(t, as, text)
	})
}
