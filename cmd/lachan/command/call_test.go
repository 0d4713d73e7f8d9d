package command_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"lachan/cmd/lachan/command"
	"lachan/internal/printable"
	"lachan/internal/wording"
)

// TestWhatOthersWroteMovesNoCursor: not in lines for people, on either stream,
// and not in JSON, which says the same all the same.
func TestWhatOthersWroteMovesNoCursor(t *testing.T) {
	const forged = "+^z[0-9]+q\x1b[1A\x1b[2Ky\u202e\u009b2J"
	var out, errs bytes.Buffer
	c := command.Call{Command: &cobra.Command{}, Lang: wording.English}
	c.SetOut(&out)
	c.SetErr(&errs)
	text := wording.Text{VI: forged, EN: forged}
	if err := c.Say(text); err != nil {
		t.Fatal(err)
	}
	c.Note(text)
	w := c.OutOrStdout()
	for _, b := range []byte("Tên miền " + forged + "\n") { // characters that come in parts
		if _, err := w.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Fprintln(c.ErrOrStderr(), forged)
	if err := c.JSON(map[string]string{"entry": forged}); err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{out.String(), errs.String()} {
		if bad, found := printable.Hides(strings.ReplaceAll(said, "\n", "")); found {
			t.Errorf("%U in %q", bad, said)
		}
	}
	if !strings.Contains(out.String(), "Tên miền +^z[0-9]+q [1A [2Ky 2J\n") {
		t.Errorf("%q", out.String())
	}
	var same map[string]string
	at := strings.Index(out.String(), "{\n")
	if err := json.Unmarshal(out.Bytes()[at:], &same); err != nil || same["entry"] != forged {
		t.Errorf("%q %v", same, err)
	}
}

// TestAnErrorOfAFileIsSaid: in both languages and with what to do, unless it has words of
// its own.
func TestAnErrorOfAFileIsSaid(t *testing.T) {
	dir := t.TempDir()
	_, missing := os.Open(filepath.Join(dir, "x.docx"))
	_, directory := os.ReadFile(dir)
	_, there := os.OpenFile(dir, os.O_CREATE|os.O_EXCL, 0o600)
	own := fmt.Errorf("%w: %w", command.Fail(wording.Text{VI: "sổ hỏng", EN: "the ledger is damaged"}), missing)
	for _, c := range []struct {
		met    error
		vi, en string
	}{
		{fmt.Errorf("read the report: %w", missing), "không có tệp " + dir, "there is no file " + dir},
		{directory, "là thư mục; hãy ghi", "is a directory; write"},
		{there, "đã có tệp", "is there already"},
		{&fs.PathError{Op: "open", Path: "a", Err: fs.ErrPermission}, "không đọc hoặc ghi được a", "check its permissions"},
		{own, "sổ hỏng", "the ledger is damaged"},
	} {
		err := command.Run(wording.Both, func(command.Call, []string) error { return c.met })(&cobra.Command{}, nil)
		if said := wording.Of(err); !strings.Contains(said.VI, c.vi) || !strings.Contains(said.EN, c.en) {
			t.Errorf("%v is told as %q", c.met, said)
		}
	}
}

// An argument that a script left empty is none: it would be part of another path.
func TestAnEmptyArgumentIsNotTaken(t *testing.T) {
	c := &cobra.Command{Use: "show NUMBER"}
	for _, args := range [][]string{{""}, {"", ""}, {}, {"1", "2"}} {
		if err := command.Exactly(1)(c, args); !errors.As(err, new(command.UsageError)) {
			t.Errorf("%q: %v", args, err)
		}
	}
	if err := command.Exactly(1)(c, []string{"1"}); err != nil {
		t.Error(err)
	}
}
