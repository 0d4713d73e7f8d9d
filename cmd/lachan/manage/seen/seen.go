// Package seen keeps which domains were asked for before, as the process that answers says, so
// that the next one knows.
package seen

import (
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"time"

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
	image, err := read(f.Path)
	if err == nil {
		_, err = firstseen.Read(image, time.Now())
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

// read reads a file as far as it may be long.
func read(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, firstseen.ImageSize+1))
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
	filter, err := firstseen.Read(image, time.Now())
	if err == nil {
		err = durable.WriteFile(f.Path, image, 0o600)
	}
	if err != nil {
		f.Log.Error("keep which domains were asked for before", "error", err)
		f.Conditions.Set("first-seen", textKeep.With(err).String())
		return
	}
	f.Conditions.Clear("first-seen")
	if !filter.Learning() {
		f.Conditions.Clear("first-seen-damaged")
	}
}

var textDamaged = wording.Text{
	VI: "tệp ghi những tên miền đã từng được hỏi bị hỏng, đã để riêng; nhóm first-seen học lại trong bảy ngày: %v",
	EN: "the file of domains that were asked for before is damaged and set aside; first-seen learns anew for seven days: %v",
}

var textKeep = wording.Text{
	VI: "không ghi được những tên miền nào đã từng được hỏi: khởi động lại thì mất phần mới; xem ổ đĩa và thư mục state_dir: %v",
	EN: "which domains were asked for before cannot be kept, a restart forgets the newest: look at the disk and at state_dir: %v",
}
