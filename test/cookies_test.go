package test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// dig says that a cookie is good when it has come back with what it sent.
func TestRealClientsGetCookies(t *testing.T) {
	p := serveProcess(t, "", "", startStandIn(t).addr)
	_, port, err := net.SplitHostPort(p.dns)
	if err != nil {
		t.Fatal(err)
	}
	for _, network := range []string{"+notcp", "+tcp"} {
		if out := tool(t, "dig", "@127.0.0.1", "-p", port, "+cookie", network, "lesson.example"); !strings.Contains(out, "(good)") {
			t.Errorf("dig %s:\n%s", network, out)
		}
		if out := tool(t, "kdig", "@127.0.0.1", "-p", port, "+cookie", network, "lesson.example"); !strings.Contains(out, "COOKIE") {
			t.Errorf("kdig %s:\n%s", network, out)
		}
	}
	info, err := os.Stat(filepath.Join(p.dir, "state", "cookies.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the secret: %v, %v", info, err)
	}
}
