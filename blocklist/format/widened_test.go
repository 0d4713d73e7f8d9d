package format_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lachan/blocklist/format"
)

// An entry that is a page of a site of its own blocks all of the site, and that is
// told; the root of a site is the site, and a path on a shared host is refused.
func TestAPageThatBecomesASiteIsTold(t *testing.T) {
	f := func(as format.Format, text string, want ...string) {
		t.Helper()
		var got []string
		o := format.Options{Subdomains: true, Widened: func(w format.Widening) {
			got = append(got, fmt.Sprint(w.Line, " ", w.Host, " of ", w.Text))
		}}
		sum, err := format.Parse(strings.NewReader(text), as, o, func(format.Rule) error { return nil }, nil)
		if err != nil || !slices.Equal(got, want) || sum.Widened != len(want) {
			t.Errorf("%q: %q, %d, %v, want %q", text, got, sum.Widened, err, want)
		}
	}
	f(format.Domains, "a.example\nhttps://b.example/\nhttp://c.example/page.html\nd.example/x?y=1\nfacebook.com/group\nhxxps://e[.]example/z\n",
		"3 c.example of http://c.example/page.html", "4 d.example of d.example/x?y=1", "6 e.example of hxxps://e[.]example/z")
	f(format.CSV, "Tên miền,Nhóm\nhttps://bao.example/bai-xau-123.html,phishing\nlua-dao.example,phishing\n",
		"2 bao.example of https://bao.example/bai-xau-123.html,phishing")
	f(format.Adblock, "||a.example/page\n") // refused
	f(format.Domains, "http://com/page\n")  // refused
}
