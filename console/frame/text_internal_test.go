package frame

import (
	"testing"
	"time"

	"lachan/internal/wording"
)

func TestNumbersAndDaysAreOfTheLanguage(t *testing.T) {
	vi, en := speaker{in: wording.Vietnamese}, speaker{in: wording.English}
	f := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	f(vi.number(1204).String(), "1.204")
	f(en.number(1204).String(), "1,204")
	f(vi.number(-999).String(), "-999")
	f(vi.number(uint64(84310555)).String(), "84.310.555")
	f(vi.share(34, 1000).String(), "3,4%")
	f(en.share(34, 1000).String(), "3.4%")
	f(vi.share(0, 0).String(), "–")
	f(vi.day(time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)), "28/11/2026")
	f(string(speaker{}.t("a<b", "c")), `a&lt;b <span lang="en">c</span>`)
	f(string(speaker{}.t("%s lượt", "%s questions", speaker{}.number(1204))), `1.204 lượt <span lang="en">1,204 questions</span>`)
	f(string(speaker{}.t("phủ %s", "%s covered", speaker{}.share(1, 1))), `phủ 100,0% <span lang="en">100.0% covered</span>`)
	f(speaker{}.number(1204).String(), "1.204")
	f(string(vi.t("a %d", "b %d", 3)), "a 3")
	f(string(en.t("a %d", "b %d", 3)), "b 3")
}

func TestOnlyOwnPathsAreGoneBackTo(t *testing.T) {
	f := func(given, want string) {
		t.Helper()
		if got := Local(given); got != want {
			t.Errorf("%q leads to %q", given, got)
		}
	}
	f("/units?search=a", "/units?search=a")
	f("", "/")
	f("//evil.example/", "/")
	f("https://evil.example/", "/")
	f(`/\evil.example`, "/")
	f("javascript:alert(1)", "/")
	f("units", "/")
}
