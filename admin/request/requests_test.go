package request_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"lachan/admin/request"
)

var noon = time.Date(2026, 11, 23, 5, 17, 30, 0, time.UTC)

func open(t *testing.T) (*request.Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "requests")
	s, err := request.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

func add(t *testing.T, s *request.Store, unit, name, reason string, at time.Time) {
	t.Helper()
	if err := s.Add(unit, name, "games", reason, at); err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, s *request.Store) []request.Request {
	t.Helper()
	all, damaged, err := s.List()
	if err != nil || len(damaged) > 0 {
		t.Fatal(err, damaged)
	}
	return all
}

func TestTheSameAskedAgainIsOneRequest(t *testing.T) {
	s, dir := open(t)
	add(t, s, "a", "game.example", "for maths", noon)
	add(t, s, "a", "game.example", "for maths", noon)
	add(t, s, "a", "game.example", "", noon.Add(time.Hour))
	add(t, s, "a", "game.example", "for physics", noon.Add(2*time.Hour))
	add(t, s, "b", "game.example", "", noon)
	s, err := request.Open(dir) // as after a start
	if err != nil {
		t.Fatal(err)
	}
	all := list(t, s)
	if len(all) != 2 {
		t.Fatalf("%d requests: %v", len(all), all)
	}
	r := all[0]
	if r.Unit != "a" || r.Name != "game.example" || r.Times != 4 || fmt.Sprint(r.Reasons) != "[for maths for physics]" || r.Category != "games" {
		t.Errorf("%+v", r)
	}
	if hour := noon.Truncate(time.Hour); !r.First.Equal(hour) || !r.Last.Equal(hour.Add(2*time.Hour)) {
		t.Errorf("from %s to %s: a time finer than an hour tells who it was", r.First, r.Last)
	}
}

func TestAnAnswerCanBeTakenBack(t *testing.T) {
	s, _ := open(t)
	add(t, s, "a", "game.example", "", noon)
	id := list(t, s)[0].ID
	if err := s.Close(id, request.Answer{Text: "not in lessons", By: "lan", At: noon}); err != nil {
		t.Fatal(err)
	}
	if a := list(t, s)[0].Answer; a == nil || a.Text != "not in lessons" || a.By != "lan" {
		t.Errorf("answer: %+v", a)
	}
	if err := s.Reopen(id); err != nil || list(t, s)[0].Answer != nil {
		t.Errorf("reopen: %v", err)
	}
	for _, id := range []string{"", "nothing", "000000000000", "../../etc/passwd", "00000000000G"} {
		if err := s.Close(id, request.Answer{}); !errors.Is(err, request.ErrUnknown) {
			t.Errorf("close %q: %v", id, err)
		}
		if err := s.Reopen(id); !errors.Is(err, request.ErrUnknown) {
			t.Errorf("reopen %q: %v", id, err)
		}
	}
}

