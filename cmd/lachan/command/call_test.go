package command_test

import (
	"bytes"
	"encoding/json"
	"fmt"
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
