package ship

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"lachan/internal/durable"
)

// A cursor is the time until which history has been sent to a receiver.
type cursor struct {
	to    string // the receiver
	until int64  // milliseconds since 1970; 0: nothing has been sent
}

// cursorFile is the file of a cursor.
type cursorFile struct {
	To    string    `json:"to"`
	Until time.Time `json:"until"`
}

// readCursor reads the cursor from a file, if it is for that receiver. If there is
// none, or it is damaged, everything is sent again.
func readCursor(name, to string) cursor {
	c := cursor{to: to}
	text, err := os.ReadFile(name)
	if err != nil {
		return c
	}
	var f cursorFile
	if err := json.Unmarshal(text, &f); err == nil && f.To == to && f.Until.UnixMilli() > 0 {
		c.until = f.Until.UnixMilli()
	}
	return c
}

// write puts the cursor in its file, whole and on the disk.
func (c cursor) write(name string) error {
	text, err := json.Marshal(cursorFile{c.to, time.UnixMilli(c.until).UTC()})
	if err != nil {
		return fmt.Errorf("write cursor: %w", err)
	}
	if err := durable.WriteFile(name, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("write cursor: %w", err)
	}
	return nil
}
