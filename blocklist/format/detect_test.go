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
	f("a.example\nThe list has moved.\n", format.ErrUnknown) // as many lines are none
	f("a.example\nb.example\nThe list has moved.\n", nil)
	f("xone\nytwo\n", format.ErrUnknown)          // words alone are no names
	f("one,two\nthree,four\n", format.ErrUnknown) // no table has a name in it
	if got, err := format.Detect([]byte("a.example\nThe list has moved.\n"), "order.csv"); got != format.CSV || err != nil {
		t.Errorf("a table whose headings are not known: %s, %v", got, err)
	}
}

// TestAListKeepsItsFormat while it has lines of it, and these and what else is read alike
// are most.
func TestAListKeepsItsFormat(t *testing.T) {
	f := func(was format.Format, text string, want format.Format) {
		t.Helper()
		sum, err := format.Parse(strings.NewReader(text), format.Auto, format.Options{Was: was}, func(format.Rule) error { return nil }, nil)
		if err != nil || sum.Format != want {
			t.Errorf("a list of %s that is now %q: %s, %v, want %s", was, text, sum.Format, err, want)
		}
	}
	const name, rule, sink, expression, directive, head = "a.example\n", "||b.example^\n", "0.0.0.0 c.example\n", "^ads[0-9]+\\.example$\n", "address=/d.example/\n", "Tên miền,Nhóm\n"
	f("", name+rule+rule, format.Adblock)
	f(format.Domains, name+rule+rule, format.Domains) // a rule among names
	f(format.Domains, rule+rule, format.Adblock)      // no name is left
	f(format.Domains, sink, format.Domains)           // names with sinks before them
	f(format.Hosts, name+rule, format.Hosts)
	f(format.Adblock, rule+name+name+name, format.Adblock)
	f(format.Regex, expression+name+name, format.Regex)
	f(format.Hosts, sink+expression+expression, format.Regex)
	f(format.Dnsmasq, directive+directive+name, format.Dnsmasq)
	f(format.Dnsmasq, directive+name, format.Domains) // half is not most
	f(format.CSV, head+name, format.CSV)
	f(format.Domains, head+name, format.CSV)
	f(format.Adblock, "[Adblock Plus 2.0]\n"+name, format.Adblock)
	f(format.Domains, "[Adblock Plus 2.0]\n"+name, format.Adblock)
	f(format.RPZ, "; nothing yet\n", format.RPZ)
}
