package test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// foreign is a script that runs a program of another kind of machine in a namespace of
// its own, in which the kernel knows what to run such programs by: those of the machine
// stay as they are.
const foreign = `#!/bin/sh
exec unshare --user --map-root-user --mount sh -c '
	mount -t binfmt_misc none /proc/sys/fs/binfmt_misc &&
	cat /usr/lib/binfmt.d/qemu-aarch64.conf >/proc/sys/fs/binfmt_misc/register &&
	exec "$0" "$@"' PROGRAM "$@"
`

// TestAProgramForARMServes runs the program as it is built for arm64, under qemu: it reads
// and compiles a list in a job, answers over UDP and TCP by it, takes a reload, makes a
// report, and ends when it is told to.
func TestAProgramForARMServes(t *testing.T) {
	need(t, "qemu-aarch64-static", "unshare", "mount")
	p := newProcess(t, "feeds: [{name: bets, url: bets.txt, format: domains, category: gambling}]\n", country, startStandIn(t).addr)
	p.write("bets.txt", "bet.example\n")
	p.program = filepath.Join(p.dir, "foreign")
	p.write("foreign", strings.Replace(foreign, "PROGRAM", released(t, "arm64"), 1))
	if err := os.Chmod(p.program, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(p.program, "version").CombinedOutput(); err != nil || !regexp.MustCompile(`arm64`).Match(out) {
		t.Fatalf("%v: %s", err, out)
	}
	p.start()
	p.within(3*soon, "the list is in force", func() bool { return p.blocked("127.10.0.5", "bet.example") })
	for _, network := range []string{"udp", "tcp"} {
		if reply := p.exchange(network, question("lesson.example")); reply.Rcode != dns.RcodeSuccess || len(reply.Answer) == 0 {
			t.Errorf("over %s: %v", network, reply)
		}
	}
	p.write("bets.txt", "bet.example\nother.example\n")
	p.signal(syscall.SIGHUP)
	p.within(3*soon, "the new list is in force", func() bool { return p.blocked("127.10.0.5", "other.example") })
	if status, body := p.get("/api/report?unit=th-kim-dong&period=" + time.Now().Format("2006-01") + "&format=pdf"); status != 200 || !strings.HasPrefix(body, "%PDF") {
		t.Errorf("a report: %d %.200q", status, body)
	}
	p.signal(syscall.SIGTERM)
	if status := p.wait(); status != 0 {
		t.Errorf("it ended with status %d", status)
	}
}
