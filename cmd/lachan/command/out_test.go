package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"lachan/cmd/lachan/command"
	"lachan/internal/wording"
)

// TestADeviceOrPipeIsWrittenToAndStays: root, too, can name one; a file is replaced, and what
// cannot be one is said.
func TestADeviceOrPipeIsWrittenToAndStays(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(pipe, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{pipe, link} {
		read := make(chan string, 1)
		go func() {
			text, _ := os.ReadFile(pipe) // the test sees what came
			read <- string(text)
		}()
		if err := command.WriteOut(name, []byte("whole"), 0o600); err != nil {
			t.Fatal(err)
		}
		if text := <-read; text != "whole" {
			t.Errorf("%s: %q came", name, text)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Type() != os.ModeNamedPipe {
			t.Errorf("%s is replaced: %v, %v", name, info, err)
		}
	}
	file := filepath.Join(dir, "file")
	for _, text := range []string{"first", "second"} {
		if err := command.WriteOut(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if is, err := os.ReadFile(file); err != nil || string(is) != text {
			t.Errorf("%q, %v", is, err)
		}
	}
	for name, want := range map[string]string{dir: "is a directory", filepath.Join(dir, "none", "x"): "there is no folder " + filepath.Join(dir, "none")} {
		if err := command.WriteOut(name, nil, 0o600); err == nil || !strings.Contains(wording.ErrorIn(err, wording.English), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := command.WriteOut("/dev/null", []byte("x"), 0o600); err != nil {
		t.Error(err)
	}
	if err := command.WriteOut("/dev/full", []byte("x"), 0o600); err == nil {
		t.Error("a full disk is none")
	}
}
