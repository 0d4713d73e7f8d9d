//go:build linux

package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// categories are those of bench/names.
var categories = [8]string{"adult", "gambling", "phishing", "malware", "drugs", "violence", "circumvention", "ads"}

// lachanIn is lachan with the lists and the policy of a folder and everything
// on: the eight lists, the schools, all metrics.
func (l *lab) lachanIn(dir string, cacheEntries int) (*subject, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	web, err := freeAddr()
	if err != nil {
		return nil, err
	}
	var config strings.Builder
	fmt.Fprintf(&config, `state_dir: %q
server: {listen: [%q], tcp: {connections: 20000, idle_timeout: 60s}}
http: {listen: %q}
upstream: {servers: [%q]}
cache: {entries: %d}
policy: policy.yaml
feeds:
`, filepath.Join(dir, "state"), addr, web, l.upstream, cacheEntries)
	for _, c := range categories {
		fmt.Fprintf(&config, "  - {name: %s, url: %q, format: hosts, category: %s, max_bytes: 1GiB}\n", c, filepath.Join(dir, c+".hosts"), c)
	}
	file := filepath.Join(dir, "lachan.yaml")
	if err := os.WriteFile(file, []byte(config.String()), 0o644); err != nil {
		return nil, err
	}
	s := &subject{name: "lachan", addr: addr, http: web, program: l.bin("lachan"), args: []string{"serve", "--config", file}}
	s.block = func(name string) error {
		err := appendTo(filepath.Join(dir, "gambling.hosts"), "0.0.0.0 "+name+"\n")
		return errors.Join(err, s.child.Signal(syscall.SIGHUP))
	}
	return s, nil
}

// compile fetches the lists and compiles them, as before a first start.
func (l *lab) compile(s *subject) error {
	out, err := exec.CommandContext(l.ctx, s.program, "lists", "update", "--config", s.args[len(s.args)-1]).CombinedOutput()
	if err != nil {
		return fmt.Errorf("fetch and compile the lists: %w\n%s", err, out)
	}
	return nil
}

// forget removes what was compiled, so that the next start has only the lists.
func forget(dir string) error { return os.RemoveAll(filepath.Join(dir, "state", "lists")) }

// snapshotSize is the size of the newest compiled snapshot, in octets.
func snapshotSize(dir string) (size int64) {
	files, _ := filepath.Glob(filepath.Join(dir, "state", "lists", "*.snap"))
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			size = info.Size()
		}
	}
	return size
}

func portOf(a netip.AddrPort) string { return fmt.Sprint(a.Port()) }

// testedWithin is how long the first test of a server by itself may take.
const testedWithin = 10 * time.Minute

// tested waits until a server has tested itself, which it does once a day: what is measured is the
// rest of the day.
func (l *lab) tested(s *subject) error {
	say("waiting until %s has tested itself", s.name)
	for end := time.Now().Add(testedWithin); time.Now().Before(end) && l.ctx.Err() == nil; time.Sleep(time.Second) {
		reply, err := http.Get("http://" + s.http.String() + "/metrics")
		if err != nil {
			return err
		}
		text, err := io.ReadAll(reply.Body)
		_ = reply.Body.Close() // it was read
		if err != nil {
			return err
		}
		if ended := testEnded.FindSubmatch(text); ended == nil || string(ended[1]) != "0" {
			return nil // a build from before it never does
		}
	}
	return errors.Join(l.ctx.Err(), fmt.Errorf("%s has not tested itself within %v", s.name, testedWithin))
}

var testEnded = regexp.MustCompile(`(?m)^lachan_self_test_timestamp_seconds (\S+)$`)
