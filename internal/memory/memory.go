// Package memory says how much memory the program may have, and divides it.
package memory

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
)

// Least is the smallest budget, in bytes.
const Least = 64 << 20

// Auto is the budget if none is set, in bytes: a quarter of what there is, or
// Least.
func Auto() int64 { return max(Least, Available()/4) }

// Available is the memory that there is, in bytes: the machine's, or what the control
// group of this process may have if that is less. It is 0 where the system does not
// say.
func Available() int64 { return available("/proc", "/sys/fs/cgroup", asked()) }

// available reads from where the kernel shows processes and control groups; total
// is the memory of the machine if it is not shown there.
func available(proc, groups string, total int64) int64 {
	if shown := machine(proc); shown != 0 {
		total = shown
	}
	for _, v := range versions {
		for group := v.groupOf(proc); ; group = filepath.Dir(group) {
			for _, name := range v.files {
				most, ok := readNumber(filepath.Join(groups, v.folder, group, name))
				if ok && (total == 0 || most < total) {
					total = most
				}
			}
			if group == "/" || group == "." {
				break
			}
		}
	}
	return total
}

// A version is one of those that the kernel has of control groups.
type version struct {
	line   string   // of /proc/self/cgroup, what is before the path
	folder string   // where groups are shown
	files  []string // that say what a group may have
}

var versions = [...]version{
	{line: "0::", files: []string{"memory.max", "memory.high"}},
	{line: ":memory:", folder: "memory", files: []string{"memory.limit_in_bytes"}},
}

// machine is the memory of the machine.
func machine(proc string) int64 {
	f, err := os.Open(filepath.Join(proc, "meminfo"))
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) == 3 && fields[0] == "MemTotal:" && fields[2] == "kB" {
			n, _ := strconv.ParseInt(fields[1], 10, 64) // 0 with an error
			return n << 10
		}
	}
	return 0
}

// groupOf is the path of this process's control group below where groups are shown.
func (v version) groupOf(proc string) string {
	text, err := os.ReadFile(filepath.Join(proc, "self", "cgroup"))
	if err != nil {
		return "/"
	}
	for line := range strings.Lines(string(text)) {
		number, path, ok := strings.Cut(strings.TrimSpace(line), v.line)
		if _, err := strconv.Atoi("0" + number); ok && err == nil {
			return filepath.Clean("/" + path)
		}
	}
	return "/"
}

// readNumber reads a file that has one number. It is not ok if there is no such file
// or it says "max".
func readNumber(path string) (int64, bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil
}

// Shares are the parts of a budget, in bytes.
type Shares struct {
	Budget    int64 // all of it
	Cache     int64 // answers that are kept
	Streams   int64 // answers that clients have yet to take from streams
	Questions int64 // questions that wait for an upstream
	Tap       int64 // what a collector is to be told, if it is told anything
	Resolve   int64 // the process that answers, with the four above
	Manage    int64 // the process that manages
	Supervise int64 // the process that supervises
	Job       int64 // a job
}

// Divide divides a budget. cache, if not 0, is what the cache is to have, at most
// half of all.
func Divide(budget, cache int64) Shares {
	if cache == 0 {
		cache = budget / 4
	}
	s := Shares{
		Budget: budget, Cache: min(cache, budget/2), Streams: budget / 16, Questions: budget / 8,
		Tap: min(budget/64, mostTap), Manage: budget * 5 / 32, Supervise: budget / 32, Job: budget / 8,
	}
	s.Resolve = budget - s.Manage - s.Supervise - s.Job
	return s
}

// mostTap bounds what waits for a collector: more of it is only older.
const mostTap = 16 << 20

// Bounds of a job: it may pass its part by a factor, as its work ends soon, and it has
// so much whatever the budget is, and no more than so much.
const (
	jobFactor   = 4
	jobLeast    = 192 << 20
	jobGreatest = 2 << 30
)

// JobBound is the memory above which a job ends, in bytes.
func (s Shares) JobBound() int64 { return min(max(s.Job*jobFactor, jobLeast), jobGreatest) }

// leastLimit is the lowest limit that the collector is told, in bytes: below what a
// process needs at rest it would do nothing but collect.
const leastLimit = 48 << 20

// Limit has the collector work so that this process holds no more than so many bytes,
// as far as what is in use lets it.
func Limit(bytes int64) { debug.SetMemoryLimit(max(bytes, leastLimit)) }

// Used is how many bytes this process has of the system, without mapped files.
func Used() int64 {
	samples := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(samples)
	return int64(samples[0].Value.Uint64() - samples[1].Value.Uint64())
}

// Of is how many bytes the processes have, without mapped files. What has ended or is
// not shown counts nothing.
func Of(pids ...int) (bytes int64) {
	for _, pid := range pids {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // none
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			if len(fields) == 3 && fields[0] == "RssAnon:" && fields[2] == "kB" {
				n, _ := strconv.ParseInt(fields[1], 10, 64) // 0 with an error
				bytes += n << 10
			}
		}
	}
	return bytes
}
