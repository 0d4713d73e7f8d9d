package frame_test

import (
	"os"
	"testing"

	"lachan/console/frame"
	"lachan/console/frame/drawn"
	"lachan/internal/wording"
)

func TestAMessageIsDrawnWithNothingAndWithAll(t *testing.T) {
	drawn.Check(t, os.DirFS("."), map[string][]any{
		"message": {frame.Message{}, frame.Message{Frame: drawn.Full(), Lines: []wording.Text{drawn.Both()}, Back: "/units"}},
	})
}
