package decide

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/internal/wording"
)

// An export is where to write what the server answers.
type export struct {
	out  string // a file that is not there yet; "" and "-" are standard output
	json bool
}

// A written is what an export says of itself with --json.
type written struct {
	Out    string `json:"out,omitempty"`  // the file
	Text   string `json:"text,omitempty"` // what is written, without a file
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

func (e *export) flags(c *cobra.Command, l wording.Language) {
	c.Flags().StringVar(&e.out, "out", "", textOutFlag.In(l))
	c.Flags().BoolVar(&e.json, "json", false, textExportJSON.In(l))
}

// run writes what the server answers into a new file, or on standard output.
func (e *export) run(c command.Call, at string) error {
	s, err := server(c)
	if err != nil {
		return err
	}
	text, err := s.Read(c.Context(), at)
	if err != nil {
		return err
	}
	defer text.Close()
	to := sha256.New()
	var w written
	switch file := e.out != "" && e.out != "-"; {
	case file:
		w.Out = e.out
		if w.Bytes, err = writeNew(e.out, io.TeeReader(text, to)); err != nil {
			return command.Fail(textNoFile.With(err))
		}
		if !e.json {
			return c.Say(textWritten.With(w.Out, w.Bytes))
		}
	case e.json:
		var all strings.Builder
		if w.Bytes, err = io.Copy(&all, io.TeeReader(text, to)); err != nil {
			return err
		}
		w.Text = all.String()
	default:
		_, err := io.Copy(c.Raw(), text)
		return err
	}
	w.SHA256 = hex.EncodeToString(to.Sum(nil))
	return c.JSON(w)
}

// writeNew writes all of a text to a file that is not there yet, and to the disk.
func writeNew(name string, text io.Reader) (size int64, err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	size, err = io.Copy(f, text)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return size, err
}
