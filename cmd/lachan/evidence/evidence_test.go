package evidence_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lachan/admin/ledger"
	"lachan/cmd/lachan/evidence"
	"lachan/cmd/lachan/evidence/pack"
)

// TestAnEvidencePackOfTimesOfTroubleVerifies makes a pack of months of restarts, kills, clocks that
// step and communes that are merged. It verifies, is the same when it is made again, and names
// each byte that is changed.
//
// TEST_PROOF=1 takes a year of 1,000 schools in 99 communes instead of a quarter of 12 in 4.
func TestAnEvidencePackOfTimesOfTroubleVerifies(t *testing.T) {
	schools, communes, period, from, to, flips := 12, 4, "2025-Q3", day("2025-06-28"), day("2025-10-02"), 300
	if os.Getenv("TEST_PROOF") != "" {
		schools, communes, period, from, to, flips = 1000, 99, "2025", day("2024-12-28"), day("2026-01-02"), 3000
	}
	w := newWorld(t, schools, communes, from, to)
	began := time.Now()
	file, text := w.pack("lao-cai", period)
	t.Logf("a pack of %d schools on %s: %d bytes in %s", schools, period, len(text), time.Since(began).Round(time.Millisecond))
	said, err := w.lachan("verify", file)
	if err != nil || !strings.HasPrefix(said, "the pack is whole: lao-cai, "+period+", ") {
		t.Fatalf("%s: %v", said, err)
	}
	if _, again := w.pack("lao-cai", period); !bytes.Equal(text, again) {
		t.Errorf("made again of the same state it is another one: %q", others(t, text, again))
	}
	v := evidence.Verify(text, "")
	if !v.OK || v.Records < 60 || v.Head < 100 {
		t.Errorf("%+v", v)
	}
	if v := evidence.Verify(text, strings.Repeat("0", 64)); v.OK || v.Bad != pack.SealFile {
		t.Errorf("by another key it is whole: %+v", v)
	}
	program := filepath.Join(t.TempDir(), "verify.py")
	format, err := os.ReadFile("pack/FORMAT.md")
	w.must(err)
	w.must(os.WriteFile(program, regexp.MustCompile("(?s)```python\n(.*?)```").FindSubmatch(format)[1], 0o600))
	python := func(text []byte) (string, error) {
		w.must(os.WriteFile(file, text, 0o600))
		said, err := exec.Command("python3", program, file).CombinedOutput()
		return string(said), err
	}
	if said, err := python(text); err != nil || said != fmt.Sprintf("lao-cai %s %d %s\n", period, v.Members, v.Key) {
		t.Errorf("the Python of FORMAT.md: %s%v", said, err)
	}
	dice := rand.New(rand.NewPCG(5, 6))
	for n := range flips {
		at := dice.IntN(len(text))
		changed := bytes.Clone(text)
		changed[at] ^= byte(1 + dice.IntN(255))
		if v := evidence.Verify(changed, ""); v.OK || v.EN == "" || v.VI == "" || v.Bad == "" && at < len(text)-22 {
			t.Errorf("byte %d is changed: %+v", at, v)
		} else if n%50 == 0 {
			if said, err := python(changed); err == nil || v.Bad != "" && !strings.HasPrefix(said, v.Bad) && !strings.HasPrefix(said, "the directory") {
				t.Errorf("byte %d is changed, in %s: the Python of FORMAT.md says %s", at, v.Bad, said)
			}
		}
	}
}

