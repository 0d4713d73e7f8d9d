package test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/cmd/lachan/config"
	"lachan/console/api"
)

// handsOver hands a table over, and returns what came of it.
func (c client) handsOver(document, table, query string) (d api.Decided, status int, text string) {
	c.p.t.Helper()
	body, _ := json.Marshal(map[string]any{
		"authority": "a05", "document": document, "file": "bang.csv", "table": []byte(table), "why": "công văn",
	})
	status, text = c.ask("POST", "orders"+query, string(body))
	if err := json.Unmarshal([]byte(text), &d); err != nil && status == http.StatusOK {
		c.p.t.Fatal(err, text)
	}
	return d, status, text
}

func (c client) takesBack(document string) (status int, text string) {
	return c.ask("DELETE", "orders", `{"authority":"a05","document":"`+document+`"}`)
}

// TestATableThatIsHandedOverIsInForceAtOnce: with what the list of its authority may and no
// more, until it is taken back; those who handed it over learn which rows were refused.
func TestATableThatIsHandedOverIsInForceAtOnce(t *testing.T) {
	const orders = `feeds:
  - {name: lenh, url: lenh.txt, format: domains, category: gambling, categories: [phishing], locked_by: lao-cai, authority: {name: A05, document: 12/A05}}
  - {name: khac, url: khac.txt, format: domains, category: authority-order, authority: {name: A06, document: 13/A06}}
`
	p := newProcess(t, orders, country, startStandIn(t).addr)
	p.write("lenh.txt", "ordered.example\n")
	p.write("khac.txt", "other.example\n")
	clients := p.people("authority@a05", "authority@a06", "school@th-kim-dong")
	p.start()
	const school = "127.10.0.5"
	shut := func(name string, want bool, why string) {
		t.Helper()
		if got := p.blocked(school, name); got != want {
			t.Errorf("%s: %s is blocked: %t, want %t", why, name, got, want)
		}
	}
	a05 := clients["authority@a05"]
	const table = "ten_mien,nhom\nmoi.example,\nhai.example,phishing\nla.example,csam\nkhông phải tên,\n"
	shut("moi.example", false, "before")
	if d, status, text := a05.handsOver("15/A05", table, "?preview=true"); status != 200 || d.Table == nil || d.Table.Refused != 2 || d.Table.Entries != 2 {
		t.Fatalf("preview: %d %s", status, text)
	}
	shut("moi.example", false, "a preview")
	if _, status, text := clients["authority@a06"].handsOver("15/A05", table, ""); status != 404 && status != 403 {
		t.Errorf("another authority hands over: %d %s", status, text)
	}
	if _, status, text := clients["school@th-kim-dong"].handsOver("15/A05", table, ""); status != 404 && status != 403 {
		t.Errorf("a school hands over: %d %s", status, text)
	}
	began := time.Now()
	d, status, text := a05.handsOver("15/A05", table, "")
	if status != 200 || d.Table == nil || !d.Table.InForce || len(d.Table.Rows) != 2 || d.Table.Rows[1].Line != 5 || d.Table.Rows[1].VI == "" {
		t.Fatalf("%d %s", status, text)
	}
	if row := d.Table.Rows[0]; row.Line != 4 || !strings.Contains(row.Text, "csam") || !strings.Contains(row.EN, "category") {
		t.Errorf("a category that the list may not use: %+v", row)
	}
	shut("www.moi.example", true, "handed over")
	t.Logf("in force %v after it was sent", time.Since(began).Round(time.Millisecond))
	shut("hai.example", true, "handed over")
	if status, text := clients["school@th-kim-dong"].ask("POST", "units/th-kim-dong/exceptions", `{"name":"moi.example"}`); status < 400 {
		t.Errorf("a school opens what is locked as the list of the authority is: %d %s", status, text)
	}
	if _, documents := p.orders(); !documents["15/A05"] {
		t.Errorf("the clock of the order is not kept: %v", documents)
	}
	if d, status, text = a05.handsOver("16/A05", "ba.example\n", ""); status != 200 || !d.Table.InForce {
		t.Fatalf("%d %s", status, text)
	}
	if d, status, text = a05.handsOver("15/A05", "bon.example\n", ""); status != 200 || !d.Table.InForce {
		t.Fatalf("%d %s", status, text)
	}
	for name, want := range map[string]bool{"moi.example": false, "ba.example": true, "bon.example": true, "ordered.example": true} {
		shut(name, want, "another version of one of two")
	}
	p.stop()
	p.start()
	shut("bon.example", true, "after a start")
	for _, document := range []string{"15/A05", "16/A05"} {
		if status, text := a05.takesBack(document); status != 200 || !strings.Contains(text, `"in_force":true`) {
			t.Fatalf("%d %s", status, text)
		}
	}
	for name, want := range map[string]bool{"bon.example": false, "ba.example": false, "ordered.example": true} {
		shut(name, want, "taken back")
	}
	if status, text := a05.takesBack("15/A05"); status != 404 {
		t.Errorf("taken back twice: %d %s", status, text)
	}
	if left, _ := os.ReadDir(filepath.Join(p.dir, "state", "tables")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if d, status, text := a05.handsOver("15/A05", "nam.example\n", ""); status != 200 || !d.Table.InForce {
		t.Fatalf("again: %d %s", status, text)
	}
	shut("nam.example", true, "again")
	shut("bon.example", false, "what was taken back stays open")
}

// TestTablesOfOrdersAreWhatTheLedgerSays: also if the server ended between a record and its
// table, or somebody removed files.
func TestTablesOfOrdersAreWhatTheLedgerSays(t *testing.T) {
	const orders = `feeds:
  - {name: lenh, url: lenh.txt, format: domains, category: gambling, authority: {name: A05, document: 12/A05}}
`
	p := newProcess(t, orders, country, startStandIn(t).addr)
	p.write("lenh.txt", "ordered.example\n")
	a05 := p.people("authority@a05")["authority@a05"]
	p.start()
	if d, status, text := a05.handsOver("15/A05", "moi.example\n", ""); status != 200 || !d.Table.InForce {
		t.Fatalf("%d %s", status, text)
	}
	p.stop()
	tables := filepath.Join(p.dir, "state", "tables")
	folders, _ := filepath.Glob(filepath.Join(tables, "a05.*"))
	if len(folders) != 1 {
		t.Fatalf("folders %v", folders)
	}
	for _, lost := range []string{folders[0], filepath.Join(p.dir, "state", "feeds", config.HandedOver(filepath.Base(folders[0])))} {
		if err := os.RemoveAll(lost); err != nil {
			t.Fatal(err)
		}
	}
	p.start()
	p.until("the table is in force again", func() bool { return p.blocked("127.10.0.5", "moi.example") })
}
