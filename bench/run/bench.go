//go:build linux

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/miekg/dns"

	"lachan/bench/process"
)

// A lab is what every measurement needs: our programs, data and an upstream, and
// the servers that are measured, which end with it.
type lab struct {
	options
	ctx      context.Context
	dir      string
	upstream netip.AddrPort
	stub     *process.Child
	subjects []*subject
}

// bin is one of our programs.
func (l *lab) bin(name string) string  { return filepath.Join(l.dir, "bin", name) }
func (l *lab) file(name string) string { return filepath.Join(l.dir, name) }

// prepare builds the programs, makes the data and starts the upstream.
func (l *lab) prepare() error {
	say("building")
	if err := os.MkdirAll(l.bin(""), 0o755); err != nil {
		return err
	}
	for _, p := range []string{"./bench/load", "./bench/secure", "./bench/names", "./bench/floor", "./bench/upstream", "./cmd/lachan"} {
		if out, err := exec.CommandContext(l.ctx, "go", "build", "-o", l.bin(""), p).CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w\n%s", p, err, out)
		}
	}
	say("writing lists of %d names, a policy of %d schools and queries", l.names, l.schools)
	if err := l.generate(l.dir, point{l.names, l.schools, popular}, true); err != nil {
		return err
	}
	var err error
	if l.upstream, err = freeAddr(); err != nil {
		return err
	}
	if l.stub, err = process.Start(loadCore, l.bin("upstream"), l.upstream.String()); err != nil {
		return err
	}
	return waitFor(l.ctx, l.upstream, "first.example", 5*time.Second, func(*dns.Msg) bool { return true })
}

// popular is how many names the warm queries ask for.
const popular = 100_000

func (l *lab) generate(dir string, p point, others bool) error {
	args := []string{"-dir", dir, "-names", strconv.Itoa(p.names), "-schools", strconv.Itoa(p.schools),
		"-popular", strconv.Itoa(p.answers), "-misses", strconv.Itoa(l.misses), "-others=" + strconv.FormatBool(others)}
	if out, err := exec.CommandContext(l.ctx, l.bin("names"), args...).CombinedOutput(); err != nil {
		return fmt.Errorf("make data: %w\n%s", err, out)
	}
	return nil
}

// stop ends all that runs.
func (l *lab) stop() {
	for _, s := range l.subjects {
		s.stop()
	}
	if l.stub != nil {
		l.stub.Stop()
	}
}

// freeAddr is an address on which nobody listens now, over UDP and TCP.
func freeAddr() (netip.AddrPort, error) {
	tcp, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return netip.AddrPort{}, err
	}
	defer tcp.Close()
	addr := tcp.Addr().(*net.TCPAddr).AddrPort()
	udp, err := net.ListenPacket("udp4", addr.String())
	if err != nil {
		return netip.AddrPort{}, err
	}
	return addr, udp.Close()
}

// result is what bench/load says, as far as it is used here.
type result struct {
	Seconds  float64          `json:"seconds"`
	Queries  int64            `json:"queries"`
	Answers  int64            `json:"answers"`
	Lost     int64            `json:"lost"`
	Rate     float64          `json:"rate"`
	Rcodes   map[string]int64 `json:"rcodes"`
	P50      float64          `json:"p50_us"`
	P99      float64          `json:"p99_us"`
	Max      float64          `json:"max_us"`
	LateMax  float64          `json:"late_max_us"`
	CPUPerM  float64          `json:"cpu_per_m"`
	Messages int              `json:"messages_end"`
	After    process.Memory   `json:"memory_after"`
}

// startLoad begins a run of the load; the returned function waits for its
// result.
func (l *lab) startLoad(s *subject, queries string, args ...string) (func() (result, error), error) {
	args = append([]string{"-json", "-server", s.addr.String(), "-pid", strconv.Itoa(cmp.Or(s.counts, s.child.PID())),
		"-queries", l.file(queries), "-spread", strconv.Itoa(l.schools)}, args...)
	out := l.file("load.json")
	c, err := process.Start(loadCore, "sh", append([]string{"-c", `out=$1; shift; exec "$@" >"$out"`, "sh", out, l.bin("load")}, args...)...)
	if err != nil {
		return nil, err
	}
	return func() (r result, err error) {
		if err := c.Wait(l.ctx); err != nil {
			return r, err
		}
		text, err := os.ReadFile(out)
		if err != nil {
			return r, err
		}
		if err := json.Unmarshal(text, &r); err != nil {
			return r, fmt.Errorf("load on %s: %w: %s", s.name, err, c.Output())
		}
		if r.Answers == 0 {
			return r, errors.New("no answers")
		}
		return r, nil
	}, nil
}

// load runs the load to its end.
func (l *lab) load(s *subject, queries string, args ...string) (result, error) {
	wait, err := l.startLoad(s, queries, args...)
	if err != nil {
		return result{}, err
	}
	return wait()
}