// TestAPackOfAPeriodThatGoesOnCanBeMadeAgain: what is known at a moment is the same when it is made
// later, as of that moment.
func TestAPackOfAPeriodThatGoesOnCanBeMadeAgain(t *testing.T) {
	w := newWorld(t, 4, 2, day("2025-08-28"), day("2025-10-02"))
	made := func(at string) []byte {
		t.Helper()
		file := filepath.Join(t.TempDir(), "pack.zip")
		said, err := w.lachan("--config", filepath.Join(w.dir, "lachan.yaml"), "--unit", "all", "--period", "2025-Q3..", "--at", at, "--out", file)
		if err == nil {
			t.Fatalf("a period that is none: %s", said)
		}
		said, err = w.lachan("--config", filepath.Join(w.dir, "lachan.yaml"), "--unit", "all", "--period", "2025-09", "--at", at, "--out", file)
		if err != nil {
			t.Fatalf("%s: %v", said, err)
		}
		text, err := os.ReadFile(file)
		w.must(err)
		return text
	}
	half := made("2025-09-15T12:00:00+07:00")
	if again := made("2025-09-15T12:00:00+07:00"); !bytes.Equal(half, again) {
		t.Errorf("as of the same moment it is another one: %q", others(t, half, again))
	}
	v, whole := evidence.Verify(half, ""), evidence.Verify(made("2025-10-01T12:00:00+07:00"), "")
	if !v.OK || !whole.OK || v.Records >= whole.Records || v.AsOf.Day() != 15 {
		t.Errorf("%+v, %+v", v, whole)
	}
	for _, row := range rows(t, half, "exceptions.csv") {
		if row["Từ"] > "2025-09-15 12" {
			t.Errorf("an exception of later: %v", row)
		}
	}
	if said, err := w.lachan("--config", filepath.Join(w.dir, "lachan.yaml"), "--unit", "all", "--period", "2025-09", "--at", "tomorrow"); err == nil {
		t.Errorf("a moment that is none: %s", said)
	}
}

// TestAPackOfAPeriodThatIsOverStaysTheSame: whatever is decided later. What has not begun, or had not
// at the moment that is asked for, has none.
func TestAPackOfAPeriodThatIsOverStaysTheSame(t *testing.T) {
	w := newWorld(t, 4, 2, day("2025-08-28"), day("2025-10-02"))
	_, first := w.pack("all", "2025-09")
	l, err := ledger.Open(filepath.Join(w.state(), "ledger"))
	w.must(err)
	_, err = l.Append(t.Context(), ledger.Draft{Area: "lao-cai", By: "a1", Object: "evidence/2025-09", New: json.RawMessage(`{}`)})
	w.must(err)
	w.must(l.Close())
	if _, later := w.pack("all", "2025-09"); !bytes.Equal(first, later) {
		t.Errorf("it is another one after a later record: %q", others(t, first, later))
	}
	p, err := pack.Read(first)
	w.must(err)
	records, _ := p.Text("ledger/records.jsonl")
	lines := bytes.Split(bytes.TrimSpace(records), []byte("\n"))
	var last struct{ Seq uint64 }
	w.must(json.Unmarshal(lines[len(lines)-1], &last))
	if v := evidence.Verify(first, ""); !v.OK || v.Head != last.Seq {
		t.Errorf("its last record is %d: %+v", last.Seq, v)
	}
	for _, wrong := range [][]string{{"--period", "2099"}, {"--period", "2025-09", "--at", "2025-09-01T00:00:00+07:00"}} {
		file := filepath.Join(t.TempDir(), "pack.zip")
		args := append([]string{"--config", filepath.Join(w.dir, "lachan.yaml"), "--unit", "all", "--out", file}, wrong...)
		if said, err := w.lachan(args...); err == nil || !strings.Contains(said, "begun") {
			t.Errorf("%q: %s", wrong, said)
		}
		if _, err := os.Stat(file); err == nil {
			t.Errorf("%q: there is a file", wrong)
		}
	}
}

// TestWhatIsNoFileIsReadNoFurtherThanAPackIsLong: a device has no size and no end.
func TestWhatIsNoFileIsReadNoFurtherThanAPackIsLong(t *testing.T) {
	w := &world{t: t, dir: t.TempDir()}
	if said, err := w.lachan("verify", "/dev/zero"); err == nil || !strings.Contains(said, "an evidence pack at most") {
		t.Errorf("%s: %v", said, err)
	}
	large, err := os.Create(filepath.Join(w.dir, "large.zip"))
	w.must(err)
	w.must(large.Truncate(5 << 30)) // sparse
	w.must(large.Close())
	if said, err := w.lachan("verify", large.Name()); err == nil || !strings.Contains(said, "5368709120 bytes") {
		t.Errorf("%s: %v", said, err)
	}
	if said, err := w.lachan("verify", w.dir); err == nil {
		t.Errorf("a folder: %s", said)
	}
}

