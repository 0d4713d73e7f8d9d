package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"lachan/metrics/tally"
)

// TestNothingTellsOfAClient has ten thousand clients of eight schools ask names
// that only they ask and names that all ask, and looks for their addresses and
// for the names in every file, every line of the log, every page of metrics and
// every answer of the query API. Only names that many have asked for are there,
// and never one of the abuse of children.
func TestNothingTellsOfAClient(t *testing.T) {
	const schools, clients = 8, 1250
	up := startStandIn(t)
	var policy strings.Builder
	policy.WriteString("profiles: {hoc-sinh: {block: [gambling, csam]}}\nunits:\n")
	for i := range schools {
		fmt.Fprintf(&policy, "  - {id: truong-%d, name: T, kind: school, level: primary, profile: hoc-sinh, networks: [\"127.%d.0.0/16\"]}\n", i, 101+i)
	}
	p := newProcess(t, `feeds:
  - {name: bets, url: bets.txt, format: domains, category: gambling}
  - {name: abuse, url: abuse.txt, format: domains, category: csam}
`, policy.String(), up.addr)
	p.write("bets.txt", "bet.example\n")
	p.write("abuse.txt", "abuse.example\n")
	p.start()
	for _, feed := range []string{"bets", "abuse"} {
		p.metric(`lachan_feed_entries{feed="`+feed+`"}`, "1")
	}
	for i := range schools * clients {
		client := fmt.Sprintf("127.%d.%d.%d", 101+i%schools, 1+i/schools/250, 1+i/schools%250)
		p.from(client, fmt.Sprintf("k%d.only-one.bet.example", i))
		if i < 400 {
			p.from(client, fmt.Sprintf("k%d.only-one.lesson.example", i))
			p.from(client, "all-ask.bet.example")
			p.from(client, "all-ask.abuse.example")
		}
	}
	said := &bytes.Buffer{}
	for _, page := range []string{
		"/metrics", "/metrics/compliance", "/api/conditions", "/readyz?verbose",
		"/api/v1/labels", "/api/v1/series?match[]={__name__!=%22%22}",
	} {
		_, body := p.get(page)
		fmt.Fprintf(said, "%s: %s\n", page, body)
	}
	p.signal(syscall.SIGTERM)
	if status := p.wait(); status != 0 {
		t.Fatalf("exit status %d", status)
	}
	said.WriteString(p.log.String())
	places := map[string][]byte{"pages and log": said.Bytes()}
	err := filepath.WalkDir(filepath.Join(p.dir, "state"), func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			places[name], err = os.ReadFile(name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	address := regexp.MustCompile(`127\.10[1-8]\.[0-9]+\.[0-9]+`)
	for place, text := range places {
		for _, never := range []string{"only-one", "lesson", "all-ask.abuse", "\x07all-ask\x05abuse"} {
			if bytes.Contains(text, []byte(never)) {
				t.Errorf("%s tells %q", place, never)
			}
		}
		if found := address.Find(text); found != nil && !strings.HasSuffix(string(found), ".0.0") {
			t.Errorf("%s tells the client %s", place, found)
		}
	}
	days, err := tally.Read(filepath.Join(p.dir, "state", "history", "days"), "2000-01-01", "9999-12-31")
	if err != nil || len(days) == 0 {
		t.Fatalf("days: %v, %v", days, err)
	}
	for _, name := range days[len(days)-1].Names {
		if name.Name != "all-ask.bet.example" || name.Category != "gambling" || name.Level != "primary" {
			t.Errorf("%+v is told", name)
		}
	}
	if len(days[len(days)-1].Clients) != schools {
		t.Errorf("clients: %+v", days[len(days)-1].Clients)
	}
	t.Logf("%d files; %+v", len(places), days)
}
