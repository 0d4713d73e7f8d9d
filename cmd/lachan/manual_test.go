package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lachan/internal/wording"
)

// TestThereIsAPageForEachCommand: in both languages, the same from the same day's build.
func TestThereIsAPageForEachCommand(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1780000000")
	dir, again := t.TempDir(), t.TempDir()
	for _, d := range []string{dir, again} {
		root := rootCommand(wording.English)
		root.SetArgs([]string{"man", d})
		if err := root.Execute(); err != nil {
			t.Fatal(err)
		}
	}
	pages, err := filepath.Glob(filepath.Join(dir, "man1", "*.1"))
	if err != nil || len(pages) < 30 {
		t.Fatal(len(pages), err)
	}
	for _, page := range pages {
		name := filepath.Base(page)
		for _, below := range []string{"man1", "vi/man1"} {
			first, err1 := os.ReadFile(filepath.Join(dir, below, name))
			second, err2 := os.ReadFile(filepath.Join(again, below, name))
			if err1 != nil || err2 != nil || !bytes.Equal(first, second) || !bytes.Contains(first, []byte(".TH ")) {
				t.Errorf("%s/%s: %v %v", below, name, err1, err2)
			}
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "vi", "man1", "lachan-except-add.1"))
	if err != nil || !strings.Contains(string(text), "một tên") || !strings.Contains(string(text), "olm.vn") {
		t.Errorf("%s %v", text, err)
	}
	t.Logf("%d pages in each language", len(pages))
}

func TestShellsCompleteCommands(t *testing.T) {
	for _, shell := range shells() {
		root := rootCommand(wording.English)
		var script bytes.Buffer
		root.SetOut(&script)
		root.SetArgs([]string{"completion", shell})
		if err := root.Execute(); err != nil || !strings.Contains(script.String(), "lachan") {
			t.Errorf("%s: %v", shell, err)
		}
		program, err := exec.LookPath(shell)
		if err != nil {
			continue // its script cannot be read here
		}
		if out, err := exec.Command(program, "-n", writeScript(t, script.Bytes())).CombinedOutput(); err != nil {
			t.Errorf("%s does not read its script: %v %s", shell, err, out)
		}
	}
	root := rootCommand(wording.English)
	var found bytes.Buffer
	root.SetOut(&found)
	root.SetArgs([]string{"__complete", "ledger", "u"})
	if err := root.Execute(); err != nil || !strings.Contains(found.String(), "undo") {
		t.Errorf("%s %v", found.String(), err)
	}
	root = rootCommand(wording.English)
	root.SetArgs([]string{"completion", "tcsh"})
	if err := root.Execute(); err == nil || !strings.Contains(wording.ErrorIn(err, wording.English), "bash, zsh or fish") {
		t.Errorf("%v", err)
	}
}

func writeScript(t *testing.T, text []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
