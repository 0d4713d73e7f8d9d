package report

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"lachan/cmd/lachan/command"
	"lachan/internal/yamlfile"
	"lachan/metrics/report"
	"lachan/metrics/report/figures"
)

// readTyped reads what the officer has typed. Where there is no file yet it
// makes one to fill in, and says so; it is not changed again.
func readTyped(file string, typed *figures.Typed) (made bool, err error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(file, []byte(figures.TypedTemplate), 0o644); err != nil {
			return false, err
		}
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if problems := yamlfile.Decode(file, text, typed); len(problems) > 0 {
		return false, problems
	}
	if _, _, _, ok := typed.Signed(); !ok && typed.Date != "" {
		line := 1 + bytes.Count(text[:max(0, bytes.Index(text, []byte("date:")))], []byte("\n"))
		return false, yamlfile.Problem{File: file, Line: line, Text: textSigned.With(typed.Date)}
	}
	return false, nil
}

// writeFile writes the whole report or leaves what was there.
func writeFile(file string, format Format, m *report.Model) error {
	var b bytes.Buffer
	if err := format.Write(&b, m); err != nil {
		return err
	}
	return keepFile(file, b.Bytes())
}

// keepFile puts a whole document in place, or leaves what was there.
func keepFile(file string, document []byte) error {
	if err := command.WriteOut(file, document, 0o644); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}
