package test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/blocklist/order"
)

// orders are what the server tells of them, by document.
func (p *process) orders() (report order.Overview, documents map[string]bool) {
	p.t.Helper()
	_, body := p.get("/api/orders")
	if err := json.Unmarshal([]byte(body), &report); err != nil {
		p.t.Fatalf("%v: %s", err, body)
	}
	documents = map[string]bool{}
	for _, r := range report.Records {
		documents[r.Document] = true
	}
	return report, documents
}

// lists runs `lachan lists` beside the server, on the same configuration.
func (p *process) lists(args ...string) {
	p.t.Helper()
	args = append(append([]string{"lists"}, args...), "--config", filepath.Join(p.dir, "lachan.yaml"))
	if out, err := exec.Command(binary, args...).CombinedOutput(); err != nil {
		p.t.Fatalf("%v: %v\n%s", args, err, out)
	}
}

const orderRows = "ten_mien,so_van_ban,ngay_van_ban,co_quan,hieu_luc_tu,muc_khan\n" +
	"a.example,12/A05,19/11/2026,A05,,hỏa tốc\nb.example,12/A05,19/11/2026,A05,,\nc.example,7/SGD,01/10/2026,Sở,,\n"

func TestTheClockOfEachOrderIsKept(t *testing.T) {
	up := startStandIn(t)
	p := newProcess(t, `feeds:
  - {name: bang, url: table.csv, category: authority-order, trusted: true}
  - {name: a05, url: a05.txt, category: authority-order, authority: {name: A05, document: 99/A05, date: 2026-11-01}}
  - {name: mai, url: a05.txt, category: authority-order, authority: {name: A05, document: 100/A05, effective: 2999-01-01}}
`, "units: [{id: a, networks: [127.0.0.0/8], profile: thpt}]\n", up.addr)
	p.write("table.csv", orderRows+"d.example,8/SGD,,Sở,01/01/2999,\n")
	p.write("a05.txt", "order.example\n")
	p.start()
	p.until("three orders are on record", func() bool { _, known := p.orders(); return len(known) == 3 })
	report, known := p.orders()
	if !known["12/A05"] || !known["7/SGD"] || !known["99/A05"] {
		t.Errorf("orders %v", known)
	}
	for i := range report.Records {
		r := &report.Records[i]
		if r.Received.IsZero() || r.Verified.Before(r.Received) || r.InForce.Before(r.Verified) || r.Compiled.After(r.InForce) || r.Took() > time.Minute {
			t.Errorf("the clock of %+v", r)
		}
		if urgent := r.Document == "12/A05"; r.Urgent != urgent || urgent && (r.Entries != 2 || r.Authority != "A05" || r.Issued.IsZero()) {
			t.Errorf("record %+v", r)
		}
	}
	p.metric(`lachan_orders_total{feed="bang"}`, "2")
	p.metric(`lachan_orders_within_total{feed="bang",limit="6h"}`, "2")
	p.metric(`lachan_orders_late_total{feed="bang"}`, "0")

	p.write("table.csv", orderRows+"d.example,8/SGD,,Sở,01/01/2999,\ne.example,13/A05,20/11/2026,A05,,\n")
	p.until("the new order is on record", func() bool { _, known := p.orders(); return known["13/A05"] && len(known) == 4 })
	p.kill()
	p.start()
	if report, _ := p.orders(); report.Orders != 4 {
		t.Errorf("after a start %d orders", report.Orders)
	}
}

func TestARunningServerTakesUpWhatIsDecidedBesideIt(t *testing.T) {
	up := startStandIn(t)
	p := newProcess(t, "feeds: [{name: bets, url: bets.txt, format: domains, category: gambling}]\n",
		"units: [{id: a, networks: [127.0.0.0/8], profile: thpt}]\n", up.addr)
	p.write("bets.txt", "bet.example\n")
	p.start()
	p.until("the list is in force", func() bool { return blocked(p.ask("bet.example")) })
	p.write("bets.txt", "bet.example\nlesson.example\n")
	p.until("a lesson is blocked", func() bool { return blocked(p.ask("lesson.example")) })
	p.lists("rollback", "bets", "--by", "cô Lan")
	p.until("the lesson is back", func() bool { return !blocked(p.ask("lesson.example")) })
	p.metric(`lachan_condition{name="feed-held"}`, "1")
	p.lists("approve", "bets", "--by", "cô Lan")
	p.until("the list is let through", func() bool { return blocked(p.ask("lesson.example")) })
	p.lists("rollback", "bets", "--why", "chặn bài học")
	p.until("the lesson is back", func() bool { return !blocked(p.ask("lesson.example")) })
	p.lists("reject", "bets", "--why", "chặn bài học")
	book, err := p.command(os.Getuid(), "ledger", "show", "--json")
	if err != nil {
		t.Fatal(book)
	}
	for _, want := range []string{`"what": "approve"`, `"what": "roll_back"`, `"what": "reject"`, "list/bets", "on behalf of cô Lan", "chặn bài học"} {
		if !strings.Contains(book, want) {
			t.Errorf("the ledger has not %s:\n%s", want, book)
		}
	}
	if out, err := p.command(os.Getuid(), "lists", "reject", "bets", "--lang", "en"); err == nil || !strings.Contains(out, "no version of bets is held back") {
		t.Errorf("nothing is held back: %v %s", err, out)
	}
}
