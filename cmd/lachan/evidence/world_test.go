package evidence_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aead.dev/minisign"

	"lachan/admin/ledger"
	"lachan/admin/request"
	"lachan/blocklist/order"
	"lachan/blocklist/release"
	"lachan/blocklist/version"
	"lachan/cmd/lachan/evidence"
	"lachan/cmd/lachan/tested"
	"lachan/internal/wording"
	"lachan/metrics"
	"lachan/metrics/history"
)

var hanoi = time.FixedZone("+07", 7*60*60)

func day(text string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, text, hanoi)
	if err != nil {
		panic(err)
	}
	return t
}

// A world is the state directory of a server that has run for a while in simulated time: what is
// in it was written by the packages that write it in a server.
type world struct {
	t        testing.TB
	dir      string
	schools  int
	from, to time.Time
}

// newWorld has so many schools in so many communes of a province, and has run from one day to
// another.
func newWorld(t *testing.T, schools, communes int, from, to time.Time) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), schools: schools, from: from, to: to}
	_, secret, err := minisign.GenerateKey(nil)
	w.must(err)
	key, err := release.PublicKey(secret).MarshalText()
	w.must(err)
	w.write("lachan.yaml", fmt.Sprintf(`state_dir: %s
policy: %s
http: {listen: ""}
metrics: {node: nut-1, nodes: [nut-1, nut-2]}
feeds:
  - {name: a05, url: "https://a05.example/manifest.json", category: gambling, authority: {name: Cục A05}, verify: {minisign: %s}}
  - {name: tro-choi, url: "https://lists.example/games.txt", category: games}
`, w.state(), filepath.Join(w.dir, "policy.yaml"), key))
	var units strings.Builder
	units.WriteString("units:\n  - {id: lao-cai, name: Tỉnh Lào Cai, kind: province}\n")
	for i := range communes {
		fmt.Fprintf(&units, "  - {id: xa-%02d, parent: lao-cai, name: Xã số %d, kind: commune}\n", i, i)
	}
	for i := range schools {
		fmt.Fprintf(&units, "  - {id: %s, parent: xa-%02d, name: Trường số %d, kind: school, level: primary, students: 300, networks: [\"10.%d.%d.0/24\"]}\n",
			school(i), i%communes, i, 20+i/256, i%256)
	}
	w.write("policy.yaml", units.String())
	w.count(communes)
	w.decide()
	w.carry()
	w.ask()
	w.list(secret)
	w.follow()
	w.test()
	return w
}

func school(i int) string { return fmt.Sprintf("truong-%04d", i) }

func (w *world) state() string { return filepath.Join(w.dir, "state") }

func (w *world) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// count is what the schools asked, through restarts, kills, a clock that steps and a commune that
// becomes another.
func (w *world) count(communes int) {
	w.t.Helper()
	dice := rand.New(rand.NewPCG(3, 4))
	schools := make([]metrics.School, w.schools)
	for i := range schools {
		schools[i] = metrics.School{ID: school(i), Province: "lao-cai", Commune: fmt.Sprintf("xa-%02d", i%communes), Level: "primary"}
	}
	dir := filepath.Join(w.state(), "history")
	var store *history.Store
	var counters *metrics.Counters
	var shard *metrics.Shard
	open := func() {
		var err error
		store, err = history.Open(dir, history.Options{})
		w.must(err)
		counters = metrics.New("nut-1")
		counters.SetSchools(schools)
		_, err = store.Restore(w.t.Context(), counters)
		w.must(err)
		shard = counters.Shard()
	}
	open()
	for n, now := 0, w.from; now.Before(w.to); n++ {
		before := now
		now = now.Add(12 * time.Hour)
		for i := range schools {
			group := counters.Group(schools[i].ID, "")
			for _, category := range []string{"", "gambling", "games", "csam"} {
				decision := metrics.DecisionBlocked
				if category == "" {
					decision = metrics.DecisionAllowed
				}
				for range dice.IntN(12) {
					shard.Record(&metrics.Event{
						Group: group, Decision: decision, Category: counters.Category(category), Client: netip.IPv6Unspecified(),
						NameHash: dice.Uint64(), Time: now.UnixNano(),
					})
				}
			}
		}
		counters.Protect(now.Sub(before))
		ahead := time.Duration(0)
		switch n % 40 {
		case 7: // it is killed: what was counted since the tick before is lost
			w.must(store.Close())
			open()
			continue
		case 19:
			ahead = 5 * time.Hour // its clock is wrong for a while
		case 31:
			for i := range schools {
				if n > 60 && schools[i].Commune == "xa-01" {
					schools[i].Commune = "xa-00"
				}
			}
			counters.SetSchools(schools)
		}
		_, err := store.Tick(w.t.Context(), now.Add(ahead), counters.Totals())
		w.must(err)
		if n%28 == 27 {
			w.must(store.Compact(w.t.Context()))
		}
	}
	w.must(store.Close())
}

