package test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/cmd/lachan/evidence"
)

// TestWhoWasGivenAnEvidencePackStandsInTheLedger: by the console and by the command; who may not
// read the ledger of a unit is given none of it.
func TestWhoWasGivenAnEvidencePackStandsInTheLedger(t *testing.T) {
	p := newProcess(t, consoleConfig, country, "127.0.0.1:1")
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), `http: {listen: "127.0.0.1:0"}`, `http: {listen: "`+freeAddress(t)+`"}`, 1))
	codes := p.invites("viewer@th-kim-dong", "operator@")
	p.start()
	viewer := p.comesIn("viewer@th-kim-dong", codes["viewer@th-kim-dong"])
	month := time.Now().UTC().Add(7 * time.Hour).Format("2006-01") // here
	link := func(unit string) string {
		return "/reports/file?format=zip&period=" + month + "&unit=" + unit
	}
	for _, other := range []string{"th-sa-pa", "sa-pa", "all", "nowhere", "..%2F.."} {
		if status, page, _ := viewer.do("GET", link(other), nil); status == http.StatusOK || strings.HasPrefix(page, "PK") {
			t.Errorf("a pack of %s is given to the viewer of another school: %d", other, status)
		}
	}
	given := viewer.fetched(link("th-kim-dong"))
	if v := evidence.Verify(given, ""); !v.OK || v.Unit != "th-kim-dong" {
		t.Errorf("%+v", v)
	}
	file := filepath.Join(p.dir, "ho-so.zip")
	if said, err := p.command(os.Getuid(), "evidence", "--unit", "sa-pa", "--period", month, "--out", file); err != nil {
		t.Errorf("%v: %s", err, said)
	}
	said, err := p.command(os.Getuid(), "ledger", "show")
	if err != nil || strings.Count(said, "hand-out evidence/"+month) != 2 || !strings.Contains(said, "th-kim-dong") || !strings.Contains(said, "sa-pa") {
		t.Errorf("%v: %s", err, said)
	}
	// Without a server nobody can write that it was.
	p.stop()
	said, err = p.command(os.Getuid(), "evidence", "--unit", "sa-pa", "--period", month, "--out", file)
	if err != nil || !strings.Contains(said, "the ledger does not tell of this pack") && !strings.Contains(said, "không ghi việc lập hồ sơ này") {
		t.Errorf("%v: %s", err, said)
	}
}