// rows are those of a table of a pack, by the names of their columns.
func rows(t *testing.T, text []byte, member string) (list []map[string]string) {
	t.Helper()
	p, err := pack.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	table, ok := p.Text(member)
	if !ok {
		t.Fatalf("there is no %s", member)
	}
	all, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(table, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = cells[i]
		}
		list = append(list, row)
	}
	return list
}

// TestTheTablesOfAPackSayWhatHappened reads the tables of a pack of a commune, and of one of a
// province.
func TestTheTablesOfAPackSayWhatHappened(t *testing.T) {
	w := newWorld(t, 8, 4, day("2025-06-28"), day("2025-10-02"))
	_, commune := w.pack("xa-00", "2025-08")
	_, all := w.pack("all", "2025-08")

	// An exception that was there before the period holds in it; one of another commune is not here.
	from, ended := "", 0
	for _, e := range rows(t, commune, "exceptions.csv") {
		if !strings.HasPrefix(e["Mã đơn vị"], "truong-0000") && !strings.HasPrefix(e["Mã đơn vị"], "truong-0004") && e["Mã đơn vị"] != "xa-00" {
			t.Errorf("an exception of another unit: %v", e)
		}
		if e["Tên miền hoặc nhóm"] == "cu.example" {
			from = e["Từ"] + " " + e["Lý do"] + " " + e["Ai"] + " " + e["Lúc chốt hồ sơ"]
		}
		if e["Tên miền hoặc nhóm"] == "cong-thuc.example" && e["Lý do"] != "'=HYPERLINK(1)" {
			t.Errorf("a spreadsheet takes it for a formula: %v", e)
		}
		if e["Chấm dứt sớm lúc"] != "–" {
			ended++
		}
	}
	if from != "2025-01-01 00:00:00 mở từ trước kỳ Cô Hoa còn hiệu lực" || ended == 0 {
		t.Errorf("%q, %d ended before their time", from, ended)
	}

	// Each order has a row for each node, also where a node has no record.
	within := map[string]int{}
	orders := rows(t, all, "orders.csv")
	for _, o := range orders {
		within[o["Nút"]+" "+o["Khẩn"]+" "+o["Trong hạn"]]++
	}
	if within["nut-1 không có"] == 0 || within["nut-2 có không"] == 0 && within["nut-2 có không có bản ghi"] == 0 || len(orders)%2 != 0 {
		t.Errorf("%v", within)
	}

	// Each day has the version of each list that was in force on it, also one of days before.
	lists, signed := map[string]string{}, 0
	for _, l := range rows(t, all, "lists.csv") {
		lists[l["Ngày"]+" "+l["Danh sách"]] += l["Phiên bản"] + "/" + l["Số phiên bản trong ngày"] + "/" + l["SHA-256"][60:] + " "
		if l["Tệp chữ ký"] != "" {
			signed++
		}
	}
	for day, want := range map[string]string{
		"2025-08-04 a05": "3/1/5003 ", "2025-08-05 a05": "3/1/5003 4/1/5004 ", "2025-08-31 a05": "6/1/5006 ",
		"2025-08-05 tro-choi": "–/2/0007 –/2/0009 ", "2025-08-06 tro-choi": "–/2/0009 ",
	} {
		if lists[day] != want {
			t.Errorf("%s: %q, want %q", day, lists[day], want)
		}
	}
	if signed < 31 {
		t.Errorf("%d rows have a signature", signed)
	}

	// The server's tests of itself have a row a day, and what failed is that of the units.
	wrong := rows(t, commune, "node-test-failures.csv")
	if tests := rows(t, commune, "node-tests.csv"); len(tests) != 31 || len(wrong) < 3 {
		t.Errorf("%d tests, %d failures", len(tests), len(wrong))
	}
	doors := 0
	for _, f := range wrong {
		if f["Mã đơn vị"] == "" && f["Cửa vào"] == "dot 127.0.0.1:853" && f["Sai thế nào"] == "chứng chỉ hết hạn hoặc của tên khác" {
			doors++ // of everybody
			continue
		}
		if f["Mã đơn vị"] != "truong-0000" || f["Sai thế nào"] != "không chặn tên phải chặn" {
			t.Errorf("%v", f)
		}
	}

	if doors == 0 {
		t.Errorf("what is wrong for everybody is not told to a commune: %v", wrong)
	}

	// The pack names no site that is still closed, and quotes nothing that a person has typed.
	requests := rows(t, all, "requests.csv")
	if len(requests) != 3 {
		t.Errorf("%d requests: %v", len(requests), requests)
	}
	for _, r := range requests {
		if name := r["Tên miền"]; name != "*" && (name != "da-mo.example" || r["Kết quả"] != "đã mở") {
			t.Errorf("%v", r)
		}
	}
	for _, secret := range []string{"nhieu-nguoi.example", "mot-nguoi.example", "Nguyễn Văn An", "gửi em An"} {
		if bytes.Contains(all, []byte(secret)) {
			t.Errorf("a pack tells %q", secret)
		}
	}

	// A commune's pack has no record of others, and the records of everything follow each other.
	p, err := pack.Read(commune)
	if err != nil {
		t.Fatal(err)
	}
	records, _ := p.Text("ledger/records.jsonl")
	if bytes.Contains(records, []byte(`"unit":"truong-0001"`)) || bytes.Contains(records, []byte(`"unit":""`)) || len(records) == 0 {
		t.Errorf("records of others, or none:\n%s", records)
	}
	if v, whole := evidence.Verify(commune, ""), evidence.Verify(all, ""); !v.OK || !whole.OK || whole.Records <= v.Records {
		t.Errorf("%+v, %+v", v, whole)
	}
	if privacy := rows(t, all, "privacy.csv"); privacy[1]["Giá trị"] != "off" {
		t.Errorf("%v", privacy)
	}
}

