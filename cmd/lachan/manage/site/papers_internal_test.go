package site

import (
	"testing"
	"time"

	"lachan/admin/account"
	"lachan/console/frame"
)

// However many large reports are asked for, those that are kept have room together; the
// last one is there.
func TestReportsHaveTheirRoomTogether(t *testing.T) {
	k, now := newPapers(&Sources{}), time.Now()
	for i := range 3 * mostPapersOf {
		by := string(rune('a' + i%5))
		p := k.ask(account.Actor{ID: by}, frame.PaperQuestion{Period: string(rune('A' + i)), Format: "pdf"}, "", 0, now)
		if p == nil {
			t.Fatalf("report %d is not taken", i)
		}
		k.end(<-k.queue, &frame.File{Text: make([]byte, papersRoom/3)}, nil, nil)
		kept := 0
		for _, p := range k.list {
			kept += len(p.file.Text)
		}
		if kept > papersRoom || p.file == nil || k.list[len(k.list)-1] != p {
			t.Fatalf("after report %d: %d bytes are kept", i, kept)
		}
	}
	k.end(k.ask(account.Actor{ID: "a"}, frame.PaperQuestion{Format: "xlsx"}, "", 0, now), &frame.File{Text: make([]byte, mostPaperBytes)}, nil, nil)
	if len(k.list) != 1 || k.list[0].file == nil {
		t.Errorf("beside the longest %d are kept", len(k.list)-1)
	}
	t.Logf("at most %d bytes are kept, or one report of %d", papersRoom, mostPaperBytes)
}