// decide is what people decided, at the times at which they did.
func (w *world) decide() {
	synctest.Test(w.t.(*testing.T), func(t *testing.T) {
		l, err := ledger.Open(filepath.Join(w.state(), "ledger"))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		old := map[string]json.RawMessage{}
		seqs := map[string]uint64{}
		put := func(unit, object, value, why string) {
			t.Helper()
			d := ledger.Draft{
				Area: "lao-cai", Unit: unit, By: "a1", Role: "school", Via: "console", What: "except", Object: object, Words: why,
				Old: old[unit+" "+object], New: json.RawMessage(value), Expect: seqs[unit+" "+object],
			}
			r, err := l.Append(context.Background(), d)
			if err != nil {
				t.Fatal(err)
			}
			old[unit+" "+object], seqs[unit+" "+object] = d.New, r.Seq
		}
		time.Sleep(time.Until(w.from))
		put("", "account/a1", `{"name":"Cô Hoa"}`, "")
		put("xa-00", "allow/cu.example", `{"from":"2025-01-01T00:00:00+07:00"}`, "mở từ trước kỳ")
		put("xa-00", "block/cong-thuc.example", `{"from":"2025-01-01T00:00:00+07:00"}`, "=HYPERLINK(1)")
		for n := 0; time.Now().Before(w.to); n++ {
			at := fmt.Sprintf("%q", time.Now().In(hanoi).Format(time.RFC3339))
			until := fmt.Sprintf("%q", time.Now().In(hanoi).AddDate(0, 0, 9).Format(time.DateOnly))
			unit := school(n % w.schools)
			put(unit, fmt.Sprintf("allow/hoc-%d.example", n), `{"from":`+at+`,"until":`+until+`}`, fmt.Sprintf("bài số %d", n))
			put("", fmt.Sprintf("setting/%d", n), `{"n":1}`, "")
			if n%3 == 2 {
				put(unit, fmt.Sprintf("allow/hoc-%d.example", n), `null`, "đã học xong")
			}
			time.Sleep(31 * time.Hour)
		}
	})
}

// test is what the server found when it asked itself, wrong on every tenth day.
func (w *world) test() {
	w.t.Helper()
	for n, now := 0, w.from.Add(5*time.Hour); now.Before(w.to); n, now = n+1, now.AddDate(0, 0, 1) {
		r := tested.Run{
			Day: now.Format(time.DateOnly), Began: now, Ended: now.Add(time.Minute), Questions: 400, Units: w.schools, Policies: 1,
			Doors: []string{"udp 127.0.0.1:53"}, Categories: []string{"games"}, Empty: []string{"csam"},
		}
		if n%10 == 9 {
			r.Failed = 3
			r.Failures = append(r.Failures, tested.Failure{Kind: tested.Untrusted, Door: "dot 127.0.0.1:853", Times: 1})
			for _, unit := range []string{school(0), school(1)} {
				r.Failures = append(r.Failures, tested.Failure{
					Kind: tested.LetPast, Door: "udp 127.0.0.1:53", Unit: unit, Category: "games", Name: "bi-thu.example", Times: 1,
				})
			}
		}
		w.must(tested.Add(tested.File(w.state()), r))
	}
}

// follow is what a node has of the ledger of its hub.
func (w *world) follow() {
	w.t.Helper()
	l, err := ledger.Open(filepath.Join(w.state(), "fleet", "LEDGER_lao-cai"))
	w.must(err)
	_, err = l.Append(context.Background(), ledger.Draft{Area: "lao-cai", By: "a9", Object: "allow/<b>.example", New: json.RawMessage(`{}`), Words: "w"})
	w.must(err)
	w.must(l.Close())
}

