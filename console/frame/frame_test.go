package frame_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"lachan/admin"
	"lachan/console/frame"
	"lachan/console/frame/drawn"
	"lachan/internal/wording"
)

func TestAMessageIsDrawnWithNothingAndWithAll(t *testing.T) {
	drawn.Check(t, os.DirFS("."), map[string][]any{
		"message": {frame.Message{}, frame.Message{Frame: drawn.Full(), Lines: []wording.Text{drawn.Both()}, Back: "/units"}},
	})
}

// TestEveryPageSaysThatACollectorIsTold while one is, until when, and why.
func TestEveryPageSaysThatACollectorIsTold(t *testing.T) {
	sets, err := frame.Parse(time.UTC, os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	on := frame.Message{Frame: frame.Frame{Now: drawn.At(), Tapped: &admin.Period{End: drawn.At().Add(time.Hour), Why: "one name fails", Seq: 12}}}
	for language, want := range map[wording.Language]string{wording.Vietnamese: "dnstap đang bật đến", wording.English: "dnstap is on until"} {
		if text := drawn.Draw(t, sets[language], "message", on); !strings.Contains(text, want) || !strings.Contains(text, "one name fails") || !strings.Contains(text, "12") {
			t.Errorf("%s", text)
		}
		if text := drawn.Draw(t, sets[language], "message", frame.Message{}); strings.Contains(text, "dnstap") {
			t.Errorf("while nobody is told: %s", text)
		}
	}
}
