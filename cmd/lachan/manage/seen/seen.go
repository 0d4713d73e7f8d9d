// Package seen keeps which domains were asked for before, as the process that answers says, so
// that the next one knows.
package seen

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"

	"lachan/internal/durable"
	"lachan/internal/message"
	"lachan/internal/wording"
	"lachan/metrics"
	"lachan/resolver/firstseen"
)

// A File is where it is kept; resolver/firstseen/FORMAT.md draws it.
type File struct {
	Path       string // "": nothing is kept
	Conditions *metrics.Conditions
	Log        *slog.Logger
}

// Image is what was kept; nil if that is nothing. What is damaged is set aside: another filter
// begins, and learns.
func (f *File) Image() []byte {
	if f.Path == "" {
		return nil
	}
	image, err := os.ReadFile(f.Path)
	if err == nil {
		_, err = firstseen.Read(image)
	}
	switch {
	case err == nil:
		return image
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	_, failed := durable.SetAside(f.Path)
	err = errors.Join(err, failed)
	f.Log.Error("which domains were asked for before is set aside", "error", err)
	f.Conditions.Set("first-seen-damaged", textDamaged.With(err).String())
	return nil
}

// Tell tells a resolve what was kept, if anything was. That the connection has ended is seen by
// its receiver.
func (f *File) Tell(conn *message.Conn) {
	if image := f.Image(); image != nil {
		_ = conn.Send(message.Message{Kind: message.Seen, Body: image})
	}
}

// Take keeps what a resolve says.
func (f *File) Take(image []byte) {
	_, err := firstseen.Read(image)
	if err == nil {
		err = durable.WriteFile(f.Path, image, 0o600)
	}
	if err != nil {
		f.Log.Error("keep which domains were asked for before", "error", err)
		f.Conditions.Set("first-seen", err.Error())
		return
	}
	f.Conditions.Clear("first-seen")
}

var textDamaged = wording.Text{
	VI: "tệp ghi những tên miền đã từng được hỏi bị hỏng, đã để riêng; nhóm first-seen học lại trong bảy ngày: %v",
	EN: "the file of domains that were asked for before is damaged and set aside; first-seen learns anew for seven days: %v",
}
