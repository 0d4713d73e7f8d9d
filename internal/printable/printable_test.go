package printable_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lachan/internal/printable"
)

func TestWhatIsShownIsWhatIsThere(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if got := printable.Line(text, 60); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	f("Trường Tiểu học Kim Đồng", "Trường Tiểu học Kim Đồng")
	f(norm.NFD.String("Trường Tiểu học"), "Trường Tiểu học")
	f("  a \t b\r\nc ", "a b c")
	f("q\x1b[1A\x1b[2Ky", "q [1A [2Ky") // up a line, and away with it
	f("a\u009b2Jb", "a 2Jb")            // the same in one character
	f("a\x00b\x7f", "a b")
	f("\u202egnp.exe", "gnp.exe") // right to left
	f("a\u2066b\u2069c", "abc")
	f("goo\u200bgle\ufeff", "google")
	f("a\u00adb\u2060c\u034fd", "abcd")
	f("a\U000e0041b", "ab") // tags
	f("\u3164\u2800x", "x") // empty letters
	f("a\u00a0b\u2028c\u3000d", "a b c d")
	f("a\xffb", "a\ufffdb")
	f("a\ue000b", "a\ufffdb") // whatever a font of somebody's has there
	f("q"+strings.Repeat("\u0301", 20)+"a", "q"+strings.Repeat("\u0301", 4)+"a")
	f("vui 😀", "vui 😀")
	f(strings.Repeat("đ", 70), strings.Repeat("đ", 60))
	if got := printable.Text("một\r\nhai\tba\n\x1b[2J", 60); got != "một\nhai ba\n [2J" {
		t.Errorf("lines: %q", got)
	}
}

func TestWhatDeceivesIsFound(t *testing.T) {
	f := func(text string, deceives, hides bool) {
		t.Helper()
		if _, got := printable.Deceives(text); got != deceives {
			t.Errorf("%q deceives: %v", text, got)
		}
		if _, got := printable.Hides(text); got != hides {
			t.Errorf("%q hides: %v", text, got)
		}
	}
	f("Số 12/QĐ-UBND", false, false)
	f("hai\ndòng\tvà", false, true)
	f("x\x1b[1A", true, true)
	f("x\u202ey", true, true)
	f("x\u200by", false, true)
	f("x\ufe0f", false, true)
}

func TestEveryTextOfAThing(t *testing.T) {
	type inner struct{ Words []string }
	v := struct {
		Name  string
		Inner *inner
		Many  []inner
		N     []int
		None  *inner
	}{"a\x1bb", &inner{[]string{"c\u202ed"}}, []inner{{[]string{"e\u200bf"}}}, []int{1}, nil}
	printable.Every(&v, 100)
	if v.Name != "a b" || v.Inner.Words[0] != "cd" || v.Many[0].Words[0] != "ef" {
		t.Errorf("%+v", v)
	}
}

func TestJSONIsTheSameAndSafe(t *testing.T) {
	in := "a\u009b\u202e\U000e0041đ😀\n"
	text, err := json.Marshal(map[string]string{"x": in})
	if err != nil {
		t.Fatal(err)
	}
	safe := printable.JSON(text)
	if _, found := printable.Hides(string(safe)); found {
		t.Errorf("%q", safe)
	}
	var out map[string]string
	if err := json.Unmarshal(safe, &out); err != nil || out["x"] != in {
		t.Errorf("%s: %q, %v", safe, out, err)
	}
}

// FuzzLine: whatever it is given, what comes is valid, composed, within its bound,
// without what deceives, and the same when it is given again.
func FuzzLine(f *testing.F) {
	for _, seed := range []string{"a\x1b[1A", "\u202e", "Z\u0301\u0301\u0301\u0301\u0301\u0301", "\xff\xfe", "a\u200b\u0301"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, got := range []string{printable.Line(text, 40), printable.Text(text, 40)} {
			if !utf8.ValidString(got) || utf8.RuneCountInString(got) > 40 {
				t.Errorf("%q: %q", text, got)
			}
			for _, c := range got {
				if c != '\n' && (unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.Bidi_Control)) {
					t.Errorf("%q: %q has %U", text, got, c)
				}
			}
		}
		if once := printable.Line(text, 1<<20); printable.Line(once, 1<<20) != once || !norm.NFC.IsNormalString(once) {
			t.Errorf("%q: %q is not the last word", text, once)
		}
	})
}