// TestAPackThatSomebodyWithTheKeyHasForgedIsFound changes members and seals them again with the key
// of the node: what others have signed, or what has a digest of its own, is named.
func TestAPackThatSomebodyWithTheKeyHasForgedIsFound(t *testing.T) {
	w := newWorld(t, 4, 2, day("2025-08-28"), day("2025-10-02"))
	_, text := w.pack("all", "2025-09")
	key, err := ledger.SigningKey(filepath.Join(w.state(), "ledger"))
	w.must(err)
	forged := func(member string, change func(text []byte) []byte) evidence.Verified {
		t.Helper()
		p, err := pack.Read(text)
		w.must(err)
		for i := range p.Members {
			if p.Members[i].Name == member {
				p.Members[i].Text = change(bytes.Clone(p.Members[i].Text))
			}
		}
		var b bytes.Buffer
		w.must(pack.Write(&b, p.Seal, key, p.Members))
		return evidence.Verify(b.Bytes(), "")
	}
	f := func(member string, change func(text []byte) []byte) {
		t.Helper()
		if v := forged(member, change); v.OK || v.Bad != member {
			t.Errorf("%s: %+v", member, v)
		}
	}
	f("ledger/records.jsonl", func(b []byte) []byte { return bytes.Replace(b, []byte(".example"), []byte(".sample_"), 1) })
	f("ledger/records.jsonl", func(b []byte) []byte { // one is left out
		lines := bytes.SplitAfter(b, []byte("\n"))
		return bytes.Join(append(lines[:3:3], lines[4:]...), nil)
	})
	whole, err := pack.Read(text)
	w.must(err)
	manifests := 0
	for _, m := range whole.Members {
		if name, is := strings.CutSuffix(m.Name, ".manifest.json"); is {
			manifests++
			if v := forged(m.Name, func(b []byte) []byte { return bytes.Replace(b, []byte("A05"), []byte("A06"), 1) }); v.Bad != name+".minisig" {
				t.Errorf("a manifest that was changed: %+v", v)
			}
		}
	}
	if manifests < 2 {
		t.Errorf("%d manifests", manifests)
	}
	f("ledger/seen.jsonl", func(b []byte) []byte { return bytes.Replace(b, []byte("a9"), []byte("a8"), 1) })
	records, _ := whole.Text("ledger/records.jsonl")
	third := bytes.Split(records, []byte("\n"))[2]
	var of struct{ Seq uint64 }
	w.must(json.Unmarshal(third, &of))
	seal := func(hash string) func([]byte) []byte { // of a segment that ends with the third record of the extract
		line := func(sig string) string {
			return fmt.Sprintf(`{"first":1,"hash":"%s","last":%d,"prev":"","sha256":"","%ssize":1}`, hash, of.Seq, sig)
		}
		sig := base64.RawStdEncoding.EncodeToString(ed25519.Sign(key, []byte(line(""))))
		return func([]byte) []byte { return []byte(line(`sig":"`+sig+`","`) + "\n") }
	}
	sum := sha256.Sum256(third)
	if v := forged("ledger/seals.jsonl", seal(hex.EncodeToString(sum[:]))); !v.OK {
		t.Errorf("the seal of a segment: %+v", v)
	}
	if v := forged("ledger/seals.jsonl", seal(strings.Repeat("0", 64))); v.OK || v.Bad != "ledger/records.jsonl" {
		t.Errorf("a seal over other records: %+v", v)
	}
	f("ledger/seals.jsonl", func([]byte) []byte { return []byte("{}\n") })
	f("ledger/words.jsonl", func(b []byte) []byte { return bytes.Replace(b, []byte("bài"), []byte("bai"), 1) })
	f("ledger/head", func(b []byte) []byte { return bytes.Replace(b, []byte(`"seq":`), []byte(`"seq":1`), 1) })
	f("ledger/key.pub", func([]byte) []byte { return []byte(strings.Repeat("ab", 32) + "\n") })
	f("report.json", func(b []byte) []byte { return bytes.Replace(b, []byte(`"blocked": `), []byte(`"blocked": 1`), 1) })
	if v := forged("index.html", func(b []byte) []byte { return b }); !v.OK {
		t.Errorf("sealed again as it was: %+v", v)
	}
}

