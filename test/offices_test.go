package test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// A policy script is read as Notepad and Word save it, as the other files are.
func TestPolicyScriptsAreReadAsOfficesSaveThem(t *testing.T) {
	const text = "# Trường thử\r\nat Mon 2026-09-07 10:15\r\na asks game-x.example -> nxdomain local\r\n"
	p := newProcess(t, "", "tests: [a.script]\nunits: [{id: a, name: A, kind: school, level: thcs, networks: [127.0.0.0/8], block: [game-x.example]}]\n", "127.0.0.1:9")
	encoded := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(text)) {
		encoded = append(encoded, byte(unit), byte(unit>>8))
	}
	for name, as := range map[string]string{"UTF-8": text, "UTF-8 with a mark": "\uFEFF" + text, "UTF-16": string(encoded)} {
		p.write("a.script", as)
		out, err := exec.Command(binary, "check", "--config", filepath.Join(p.dir, "lachan.yaml")).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "as expected (1)") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// The change of a list is told in the order of its names.
func TestTheChangeOfAListIsInOrder(t *testing.T) {
	p := newProcess(t, "feeds: [{name: l, url: l.txt, category: phishing}]\n", "", "127.0.0.1:9")
	var was, is, want strings.Builder
	for i := range 200 {
		fmt.Fprintf(&was, "a%03d.example\n", i)
		fmt.Fprintf(&is, "a%03d.example\n", 2*i)
		if i%2 == 1 {
			fmt.Fprintf(&want, "-a%03d.example\n", i)
		}
	}
	for i := 200; i < 400; i += 2 {
		fmt.Fprintf(&want, "+a%03d.example\n", i)
	}
	p.write("l.txt", was.String())
	p.write("new.txt", is.String())
	config := "--config=" + filepath.Join(p.dir, "lachan.yaml")
	if out, err := exec.Command(binary, "lists", "update", config).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command(binary, "lists", "diff", "l", filepath.Join(p.dir, "new.txt"), config).Output()
	if err != nil || string(out) != want.String() {
		t.Errorf("%v\n%s", err, out)
	}
}