// TestAskingAgainAfterAnAnswerIsHeard: a new request names the one that was answered, and
// everybody at the school sees the answer for as long as it holds.
func TestAskingAgainAfterAnAnswerIsHeard(t *testing.T) {
	s, dir := open(t)
	stands := func(unit string, at time.Time, open bool, answer string) {
		t.Helper()
		st, known := s.Standing(unit, "game.example", at)
		got := ""
		if st.Answer != nil {
			got = st.Answer.Text
		}
		if st.Open != open || got != answer || known != (open || answer != "") {
			t.Errorf("it stands open %v, answered %q, known %v; want %v and %q", st.Open, got, known, open, answer)
		}
	}
	stands("a", noon, false, "")
	add(t, s, "a", "game.example", "", noon)
	stands("a", noon, true, "")
	first := list(t, s)[0].ID
	if err := s.Close(first, request.Answer{Text: "not in lessons", By: "lan", At: noon}); err != nil {
		t.Fatal(err)
	}
	stands("a", noon.Add(request.AnswerHolds), false, "not in lessons")
	stands("a", noon.Add(request.AnswerHolds+time.Second), false, "")
	stands("b", noon, false, "")
	add(t, s, "a", "game.example", "for the exam", noon.Add(time.Hour))
	add(t, s, "a", "game.example", "for the exam", noon.Add(2*time.Hour))
	all := list(t, s)
	if len(all) != 2 || all[0].Answer != nil || all[0].Follows != first || all[0].Times != 2 || all[1].ID != first {
		t.Fatalf("after asking again there is %+v", all)
	}
	stands("a", noon.Add(2*time.Hour), true, "not in lessons")
	s, err := request.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(all[0].ID, request.Answer{Text: "opened until Friday", By: "lan", At: noon.Add(3 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	stands("a", noon.Add(4*time.Hour), false, "opened until Friday")
	for i := range 120 { // each answered at once: the store goes on, and ids are not made without end
		at := noon.Add(time.Duration(5+i) * time.Hour)
		add(t, s, "a", "game.example", "", at)
		for _, r := range list(t, s) {
			if r.Answer == nil {
				if err := s.Close(r.ID, request.Answer{At: at}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if n := len(list(t, s)); n != 100 {
		t.Errorf("%d requests of one name are kept, want 100", n)
	}
}

// has reports whether a name is among the requests of a unit.
func has(t *testing.T, s *request.Store, unit, name string) bool {
	t.Helper()
	return slices.ContainsFunc(list(t, s), func(r request.Request) bool { return r.Unit == unit && r.Name == name })
}

// TestAUnitCannotFillTheStore: four devices ask for as many names as they may,
// and others are heard all the same, at once and a month later.
func TestAUnitCannotFillTheStore(t *testing.T) {
	s, dir := open(t)
	add(t, s, "a", "wanted.example", "by two", noon)
	add(t, s, "a", "wanted.example", "of us", noon.Add(time.Hour))
	for i := range 240 {
		add(t, s, "a", fmt.Sprintf("n%d.example", i), "", noon.Add(time.Duration(i)*time.Minute))
	}
	add(t, s, "a", "one-more.example", "", noon.Add(5*time.Hour))
	add(t, s, "b", "one-more.example", "", noon)
	check := func(when string) {
		t.Helper()
		for _, name := range []string{"wanted.example", "one-more.example", "n239.example"} {
			if !has(t, s, "a", name) {
				t.Errorf("%s: nobody hears of %s", when, name)
			}
		}
		oldest := 0 // of the 43 names of the first hour, among which is no order, 42 give way
		for i := range 43 {
			if has(t, s, "a", fmt.Sprintf("n%d.example", i)) {
				oldest++
			}
		}
		if all := list(t, s); len(all) != 201 || !has(t, s, "b", "one-more.example") || oldest != 1 {
			t.Errorf("%s: %d requests are kept, %d of the oldest, want 200 of one school and 1 of another, 1 of the oldest", when, len(all), oldest)
		}
	}
	check("when full")
	s, err := request.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	check("after a start")
	t.Logf("242 names of one school: the 200 that were asked most, and last, are kept")
}

// TestWhatIsAnsweredTakesNoRoom: what the administrator has answered, in another
// process, is kept, and new requests are heard beside it.
func TestWhatIsAnsweredTakesNoRoom(t *testing.T) {
	s, dir := open(t)
	for i := range 200 {
		add(t, s, "a", fmt.Sprintf("n%d.example", i), "", noon)
	}
	other, err := request.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	answered := list(t, other)[:150]
	for _, r := range answered {
		if err := other.Close(r.ID, request.Answer{Text: "no", By: "lan", At: noon}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 150 {
		add(t, s, "a", fmt.Sprintf("m%d.example", i), "", noon.Add(time.Hour))
	}
	if n := len(list(t, s)); n != 350 {
		t.Errorf("%d requests, want the 150 answered and 200 open", n)
	}
	add(t, s, "a", "one-more.example", "", noon.Add(2*time.Hour))
	for _, r := range answered {
		if r, err := s.Get(r.ID); err != nil || r.Answer == nil {
			t.Fatalf("an answer has gone: %+v %v", r, err)
		}
	}
	if !has(t, s, "a", "one-more.example") {
		t.Error("the next one is not heard")
	}
}

// TestAFullStoreIsNotReadForEachVisitor: reading it would set what is damaged
// aside.
func TestAFullStoreIsNotReadForEachVisitor(t *testing.T) {
	s, dir := open(t)
	damaged := filepath.Join(dir, "0123456789ab.request.json")
	if err := os.WriteFile(damaged, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range 300 {
		add(t, s, "a", fmt.Sprintf("n%d.example", i), "", noon)
	}
	if _, err := os.Stat(damaged); err != nil {
		t.Errorf("all requests were read for one: %v", err)
	}
}

func TestReasonsAreOneLineAndShort(t *testing.T) {
	s, _ := open(t)
	add(t, s, "a", "game.example", "  làm\tbài\r\n\x1b[31mtập\u202e "+strings.Repeat("ơ", 1000)+"\xff", noon)
	got := list(t, s)[0].Reasons[0]
	if !strings.HasPrefix(got, "làm bài [31mtập ơơ") || utf8.RuneCountInString(got) != 300 {
		t.Errorf("%q", got)
	}
	for i := range 50 {
		add(t, s, "a", "game.example", fmt.Sprint("reason ", i), noon)
	}
	if r := list(t, s)[0]; len(r.Reasons) != 10 || r.Times != 51 {
		t.Errorf("%d reasons, asked %d times", len(r.Reasons), r.Times)
	}
}

func TestADamagedFileIsSetAside(t *testing.T) {
	s, dir := open(t)
	add(t, s, "a", "game.example", "first", noon)
	file := filepath.Join(dir, list(t, s)[0].ID+".request.json")
	for _, text := range []string{"", "{", `{"id": "other"}`, "null"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, damaged, err := s.List(); len(damaged) != 1 || err != nil {
			t.Errorf("%q: damaged %v, %v", text, damaged, err)
		}
		if _, err := os.Stat(file + ".damaged"); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		add(t, s, "a", "game.example", "again", noon)
		if r := list(t, s)[0]; r.Times != 1 || r.Reasons[0] != "again" {
			t.Errorf("%q: %+v", text, r)
		}
	}
}

// FuzzReason: whatever people write is kept as one short line that a terminal
// shows as it is, and the request can be read again.
func FuzzReason(f *testing.F) {
	f.Add("cho bài tập")
	f.Add("\x00\x1b]0;title\x07\u2028\xff")
	f.Fuzz(func(t *testing.T, reason string) {
		s, _ := open(t)
		add(t, s, "a", "game.example", reason, noon)
		for _, text := range list(t, s)[0].Reasons {
			if utf8.RuneCountInString(text) > 300 || strings.TrimSpace(text) != text || !utf8.ValidString(text) {
				t.Errorf("%q became %q", reason, text)
			}
			for _, c := range text {
				if !unicode.IsPrint(c) {
					t.Errorf("%q became %q", reason, text)
				}
			}
		}
	})
}