// FuzzVerify: whatever somebody with a key has put into a pack, Verify returns, and names what is
// wrong.
func FuzzVerify(f *testing.F) {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	public, _ := key.Public().(ed25519.PublicKey)
	f.Add([]byte(`{"seq":1}`+"\n"), []byte(`{"digest":"","salt":"00","text":""}`+"\n"), []byte(`{"data":{}}`), []byte("x"))
	f.Fuzz(func(t *testing.T, first, second, third, fourth []byte) {
		for i, names := range [][4]string{
			{"ledger/records.jsonl", "ledger/words.jsonl", "report.json", "report.pdf"},
			{"ledger/head", "ledger/seals.jsonl", "ledger/seen.jsonl", "signed/a-1.pub"},
			{"lists.csv", "signed/a-0.manifest.json", "signed/a-0.minisig", "ledger/key.pub"},
		} {
			list := []pack.Member{
				{Name: names[0], Text: first}, {Name: names[1], Text: second}, {Name: names[2], Text: third}, {Name: names[3], Text: fourth},
			}
			if i < 2 {
				list = append(list, pack.Member{Name: "ledger/key.pub", Text: []byte(hex.EncodeToString(public) + "\n")})
			}
			var b bytes.Buffer
			if err := pack.Write(&b, pack.Seal{Unit: "a", Period: "2025"}, key, list); err != nil {
				t.Fatal(err)
			}
			if v := evidence.Verify(b.Bytes(), ""); v.OK || v.Bad == "" || v.EN == "" {
				t.Errorf("%+v", v)
			}
		}
	})
}

// others are the members by which two packs differ.
func others(t *testing.T, one, two []byte) (names []string) {
	t.Helper()
	a, err := pack.Read(one)
	b, err2 := pack.Read(two)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	for _, m := range a.Members {
		if text, _ := b.Text(m.Name); !bytes.Equal(text, m.Text) {
			at := 0
			for at < min(len(text), len(m.Text)) && text[at] == m.Text[at] {
				at++
			}
			names = append(names, fmt.Sprintf("%s: %.200q, %.200q", m.Name, m.Text[at:], text[at:]))
		}
	}
	return names
}
