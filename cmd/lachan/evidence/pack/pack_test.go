package pack_test

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/cmd/lachan/evidence/pack"
)

var hanoi = time.FixedZone("", 7*60*60)

// key is one of tests: the same in every run.
func key() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
}

func seal() pack.Seal {
	day := time.Date(2026, 10, 1, 0, 0, 0, 0, hanoi)
	return pack.Seal{
		AsOf: day.AddDate(0, 1, 0), From: day, To: day.AddDate(0, 1, 0), Node: "nut-1", Period: "2026-10", Unit: "th-kim-dong",
	}
}

func members() []pack.Member {
	return []pack.Member{
		{Name: "orders.csv", Text: []byte("so,luc\n15/A05,09:02\n")},
		{Name: "index.html", Text: []byte("<h1>Mục lục</h1>\n")},
		{Name: "ledger/records.jsonl", Text: []byte("{}\n{}\n")},
		{Name: "empty.csv"},
	}
}

func written(t testing.TB, list []pack.Member) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := pack.Write(&b, seal(), key(), list); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheSameMembersGiveTheSameBytes(t *testing.T) {
	first, again := written(t, members()), members()
	slices.Reverse(again)
	if !bytes.Equal(first, written(t, again)) {
		t.Error("in another order they are another pack")
	}
	p, err := pack.Read(first)
	if err != nil || p.Unit != "th-kim-dong" || p.Period != "2026-10" || len(p.Members) != 4 {
		t.Fatalf("%+v, %v", p.Seal, err)
	}
	if text, ok := p.Text("orders.csv"); !ok || string(text) != "so,luc\n15/A05,09:02\n" {
		t.Errorf("%q, %t", text, ok)
	}
	if _, ok := p.Text("seal.json"); ok {
		t.Error("the seal is one of the members")
	}
}

// TestWhatIsShownOfAPackIsOneLine: whoever has a key, or adds a member, cannot have a reader print
// a line of his own, such as that the pack is whole, signed by another key.
func TestWhatIsShownOfAPackIsOneLine(t *testing.T) {
	const lie = "th-kim-dong, 19 files\nsigned by the key 00"
	for i := range 3 {
		s := seal()
		*[]*string{&s.Unit, &s.Period, &s.Node}[i] = lie
		var b bytes.Buffer
		if err := pack.Write(&b, s, key(), members()); err != nil {
			t.Fatal(err)
		}
		if _, err := pack.Read(b.Bytes()); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%d: %v", i, err)
		}
	}
	text := written(t, members())
	directory := bytes.LastIndex(text[:bytes.LastIndex(text, []byte("PK\x05\x06"))], []byte("ledger/records.jsonl"))
	at := bytes.Index(text, []byte("PK\x01\x02"))
	if at < 0 || directory < at {
		t.Fatal("there is no directory")
	}
	header := append([]byte("PK\x03\x04"), make([]byte, 26)...)
	header[26] = byte(len(lie))
	added := slices.Concat(text[:at], header, []byte(lie), text[at:])
	if _, err := pack.Read(added); err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "19 files signed") {
		t.Errorf("%v", err)
	}
}

