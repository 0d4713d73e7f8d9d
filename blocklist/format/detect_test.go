package format_test

import (
	"errors"
	"strings"
	"testing"

	"lachan/blocklist/format"
)

func TestAFormatIsRecognisedByWhatIsTypicalOfIt(t *testing.T) {
	f := func(text string, want format.Format) {
		t.Helper()
		got, err := format.Detect([]byte(text), "")
		if got != want || err != nil {
			t.Errorf("Detect(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
	f("# c\n127.0.0.1 localhost\n::1 localhost\n0.0.0.0 a.example\n", format.Hosts)
	f("0.0.0.0 a.example b.example # c\r\n", format.Hosts)
	f("# c\na.example\nb.example\n", format.Domains)
	f("https://a.example/x?y=1\nhttp://b.example/\n", format.Domains)
	f("evil[.]a.example\nhxxp://b.example\n", format.Domains)
	f("cốccốc.example\n", format.Domains)
	f("*.a.example\n*.b.example\n", format.Wildcard)
	f("a.example\nb.example\nc.example\n*.d.example\n", format.Domains)
	f("[Adblock Plus 2.0]\n! Title\na.example\nb.example\n", format.Adblock)
	f("||a.example^\n@@||b.example^$important\n", format.Adblock)
	f("a.example##.banner\n", format.Adblock)
	f("a.example$important\n", format.Adblock)
	f("||a.example^\n"+strings.Repeat("b.example\n", 8)+"0.0.0.0 c.example\n", format.Adblock) // bare names among rules
	f("(^|\\.)ads[0-9]+\\.\n^bet.+\\.example$\n", format.Regex)
	f("/^ads/\n", format.Regex)
	f("local=/a.example/\nserver=/b.example/\naddress=/c.example/#\n", format.Dnsmasq)
	f("server:\n  local-zone: \"a.example\" refuse\n", format.Unbound)
	f("$TTL 300\n@ IN SOA ns. admin. 1 2 3 4 5\na.example CNAME .\n*.a.example CNAME .\n", format.RPZ)
	f("a.example 300 IN CNAME .\n32.1.2.0.192.rpz-ip CNAME .\n", format.RPZ)
	f("Tên miền;Nhóm\na.example;co-bac\n", format.CSV)
	f("category,domain\nads,a.example\n", format.CSV)
	f("DANH SÁCH;;\nSTT;Tên miền;Nhóm\n1;a.example;co-bac\n", format.CSV)
	f("a.example,ads\nb.example,ads\n", format.CSV)
	f("domain\na.example\n", format.CSV)
	f("192.0.2.1\n198.51.100.0/24\n2001:db8::/32\n203.0.113.1-203.0.113.9\n", format.Addresses)
	f("192.0.2.0/24 ; SBL1\n", format.Addresses)
	f("\xEF\xBB\xBF0.0.0.0 a.example\n", format.Hosts)
	f("\xFF\xFEa\x00.\x00e\x00x\x00\n\x00", format.Domains)
}

func TestTheNameOfTheFileOnlyBreaksTies(t *testing.T) {
	f := func(text, name string, want format.Format) {
		t.Helper()
		got, err := format.Detect([]byte(text), name)
		if got != want || err != nil {
			t.Errorf("Detect(%q, %q) = %q, %v; want %q", text, name, got, err, want)
		}
	}
	f("a.example\n", "list.hosts", format.Domains)
	f("*.a.example\na.example\n", "list.wildcard", format.Wildcard)
	f("*.a.example\na.example\n", "https://lists.example/wildcard/domains.txt?x=hosts", format.Domains)
	f("# nothing yet\n", "https://lists.example/adblock.txt", format.Adblock)
	f("", "order.csv", format.CSV)
}

func TestWhatIsNoListIsNotRecognised(t *testing.T) {
	f := func(text string, want error) {
		t.Helper()
		if got, err := format.Detect([]byte(text), "list.hosts"); !errors.Is(err, want) {
			t.Errorf("Detect(%q) = %q, %v; want %v", text, got, err, want)
		}
	}
	f("<html><body>", format.ErrHTML)
	f("Not found\n", format.ErrUnknown)
	f("{\"error\": \"rate limit\"}\n", format.ErrUnknown)
	f("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03abcdef\n", format.ErrUnknown)
	f("The list has moved.\nSee a.example\n", format.ErrUnknown)
}
