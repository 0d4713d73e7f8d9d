package test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/s2"

	"lachan/cmd/lachan/config"
	"lachan/cmd/lachan/evidence"
	"lachan/metrics"
	"lachan/metrics/history"
	"lachan/metrics/ship"
	"lachan/metrics/tally"
)

// TestNothingTellsOfAClient has ten thousand clients of eight schools ask names
// that only they ask and names that all ask, and looks for their addresses and
// for the names in every file, every line of the log, every page of metrics,
// every answer of the query API, what is sent to another engine and reports of
// every format. Only names that many have asked for are there,
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
metrics: {node: nut-1}
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
		"/api/v1/labels", "/api/v1/series?match[]={__name__!=%22%22}", "/api/v1/query?query={__name__!=%22%22}",
		"/api/v1/label/__name__/values", "/api/v1/label/school/values", "/api/v1/label/group/values", "/api/v1/label/category/values",
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
	maps.Copy(places, reportsOf(t, p))
	places["what is sent"] = sentOf(t, filepath.Join(p.dir, "state", "history"))
	address := regexp.MustCompile(`127\.10[1-8]\.[0-9]+\.[0-9]+`)
	for place, text := range places {
		for _, never := range []string{"only-one", "lesson.example", "\x06lesson", "all-ask.abuse", "\x07all-ask\x05abuse"} {
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

// reportsOf are the reports on all schools of today, in every format, and the evidence pack, as
// a reader of text sees them.
func reportsOf(t *testing.T, p *process) map[string][]byte {
	t.Helper()
	today := time.Now().In(time.FixedZone("+07", 7*60*60)).Format(time.DateOnly)
	all := map[string][]byte{}
	for _, f := range config.ReportFormats() {
		file := filepath.Join(t.TempDir(), "report."+f)
		out, err := exec.Command(binary, "report", "--config", filepath.Join(p.dir, "lachan.yaml"),
			"--unit", "all", "--period", today+".."+today, "--format", f, "--out", file).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", f, err, out)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all["report "+f] = append(out, unpacked(t, file, text)...)
	}
	pack := filepath.Join(t.TempDir(), "pack.zip")
	if out, err := exec.Command(binary, "evidence", "--config", filepath.Join(p.dir, "lachan.yaml"),
		"--unit", "all", "--period", "today", "--out", pack).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(pack)
	if err != nil {
		t.Fatal(err)
	}
	if v := evidence.Verify(text, ""); !v.OK {
		t.Errorf("the evidence pack: %+v", v)
	}
	all["evidence pack"] = unpacked(t, pack, text)
	if !bytes.Contains(all["report json"], []byte("all-ask.bet.example")) {
		t.Error("the report does not have the name that many have asked for")
	}
	return all
}

// unpacked is what is in a report, without compression.
func unpacked(t *testing.T, file string, text []byte) []byte {
	t.Helper()
	if bytes.HasPrefix(text, []byte("%PDF")) {
		plain, err := exec.Command("pdftotext", file, "-").Output()
		if err != nil {
			t.Log("pdftotext is not installed: run `make tools`")
		}
		return append(text, plain...)
	}
	packed, err := zip.OpenReader(file)
	if err != nil {
		return text // it is not packed
	}
	defer packed.Close()
	for _, f := range packed.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, plain...)
	}
	return text
}

// sentOf is what a node sends of its history by remote write, once the next
// quarter of an hour has come.
func sentOf(t *testing.T, dir string) []byte {
	t.Helper()
	store, err := history.Open(dir, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	counters := metrics.New("nut-1")
	if _, err := store.Restore(t.Context(), counters); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Tick(t.Context(), time.Now().Add(history.Step), counters.Totals()); err != nil {
		t.Fatal(err)
	}
	var sent []byte
	engine := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			body, err = s2.Decode(nil, body)
		}
		if err != nil {
			t.Error(err)
		}
		sent = append(sent, body...)
	}))
	defer engine.Close()
	shipper, err := ship.New(store, &metrics.Conditions{}, ship.Options{
		URL: engine.URL, Cursor: filepath.Join(t.TempDir(), "cursor"), Node: "nut-1", Log: slog.New(slog.DiscardHandler),
	})
	if err == nil {
		err = shipper.Ship(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(sent, []byte("truong-7")) {
		t.Errorf("%d octets were sent, without the last school", len(sent))
	}
	return sent
}
