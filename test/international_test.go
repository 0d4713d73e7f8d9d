package test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// An international name stands in both forms wherever a command shows it to people:
// a decision, the change of a list, a rejected line, a request. Programs are given
// the one form that the DNS has.
func TestCommandsShowInternationalNamesInBothForms(t *testing.T) {
	const name, both = "xn--la-o-2ua4356bkoa.example", "xn--la-o-2ua4356bkoa.example (lừa-đảo.example)"
	p := newProcess(t, "feeds: [{name: l, url: l.txt, category: phishing}]\n",
		"units: [{id: a, name: A, kind: school, level: primary, networks: [127.0.0.0/8]}]\n", startStandIn(t).addr)
	p.write("l.txt", "a.example\n"+name+"\n")
	p.write("new.txt", "a.example\n")
	p.write("wrong.txt", "a.example\n"+name+"/trang.html extra\n")
	say := func(args ...string) string {
		t.Helper()
		out, _ := exec.Command(binary, args...).CombinedOutput() // some find mistakes, which is no error here
		return string(out)
	}
	config := "--config=" + filepath.Join(p.dir, "lachan.yaml")
	say("lists", "update", config)
	f := func(want string, args ...string) {
		t.Helper()
		if out := say(args...); !strings.Contains(out, want) {
			t.Errorf("%q: want %q in\n%s", args, want, out)
		}
	}
	f(both, "explain", name, "--client", "127.0.0.1", config)
	f(both, "explain", "lừa-đảo.example", "--client", "127.0.0.1", config)
	f("-"+both, "lists", "diff", "l", filepath.Join(p.dir, "new.txt"), config)
	if out := say("lists", "diff", "l", filepath.Join(p.dir, "new.txt"), "--json", config); !strings.Contains(out, `"-`+name+`"`) {
		t.Errorf("programs are given\n%s", out)
	}
	f("(lừa-đảo.example)", "lists", "check", filepath.Join(p.dir, "wrong.txt"), "--format", "hosts")
}