// carry is when orders of an authority were in force, here and at another node.
func (w *world) carry() {
	w.t.Helper()
	w.must(os.MkdirAll(filepath.Join(w.state(), "orders"), 0o700))
	for _, at := range []struct {
		file string
		took time.Duration
	}{{"orders.jsonl", time.Hour}, {"orders/nut-2.jsonl", 7 * time.Hour}} {
		l, _, err := order.Open(filepath.Join(w.state(), at.file))
		w.must(err)
		for n, now := 0, w.from.Add(9*time.Hour); now.Before(w.to); n++ {
			if n%4 != 3 || at.file == "orders.jsonl" { // the other node has not heard of every fourth
				w.must(l.Add(order.Record{
					Feed: "a05", Authority: "Cục A05", Document: fmt.Sprintf("%d/A05", n), Digest: fmt.Sprintf("%064x", n), Urgent: n%2 == 1,
					Entries: 40 + n, Version: uint64(n + 1), Published: now, Received: now.Add(time.Minute),
					Verified: now.Add(2 * time.Minute), Compiled: now.Add(3 * time.Minute), InForce: now.Add(at.took),
				}))
			}
			now = now.AddDate(0, 0, 11)
		}
	}
}

// list writes which versions of two lists were in force. An authority signs the first every eleven
// days. The second is not signed, and changes twice on one day.
func (w *world) list(secret minisign.PrivateKey) {
	w.t.Helper()
	l, _, err := version.Open(filepath.Join(w.state(), "versions.jsonl"), hanoi)
	w.must(err)
	for n, now := uint64(1), w.from.AddDate(0, 0, 5).Add(9*time.Hour); now.Before(w.to); n, now = n+1, now.AddDate(0, 0, 11) {
		sum := fmt.Sprintf("%08x%052x%04x", n, 0, 0x5000+n)
		m := release.Manifest{
			ID: "a05", Version: n, Previous: n - 1, Created: now, Expires: now.AddDate(0, 1, 0), Authority: "Cục A05", Count: 40,
			Content: release.Digest{SHA256: sum, Size: 100}, Snapshot: release.File{Name: "s.zst", Digest: release.Digest{SHA256: sum, Size: 50}},
		}
		text, err := m.Encode()
		w.must(err)
		signature, err := release.Sign(secret, bytes.NewReader(text), "timestamp:1")
		w.must(err)
		w.must(version.KeepSigned(filepath.Join(w.state(), "signed"), "a05", sum, version.Signed{Message: string(text), Signature: string(signature)}))
		w.must(l.Add(version.Record{
			Feed: "a05", Digest: sum, Entries: 40, Version: n, Authority: "Cục A05", Key: release.PublicKey(secret).ID(), Signed: now,
			InForce: now.Add(time.Hour),
		}))
		for i := range 2 {
			w.must(l.Add(version.Record{
				Feed: "tro-choi", Digest: fmt.Sprintf("%064x", 2*int(n)+i), Entries: 900, InForce: now.Add(time.Duration(i) * time.Hour),
			}))
		}
	}
}

// ask is what people asked to be opened: one name many times, one once.
func (w *world) ask() {
	w.t.Helper()
	s, err := request.Open(filepath.Join(w.state(), "requests"))
	w.must(err)
	at := w.from.AddDate(0, 0, 40).Add(9 * time.Hour)
	for range 12 {
		w.must(s.Add(school(0), "nhieu-nguoi.example", "games", "", at))
	}
	w.must(s.Add(school(1), "mot-nguoi.example", "social", "em Nguyễn Văn An cần trang này", at))
	w.must(s.Add(school(1), "da-mo.example", "social", "", at))
	list, _, err := s.List()
	w.must(err)
	for _, r := range list {
		if r.Name == "da-mo.example" {
			w.must(s.Close(r.ID, request.Answer{By: "a1", At: at.Add(2 * time.Hour), Outcome: "open", Record: 5, Text: "gửi em An"}))
		}
	}
}

// lachan runs the command, and returns what it says.
func (w *world) lachan(args ...string) (string, error) {
	w.t.Helper()
	var said bytes.Buffer
	c := evidence.Command(wording.English)
	c.SilenceErrors, c.SilenceUsage = true, true
	c.SetOut(&said)
	c.SetErr(&said)
	c.SetArgs(args)
	err := c.ExecuteContext(w.t.Context())
	if err != nil {
		said.WriteString(err.Error())
	}
	return said.String(), err
}

// pack makes a pack, and returns its file and what is in it.
func (w *world) pack(unit, period string) (file string, text []byte) {
	w.t.Helper()
	file = filepath.Join(w.t.TempDir(), "pack.zip")
	if said, err := w.lachan("--config", filepath.Join(w.dir, "lachan.yaml"), "--unit", unit, "--period", period, "--out", file); err != nil {
		w.t.Fatalf("%s: %v", said, err)
	}
	text, err := os.ReadFile(file)
	w.must(err)
	return file, text
}
