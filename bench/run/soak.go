//go:build linux

package main

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"lachan/bench/process"
)

// collected is about what the garbage collector leaves more at one time than at
// another, in octets.
const collected = 16 << 20

// soakShare is how much of what the server can answer it is asked in a soak.
const soakShare = 0.6

// calibration is for how long the server is asked as much as it can, to know how
// much that is.
const calibration = 30 * time.Second

// A sample is the server at one moment of a soak.
type sample struct {
	at         time.Duration
	late       error         // the list that was changed before is not in force
	inForce    time.Duration // how long it took
	anonymous  int64         // octets of memory that are the server's own
	resident   int64
	answering  int64 // anonymous of the process that answers
	goroutines int   // of the process that serves metrics
}

// A soak is a measurement that takes long.
type soak struct{ *lab }

// run asks lachan for a long time at a good part of what it can, changes a
// list each minute, and fails where an answer is lost or something grows.
func (so *soak) run() error {
	s, err := so.lachanIn(so.dir, cacheEntries)
	if err != nil {
		return err
	}
	listed, err := firstListed(so.dir)
	if err != nil {
		return err
	}
	if err := so.compile(s); err != nil {
		return err
	}
	defer s.stop() // before its folder is removed: it writes what it counted when it ends
	if _, err := so.start(s, listed); err != nil {
		return err
	}
	if _, err := so.load(s, "warm.queries", "-each", "-time", "60s"); err != nil {
		return err
	}
	rate := so.soakRate
	if rate == 0 {
		full, err := so.load(s, "warm.queries", "-time", min(calibration, so.soakTime/6).String())
		if err != nil {
			return err
		}
		rate = soakShare * full.Rate
		say("%.0f%% of %.0f questions a second", soakShare*100, full.Rate)
	}
	say("%.0f questions a second for %v; a list changes every %v", rate, so.soakTime, so.changeEvery())
	dropped := drops(s.addr.Port())
	wait, err := so.startLoad(s, "warm.queries", "-rate", strconv.FormatFloat(rate, 'f', 0, 64), "-time", so.soakTime.String())
	if err != nil {
		return err
	}
	samples, stopped := so.watch(s)
	r, failed := wait()
	dropped = drops(s.addr.Port()) - dropped
	printSamples(samples)
	if err := errors.Join(stopped, failed); err != nil {
		return err
	}
	fmt.Printf("questions %d, lost %d, %d of them in the server's sockets; p50 %.0f µs, p99 %.0f µs, slowest %.1f ms, generator late by at most %.1f ms; %.2f CPU-s/M\n",
		r.Queries, r.Lost, dropped, r.P50, r.P99, r.Max/1000, r.LateMax/1000, r.CPUPerM)
	return judge(samples, r)
}

// changeEvery is a minute, and less in short soaks.
func (so *soak) changeEvery() time.Duration { return min(time.Minute, so.soakTime/6) }

// watch changes a list and looks at the server, again and again.
func (so *soak) watch(s *subject) (samples []sample, err error) {
	every := time.NewTicker(so.changeEvery())
	defer every.Stop()
	for i := 1; time.Duration(i)*so.changeEvery() < so.soakTime; i++ {
		select {
		case <-so.ctx.Done():
			return samples, so.ctx.Err()
		case <-every.C:
		}
		name := fmt.Sprintf("soak%d.example", i)
		if err := s.block(name); err != nil {
			return samples, err
		}
		changed := time.Now()
		late := waitFor(so.ctx, s.addr, name, so.changeEvery(), filtered)
		if late != nil {
			late = fmt.Errorf("%s is not in force: %w", name, late)
		}
		inForce := time.Since(changed)
		m, err := process.MemoryOf(s.child.PID())
		if err != nil {
			return samples, err
		}
		answering, err := s.answering()
		if err != nil {
			return samples, err
		}
		n, err := goroutines(s.http.String())
		if err != nil {
			return samples, err
		}
		samples = append(samples, sample{
			at: time.Duration(i) * so.changeEvery(), late: late, inForce: inForce,
			anonymous: m.Anon, resident: m.Resident, answering: answering.Anon, goroutines: n,
		})
	}
	return samples, nil
}

// drops is how many packets the sockets on a UDP port have had no room for.
func drops(port uint16) (n int) {
	text, _ := os.ReadFile("/proc/net/udp") // none: it stays zero
	local := fmt.Sprintf(":%04X", port)
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) == 13 && strings.HasSuffix(fields[1], local) {
			of, _ := strconv.Atoi(fields[12])
			n += of
		}
	}
	return n
}

// goroutines reads go_goroutines of the server's metrics.
func goroutines(addr string) (int, error) {
	reply, err := http.Get("http://" + addr + "/metrics")
	if err != nil {
		return 0, err
	}
	defer reply.Body.Close()
	for s := bufio.NewScanner(reply.Body); s.Scan(); {
		if value, ok := strings.CutPrefix(s.Text(), "go_goroutines "); ok {
			return strconv.Atoi(value)
		}
	}
	return 0, errors.New("no go_goroutines in the metrics")
}

func printSamples(samples []sample) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "after\tresident MB\tof it anonymous\tof what answers\tgoroutines\tlist in force after\t")
	for _, s := range samples {
		fmt.Fprintf(w, "%v\t%.0f\t%.0f\t%.0f\t%d\t%.2f s\t\n",
			s.at, float64(s.resident)/1e6, float64(s.anonymous)/1e6, float64(s.answering)/1e6,
			s.goroutines, s.inForce.Seconds())
	}
	_ = w.Flush()
}

// judge compares the last third of a soak with the third before it: what leaks
// grows there too.
func judge(samples []sample, r result) error {
	var problems []error
	if r.Lost > 0 {
		problems = append(problems, fmt.Errorf("%d answers were lost", r.Lost))
	}
	for _, s := range samples {
		problems = append(problems, s.late)
	}
	third := len(samples) / 3
	if third == 0 {
		return errors.Join(append(problems, errors.New("the soak was too short to compare its parts"))...)
	}
	before, after := most(samples[third:2*third]), most(samples[len(samples)-third:])
	if after.anonymous > before.anonymous+before.anonymous/10+collected {
		problems = append(problems, fmt.Errorf("memory grew from %d to %d octets", before.anonymous, after.anonymous))
	}
	if after.answering > before.answering+before.answering/10+collected {
		problems = append(problems, fmt.Errorf("memory of what answers grew from %d to %d bytes", before.answering, after.answering))
	}
	if after.goroutines > before.goroutines+5 {
		problems = append(problems, fmt.Errorf("goroutines grew from %d to %d", before.goroutines, after.goroutines))
	}
	return errors.Join(problems...)
}

func most(samples []sample) (m sample) {
	for _, s := range samples {
		m.anonymous, m.goroutines = max(m.anonymous, s.anonymous), max(m.goroutines, s.goroutines)
		m.answering = max(m.answering, s.answering)
	}
	return m
}