func TestOtherProgramsOpenIt(t *testing.T) {
	text := written(t, members())
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(r); err != nil { // it checks the CRC
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	if got := strings.Join(names, " "); got != "seal.json SHA256SUMS empty.csv index.html ledger/records.jsonl orders.csv" {
		t.Error(got)
	}
}

// places are the names of the members whose bytes may be named for a change at each byte of a
// pack: its header, its content, its entry.
func places(t testing.TB, text []byte) (names []string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	names = make([]string, len(text))
	begin := 0
	for _, f := range z.File {
		at, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		for i := begin; i < int(at)+int(f.UncompressedSize64); i++ {
			names[i] = f.Name
		}
		begin = int(at) + int(f.UncompressedSize64)
	}
	for _, f := range z.File {
		for i := begin; i < begin+46+len(f.Name); i++ {
			names[i] = f.Name
		}
		begin += 46 + len(f.Name)
	}
	return names // what is left is the end
}

func TestEveryByteThatIsChangedIsNamed(t *testing.T) {
	text := written(t, members())
	for i, name := range places(t, text) {
		for _, flip := range []byte{0x01, 0x20, 0x80, 0xFF} {
			changed := bytes.Clone(text)
			changed[i] ^= flip
			_, err := pack.Read(changed)
			if wrong := (*pack.WrongError)(nil); !errors.As(err, &wrong) {
				t.Fatalf("byte %d of %s, ^%02x: %v", i, name, flip, err)
			} else if wrong.Member != name && !(i >= len(text)-100 && wrong.Member == "") {
				t.Errorf("byte %d of %s, ^%02x: it names %q: %v", i, name, flip, wrong.Member, err)
			}
		}
	}
}

func TestWhatIsCutOffOrAddedIsFound(t *testing.T) {
	text := written(t, members())
	for i := range text {
		if _, err := pack.Read(text[:i]); err == nil {
			t.Errorf("the first %d bytes are a pack", i)
		}
	}
	for _, more := range []string{"\n", "PK", string(text)} {
		if _, err := pack.Read(append(bytes.Clone(text), more...)); err == nil {
			t.Errorf("with %d bytes more it is a pack", len(more))
		}
	}
	// A whole zip with a member more, made by another program, and the same without one.
	rebuilt := func(change func(name string) (text []byte, keep bool), add ...string) []byte {
		p, err := pack.Read(text)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		put := func(name string, text []byte) {
			f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
			if err == nil {
				_, err = f.Write(text)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, m := range p.Members {
			if text, keep := change(m.Name); keep {
				put(m.Name, append(text, m.Text...))
			}
		}
		for _, name := range add {
			put(name, []byte("x"))
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	all := func(string) ([]byte, bool) { return nil, true }
	for what, other := range map[string][]byte{
		"no seal":       rebuilt(all),
		"one more":      rebuilt(all, "more.csv"),
		"one taken out": rebuilt(func(name string) ([]byte, bool) { return nil, name != "orders.csv" }),
	} {
		if _, err := pack.Read(other); err == nil {
			t.Errorf("%s: it is a pack", what)
		}
	}
}

// Who has taken another file for a pack is told so, and not what is wrong with it as one.
func TestAnotherFileIsSaidToBeNone(t *testing.T) {
	for _, text := range []string{"", "hello", "%PDF-1.7\n"} {
		if _, err := pack.Read([]byte(text)); err == nil || !strings.Contains(err.Error(), "this is no evidence pack") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestWhatCannotBeAMemberIsNotWritten(t *testing.T) {
	f := func(names ...string) {
		t.Helper()
		var list []pack.Member
		for _, name := range names {
			list = append(list, pack.Member{Name: name})
		}
		if err := pack.Write(io.Discard, seal(), key(), list); !errors.Is(err, pack.ErrMembers) {
			t.Errorf("%q: %v", names, err)
		}
	}
	f("../up.csv")
	f("/root.csv")
	f("a//b")
	f("a/.hidden")
	f("C:x")
	f("mục.csv")
	f("")
	f("seal.json")
	f("-rf")
	f("dot.")
	f(strings.Repeat("n", 121))
	f("twice.csv", "twice.csv")
	many := make([]string, pack.MostMembers+1)
	for i := range many {
		many[i] = fmt.Sprintf("m%05d", i)
	}
	f(many...)
}

// python is the program that FORMAT.md has.
func python(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```python\n(.*?)```").FindSubmatch(text)
	if found == nil {
		t.Fatal("FORMAT.md has no Python")
	}
	file := filepath.Join(t.TempDir(), "verify.py")
	if err := os.WriteFile(file, found[1], 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestThePythonOfTheFormatSaysTheSame runs what FORMAT.md has over a pack that is whole, and over
// one with a byte changed in each of its parts.
func TestThePythonOfTheFormatSaysTheSame(t *testing.T) {
	program, text := python(t), written(t, members())
	file := filepath.Join(t.TempDir(), "pack.zip")
	run := func(text []byte) (string, error) {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		said, err := exec.Command("python3", program, file).CombinedOutput()
		return string(said), err
	}
	p, _ := pack.Read(text)
	if said, err := run(text); err != nil || said != "th-kim-dong 2026-10 4 "+p.Key+"\n" {
		t.Fatalf("%s%v", said, err)
	}
	names := places(t, text)
	for i := 3; i < len(text); i += len(text) / 30 {
		changed := bytes.Clone(text)
		changed[i] ^= 1
		said, err := run(changed)
		if err == nil || strings.Contains(said, "Traceback") {
			t.Errorf("byte %d, in %s: %s%v", i, names[i], said, err)
		}
	}
}

// FuzzRead: whatever a file holds, Read returns, and what it takes for a pack is one that Write
// writes byte for byte.
func FuzzRead(f *testing.F) {
	text := written(f, members())
	f.Add(text)
	f.Add(text[:len(text)/2])
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := pack.Read(data)
		if err != nil {
			if wrong := (*pack.WrongError)(nil); !errors.As(err, &wrong) || err.Error() == "" {
				t.Fatalf("an error that says nothing: %v", err)
			}
			return
		}
		var b bytes.Buffer
		if err := pack.Write(&b, p.Seal, key(), p.Members); err != nil || !bytes.Equal(b.Bytes(), data) {
			t.Fatalf("what was read is not what is written: %v", err)
		}
	})
}
