package wording_test

import (
	"errors"
	"fmt"
	"testing"

	"lachan/internal/wording"
)

func TestErrorsAreSaidInALanguage(t *testing.T) {
	f := func(err error, vi, en string) {
		t.Helper()
		if got := wording.ErrorIn(err, wording.Vietnamese); got != vi {
			t.Errorf("%v\ngot  %s\nwant %s", err, got, vi)
		}
		if got := wording.ErrorIn(err, wording.English); got != en {
			t.Errorf("%v\ngot  %s\nwant %s", err, got, en)
		}
		if got := wording.ErrorIn(err, wording.Both); got != err.Error() {
			t.Errorf("%v\ngot  %s", err, got)
		}
	}
	cat, dog := wording.Error(wording.Text{VI: "mèo", EN: "cat"}), wording.Error(wording.Text{VI: "chó", EN: "dog"})
	f(cat, "mèo", "cat")
	f(errors.New("plain"), "plain", "plain")
	f(fmt.Errorf("feed the %w at %d", cat, 7), "feed the mèo at 7", "feed the cat at 7")
	f(fmt.Errorf("feed %w and %w", cat, dog), "feed mèo and chó", "feed cat and dog")
	f(errors.Join(cat, errors.New("plain"), dog), "mèo\nplain\nchó", "cat\nplain\ndog")
	f(fmt.Errorf("a: %w", fmt.Errorf("b: %w", dog)), "a: b: chó", "a: b: dog")
	f(wording.Error(wording.Text{VI: "không: %v", EN: "no: %v"}.With(fmt.Errorf("b: %w", dog))), "không: b: chó", "no: b: dog")
	f(fmt.Errorf("b: %v", dog), "b: chó | dog", "b: chó | dog") // not wrapped: words like others
}

func TestWhatIsTheSameInBothIsSaidOnce(t *testing.T) {
	same := wording.Text{VI: "a.example", EN: "a.example"}
	if got := same.String(); got != "a.example" {
		t.Errorf("got %s", got)
	}
	text := wording.Text{VI: "tên %s", EN: "name %s"}.With(same)
	for l, want := range map[wording.Language]string{
		wording.Both: "tên a.example | name a.example", wording.Vietnamese: "tên a.example", wording.English: "name a.example",
	} {
		if got := text.In(l); got != want {
			t.Errorf("%d: got %s, want %s", l, got, want)
		}
	}
}

func TestCountsAreWrittenAsPeopleOfALanguageWriteThem(t *testing.T) {
	f := func(n wording.Count, vi, en string) {
		t.Helper()
		text := wording.Text{VI: "%s tên", EN: "%s names"}.With(n)
		if text.VI != vi || text.EN != en {
			t.Errorf("%q %q", text.VI, text.EN)
		}
	}
	f(0, "0 tên", "0 names")
	f(999, "999 tên", "999 names")
	f(2799, "2.799 tên", "2,799 names")
	f(-1234567, "-1.234.567 tên", "-1,234,567 names")
}

func TestALineInBothLanguagesIsTakenApart(t *testing.T) {
	if text := wording.Twofold("mở | open"); text.VI != "mở" || text.EN != "open" {
		t.Error(text)
	}
	if text := wording.Twofold("10.0.0.1"); text.VI != "10.0.0.1" || text.EN != "10.0.0.1" {
		t.Error(text)
	}
}
