package test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lachan/internal/printable"
)

// TestAListForgesNothingThatAnOfficerReads before he approves: the expression
// moves the cursor up and erases what was there, the document and the name of the
// unit turn the direction of reading.
func TestAListForgesNothingThatAnOfficerReads(t *testing.T) {
	p := newProcess(t, `feeds:
- {name: bets, url: bets.txt, format: regex, category: gambling}
- {name: order, url: order.csv, format: csv, category: phishing}
`, "profiles: {p: {block: [gambling, phishing]}}\n"+
		"units: [{id: a, name: \"Truong \\e[2J\\u202eA\", networks: [127.0.0.0/8], profile: p, "+
		"block: [{name: own.example, why: \"so\\e[1A\"}]}]\n", "127.0.0.1:9")
	p.write("bets.txt", "^bet1[.]example$\n")
	p.write("order.csv", "tên miền,văn bản,cơ quan\nphish.example,12/QĐ,Sở A\nforged.example,13\x1b[1A/QĐ,Sở\u202e B\n")
	lachan := func(args ...string) string {
		t.Helper()
		if args[1] != "check" {
			args = append(args, "--config", filepath.Join(p.dir, "lachan.yaml"))
		}
		out, err := exec.Command(binary, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v\n%s", args, err, out)
		}
		if bad, found := printable.Hides(strings.ReplaceAll(string(out), "\n", "")); found {
			t.Errorf("%q says %U: %q", args, bad, out)
		}
		return string(out)
	}
	lachan("lists", "update")
	p.write("new.txt", "^bet1[.]example$\n^z[0-9]+q\x1b[1A]\x1b[2K]y$\n^bet2[.]example$\n")
	if out := lachan("lists", "diff", "bets", filepath.Join(p.dir, "new.txt")); !strings.Contains(out, "+") || strings.Contains(out, "z[0-9]") {
		t.Errorf("diff:\n%s", out)
	}
	if out := lachan("lists", "check", filepath.Join(p.dir, "new.txt"), "--format", "regex", "--lang", "en"); !strings.Contains(out, "control or hidden character") {
		t.Errorf("lists check does not say why:\n%s", out)
	}
	for _, name := range []string{"phish.example", "forged.example", "own.example"} {
		lachan("explain", name, "--unit", "a")
		lachan("explain", name, "--unit", "a", "--json")
	}
	lachan("lists", "status")
	lachan("lists", "status", "--json")
}
