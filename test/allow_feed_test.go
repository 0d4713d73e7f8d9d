package test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// Public lists of what is allowed come as exceptions: in a feed that allows they
// mean what plain entries mean there. In a feed that blocks they lift nothing of
// other feeds, and are counted.
func TestExceptionsOfAnAllowFeedAllow(t *testing.T) {
	up := startStandIn(t)
	for name, list := range map[string]string{
		"plain": "||t.example^\n", "exceptions": "@@||t.example^\n@@||u.example^\n", "both": "||t.example^\n@@||t.example^\n",
	} {
		t.Run(name, func(t *testing.T) {
			p := newProcess(t, "feeds: [{name: b, url: b.txt, category: gambling}, {name: ok, url: ok.txt, action: allow}]\n",
				"units: [{id: a, networks: [127.0.0.0/8], block: [gambling]}]\n", up.addr)
			p.write("b.txt", "t.example\nv.example\n")
			p.write("ok.txt", list)
			p.start()
			if m := p.ask("t.example"); m.Rcode != dns.RcodeSuccess {
				t.Errorf("t.example: %s", m)
			}
			if !blocked(p.ask("v.example")) {
				t.Error("v.example is open")
			}
		})
	}
	p := newProcess(t, "feeds: [{name: b, url: b.txt, category: gambling}, {name: c, url: c.txt, category: gambling}]\n",
		"units: [{id: a, networks: [127.0.0.0/8], block: [gambling]}]\n", up.addr)
	p.write("b.txt", "t.example\nv.example\n")
	p.write("c.txt", "||w.example^\n@@||w.example^\n@@||t.example^\n")
	p.start()
	if !blocked(p.ask("t.example")) {
		t.Error("an exception of one feed lifts an entry of another")
	}
	for _, args := range [][]string{{"lists", "status", "--config", "lachan.yaml"}, {"lists", "check", "c.txt"}, {"check", "--config", "lachan.yaml"}} {
		c := exec.Command(binary, args...)
		c.Dir = filepath.Join(p.dir)
		out, err := c.CombinedOutput()
		want := fmt.Sprintf("%d exceptions (@@) are without effect", 1)
		if args[0] == "check" {
			want = `list "c" has exceptions (@@) without effect: 1`
		}
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%v: %v, want %q in\n%s", args, err, want, out)
		}
	}
}
