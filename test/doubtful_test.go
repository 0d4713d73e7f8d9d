package test

import (
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// A row of an order that names what is never blocked waits for a word; the rest of
// the order is in force at once, and the running server takes the word up.
func TestARowInDoubtWaitsAndTheOrderDoesNot(t *testing.T) {
	up := startStandIn(t)
	p := newProcess(t, "feeds: [{name: lenh, url: lenh.csv, category: authority-order, locked_by: a, authority: {name: A05}}]\n",
		"units: [{id: a, networks: [127.0.0.0/8]}]\n", up.addr)
	p.write("lenh.csv", "ten_mien,so_van_ban\nbet.example,15/A05\nmoet.gov.vn,15/A05\nfacebook.com,15/A05\n")
	p.start()
	p.until("the order is in force", func() bool { return blocked(p.ask("bet.example")) })
	for _, name := range []string{"moet.gov.vn", "facebook.com"} {
		if m := p.ask(name); m.Rcode != dns.RcodeSuccess {
			t.Errorf("%s: %s", name, dns.RcodeToString[m.Rcode])
		}
	}
	p.metric(`lachan_condition{name="order-doubtful"}`, "1")
	if _, body := p.get("/readyz?verbose"); !strings.Contains(body, "moet.gov.vn") {
		t.Errorf("not told: %s", body)
	}
	p.lists("approve", "lenh", "--by", "cô Lan")
	p.until("the rows are let through", func() bool { return blocked(p.ask("facebook.com")) && blocked(p.ask("moet.gov.vn")) })
}
