package compile

import (
	"slices"
	"testing"
)

// Notes that are shown alike have one number, however they are written; one without
// anything to show has that of none.
func TestNotesThatAreShownAlikeHaveOneNumber(t *testing.T) {
	all := newNotes()
	f := func(why string, want uint32) {
		t.Helper()
		for range 2 { // the second time it is known as it is written
			if got := all.number(note{why: why}); got != want {
				t.Errorf("%q: number %d, want %d", why, got, want)
			}
		}
	}
	f("", 0)
	f(" \u200b ", 0)
	f("vì  bài giảng", 1)
	f("vì bài giảng", 1)
	f("vì bài\u200b giảng", 1)
	f("khác", 2)
	f("vì\nbài giảng", 1)
	if want := []note{{}, {why: "vì bài giảng"}, {why: "khác"}}; !slices.Equal(all.list, want) {
		t.Errorf("%q are shown, want %q", all.list, want)
	}
}
