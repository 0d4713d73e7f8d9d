package test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestRestartsAndUpgradesOfThePackageLoseNothing has dpkg put another build in the place
// of the running one, and systemd restart the service in between, again and again, while
// it is asked over UDP, TCP and TLS. No question over UDP goes without an answer: those of
// a restart wait at the sockets that systemd keeps. Connections end after their answers,
// so that what the history has in the end is what clients were answered, to the one.
func TestRestartsAndUpgradesOfThePackageLoseNothing(t *testing.T) {
	rounds, each, pace, streams := sized(20, 1), sized(5, 2), sized(10_000, 1000), sized(200, 20)
	d := newDebian(t)
	text, err := os.ReadFile(binary)
	d.must(err)
	var packages []string
	for i := range 2 { // a build differs from another by what follows its end
		packages = append(packages, packageOf(t, fmt.Sprintf("1.%d", i), string(text)+strconv.Itoa(i), ""))
	}
	d.must(os.MkdirAll(filepath.Join(d.root, "run/systemd/system"), 0o755))
	d.dpkg("-i", packages[1])

	s := startSystemd(t)
	s.program = filepath.Join(d.root, "usr/bin/lachan")
	p := newProcess(t, "", twoSchools, startStandIn(t).addr)
	p.write("lachan.yaml", strings.Replace(p.read("lachan.yaml"), `server: {listen: ["127.0.0.1:0"]}`,
		`server: {listen: ["127.0.0.1:0"], dot: ["127.0.0.1:0"], tcp: {per_client: 1000}, tls: {cert: cert.pem, key: key.pem, name: `+servedAs+`}}`, 1))
	p.certify()
	s.run(p)
	dot := p.logged(`msg="serving encrypted" protocol=dot address=(\S+)`)

	asked := startPulse(t, p.dns, "blocked.example", pace, "127.10.1.1", "127.10.1.2")
	over := startStreamsFrom(&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 10, 1, 3)}}, p.dns, dot, streams)
	longest := time.Duration(0)
	for round := range rounds {
		for range each {
			<-time.After(300 * time.Millisecond)
			began := time.Now()
			p.signal(syscall.SIGTERM)
			if status := p.wait(); status != 0 {
				t.Fatalf("it stopped with status %d", status)
			}
			s.run(p)
			longest = max(longest, time.Since(began))
		}
		<-time.After(300 * time.Millisecond)
		p.isReplaced(d, packages[round%2])
	}
	lost := asked.end()
	answered, broken := over.end()
	t.Logf("%d restarts and %d upgrades at %d questions a second: %d sent, %d lost, longest silence %s, longest restart %s; %d streams: %d answered, %d not",
		rounds*each, rounds, pace, asked.sent.Load(), lost, time.Duration(asked.silence.Load()), longest, streams, answered, broken)
	if lost > 0 {
		t.Errorf("%d of %d questions over UDP were lost", lost, asked.sent.Load())
	}
	if broken > 0 {
		t.Errorf("%d questions over streams had no answer: %v", broken, over.first.Load())
	}
	all := asked.answered.Load() + answered
	counted := func() int64 { return int64(p.exposed("truong-a", "allowed") + p.exposed("truong-a", "blocked")) }
	p.until("everything is counted, once", func() bool { return counted() == all })
	p.signal(syscall.SIGTERM)
	p.wait()
	s.run(p)
	p.until("the history is read", p.alive)
	if got := counted(); got != all {
		t.Errorf("after the last start %d are counted of %d that were answered", got, all)
	}
	if text := p.log.String(); strings.Contains(text, "level=ERROR") {
		t.Errorf("the log tells of errors")
	}
}

// isReplaced has dpkg install a package, whose scripts find the running program by its
// process id, as those of systemd's service, and waits until it is the one that answers.
func (p *process) isReplaced(d *debian, file string) {
	p.t.Helper()
	pid := strconv.Itoa(p.cmd.Process.Pid)
	resolve, manage := p.child("resolve"), p.child("manage")
	d.write("run/pid", pid)
	if err := os.Symlink("/proc/"+pid, filepath.Join(d.root, "proc", pid)); err != nil && !os.IsExist(err) {
		p.t.Fatal(err)
	}
	if said, _ := d.dpkg("-i", file); strings.Contains(said, "still the one before") {
		p.t.Errorf("the package says: %s", said)
	}
	p.until("both are new", func() bool {
		r, m := p.child("resolve"), p.child("manage")
		return r != resolve && m != manage && p.alive() && childOf(p.cmd.Process.Pid, "resolve") == r
	})
	p.until("the old one has ended", func() bool { return syscall.Kill(resolve, 0) != nil })
}
